"""The table of edits of lines, as a file."""

from collections.abc import Sequence
from pathlib import Path

from ..project.decision_table import STAMP
from ..project.rows import Row
from ..project.spoken_tables import WANTED, Edit, edit_of, edit_rows
from .user_table import UserTable

VALUES = (*WANTED, "reviewer")
"""The columns that a reviewer fills in."""


class EditTable(UserTable[Edit]):
    """edits.tsv."""

    NAME = "edits"
    COLUMNS = ("video", "language", "line", *WANTED, *STAMP)

    @staticmethod
    def parsed(path: Path, lines: Sequence[str]) -> list[Row]:
        """Parse the lines of edits.tsv; see `UserTable.parsed`.

        Args:
            path: The file they come from, for messages.
            lines: The lines.

        Returns:
            The rows, one for each line of a script.

        Raises:
            InputError: A row is wrong, or a line has two.
        """
        return edit_rows(path, lines)

    @staticmethod
    def entry_of(row: Row) -> Edit:
        """Read a row.

        Args:
            row: The row.

        Returns:
            The edit.
        """
        return edit_of(row)
