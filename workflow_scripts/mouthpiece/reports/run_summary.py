"""How a run ended: which films were not made and where the logs lie, which cuts a fault took."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.cut_table import read_table

FilmName = tuple[str, str]
"""Video and language."""


@dataclass(frozen=True)
class FailedJob:
    """A job that failed. language, cut: empty where it served all of them; log: its file."""

    rule: str
    video: str
    language: str
    cut: str
    log: str


@dataclass(frozen=True)
class Unmade:
    """A film that a run was to make and did not.

    failed: the jobs that it needed; none where the run was stopped before. older: a film is in its
    place, of an earlier run or without its review page.
    """

    video: str
    language: str
    failed: tuple[FailedJob, ...]
    older: bool


def film_file(results: Path, film: FilmName) -> Path:
    """Where a film is delivered."""
    video, language = film
    return results / video / language / f"{video}.{language}.mp4"


def table_file(results: Path, film: FilmName) -> Path:
    """Where the rows of a film's cuts are."""
    return results.joinpath(*film, "cuts.tsv")


def unmade_films(
    results: Path,
    films: Iterable[FilmName],
    unfinished: Iterable[FilmName],
    failed: Sequence[FailedJob],
) -> list[Unmade]:
    """Those of a project's films that are not made. unfinished: what the run did not come to."""
    pending = set(unfinished)
    return [
        Unmade(
            *film,
            failed=tuple(
                job for job in failed if job.video == film[0] and job.language in ("", film[1])
            ),
            older=film_file(results, film).exists(),
        )
        for film in films
        if film in pending
        or not film_file(results, film).exists()
        or not table_file(results, film).exists()
    ]


def faulty_cuts(results: Path, films: Iterable[FilmName]) -> list[str]:
    """A line for each cut that is passed through because of a fault."""
    return [
        f"{video} {language} {row['cut']}: {row['fault']}"
        for video, language in films
        if (table := table_file(results, (video, language))).exists()
        for row in read_table(table)
        if row.get("fault")
    ]
