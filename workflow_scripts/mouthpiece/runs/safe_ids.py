"""Ids of videos and dubs, made of names that users and other programs gave."""

import re
import unicodedata
from collections.abc import Container, Iterator
from pathlib import Path

from ..project.tables import REPEATED

LONGEST_ID = 64


def video_id(film: Path) -> str:
    """Derive the id of a video from its file's name, whatever characters that has.

    Args:
        film: The file.

    Returns:
        See `safe_id`.
    """
    return safe_id(film.stem)


def safe_id(name: str) -> str:
    """Make an id of a name, whatever characters it has.

    Args:
        name: The name of a video or a dub.

    Returns:
        1 to 64 letters, digits and "-", the first a letter or a digit. What is at the end 20 times
        or more is there once: Snakemake refuses more.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    short = re.sub("[^A-Za-z0-9]+", "-", plain).strip("-")[:LONGEST_ID].rstrip("-")
    return REPEATED.sub(r"\1", short) or "film"


def free_id(wanted: str, taken: Container[str]) -> str:
    """Find an id that is not taken. Case is ignored, as some file systems ignore it.

    Args:
        wanted: The id that is taken where it is free.
        taken: The ids of others, casefolded.

    Returns:
        It, or it with a number.
    """
    return next(name for name in _ids(wanted) if name.casefold() not in taken)


def _ids(first: str) -> Iterator[str]:
    """An id, and those to take where it is taken."""
    yield first
    for number in range(2, 10_000):
        yield f"{first[: LONGEST_ID - 5]}-{number}"
