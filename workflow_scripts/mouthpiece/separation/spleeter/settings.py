"""The settings of the separator spleeter."""

from typing import ClassVar

from ..settings import SeparatorSettings


class SpleeterSettings(SeparatorSettings):
    """Spleeter with two stems."""

    implementation: ClassVar[str] = "mouthpiece.separation.spleeter.separator:Spleeter"

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `PluginSettings.weight_users`."""
        return ("spleeter",)
