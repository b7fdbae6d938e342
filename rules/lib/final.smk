# The final tier: which cuts another engine draws once more, and by which settings. See docs/final.md.

from snakemake.iocontainers import Wildcards

from mouthpiece.core.face_share import read_face_share


def of_final(function):
    """The same params or resources function, of the final engine of a cut."""

    @functools.wraps(function)
    def found(wildcards, **given):
        return function(Wildcards(fromdict={**wildcards, "tier": "final"}), **given)

    return found


def has_final(video, language, cut, source_cut):
    """Whether a cut's draft is drawn once more by the final engine."""
    share = functools.partial(face_share, video, source_cut)
    return PROJECT.has_final(video, language, cut, source_cut, share)


def face_share(video, cut):
    """How high a cut's face is, as a share of the shorter side of the picture."""
    shared = Path(f"results/{video}/_shared")
    files = shared / "cuts" / cut / "guard.json", shared / "source.json"
    try:
        mtimes_ns = [file.stat().st_mtime_ns for file in files]
    except OSError:
        return 0.0
    return known_face_share(*files, *mtimes_ns)


@functools.cache
def known_face_share(guard, source, *mtimes_ns):
    """The share by these two files. Each job asks for it several times: read once a version."""
    return read_face_share(guard, source)


def scored(name):
    """An input function: a file of a cut's draft before it is enhanced, the final's where there is one."""

    def file(wildcards):
        cut = {**wildcards, "source_cut": source_cut_id(wildcards)}
        return scored_file(name, **cut)

    return file


def scored_file(name, video, language, cut, source_cut):
    """A file of a cut's draft before it is enhanced."""
    folder = "final/" if has_final(video, language, cut, source_cut) else ""
    return f"results/{video}/{language}/cuts/{cut}/{folder}{name}"


def final_engine(wildcards):
    """A params function: the name of a cut's final engine."""
    return get_settings(wildcards).final.engine


def final_max_drop(wildcards):
    """A params function: the share of the draft's confidence that a final may lack."""
    return get_settings(wildcards).final.max_drop
