"""The settings of the synthesizer piper."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import langcodes

from ...core.files import digest
from ...core.languages import is_same
from ...core.user_files import user_path
from ...weights.version import MISSING, fingerprint
from ..espeak.settings import PROGRAM
from ..settings import SynthesizerSettings, Voice
from ..voice_table import read_voice_table
from .voice_file import PiperVoice, read_voices


class PiperSettings(SynthesizerSettings):
    """Piper: one American voice, and any voice of yours in Piper's format."""

    implementation: ClassVar[str] = "mouthpiece.voices.piper.synthesizer:Piper"
    runtime_options: ClassVar[frozenset[str]] = frozenset({"folder"})

    folder: str = ""
    """A folder with voices in Piper's format: pairs of files `NAME.onnx` and `NAME.onnx.json`.
    Empty: the published voice en_US-joe-medium."""

    @property
    def modules(self) -> tuple[str, ...]:
        """See `SynthesizerSettings.modules`: the phonemes are those of espeak-ng."""
        return self.package(), PROGRAM

    @property
    def rates(self) -> tuple[float, float]:
        """See `SynthesizerSettings.rates`."""
        return 0.6, 1.6

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `PluginSettings.weight_users`."""
        return () if self.folder else ("piper",)

    def weights_version(self) -> str:
        """See `PluginSettings.weights_version`: of the published voice, or of the folder's."""
        if not self.folder:
            return super().weights_version()
        try:
            files = [fingerprint(path) for voice in self.found() for path in voice.files]
        except OSError:
            return MISSING
        return digest(files)[:12]

    def found(self) -> list[PiperVoice]:
        """Read what the folder's voices say of themselves.

        Returns:
            The voices that can be read, by name.
        """
        return read_voices(user_path(self.folder)) if self.folder else []

    def voices(self, language: str) -> Sequence[Voice]:
        """See `SynthesizerSettings.voices`. A voice of another territory is a guest."""
        wanted = langcodes.get(language)
        if self.folder:
            known = [(Voice(one.name), one.language) for one in self.found()]
        else:
            known = [(row.voice(), row.language) for row in read_voice_table(__package__)]
        found = []
        for voice, tag in known:
            own = langcodes.get(tag)
            if is_same(tag, language):
                is_guest = bool(wanted.territory) and own.territory != wanted.territory
                found.append(Voice(voice.name, voice.sex, voice.pitch_hz, is_guest))
        return found

    def problem(self) -> str:
        """See `SynthesizerSettings.problem`."""
        if not self.folder:
            return ""
        folder = Path(user_path(self.folder))
        if not folder.is_dir():
            return f"speak.synthesizers.piper.folder: there is no folder {folder}"
        return "" if self.found() else f"{folder}: has no pair of files NAME.onnx, NAME.onnx.json"
