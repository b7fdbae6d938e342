"""Two reviewers' tables of decisions, of edits or of overrides become one.

A cut, line or setting on which they differ is reported with both rows. A table that is already at
the output is one of them: its rows and comments stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..core.errors import InputError
from ..core.user_files import MISSING, exists, file_problem, shown
from ..project.decision_table import STAMP, WHO
from ..project.rows import text_of
from ..project.table_text import Cells
from .decisions import Table
from .edits import EditTable
from .override_table import OverrideTable
from .user_table import Entry, Key, UserTable, folded


@dataclass(frozen=True)
class Conflict:
    """Two rows that say different things on one cut or line, or a setting of one.

    Attributes:
        key: Video, language, cut or line, and the setting of an override.
        first: The row that came first.
        other: The row that differs from it.
    """

    key: Key
    first: Entry
    other: Entry

    def __str__(self) -> str:
        lines = [f"{' '.join(self.key)} has two rows that differ:"]
        for said in (self.first, self.other):
            meant = meaning(said.values).items()
            values = ", ".join(f"{name} {value!r}" for name, value in meant if value)
            lines.append(f"  {said.row.table}, row {said.row.line}{_by(said)}: {values}")
        return "\n".join(lines)


def _by(said: Entry) -> str:
    """Who says it, and when, as far as the row tells."""
    reviewer, time = (said.values.get(name, "") for name in STAMP)
    return f"{f', by {reviewer}' if reviewer else ''}{f', {time}' if time else ''}"


def merge(
    tables: Sequence[Path], output: Path, prefer: Literal["first", "last"] | None = None
) -> tuple[UserTable[Any], list[Conflict]]:
    """Merge tables of decisions, of edits or of overrides. Rows that say the same become one.

    A table that is at `output` already comes first, unless it is among the others. Its comments
    stay, or else those of the first table.

    Args:
        tables: The tables, in order.
        output: Where the merged table is to be written; this does not write it.
        prefer: Which row is kept where rows differ; None: the first, and the caller decides.

    Returns:
        The merged table, and where rows differ.

    Raises:
        InputError: A table is missing or wrong, or of another kind than the first.
    """
    for path in tables:
        if problem := file_problem(path):
            what = "there is no such table" if problem == MISSING else problem
            raise InputError(f"{shown(path)}: {what}")
    if exists(output) and not any(path.samefile(output) for path in tables):
        tables = [output, *tables]
    kind = kind_of(tables[0])
    merged, conflicts = kind(output if exists(output) else tables[0]), []
    merged.path = output
    kept: dict[Key, Entry] = {}
    for path in tables:
        for key, other in kind(path).entries.items():
            first = kept.setdefault(folded(key), other)
            if meaning(first.values) == meaning(other.values):
                continue
            conflicts.append(Conflict(key, first, other))
            if prefer == "last":
                kept[folded(key)] = other
    present = {folded(key): said.values for key, said in merged.entries.items()}
    for key, said in kept.items():
        if present.get(key) != said.values:
            merged.put(kind.key_of(said.row), said.values)
    return merged, conflicts


def meaning(values: Mapping[str, str]) -> dict[str, str]:
    """Leave out who says something, and when.

    Args:
        values: The cells of a row by column.

    Returns:
        The others. Rows in which these are the same do not differ.
    """
    return {name: value for name, value in values.items() if name not in WHO}


def kind_of(path: Path) -> type[UserTable[Any]]:
    """Tell which kind of table it is.

    Args:
        path: A table.

    Returns:
        What reads it: edits are of lines, overrides of settings, and all else is taken for
        decisions.

    Raises:
        InputError: There is no header that can be read.
    """
    cells = Cells.of(path, text_of(path, Table.NAME).lines, Table.COLUMNS)
    columns = cells.header if cells else []
    if "setting" in columns:
        return OverrideTable
    return EditTable if "line" in columns and "cut" not in columns else Table
