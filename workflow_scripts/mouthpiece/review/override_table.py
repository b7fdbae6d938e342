"""The table of overrides, as a file that reviewers write to, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..project.decision_table import STAMP
from ..project.overrides import COLUMNS
from ..project.rows import Row, check_unique, parse
from .user_table import UserTable


@dataclass(frozen=True)
class OverrideRow:
    """A row of overrides.tsv.

    Attributes:
        row: The row.
    """

    row: Row

    @property
    def values(self) -> dict[str, str]:
        """The columns without the key."""
        return {name: self.row.values.get(name, "") for name in ("value", *STAMP)}


class OverrideTable(UserTable[OverrideRow]):
    """overrides.tsv."""

    NAME = "overrides"
    COLUMNS = (*COLUMNS, *STAMP)
    KEY = COLUMNS[:4]

    @staticmethod
    def parsed(path: Path, lines: Sequence[str]) -> list[Row]:
        """Parse the lines of overrides.tsv; see `UserTable.parsed`.

        Args:
            path: The file they come from, for messages.
            lines: The lines.

        Returns:
            The rows, one for each setting of a scope.

        Raises:
            InputError: A row is wrong, or a setting of a scope has two.
        """
        rows = parse(path, lines, "overrides")
        check_unique(rows, OverrideTable.KEY)
        return rows

    @staticmethod
    def entry_of(row: Row) -> OverrideRow:
        """Read a row.

        Args:
            row: The row.

        Returns:
            What it says.
        """
        return OverrideRow(row)
