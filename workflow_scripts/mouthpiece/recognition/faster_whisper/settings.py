"""The settings of the recognizer faster_whisper."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ..settings import RecognizerSettings

MEM_MB = {"base": 2000, "small": 2500, "medium": 4500, "large-v3": 7000}
"""Memory of a job, by size, in MB."""


class FasterWhisperSettings(RecognizerSettings):
    """Whisper, by faster-whisper (CTranslate2)."""

    implementation: ClassVar[str] = "mouthpiece.recognition.faster_whisper.recognizer:FasterWhisper"

    size: Literal["base", "small", "medium", "large-v3"] = "base"
    """The model. A larger one hears better and takes longer; `base` needs half a second of a core
    for a second of sound, `small` three times as much. Others than `base` are fetched by
    `mouthpiece models fetch --for faster_whisper-SIZE`."""
    device: Literal["cpu", "cuda"] = "cpu"
    """Where it runs: with 8-bit integers on the CPU, with 16-bit floats on a GPU."""
    beam: Annotated[int, Field(ge=1, le=20)] = 5
    """How many readings are followed at once."""

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `PluginSettings.weight_users`."""
        return (f"faster_whisper-{self.size}",)

    @property
    def mem_mb(self) -> int:
        """See `PluginSettings.mem_mb`."""
        return MEM_MB[self.size]

    @property
    def gpus(self) -> int:
        """See `RecognizerSettings.gpus`."""
        return int(self.device == "cuda")
