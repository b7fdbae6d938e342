"""Finding weight files, and checking that they are the published ones."""

import contextlib
import functools
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..core.errors import Fault, InputError
from ..core.files import digest
from . import table
from .table import read_table
from .version import MISSING, fingerprint

log = logging.getLogger(__name__)

TREE_VARIABLE = "MOUTHPIECE_MODELS"
"""Environment variable that names a folder laid out as upstream's `models/`."""


def _folders(tree: Path | None) -> Iterator[Path]:
    variable = os.environ.get(TREE_VARIABLE)
    if tree is not None:
        yield tree
    if variable:
        yield Path(variable)
    yield table.downloads()
    yield table.MODELS


def weight_path(name: str, tree: Path | None = None) -> Path:
    """Find a weight file in `tree`, in $MOUTHPIECE_MODELS or in the project's `models/`.

    A file outside the downloads whose SHA-256 is not the published one is the user's own: it is
    used, with a warning.

    Args:
        name: The file's name in weights.tsv, a relative path.
        tree: A folder laid out as upstream's `models/`, searched first.

    Returns:
        The file's path.

    Raises:
        InputError: If the file is nowhere. The message names the command that fetches it.
        Fault: If a downloaded file is not the published one.
    """
    return first_weight_path((name,), tree)


def first_weight_path(names: Sequence[str], tree: Path | None = None) -> Path:
    """Find the first of several equivalent files (`.safetensors`, `.bin`); see `weight_path`.

    Args:
        names: The files' names in weights.tsv, in order of preference.
        tree: A folder laid out as upstream's `models/`, searched first.

    Returns:
        The path of the first file that exists.

    Raises:
        InputError: If none of the files exists.
        Fault: If a downloaded file is not the published one.
    """
    name, path = find_weight(names, tree)
    if not _is_published(name, path):
        if path == table.downloads() / name:
            raise _not_published(path)
        _warn_of_own_file(path)
    return path


def versions_found(groups: Iterable[Sequence[str]], tree: Path | None) -> list[tuple[str, str]]:
    """Tell weight files from others, or from those that replace them.

    Args:
        groups: Names of equivalent files; see `first_weight_path`.
        tree: See `first_weight_path`.

    Returns:
        Path and SHA-256 of the file of each group that has one.

    Raises:
        Fault: See `first_weight_path`.
    """
    found = []
    for names in groups:
        with contextlib.suppress(InputError):
            found.append(first_weight_path(names, tree).resolve())
    return [(str(path), fingerprint(path)) for path in found]


def files_version(groups: Iterable[Sequence[str]], tree: Path | None = None) -> str:
    """Identify weight files by their content, wherever they are.

    Args:
        groups: Of each file the names that it may have, see `first_weight_path`.
        tree: A folder laid out as upstream's `models/`, searched first.

    Returns:
        12 hex digits; `MISSING` if a file is not there or is damaged: the job that needs it says
        so.
    """
    try:
        paths = [first_weight_path(names, tree) for names in groups]
    except (InputError, Fault):
        return MISSING
    return digest([fingerprint(path) for path in paths])[:12]


def verified_weight_path(name: str) -> Path:
    """Find a weight file of which only the published version is accepted.

    Args:
        name: The file's name in weights.tsv.

    Returns:
        The file's path.

    Raises:
        InputError: If the file is nowhere.
        Fault: If its SHA-256 is not the published one, wherever the file is.
    """
    _, path = find_weight((name,))
    if not _is_published(name, path):
        raise _not_published(path)
    return path


def find_weight(names: Sequence[str], tree: Path | None = None) -> tuple[str, Path]:
    """Find the first of several files, without reading it.

    Args:
        names: The files' names in weights.tsv, in order of preference.
        tree: A folder laid out as upstream's `models/`, searched first.

    Returns:
        The name of the first file that exists, and its path. A file in an earlier folder comes
        before all in later ones, whatever its name.

    Raises:
        InputError: If none of the files exists.
    """
    for folder in _folders(tree):
        for name in names:
            if (folder / name).is_file():
                return name, folder / name
    searched = ", ".join(str(folder / names[0]) for folder in _folders(tree))
    raise InputError(
        f"weight file {names[0]} is missing (looked for {searched}); fetch it with "
        f"`mouthpiece models fetch {names[0]}`, or fetch all files of an engine or scorer with "
        "`mouthpiece models fetch --for NAME`"
    )


def _is_published(name: str, path: Path) -> bool:
    """Whether a file has the SHA-256 of its row; true where no hash is known."""
    pinned = _pinned(table.TABLE, table.TABLE.stat().st_mtime_ns).get(name)
    return pinned is None or fingerprint(path) == pinned


@functools.cache
def _pinned(table: Path, _mtime_ns: int) -> dict[str, str | None]:
    return {weight.name: weight.sha256 for weight in read_table(table).values()}


def _not_published(path: Path) -> Fault:
    return Fault(f"{path} is not the file that weights.tsv names; delete it, and fetch it again")


@functools.cache
def _warn_of_own_file(path: Path) -> None:
    """Warn once a file."""
    log.warning("%s: not the published file (its SHA-256 is another); used as it is", path)
