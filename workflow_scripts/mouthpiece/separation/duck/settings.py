"""The settings of the separator duck."""

from typing import ClassVar

from ..settings import SeparatorSettings


class DuckSettings(SeparatorSettings):
    """The background is the whole source: its voices stay in it, and the mix makes it quiet under
    the dub, as in a voice-over.
    """

    implementation: ClassVar[str] = "mouthpiece.separation.duck.separator:Duck"
