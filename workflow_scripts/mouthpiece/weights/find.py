"""Where a weight file lies, and that it is the one that was meant."""

import functools
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..core.errors import Fault, InputError
from . import table
from .table import read_table
from .version import fingerprint

log = logging.getLogger(__name__)

TREE_VARIABLE = "MOUTHPIECE_MODELS"
"""Environment variable: a folder laid out as upstream's `models/` that is searched first."""


def _candidates(name: str, tree: Path | None) -> Iterator[Path]:
    variable = os.environ.get(TREE_VARIABLE)
    if tree is not None:
        yield tree / name
    if variable:
        yield Path(variable) / name
    yield table.MODELS / "downloads" / name
    yield table.MODELS / name


def weight_path(name: str, tree: Path | None = None) -> Path:
    """Where a weight file lies: in `tree`, in $MOUTHPIECE_MODELS, or in the project's `models/`.

    `tree` is a folder laid out as upstream's `models/`, used as it is. Raises InputError that says
    which command fetches the file when it is in none of them. A file with another SHA-256 than its
    row's is a Fault among the downloads; elsewhere it is the user's own, and a warning.
    """
    return first_weight_path((name,), tree)


def first_weight_path(names: Sequence[str], tree: Path | None = None) -> Path:
    """As `weight_path`, the first of several equivalent files (`.safetensors`, `.bin`)."""
    name, path = find_weight(names, tree)
    if not _is_published(name, path):
        if path == table.MODELS / "downloads" / name:
            raise _another(path)
        _warn_of_own(path)
    return path


def verified_weight_path(name: str) -> Path:
    """As `weight_path`, where another SHA-256 than the row's is a Fault wherever the file lies."""
    _, path = find_weight((name,))
    if not _is_published(name, path):
        raise _another(path)
    return path


def find_weight(names: Sequence[str], tree: Path | None = None) -> tuple[str, Path]:
    """The first of these files that is there, its name and where; its content is not looked at."""
    for name in names:
        for path in _candidates(name, tree):
            if path.is_file():
                return name, path
    searched = ", ".join(str(path) for path in _candidates(names[0], tree))
    raise InputError(
        f"weight file {names[0]} is missing (looked for {searched}); fetch it with "
        f"`python -m mouthpiece.weights fetch {names[0]}`, or with what goes with it by "
        "`make models ENGINE=` and the name of the engine or scorer"
    )


def _is_published(name: str, path: Path) -> bool:
    """Whether a file has the SHA-256 of its row; true where none is known."""
    pinned = _pinned(table.TABLE, table.TABLE.stat().st_mtime_ns).get(name)
    return pinned is None or fingerprint(path) == pinned


@functools.cache
def _pinned(table: Path, _mtime_ns: int) -> dict[str, str | None]:
    return {weight.name: weight.sha256 for weight in read_table(table).values()}


def _another(path: Path) -> Fault:
    return Fault(f"{path} is not the file that weights.tsv names; delete it, and fetch it again")


@functools.cache
def _warn_of_own(path: Path) -> None:
    """Say once what is used."""
    log.warning("%s: not the published file (its SHA-256 is another); used as it is", path)
