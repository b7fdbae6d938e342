"""The cuts of the film that was asked for last, kept in memory: reviewers stay with a film."""

from pathlib import Path

from ..core.cut_table import read_table
from .file_state import State, state_of

Rows = dict[str, dict[str, str]]
"""Cut id -> its row of cuts.tsv."""


class LastCuts:
    """Reads a cuts.tsv again only where it is another one, or changed. Threads may share it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._last: tuple[Path, State | None, Rows] | None = None

    def read(self, table: Path) -> Rows:
        """Read a table.

        Args:
            table: The path of a cuts.tsv.

        Returns:
            Its rows, which must not be changed.

        Raises:
            Fault: The file is damaged.
            FileNotFoundError: There is none.
        """
        state, last = state_of(table), self._last
        if last is None or last[:2] != (table, state):
            last = table, state, {row["cut"]: row for row in read_table(table)}
            self._last = last if state else None
        return last[2]
