"""The base class of the settings of all synthesizers."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Literal

from ..core.errors import quoted
from ..core.notes import Note
from ..weights.plugin_settings import PluginSettings

NEAREST = 3
"""How many names a message suggests."""

FEW = 12
"""Up to so many names are listed in a message."""


@dataclass(frozen=True)
class Voice:
    """A voice of a synthesizer.

    Attributes:
        name: Its name, without the synthesizer's.
        sex: `f` or `m`; empty: not known.
        pitch_hz: Its median pitch, as measured; 0: not known.
        is_guest: Whether the language is not its own. Others are cast first.
    """

    name: str
    sex: Literal["f", "m", ""] = ""
    pitch_hz: float = 0.0
    is_guest: bool = False


class SynthesizerSettings(PluginSettings):
    """The settings of a synthesizer. Subclasses add the keys."""

    is_robotic: ClassVar[bool] = False
    """Whether its voices are plainly those of a machine. What it speaks is marked so."""

    is_service: ClassVar[bool] = False
    """Whether a service speaks. It may charge for it, so what it spoke is never removed."""

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules and packages whose code can change the sound."""
        return (self.package(),)

    @property
    def rates(self) -> tuple[float, float]:
        """The slowest and the fastest rate that it can speak at."""
        return 1.0, 1.0

    def voices(self, language: str) -> Sequence[Voice]:
        """List the voices that it offers in a language, with what is installed and configured.

        Args:
            language: A BCP-47 tag.

        Returns:
            The voices; none where it does not speak the language.
        """
        return ()

    def serves(self, language: str) -> bool:
        """Tell whether it speaks a language, with what is installed and configured.

        Args:
            language: A BCP-47 tag.

        Returns:
            Whether it does.
        """
        return bool(self.voices(language))

    def problem(self) -> str:
        """Look for what is missing before it can speak.

        Returns:
            A phrase that says what to do; empty: nothing is missing.
        """
        return ""

    def notes(self) -> list[Note]:
        """List what a user should know of a film that it speaks.

        Returns:
            The notes.
        """
        return []

    def voice_problem(self, voice: str, language: str) -> str:
        """Check a voice that a person chose.

        Args:
            voice: Its name, without the synthesizer's.
            language: A BCP-47 tag.

        Returns:
            A phrase that says what is wrong, with the nearest names; empty: nothing is.
        """
        names = [known.name for known in self.voices(language)]
        if voice in names:
            return ""
        if not names:
            return f"it does not speak {language}"
        near = get_close_matches(voice[:99], names, NEAREST, 0.5)
        hint = f"did you mean {' or '.join(near)}? Its" if near else "its"
        more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
        shown = ", ".join(names[:FEW])
        return f"it has no voice {quoted(voice)}; {hint} voices for {language}: {shown}{more}"
