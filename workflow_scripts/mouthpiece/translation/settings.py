"""The base class of the settings of all translators."""

from ..core.notes import Note
from ..weights.plugin_settings import PluginSettings


class TranslatorSettings(PluginSettings):
    """The settings of a translator. Subclasses add the keys."""

    @property
    def gpus(self) -> int:
        """How many GPUs a job of the translator needs."""
        return 0

    @property
    def cores(self) -> int:
        """How many cores a job of the translator uses."""
        return 1

    def serves(self, source: str, target: str) -> bool:
        """Tell whether it translates a pair of languages, with what is installed and configured.

        Args:
            source: The language of the source, a BCP-47 tag; empty: not known yet.
            target: The language of the dub, a BCP-47 tag.

        Returns:
            Whether it does; for an unknown source, whether there is any that it does.
        """
        return False

    def notes(self, source: str, target: str) -> list[Note]:
        """List what a user should know of its translations.

        Args:
            source: The language of the source, a BCP-47 tag.
            target: The language of the dub, a BCP-47 tag.

        Returns:
            The notes.
        """
        return []
