"""The settings of the synthesizer command."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import langcodes
from pydantic import Field

from ...core.languages import primary
from ..settings import SynthesizerSettings, Voice

OUT, RATE = "{out}", "{rate}"
"""Placeholders of arguments: the file to write, and the rate."""


class CommandSettings(SynthesizerSettings):
    """Any program: it gets a line on stdin and writes a sound file."""

    implementation: ClassVar[str] = "mouthpiece.voices.command.synthesizer:Command"
    runtime_options: ClassVar[frozenset[str]] = frozenset({"languages", "names", "timeout_s"})

    argv: tuple[str, ...] = ()
    """The program and its arguments, such as `[my-voice, --to, "{out}"]`. In an argument, `{out}`
    stands for the WAV or FLAC file to write, `{language}`, `{voice}` and `{rate}` for what their
    names say. There is no shell."""
    languages: tuple[str, ...] = ()
    """The languages that it speaks, such as `[de, fr]`. A tag without a territory stands for all
    territories."""
    names: tuple[str, ...] = ("default",)
    """The names of its voices."""
    version: str = ""
    """Any text. Change it when the program changes: the lines are then spoken again."""
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 120.0
    """How long a line may take, in seconds. A program that takes longer is ended."""

    @property
    def rates(self) -> tuple[float, float]:
        """See `SynthesizerSettings.rates`: a program that takes a rate speaks at it."""
        return (0.5, 2.0) if any(RATE in argument for argument in self.argv) else (1.0, 1.0)

    def voices(self, language: str) -> Sequence[Voice]:
        """See `SynthesizerSettings.voices`."""
        named = {language, langcodes.get(language).language, primary(language)}
        return [Voice(name) for name in self.names] if named & set(self.languages) else []

    def problem(self) -> str:
        """See `SynthesizerSettings.problem`."""
        if not self.argv:
            return "speak.synthesizers.command.argv names no program"
        if not any(OUT in argument for argument in self.argv):
            return "speak.synthesizers.command.argv has no {out}, the file to write"
        return ""
