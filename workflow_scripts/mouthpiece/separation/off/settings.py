"""The settings of the separator off."""

from typing import ClassVar

from ..settings import SeparatorSettings


class OffSettings(SeparatorSettings):
    """There is no background: the dub alone is heard."""

    implementation: ClassVar[str] = "mouthpiece.separation.off.separator:Off"
