"""The base class of the settings of all synthesizers."""

from ..weights.plugin_settings import PluginSettings


class SynthesizerSettings(PluginSettings):
    """The settings of a synthesizer. Subclasses add the keys."""

    def serves(self, language: str) -> bool:
        """Tell whether it speaks a language, with what is installed and configured.

        Args:
            language: A BCP-47 tag.

        Returns:
            Whether it does.
        """
        return False
