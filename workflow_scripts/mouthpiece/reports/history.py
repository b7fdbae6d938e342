"""The history of a project's results: one small file for each run that changed something.

Files are only added, each whole or not there, and no result depends on them: like timings, they
tell when and how long. A run whose results are those of the last one adds none, so a run may be
repeated, or end half-way.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..core.errors import Fault
from ..core.files import read_json, write_json

NAME = re.compile(r"[0-9]{6,}\.json")


def _now() -> datetime:
    return datetime.now(UTC)


def read_history(folder: Path) -> list[dict[str, Any]]:
    """Read the history.

    Args:
        folder: Its folder; it may be missing.

    Returns:
        The entries, the oldest first.

    Raises:
        Fault: A file is not an entry.
    """
    return [_entry(file) for file in _files(folder)]


def record(
    folder: Path, key: str, values: dict[str, Any], now: Callable[[], datetime] = _now
) -> list[dict[str, Any]]:
    """Add an entry, unless the last one has the same key.

    Args:
        folder: The folder of the history.
        key: A digest of the results of the run, not of when it was and how long it took.
        values: JSON values to keep.
        now: The clock.

    Returns:
        All entries, the oldest first.

    Raises:
        Fault: A file is not an entry.
    """
    entries = read_history(folder)
    if not entries or entries[-1]["key"] != key:
        entry = {"key": key, "at": now().isoformat(timespec="seconds"), "values": values}
        number = int(_files(folder)[-1].stem) + 1 if entries else 1
        write_json(folder / f"{number:06d}.json", entry)
        entries.append(entry)
    return entries


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        (f for f in folder.iterdir() if NAME.fullmatch(f.name)), key=lambda f: int(f.stem)
    )


def _entry(file: Path) -> dict[str, Any]:
    try:
        entry = read_json(file)
    except Fault:
        entry = None
    if not isinstance(entry, dict) or {"key", "at", "values"} - entry.keys():
        raise Fault(f"{file}: is not an entry of the history; remove it")
    return entry
