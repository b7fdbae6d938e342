"""The films of a project that are not made, and why, as the logs of their jobs say."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.cuts import CUT_PATTERN
from ..core.job_logs import last_error

READ_LOGS = 200
"""How many logs of a film are read, the newest first."""


@dataclass(frozen=True)
class UnmadeFilm:
    """A film that is not made.

    Attributes:
        video: The video.
        language: The key of the dub.
        message: What went wrong last; empty: no log says so.
        log: The log that says it, from the project's folder; empty: none.
    """

    video: str
    language: str
    message: str = ""
    log: str = ""


def unmade_films(
    known: Collection[tuple[str, str]], made: Collection[tuple[str, str]], folder: Path
) -> list[UnmadeFilm]:
    """Find the films that are not made.

    Args:
        known: The films of the project, video and key of the dub.
        made: Those that are made.
        folder: The project's folder, which has `logs/`.

    Returns:
        The others, sorted.
    """
    return [_explained(*film, folder) for film in sorted(known) if film not in made]


def _explained(video: str, language: str, folder: Path) -> UnmadeFilm:
    for log in sorted(_logs(folder / "logs" / video, language), key=_age)[:READ_LOGS]:
        if message := last_error(log):
            return UnmadeFilm(video, language, message, log.relative_to(folder).as_posix())
    return UnmadeFilm(video, language)


def _age(log: Path) -> float:
    return -log.stat().st_mtime


def _logs(folder: Path, language: str) -> Iterator[Path]:
    """The logs of jobs that a film needed: its own, and those that serve all dubs."""
    yield from folder.glob("*.log")
    yield from (folder / language).rglob("*.log")
    for log in folder.glob("*/*.log"):
        if re.fullmatch(CUT_PATTERN, log.parent.name):
            yield log
