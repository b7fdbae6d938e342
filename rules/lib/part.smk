# What a job of a cluster makes of the films: see `mouthpiece.cluster.part`.

from types import SimpleNamespace

from mouthpiece.core.files import read_json


def wanted_files():
    """What a run makes of all films, without the overview."""
    return [
        *films(),
        *subtitle_folders(),
        *further_deliverables(),
        *sidecars(),
        *line_tables(),
        *reviews(),
    ]


def files_of_part(wildcards):
    """An input function: the files of the part of this job; none in a run that makes all."""
    if PART is None:
        return []
    if PART.stage == "films":
        return [file for file in wanted_files() if PART.has_file(file)]
    of_stage = {
        "before": files_before_cuts,
        "guards": guarded_files,
        "cuts": drawn_files,
        "shared": files_after_guards,
    }[PART.stage]
    videos = dict.fromkeys(video for video, _ in PART.films)
    return [file for video in videos for file in of_stage(video)]


def checkpoints_of_part(wildcards):
    """An input function: the checkpoints that the cuts of the part need, which are done before.

    Snakemake 9.27 looks at a checkpoint that is done only where a job has it before any checkpoint is
    looked at. Else a draft would begin without knowing its part of the speech.
    """
    if PART is None or PART.stage != "cuts":
        return []
    films = [
        SimpleNamespace(video=video, language=language)
        for video, language in PART.films
    ]
    files = ("results/{video}/{language}/slices.json", loop_table)
    found = [filled(file, film) for film in films for file in files]
    return [path for path in found if path]


def films_of_part(video):
    """The wildcards of the part's films of a video."""
    names = [language for of, language in PART.films if of == video]
    return [SimpleNamespace(video=video, language=language) for language in names]


def files_before_cuts(video):
    """What is made of a video and its dubs before any of its cuts."""
    found = [
        f"results/{video}/_shared/boundaries.tsv",
        f"results/{video}/_shared/speech.wav",
    ]
    for film in films_of_part(video):
        own = "results/{video}/{language}"
        of_all = [f"{own}/slices.json", f"{own}/sound.m4a", film_sound, loop_table]
        of_made = [heard_facts, audible_facts]
        for file in (*of_all, subtitle_facts, *(of_made if is_made(film) else ())):
            paths = filled(file, film)
            found += [paths] if isinstance(paths, str) else paths
    return list(dict.fromkeys(found))


def files_after_guards(video):
    """What all languages of a video share that needs the guards of all its cuts."""
    made = any(is_made(film) for film in films_of_part(video))
    names = ["faces.tsv", "review", *["speakers.json"] * made]
    looped = [film for film in films_of_part(video) if is_looped(film)]
    segments = dict.fromkeys(file for film in looped for file in each_original(film))
    return [*(f"results/{video}/_shared/{name}" for name in names), *segments]


def guarded_files(video):
    """What is made of a video's cuts before it is known which of them are redrawn."""
    shared = f"results/{video}/_shared/cuts"
    return [
        f"{shared}/{cut.cut}/{name}"
        for cut in get_cuts(SimpleNamespace(video=video))
        if PART.has_cut(cut.cut)
        for name in ("guard.json", "original.mp4")
    ]


def drawn_files(video):
    """What is made of the cuts of a video's films: drafts, scores and segments.

    The guards of the part's own cuts say which of them are redrawn: there is no table of all cuts yet.
    """
    return [
        file
        for film in films_of_part(video)
        for pair in cut_pairs(film)
        if PART.has_cut(pair[1]) and is_seen(video, pair[1])
        for file in (
            drafted("score.json", video, film.language, *pair),
            f"results/{video}/{film.language}/cuts/{pair[0]}/lipsync.mp4",
        )
    ]


def is_seen(video, cut):
    """Whether the guard of a cut lets it be redrawn; not if there is none."""
    try:
        verdict = read_json(Path(f"results/{video}/_shared/cuts/{cut}/guard.json"))
        return bool(verdict["redrawn"])
    except (OSError, ValueError, KeyError):
        return False
