"""The settings of the separator demucs."""

from typing import ClassVar

from ..settings import SeparatorSettings


class DemucsSettings(SeparatorSettings):
    """htdemucs: better than spleeter, and some ten times as slow. Its weights learnt from data
    for academic use.
    """

    implementation: ClassVar[str] = "mouthpiece.separation.demucs.separator:Demucs"

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `PluginSettings.weight_users`."""
        return ("demucs",)

    @property
    def mem_mb(self) -> int:
        """See `PluginSettings.mem_mb`."""
        return 4000
