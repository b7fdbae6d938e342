"""The settings of the translator apertium."""

from typing import Annotated, ClassVar

from pydantic import Field

from ..settings import TranslatorSettings
from .pairs import chain, installed_pairs


class ApertiumSettings(TranslatorSettings):
    """Apertium: rules, not networks, for near languages; a program that you install."""

    implementation: ClassVar[str] = "mouthpiece.translation.apertium.translator:Apertium"
    runtime_options: ClassVar[frozenset[str]] = frozenset({"program", "timeout_s"})

    program: Annotated[str, Field(min_length=1)] = "apertium"
    """The program, by name or path. It is GPL, and run as a program of its own."""
    pivots: tuple[str, ...] = ()
    """Languages that a translation may go through where no pair is installed, such as [es, en], the
    first choice first. Each step adds errors."""
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 120.0
    """How long a call may take, in seconds."""

    def serves(self, source: str, target: str) -> bool:
        """See `TranslatorSettings.serves`: what is installed is asked for once a run."""
        pairs = installed_pairs(self.program)
        return bool(chain(pairs, source, target, self.pivots))

    def problem(self) -> str:
        """See `PluginSettings.problem`."""
        if installed_pairs(self.program):
            return ""
        return f"the program {self.program} is not installed, or has no pairs"

    def weights_version(self) -> str:
        """See `PluginSettings.weights_version`: the installed pairs."""
        return " ".join(sorted(installed_pairs(self.program)))
