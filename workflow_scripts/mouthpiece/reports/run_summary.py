"""How a run ended: films that were not made, rows that name no cut."""

import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..core.cut_table import read_table
from ..core.cuts import read_boundaries
from ..core.errors import Fault
from ..core.job_logs import last_error
from ..review.unmatched import FilmCuts, FilmName, UnmatchedRow, nearest_cut, unmatched
from ..review.unmatched_edits import UnmatchedEdit, unmatched_edits
from ..text.script import ScriptLine, read_script
from .deliverables import film_file

_LINE = re.compile(r"\d{6,9}-\d{6,9}", re.ASCII)
"""A line's id: its first and last frame."""


@dataclass(frozen=True)
class FailedJob:
    """A job that failed.

    Attributes:
        rule: Its rule.
        video: Its video.
        language: Its dub; empty where it serves all of them.
        cut: Its cut; empty where it serves all of them.
        log: Its log file, from the project's folder; several are joined by ", ".
        message: What its log says went wrong; empty where it says nothing.
    """

    rule: str
    video: str
    language: str
    cut: str
    log: str
    message: str = ""

    @property
    def logs(self) -> list[str]:
        """Its log files."""
        return [log for log in self.log.split(", ") if log]


@dataclass(frozen=True)
class Unmade:
    """A film that a run was to make and did not.

    Attributes:
        video: The video.
        language: The key of the dub.
        failed: The failed jobs that it needed; none where the run was stopped before.
        older: Whether a film of an earlier run, or one without its review page, is in its place.
    """

    video: str
    language: str
    failed: tuple[FailedJob, ...]
    older: bool


def table_file(results: Path, film: FilmName) -> Path:
    """Find the table of a film's cuts.

    Args:
        results: The results folder.
        film: Video and key of the dub.

    Returns:
        The path of its cuts.tsv.
    """
    return results.joinpath(*film, "cuts.tsv")


def unmade_films(
    results: Path,
    films: Iterable[FilmName],
    unfinished: Iterable[FilmName],
    failed: Sequence[FailedJob],
) -> list[Unmade]:
    """Find the films that a run did not make.

    Args:
        results: The results folder.
        films: The project's films.
        unfinished: Films with jobs that the run did not come to.
        failed: The jobs that failed.

    Returns:
        The films that are not made, in the same order.
    """
    pending = set(unfinished)
    failed = [_explained(job, results.parent) for job in failed]
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


def _explained(job: FailedJob, folder: Path) -> FailedJob:
    """The job with what its log says; `folder` is the project's."""
    messages = filter(None, (last_error(folder / log) for log in job.logs))
    return replace(job, message=next(messages, ""))


def unused_edits(
    results: Path,
    films: Iterable[FilmName],
    rows: Sequence[Mapping[str, Any]],
    given: Iterable[FilmName],
) -> list[UnmatchedEdit]:
    """Find the rows of edits.tsv that do nothing.

    Args:
        results: The results folder.
        films: The project's films; those that have no script yet are left out.
        rows: The rows; see `review.unmatched_edits.edit_rows`.
        given: The films whose dubs the user gave.

    Returns:
        The rows; as text, each names file, row, line and why it does nothing.
    """
    return unmatched_edits(rows, _scripts(results, films if rows else ()), given)


def unused_recordings(
    results: Path, recordings: Mapping[FilmName, Mapping[str, Path]]
) -> list[str]:
    """Find recordings of lines that the films do not have.

    Args:
        results: The results folder.
        recordings: The user's recordings by line, of each film whose dub is made here.

    Returns:
        A sentence each, with the nearest line; none on a film that has no script yet.
    """
    scripts = _scripts(results, (film for film, files in recordings.items() if files))
    found = []
    for film, script in scripts.items():
        lines = [line.line for line in script]
        for line in recordings[film].keys() - set(lines):
            nearest = nearest_cut(line, lines) if _LINE.fullmatch(line) else ""
            hint = f"; the nearest is {nearest}" if nearest else ""
            found.append(
                f"{recordings[film][line]}: the recording is not used: {film[0]} in {film[1]} has "
                f"no line {line}{hint}"
            )
    return sorted(found)


def _scripts(results: Path, films: Iterable[FilmName]) -> dict[FilmName, list[ScriptLine]]:
    """The scripts of the films that have one."""
    scripts = {}
    for film in films:
        table = results.joinpath(*film, "script.tsv")
        if table.exists():
            with contextlib.suppress(Fault):  # a damaged table is named by the job that needs it
                scripts[film] = read_script(table)
    return scripts


def unmatched_rows(
    results: Path, films: Iterable[FilmName], rows_on_cuts: Sequence[Mapping[str, Any]]
) -> list[UnmatchedRow]:
    """Find the rows of the user's tables on cuts that the films do not have.

    Args:
        results: The results folder.
        films: The project's films; those that are not made are left out.
        rows_on_cuts: The rows; see `review.unmatched.rows_on_cuts`.

    Returns:
        The rows; as text, each names file, row, cut and the nearest cut.
    """
    if not rows_on_cuts:
        return []
    cuts = {}
    for film in films:
        boundaries = results / film[0] / "_shared" / "boundaries.tsv"
        table = table_file(results, film)
        if table.exists() and boundaries.exists():
            with contextlib.suppress(Fault):  # a damaged table is named by the job that needs it
                cuts[film] = FilmCuts(
                    [row["cut"] for row in read_table(table)],
                    [cut.cut for cut in read_boundaries(boundaries)],
                )
    return unmatched(rows_on_cuts, cuts)
