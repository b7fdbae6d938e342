"""The settings of the separator spleeter."""

from typing import ClassVar, Literal

from ..settings import SeparatorSettings


class SpleeterSettings(SeparatorSettings):
    """Spleeter with two stems: quick, and trained on songs."""

    implementation: ClassVar[str] = "mouthpiece.separation.spleeter.separator:Spleeter"

    band: Literal["11kHz", "16kHz"] = "16kHz"
    """Up to which frequency it hears. Above, it takes the share that the voice has below."""

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `PluginSettings.weight_users`."""
        return ("spleeter",)
