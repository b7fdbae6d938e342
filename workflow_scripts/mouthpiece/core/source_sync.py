"""sync.json: what the whole film tells of its cuts.

By how much the source's sound is late, and the finding of who speaks in each cut with that taken
out. What guard.json says of who speaks is the finding of a cut by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .files import read_json, write_json
from .notes import Note
from .plain_table import damage_is_fault


@dataclass(frozen=True)
class SourceSync:
    """What a sync.json says.

    Attributes:
        offset_frames: By how many frames of 25 fps the sound comes before the lips in the whole
            film; negative where it is late; None where nothing is sure.
        speakers: Cut -> what was found of who speaks, where a score was judged.
        notes: What a user should know.
    """

    offset_frames: int | None
    speakers: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    def speaker(self, cut: str, guard: Mapping[str, Any]) -> dict[str, Any]:
        """Tell what was found of who speaks in a cut.

        Args:
            cut: The cut of the video.
            guard: Its guard.json.

        Returns:
            The finding.
        """
        return dict(self.speakers.get(cut, guard["speaker"]))


def write_sync(sync: SourceSync, path: Path) -> None:
    """Write a sync.json.

    Args:
        sync: What it says.
        path: The file to write.
    """
    notes = [note.row for note in sync.notes]
    offset, speakers = sync.offset_frames, dict(sync.speakers)
    write_json(path, {"version": 1, "offset_frames": offset, "speakers": speakers, "notes": notes})


def read_sync(path: Path) -> SourceSync:
    """Read what `write_sync` wrote.

    Args:
        path: A sync.json.

    Returns:
        What it says.

    Raises:
        Fault: The file is damaged.
    """
    with damage_is_fault(path):
        found = read_json(path)
        return SourceSync(
            found["offset_frames"], found["speakers"], tuple(map(Note.of, found["notes"]))
        )
