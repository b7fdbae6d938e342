"""A video's table of cuts, as a file that reviewers write to, too: cuts are split and merged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from ..core.cuts import Cut
from ..project.decision_table import STAMP
from ..project.given_cuts import COLUMNS, cuts_of
from ..project.rows import header_of, parse
from ..project.table_text import TableText, cells_of, line_of

MADE = "# The cuts of the film as they were found. The review page made this table of them."


@dataclass(frozen=True)
class CutsTable:
    """The lines of a table of cuts. Comments, and lines that are not changed, stay as they were.

    Attributes:
        text: The lines.
        total_frames: How many frames the film has.
        by: The cells that say who changes it, and when: see `stamped`.
    """

    text: TableText
    total_frames: int
    by: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, total_frames: int) -> Self:
        """Read a table.

        Args:
            path: Its file.
            total_frames: How many frames the film has.

        Returns:
            The table.

        Raises:
            InputError: It cannot be read.
        """
        return cls(TableText.read(path), total_frames)

    @classmethod
    def made(cls, path: Path, cuts: Sequence[Cut]) -> Self:
        """Make a table of cuts.

        Args:
            path: Where it is to be written.
            cuts: The cuts of a film, in order.

        Returns:
            The table.
        """
        firsts = [str(cut.first_frame) for cut in cuts]
        text = TableText(path, ("",)).with_lines([MADE, COLUMNS[0], *firsts])
        return cls(text, cuts[-1].end_frame)

    @property
    def cuts(self) -> list[Cut]:
        """The cuts, in order. Raises InputError where they do not cover the film."""
        path = self.text.path
        return cuts_of(path, parse(path, self.text.lines, "cuts"), self.total_frames)

    @property
    def stamp(self) -> dict[str, str]:
        """Who set boundaries last, and when: the columns `STAMP`; empty where no row says it."""
        rows = parse(self.text.path, self.text.lines, "cuts")
        stamps = [{name: row.values.get(name, "") for name in STAMP} for row in rows]
        return max(stamps, key=lambda stamp: stamp["time"], default=dict.fromkeys(STAMP, ""))

    def stamped(self, reviewer: str, time: str) -> Self:
        """Let the changes that follow say who makes them, and when, in columns of their rows.

        Args:
            reviewer: Who; empty: nobody said so, and rows say nothing.
            time: When, in UTC.

        Returns:
            The table, with these columns.
        """
        if not reviewer:
            return self
        found = header_of(self.text.path, self.text.lines, "cuts")
        lines = [*self.text.lines]
        lines[found.row - 1] = line_of([*dict.fromkeys([*found.header, *STAMP])])
        text = replace(self.text, lines=tuple(lines))
        return replace(self, text=text, by={"reviewer": reviewer, "time": time})

    def split(self, frame: int) -> Self:
        """Let a cut begin at a frame.

        Args:
            frame: A frame at which none begins.

        Returns:
            The changed table.
        """
        at, cut = next(
            (n, c) for n, c in enumerate(self.cuts) if c.first_frame < frame < c.end_frame
        )
        lines = [*self.text.lines]
        line = self._lines[at]
        parts = (
            Cut.of(cut.first_frame, frame - cut.first_frame),
            Cut.of(frame, cut.end_frame - frame),
        )
        lines[line : line + 1] = [self._written(line, part) for part in parts]
        ends = [*self.text.ends]
        ends.insert(line, self.text.end)
        return self._with(lines, ends)

    def merge(self, frame: int) -> Self:
        """Let no cut begin at a frame.

        Args:
            frame: The first frame of a cut that is not the first one.

        Returns:
            The changed table.
        """
        cuts = self.cuts
        at = next(number for number, cut in enumerate(cuts) if cut.first_frame == frame)
        before, gone = self._lines[at - 1], self._lines[at]
        whole = Cut.of(cuts[at - 1].first_frame, cuts[at - 1].frames + cuts[at].frames)
        lines, ends = [*self.text.lines], [*self.text.ends]
        lines[before] = self._written(before, whole)
        del lines[gone], ends[gone : gone + 1]
        return self._with(lines, ends)

    @property
    def _lines(self) -> list[int]:
        """The index of each cut's line."""
        rows = parse(self.text.path, self.text.lines, "cuts")
        return [row.line - 1 for row in rows]

    def _written(self, line: int, cut: Cut) -> str:
        """A line, with the numbers of a cut."""
        header = header_of(self.text.path, self.text.lines, "cuts").header
        cells = cells_of(self.text.path, line + 1, self.text.lines[line])
        numbers = {COLUMNS[0]: str(cut.first_frame), COLUMNS[1]: str(cut.frames)}
        if not any(name == COLUMNS[1] and cell for name, cell in zip(header, cells, strict=False)):
            del numbers[COLUMNS[1]]
        written = {**numbers, **self.by}
        return line_of([written.get(name, "") for name in header])

    def _with(self, lines: Sequence[str], ends: Sequence[str]) -> Self:
        return replace(self, text=replace(self.text, lines=tuple(lines), ends=tuple(ends)))
