"""script.tsv: the lines of a film in one language, one row a line."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path

from ..core.plain_table import damage_is_fault, read_plain, write_plain

LONGEST_LOOP_S = 3600
"""How long the script of a looped film may be, in seconds: an hour."""

STATUSES = ("draft", "edited", "approved")

STALE = "stale_edit"
"""The flag of a line whose edit was made of another source text; see stage `script`."""


@dataclass(frozen=True)
class ScriptLine:
    """A row of script.tsv; empty text where something does not apply.

    Attributes:
        line: The line's id: its first and last frame in the source, such as "000120-000199". It
            stays when the line is edited or moved.
        speaker: Who speaks: "S1" and on.
        start_frame: The first frame of its slot.
        end_frame: The frame after the last of its slot.
        source: What is said in the source.
        target: What is said in the dub; empty: nothing is spoken.
        voice: The voice that a person chose, as in voices.tsv; empty: cast.
        status: `draft`: as it was translated; `edited`; `approved`.
        translator: Who translated it, such as "bergamot"; "given" where the user did.
        flags: Doubts, `code` or `code=value`, separated by `;`.
        note: A person's note.
    """

    line: str
    speaker: str
    start_frame: int
    end_frame: int
    source: str
    target: str
    voice: str = ""
    status: str = "draft"
    translator: str = ""
    flags: str = ""
    note: str = ""

    @property
    def flag_codes(self) -> list[str]:
        """The codes of its flags, without their values."""
        return [flag.partition("=")[0] for flag in self.flags.split(";") if flag]


def most_frames(picture_frames: int, rate: Fraction, loops: bool) -> int:
    """Find how many frames the script of a film may have.

    Args:
        picture_frames: The frames of its video.
        rate: The frames a second.
        loops: Whether the video is looped for as long as the script is.

    Returns:
        Frames.
    """
    return round(LONGEST_LOOP_S * rate) if loops else picture_frames


def write_script(lines: Sequence[ScriptLine], table: Path) -> None:
    """Write script.tsv, whole or not at all.

    Args:
        lines: The lines, by when they begin.
        table: The file to write.
    """
    names = [field.name for field in fields(ScriptLine)]
    write_plain(names, [[getattr(line, name) for name in names] for line in lines], table)


def read_script(table: Path) -> list[ScriptLine]:
    """Read what `write_script` wrote.

    Args:
        table: A script.tsv.

    Returns:
        The lines, by when they begin.

    Raises:
        Fault: The file is damaged.
    """
    with damage_is_fault(table):
        lines = []
        for row in read_plain(table):
            start_frame, end_frame = (int(row.pop(key)) for key in ("start_frame", "end_frame"))
            lines.append(ScriptLine(start_frame=start_frame, end_frame=end_frame, **row))
        return lines
