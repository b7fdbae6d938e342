"""The base class of the settings of all recognizers."""

from ..weights.plugin_settings import PluginSettings


class RecognizerSettings(PluginSettings):
    """The settings of a recognizer. Subclasses add the keys."""

    @property
    def gpus(self) -> int:
        """How many GPUs it uses."""
        return 0
