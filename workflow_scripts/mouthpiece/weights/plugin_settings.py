"""The base class of the settings of plug-ins that may load weights: separators, recognizers, ..."""

from typing import Any, ClassVar

from ..config.section import Section
from ..core.plugins import Plugin, load_class
from .version import weights_version


class PluginSettings(Section, Plugin):
    """The settings of a plug-in. Subclasses add the keys."""

    runtime_options: ClassVar[frozenset[str]] = frozenset()
    """The keys that change no result, such as times. Changing these redoes nothing."""

    @property
    def weight_users(self) -> tuple[str, ...]:
        """The users (column `needed_by` of models/weights.tsv) whose weights are needed."""
        return ()

    @property
    def mem_mb(self) -> int:
        """Memory that a job of the plug-in needs, in MB."""
        return 2000

    def problem(self) -> str:
        """Look for what is missing before it can be used: a program, a folder, a key.

        Returns:
            A phrase; empty: nothing is missing.
        """
        return ""

    def weights_version(self) -> str:
        """Identify the weights that it loads.

        Returns:
            12 hex digits; empty if it loads no weights.
        """
        return weights_version(self.weight_users)

    def build(self) -> Any:
        """Build what these are the settings of. It loads its weights when they are needed.

        Returns:
            An instance of `implementation` with these settings.
        """
        return load_class(self.implementation)(self)
