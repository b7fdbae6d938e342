"""The settings of the separator demucs."""

from typing import ClassVar, Literal

from ..settings import SeparatorSettings


class DemucsSettings(SeparatorSettings):
    """htdemucs: better than spleeter, and some ten times as slow. Its weights learnt from data
    for academic use.
    """

    implementation: ClassVar[str] = "mouthpiece.separation.demucs.separator:Demucs"

    device: Literal["cpu", "cuda"] = "cpu"
    """Where it runs."""

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `PluginSettings.weight_users`."""
        return ("demucs",)

    @property
    def mem_mb(self) -> int:
        """See `PluginSettings.mem_mb`."""
        return 4000

    @property
    def gpus(self) -> int:
        """See `SeparatorSettings.gpus`."""
        return int(self.device == "cuda")
