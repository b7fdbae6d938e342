"""The settings of the recognizer openai_whisper."""

import importlib.util
from typing import ClassVar, Literal

from ..settings import RecognizerSettings

MEM_MB = {"base": 2500, "small": 4000, "medium": 8000, "large-v3": 14000, "large-v3-turbo": 8000}
"""Memory of a job, by size, in MB."""


class OpenaiWhisperSettings(RecognizerSettings):
    """Whisper, by OpenAI's own package, which is installed by `pip install openai-whisper`.

    It computes in 32-bit floats, and takes twice as long on a CPU as `faster_whisper`.
    """

    implementation: ClassVar[str] = "mouthpiece.recognition.openai_whisper.recognizer:OpenaiWhisper"

    size: Literal["base", "small", "medium", "large-v3", "large-v3-turbo"] = "base"
    """The model. It is fetched by `mouthpiece models fetch --for openai_whisper-SIZE`."""
    device: Literal["cpu", "cuda"] = "cpu"
    """Where it runs."""

    def problem(self) -> str:
        """See `PluginSettings.problem`."""
        if importlib.util.find_spec("whisper"):
            return ""
        return "the package openai-whisper is not installed: run `pip install openai-whisper`"

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `PluginSettings.weight_users`."""
        return (f"openai_whisper-{self.size}",)

    @property
    def mem_mb(self) -> int:
        """See `PluginSettings.mem_mb`."""
        return MEM_MB[self.size]

    @property
    def gpus(self) -> int:
        """See `RecognizerSettings.gpus`."""
        return int(self.device == "cuda")
