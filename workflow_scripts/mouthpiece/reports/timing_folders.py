"""Which folders of timings a project's films have."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ..core.cuts import read_boundaries
from ..core.loop import read_loop
from ..review.draft_facts import final_engine
from .films import FilmResult
from .timings import TimingFolder

CutOf = tuple[str, Mapping[str, str]]
"""A cut's id, and the row of cuts.tsv that tells which engines took it."""

NOT_SHOWN: Mapping[str, str] = {"engine": ""}
"""The row of a cut that a film does not show."""


def timing_folders(
    films: Iterable[FilmResult], results: Path, gpus: Mapping[str, int], enhance_gpus: int
) -> list[TimingFolder]:
    """List the folders of timings, each once.

    What all languages share was done on the video's own cuts: those of a looped film show them
    again under other names, and a film that is cut short does not show all of them.

    Args:
        films: The films.
        results: The results folder.
        gpus: Engine -> how many GPUs its jobs hold.
        enhance_gpus: How many the jobs of the enhancement hold.

    Returns:
        The folders, in the order of the films.
    """
    folders: dict[Path, TimingFolder] = {}
    for folder in _folders(films, results, gpus, enhance_gpus):
        known = folders.get(folder.path, folder)
        folders[folder.path] = replace(
            folder,
            gpus=max(folder.gpus, known.gpus),
            final_gpus=max(folder.final_gpus, known.final_gpus),
        )
    return list(folders.values())


def _folders(
    films: Iterable[FilmResult], results: Path, gpus: Mapping[str, int], enhance_gpus: int
) -> Iterator[TimingFolder]:
    for film in films:
        for language, rows in (("", _of_source(film, results)), (film.language, _own(film))):
            yield TimingFolder(film.video, language, "")
            for cut, row in rows:
                yield TimingFolder(
                    film.video,
                    language,
                    cut,
                    gpus.get(row["engine"], 0),
                    enhance_gpus,
                    gpus.get(final_engine(row), 0),
                )


def _own(film: FilmResult) -> list[CutOf]:
    return [(cut["cut"], cut) for cut in film.cuts]


def _of_source(film: FilmResult, results: Path) -> Iterator[CutOf]:
    """The video's own cuts, each with the rows of the film's cuts that show it."""
    boundaries = results / film.video / "_shared" / "boundaries.tsv"
    if boundaries.exists():
        yield from ((cut.cut, NOT_SHOWN) for cut in read_boundaries(boundaries))
    loop = results / film.video / film.language / "loop.tsv"
    if not loop.exists():
        yield from _own(film)
        return
    rows = dict(_own(film))
    for piece in read_loop(loop):
        yield piece.source_cut.cut, rows.get(piece.cut.cut, NOT_SHOWN)
