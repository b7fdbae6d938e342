# The cuts of a video and of a film: input functions of files of each cut.

import functools
from dataclasses import asdict
from types import SimpleNamespace

from mouthpiece.core.cuts import read_boundaries
from mouthpiece.core.errors import Fault
from mouthpiece.core.faces_table import read_face_numbers, read_faces
from mouthpiece.core.loop import read_loop
from mouthpiece.review.unmatched import FilmCuts, unmatched
from mouthpiece.review.versions import RESTORE, keep_project, version_of


def unless_damaged(function):
    """Decorate an input or params function of a film: nothing is found in a damaged table.

    An error here would stop all films. The gate of the film reads the same tables, and says what is
    wrong.
    """

    @functools.wraps(function)
    def found(wildcards):
        try:
            return function(wildcards)
        except (Fault, OSError):
            return []

    return found


def get_cuts(wildcards):
    """The cuts of a video, once they are found."""
    table = Path(checkpoints.cuts.get(video=wildcards.video).output.boundaries)
    return read_cuts(table, table.stat().st_mtime_ns)


@functools.cache
def read_cuts(table, mtime_ns):
    """The rows of a boundaries.tsv. Each film asks for them several times: read once a version."""
    return read_boundaries(table)


def is_looped(wildcards):
    """Whether a film shows its video again and again, for as long as the dub lasts."""
    return get_policy(wildcards) == "loop"


def made_and_looped(wildcards):
    """A params function: whether a film's dub is made, and its video looped for as long as that is."""
    return is_made(wildcards) and is_looped(wildcards)


def loop_table(wildcards):
    """An input function: the cuts of a looped film; none where it is not looped."""
    return "results/{video}/{language}/loop.tsv" if is_looped(wildcards) else []


def get_pieces(wildcards):
    """What a looped film shows at each of its cuts, by id; empty where it is not looped."""
    if not is_looped(wildcards):
        return {}
    film = {"video": wildcards.video, "language": wildcards.language}
    table = Path(checkpoints.loop.get(**film).output.table)
    return read_pieces(table, table.stat().st_mtime_ns)


@functools.cache
def read_pieces(table, mtime_ns):
    """The rows of a loop.tsv by cut. Each job asks for them several times: read once a version."""
    return {piece.cut.cut: piece for piece in read_loop(table)}


@unless_damaged
def cut_pairs(wildcards):
    """The cuts of a film in their order, by id, each with the video's cut that it shows."""
    looped = [
        (cut, piece.source_cut.cut) for cut, piece in get_pieces(wildcards).items()
    ]
    return looped or [(cut.cut, cut.cut) for cut in get_cuts(wildcards)]


def each_cut(pattern):
    """An input function: a file of each cut of a film, in the order of the cuts."""

    def files(wildcards):
        return [pattern.format(**wildcards, cut=cut) for cut, _ in cut_pairs(wildcards)]

    return files


def each_source_cut(pattern):
    """An input function: for each cut of a film, a file of the video's cut that it shows."""

    def files(wildcards):
        return [
            pattern.format(**wildcards, cut=source)
            for _, source in cut_pairs(wildcards)
        ]

    return files


@unless_damaged
def redrawn_pairs(wildcards):
    """The cuts of a film that may be redrawn, as `cut_pairs` gives them."""
    table = Path(checkpoints.faces.get(video=wildcards.video).output.table)
    redrawn = read_redrawn(table, table.stat().st_mtime_ns)
    return [pair for pair in cut_pairs(wildcards) if redrawn[pair[1]]]


@functools.cache
def read_redrawn(table, mtime_ns):
    """The rows of a faces.tsv. Each film asks for them several times: read once a version."""
    return read_faces(table)


def face_of_cut(wildcards):
    """A params function: which of the faces that a cut's guard tracked is redrawn.

    It is the first until the whole film is judged: a part of a run knows only its own cuts.
    """
    table = Path(f"results/{wildcards.video}/_shared/faces.tsv")
    try:
        faces = read_chosen_faces(table, table.stat().st_mtime_ns)
    except (Fault, OSError):
        return 0
    return faces.get(wildcards.cut, 0)


@functools.cache
def read_chosen_faces(table, mtime_ns):
    """The faces of a faces.tsv. Each job asks for them: read once a version."""
    return read_face_numbers(table)


