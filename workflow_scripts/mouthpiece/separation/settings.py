"""The base class of the settings of all separators."""

from ..weights.plugin_settings import PluginSettings


class SeparatorSettings(PluginSettings):
    """The settings of a separator. Subclasses add the keys."""

    @property
    def gpus(self) -> int:
        """How many GPUs it uses."""
        return 0
