"""The table of a synthesizer's voices, voices.tsv in its folder: what was measured of them.

`benchmarks/speak.py --measure` writes the pitches.
"""

import functools
from dataclasses import dataclass
from importlib.resources import files

from .settings import Voice


@dataclass(frozen=True)
class VoiceRow:
    """A row of voices.tsv.

    Attributes:
        name: The voice's name.
        language: Its own language, a BCP-47 tag; "*": any.
        sex: `f` or `m`.
        pitch_hz: The median pitch that was measured.
    """

    name: str
    language: str
    sex: str
    pitch_hz: float

    def voice(self, is_guest: bool = False) -> Voice:
        """Offer the voice.

        Args:
            is_guest: Whether it is offered in a language that is not its own.

        Returns:
            The voice.
        """
        return Voice(self.name, "f" if self.sex == "f" else "m", self.pitch_hz, is_guest)


@functools.cache
def read_voice_table(package: str) -> tuple[VoiceRow, ...]:
    """Read the table of voices of a synthesizer.

    Args:
        package: The synthesizer's package, whose folder has a voices.tsv.

    Returns:
        The rows, in their order.
    """
    lines = files(package).joinpath("voices.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines[1:] if line)
    return tuple(VoiceRow(name, language, sex, float(hz)) for name, language, sex, hz in rows)
