"""takes.json: what was spoken of each line, and where it is laid."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..core.errors import Fault
from ..core.files import read_json, write_json


@dataclass(frozen=True)
class Take:
    """What was spoken of a line.

    Attributes:
        line: The line's id in script.tsv.
        speaker: Who speaks.
        voice: The voice, `synthesizer:name`, or "given"; empty where nothing is spoken.
        synthesizer: The synthesizer, or "given"; empty where nothing is spoken.
        take: The take's key; empty where nothing is spoken.
        file: Its file, relative to the folder of takes.json; empty where nothing is spoken.
        start_sample: When it begins, in samples from picture 0.
        samples: How long it is.
        slot_samples: How long its slot is.
        rate: The rate at which it was spoken; 1 is the voice's own.
        stretch: Its length after the stretch, as a share of that before it.
        overrun_s: How much longer it is than its slot and the pause after it, in seconds.
        borrowed_pause_s: How much of the pause after its slot it takes, in seconds.
        flags: Doubts, `code` or `code=value`: `empty_target`, `silent`, `past_end`,
            `not_spoken`, `overrun`, `early`, `clipped`, `robotic`.
        cost_usd: What a service charged for it, when it was made.
    """

    line: str
    speaker: str
    voice: str = ""
    synthesizer: str = ""
    take: str = ""
    file: str = ""
    start_sample: int = 0
    samples: int = 0
    slot_samples: int = 0
    rate: float = 1.0
    stretch: float = 1.0
    overrun_s: float = 0.0
    borrowed_pause_s: float = 0.0
    flags: tuple[str, ...] = ()
    cost_usd: float = 0.0

    @property
    def end_sample(self) -> int:
        """The sample after its last."""
        return self.start_sample + self.samples


@dataclass(frozen=True)
class Takes:
    """The takes of a film.

    Attributes:
        sample_rate_hz: Samples/s of all of them.
        takes: One of each line of the script, in its order.
        notes: `core.notes.Note.row` of what a user should know.
    """

    sample_rate_hz: int
    takes: tuple[Take, ...]
    notes: Sequence[dict[str, Any]] = field(default_factory=tuple)

    @property
    def spoken(self) -> list[Take]:
        """The takes that have sound, by when they begin."""
        return sorted((t for t in self.takes if t.take), key=lambda t: (t.start_sample, t.line))


def write_takes(takes: Takes, path: Path) -> None:
    """Write takes.json, whole or not at all.

    Args:
        takes: The takes.
        path: The file to write.
    """
    write_json(path, {"version": 1, **asdict(takes)})


def read_takes(path: Path) -> Takes:
    """Read what `write_takes` wrote.

    Args:
        path: A takes.json.

    Returns:
        The takes.

    Raises:
        Fault: The file is broken.
    """
    try:
        values = dict(read_json(path))
        rows = tuple(Take(**{**row, "flags": tuple(row["flags"])}) for row in values["takes"])
        return Takes(int(values["sample_rate_hz"]), rows, tuple(values["notes"]))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Fault(f"{path}: cannot be read ({error}); delete it and run again") from None