def face_of_source_cut(wildcards):
    """A params function: `face_of_cut` of the video's cut that a film's cut shows."""
    return face_of_cut(
        SimpleNamespace(video=wildcards.video, cut=source_cut_id(wildcards))
    )


def each_redrawn(pattern):
    """An input function: a file of each cut of a film that may be redrawn, in the order of the cuts."""

    def files(wildcards):
        return [
            pattern.format(**wildcards, cut=cut) for cut, _ in redrawn_pairs(wildcards)
        ]

    return files


def each_shared_cut(pattern):
    """An input function: a file of each cut of a video, in the order of the cuts."""

    @unless_damaged
    def files(wildcards):
        return [
            pattern.format(video=wildcards.video, cut=cut.cut)
            for cut in get_cuts(wildcards)
        ]

    return files


@unless_damaged
def each_original(wildcards):
    """The original segment of each cut of a film."""
    shared = "results/{video}/_shared/cuts/{cut}/{way}.mp4"
    short = "results/{video}/{language}/cuts/{cut}/original.mp4"
    return [
        (
            shared.format(
                video=wildcards.video,
                cut=piece.source_cut.cut,
                way="reversed" if piece.reversed else "original",
            )
            if piece.is_whole
            else short.format(**wildcards, cut=piece.cut.cut)
        )
        for piece in get_pieces(wildcards).values()
    ] or each_source_cut("results/{video}/_shared/cuts/{cut}/original.mp4")(wildcards)


def begin_versions():
    """Keep the drafts that reviewers have seen, before the run draws them again."""
    if PART:
        return  # its run has kept them
    keep_project(Path("results"), PROJECT)


def drafted(name, video, language, cut, source_cut):
    """A file of a cut's draft as it is delivered: the enhanced draft's where it is enhanced.

    Where a reviewer restored an earlier draft that is still kept, it is that one's.
    """
    decision = PROJECT.decisions.get((video, language, cut))
    if decision and decision.decision == RESTORE:
        earlier = version_of(Path("results", video, language), cut, decision.draft)
        if earlier.is_whole:
            return str(earlier.folder / name)
    if PROJECT.is_enhanced(video, language, cut, source_cut):
        return f"results/{video}/{language}/cuts/{cut}/enhanced/{name}"
    return scored_file(name, video, language, cut, source_cut)


def get_draft(wildcards):
    """The patch set of a cut that is delivered."""
    return drafted("draft.zip", **wildcards, source_cut=source_cut_id(wildcards))


def each_drafted(name):
    """An input function: a file of each draft of a film as it is delivered, in the order of the cuts."""

    def files(wildcards):
        film = wildcards.video, wildcards.language
        return [drafted(name, *film, *pair) for pair in redrawn_pairs(wildcards)]

    return files


def get_piece(wildcards):
    """What a looped film shows at a cut; None: it is not looped."""
    return get_pieces(wildcards).get(wildcards.cut)


def of_source_cut(pattern):
    """An input function: a file of the video's cut that a film's cut shows."""

    def file(wildcards):
        return pattern.format(video=wildcards.video, cut=source_cut_id(wildcards))

    return file


def source_cut_id(wildcards):
    """The video's cut that a film's cut shows."""
    piece = get_piece(wildcards)
    return piece.source_cut.cut if piece else wildcards.cut


def source_cut(wildcards):
    """A params function: the video's cut that a looped film's cut shows, and how."""
    piece = get_piece(wildcards)
    return (
        {"source_cut": piece.source_cut.cut, "reversed": piece.reversed}
        if piece
        else {}
    )


def reversed_source_cut(wildcards):
    """A params function: a cut of the video, reversed."""
    return {"source_cut": wildcards.cut, "reversed": True}


@unless_damaged
def rows_on_other_cuts(wildcards):
    """A params function: the rows of decisions.tsv and overrides.tsv on cuts that a film lacks.

    Only these: a row on a cut that is there must not redo the review pages of other films.
    """
    cuts = FilmCuts(
        film=[cut for cut, _ in cut_pairs(wildcards)],
        source=[cut.cut for cut in get_cuts(wildcards)],
    )
    found = unmatched(ROWS_ON_CUTS, {(wildcards.video, wildcards.language): cuts})
    return [asdict(unmatched_row.row) for unmatched_row in found]
