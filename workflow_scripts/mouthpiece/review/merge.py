"""Two reviewers' tables of decisions become one.

A cut on which they differ is reported with both rows. A table that is already at the output is one
of them: its rows and comments stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..core.errors import InputError
from ..core.user_files import MISSING, exists, file_problem, shown
from ..project.tables import Decision, key_of
from .decisions import Key, Table, folded


@dataclass(frozen=True)
class Conflict:
    """Two rows that say different things on one cut.

    Attributes:
        key: Video, language and cut.
        first: The row that came first.
        other: The row that differs from it.
    """

    key: Key
    first: Decision
    other: Decision

    def __str__(self) -> str:
        lines = [f"{' '.join(self.key)} has two rows that differ:"]
        for decision in (self.first, self.other):
            values = ", ".join(
                f"{name} {value!r}" for name, value in decision.values.items() if value
            )
            lines.append(f"  {decision.row.table}, row {decision.row.line}: {values}")
        return "\n".join(lines)


def merge(
    tables: Sequence[Path], output: Path, prefer: Literal["first", "last"] | None = None
) -> tuple[Table, list[Conflict]]:
    """Merge tables of decisions. Rows that say the same become one.

    A table that is at `output` already comes first, unless it is among the others. Its comments
    stay, or else those of the first table.

    Args:
        tables: The tables, in order.
        output: Where the merged table is to be written; this does not write it.
        prefer: Which row is kept where rows differ; None: the first, and the caller decides.

    Returns:
        The merged table, and where rows differ.

    Raises:
        InputError: A table is missing or wrong.
    """
    for path in tables:
        if problem := file_problem(path):
            what = "there is no such table" if problem == MISSING else problem
            raise InputError(f"{shown(path)}: {what}")
    if exists(output) and not any(path.samefile(output) for path in tables):
        tables = [output, *tables]
    merged, conflicts = Table(output if exists(output) else tables[0]), []
    merged.path = output
    kept: dict[Key, Decision] = {}
    for path in tables:
        for key, other in Table(path).decisions.items():
            first = kept.setdefault(folded(key), other)
            if first.values == other.values:
                continue
            conflicts.append(Conflict(key, first, other))
            if prefer == "last":
                kept[folded(key)] = other
    present = {folded(key): decision.values for key, decision in merged.decisions.items()}
    for key, decision in kept.items():
        if present.get(key) != decision.values:
            merged.put(key_of(decision.row), decision.values)
    return merged, conflicts
