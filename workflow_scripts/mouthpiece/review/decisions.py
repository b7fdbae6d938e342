"""The table of decisions on cuts, as a file."""

from collections.abc import Sequence
from pathlib import Path

from ..project.decision_table import DECISION_VALUES, Decision, decision_of, decision_rows
from ..project.rows import Row
from .user_table import Key, UserTable

COLUMNS = ("video", "language", "cut", *DECISION_VALUES)

VALUES = tuple(name for name in DECISION_VALUES if name != "time")
"""The columns that a reviewer fills in."""


class Table(UserTable[Decision]):
    """decisions.tsv."""

    NAME = "decisions"
    COLUMNS = COLUMNS

    @staticmethod
    def parsed(path: Path, lines: Sequence[str]) -> list[Row]:
        """Parse the lines of decisions.tsv; see `UserTable.parsed`.

        Args:
            path: The file they come from, for messages.
            lines: The lines.

        Returns:
            The rows, one for each cut.

        Raises:
            InputError: A row is wrong, or a cut has two.
        """
        return decision_rows(path, lines)

    @staticmethod
    def entry_of(row: Row) -> Decision:
        """Read a row.

        Args:
            row: The row.

        Returns:
            The decision.
        """
        return decision_of(row)

    @property
    def decisions(self) -> dict[Key, Decision]:
        """The decisions by video, language and cut."""
        return self.entries
