"""All that is known of the lines of a film whose dub is made: script, takes, sound gate, edits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..core.plain_table import damage_is_fault, read_plain
from ..text.script import ScriptLine, read_script
from ..text.translation import read_translation
from ..voices.takes import Take, read_takes

MOST_PAUSE_S = 10.0
"""How much of the pause after a line counts as room for it at most."""


@dataclass(frozen=True)
class ScriptFiles:
    """The files that a film's lines are read from.

    Attributes:
        script: script.tsv.
        translation: translation.json: the targets before anybody edited them.
        takes: takes.json: what is spoken, and where.
        lines: lines.tsv: what the sound gate found.
    """

    script: Path
    translation: Path
    takes: Path
    lines: Path


@dataclass(frozen=True)
class HeardTake:
    """Where a line is heard in the dub.

    Attributes:
        take: Its take.
        sample_rate_hz: Samples/s of all takes.
    """

    take: Take
    sample_rate_hz: int

    @property
    def start_s(self) -> float:
        """When it begins, in seconds from picture 0."""
        return self.take.start_sample / self.sample_rate_hz

    @property
    def end_s(self) -> float:
        """When it ends; equal to `start_s` where nothing is spoken."""
        return self.take.end_sample / self.sample_rate_hz

    @property
    def speed(self) -> float:
        """How much faster than the voice's own rate it is."""
        return self.take.rate / self.take.stretch


@dataclass(frozen=True)
class FilmLine:
    """A line.

    Attributes:
        row: Its row of script.tsv.
        base: Its target before anybody edited it; empty: there is none, or it is not known.
        take: Its take; None: it is not known.
        judged: Its row of lines.tsv; empty: the sound gate has not seen it.
        edit: Its row of edits.tsv in the run, by column; empty: it has none.
        pause_s: The pause after it, up to `MOST_PAUSE_S`.
    """

    row: ScriptLine
    base: str = ""
    take: HeardTake | None = None
    judged: Mapping[str, str] = field(default_factory=dict)
    edit: Mapping[str, str] = field(default_factory=dict)
    pause_s: float = MOST_PAUSE_S

    @property
    def verdict(self) -> str:
        """What the sound gate says: `fail`, `review`, `pass`, or `unjudged`."""
        return self.judged.get("verdict") or "unjudged"

    @property
    def severity(self) -> str:
        """How much its worst reason weighs: `Blocker`, `Issue`, `FYI`, or empty."""
        return self.judged.get("severity", "")

    @property
    def codes(self) -> list[str]:
        """All doubts about it, each once: of gate, script and take."""
        reasons = (self.judged.get("reasons", ""), self.row.flags)
        found = [code for text in reasons for code in text.split(";") if code]
        named = {code.partition("=")[0] for code in found}
        spoken = self.take.take.flags if self.take else ()
        found += [code for code in spoken if code.partition("=")[0] not in named]
        return list(dict.fromkeys(found))

    @property
    def is_stale(self) -> bool:
        """Whether its edit was made on another source text, and is not used."""
        made_on = self.edit.get("source", "")
        return bool(made_on) and made_on.split() != self.row.source.split()

    @property
    def is_to_review(self) -> bool:
        """Whether a person should look at it: a doubt that the gate knows and passes is none."""
        is_unknown = self.verdict == "unjudged" and bool(self.codes)
        return self.verdict in ("fail", "review") or is_unknown


def read_lines(
    files: ScriptFiles, edits: Mapping[str, Mapping[str, str]], rate: float, gap_s: float = 0.0
) -> list[FilmLine]:
    """Read the lines of a film.

    Args:
        files: The files.
        edits: The rows of edits.tsv on the film, by line.
        rate: Frames per second.
        gap_s: The silence that is left before the next line, in seconds.

    Returns:
        The lines, by when they begin.

    Raises:
        Fault: A file is damaged.
    """
    rows = read_script(files.script)
    bases, takes = _bases(files.translation, rows), _takes(files.takes)
    judged = _judged(files.lines)
    starts = [*(row.start_frame for row in rows[1:]), float("inf")]
    return [
        FilmLine(
            row,
            bases.get(row.line, ""),
            takes.get(row.line),
            judged.get(row.line, {}),
            edits.get(row.line, {}),
            min(max(0.0, (start - row.end_frame) / rate - gap_s), MOST_PAUSE_S),
        )
        for row, start in zip(rows, starts, strict=True)
    ]


def _bases(translation: Path, rows: Sequence[ScriptLine]) -> dict[str, str]:
    """The targets before anybody edited them, by line: ids are in the order of the translation."""
    lines = read_translation(translation).lines
    ordered = sorted(rows, key=lambda row: row.line)
    return {
        row.line: line.target
        for row, line in zip(ordered, lines, strict=False)
        if row.source.split() == line.source.split()
    }


def _takes(table: Path) -> dict[str, HeardTake]:
    takes = read_takes(table)
    return {take.line: HeardTake(take, takes.sample_rate_hz) for take in takes.takes}


def _judged(table: Path) -> dict[str, dict[str, str]]:
    with damage_is_fault(table):
        return {row["line"]: row for row in read_plain(table)}
