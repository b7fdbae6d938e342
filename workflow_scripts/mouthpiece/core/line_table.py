"""The rows of lines.tsv: everything the sound gate knows of each line of a film."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from .plain_table import damage_is_fault, read_plain, write_plain

Severity = Literal["", "FYI", "Issue", "Blocker"]

SEVERITIES: tuple[Severity, ...] = ("", "FYI", "Issue", "Blocker")
"""How much a reason weighs, in the words of professional quality control, the lightest first:
nothing; worth knowing; to be mended if there is time; not to be delivered."""

VERDICTS: dict[Severity, str] = {"": "pass", "FYI": "pass", "Issue": "review", "Blocker": "fail"}
"""The verdict on a line by its heaviest reason."""


@dataclass(frozen=True)
class LineRow:
    """A row of lines.tsv; empty text where something does not apply or was not measured.

    Attributes:
        line: The line's id in script.tsv.
        verdict: `pass`, `review` or `fail`.
        severity: The weight of the heaviest reason.
        reasons: Why, `code` or `code=value`, separated by `;`, the heaviest first.
        speaker: Who speaks.
        voice: The voice, `synthesizer:name`.
        status: `draft`, `edited` or `approved`.
        start_s: When its take begins, in seconds from picture 0.
        take_s: How long it is.
        slot_s: How long its slot is.
        overrun_s: How far it goes beyond its slot and the pause after it, in seconds.
        rate: The rate at which it was spoken; 1 is the voice's own.
        stretch: Its length after the stretch, as a share of that before it.
        clipped_samples: The longest run of samples at full scale.
        heard: What the recognizer heard.
        heard_error: Its character error rate against the text.
        heard_language: The language that was heard; empty where it is the target's.
        background_share: The share of its source words that are heard in the background.
        cuts: The cuts during which it is heard, separated by `;`.
        take: The key of the take.
    """

    line: str
    verdict: str
    severity: str
    reasons: str
    speaker: str = ""
    voice: str = ""
    status: str = ""
    start_s: str = ""
    take_s: str = ""
    slot_s: str = ""
    overrun_s: str = ""
    rate: str = ""
    stretch: str = ""
    clipped_samples: str = ""
    heard: str = ""
    heard_error: str = ""
    heard_language: str = ""
    background_share: str = ""
    cuts: str = ""
    take: str = ""

    @property
    def codes(self) -> list[str]:
        """The codes of its reasons, without their values."""
        return [reason.partition("=")[0] for reason in self.reasons.split(";") if reason]


def write_lines(rows: Sequence[LineRow], table: Path) -> None:
    """Write lines.tsv, whole or not at all.

    Args:
        rows: The rows, in the order of the script.
        table: The file to write.
    """
    names = [field.name for field in fields(LineRow)]
    write_plain(names, [[getattr(row, name) for name in names] for row in rows], table)


def read_lines(table: Path) -> list[LineRow]:
    """Read what `write_lines` wrote.

    Args:
        table: A lines.tsv.

    Returns:
        Its rows, in the order of the script.

    Raises:
        Fault: The file is damaged.
    """
    names = [field.name for field in fields(LineRow)]
    with damage_is_fault(table):
        return [LineRow(**{name: row[name] for name in names}) for row in read_plain(table)]
