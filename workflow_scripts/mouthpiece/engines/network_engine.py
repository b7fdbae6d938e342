"""What engines have in common that draw by networks which stay loaded."""

from typing import Generic, Protocol, TypeVar

Settings = TypeVar("Settings")
Settings_contra = TypeVar("Settings_contra", contravariant=True)
Generator = TypeVar("Generator")
Generator_co = TypeVar("Generator_co", covariant=True)


class Loaded(Protocol[Settings_contra, Generator_co]):
    """Networks that stay loaded from cut to cut, one set of them."""

    def generator(self, settings: Settings_contra) -> Generator_co:
        """Find the generator of some settings; what it needs is loaded, unless it is there.

        Args:
            settings: The engine's settings.

        Returns:
            The generator.
        """


class NetworkEngine(Generic[Settings, Generator]):
    """The parts of an `Engine` that do not depend on its networks.

    Attributes:
        cache: Makes what the engine loads its networks into.
        loaded: See `Engine`: networks, and the batch sizes that were found.
    """

    needs_clip = False
    cache: type[Loaded[Settings, Generator]]

    def __init__(self, settings: Settings) -> None:
        """Build the engine; nothing is read before it is needed.

        Args:
            settings: Its settings.
        """
        self._settings = settings
        self.loaded = self.cache()

    @property
    def generator(self) -> Generator:
        """The networks at work; they are in memory as long as it is."""
        return self.loaded.generator(self._settings)
