"""Networks that stay loaded from cut to cut."""

import gc
from typing import Any

from ...weights.find import versions_found
from . import weight_files
from .generate import Generator
from .networks import Networks, Runtime
from .settings import MusetalkSettings
from .shared import SharedGenerator


class ModelCache:
    """Generators by settings, on one set of networks: a second set would take twice the memory.

    The networks are loaded again where the settings ask for others, or a weight file was replaced.
    """

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._networks: Networks | None = None
        self._generators: dict[tuple[Any, ...], Generator] = {}
        self._shared: dict[Generator, SharedGenerator] = {}

    def generator(self, settings: MusetalkSettings) -> Generator:
        """Find the generator of some settings.

        Args:
            settings: The engine's settings.

        Returns:
            The generator, with the batch sizes that it found before.
        """
        runtime = Runtime.of(settings)
        files = versions_found(weight_files.all_files(settings.version), settings.weights_folder)
        key = (settings.version, settings.models, runtime.device, runtime.dtype, *files)
        if self._networks is None or key != self._key:
            if self._networks is not None:
                self._generators.clear()
                self._shared.clear()
                self._networks = None
                gc.collect()  # frees the old networks' memory before the new ones need it
            self._key, self._networks = key, Networks(settings)
        way = (runtime.compile, settings.batch_frames)
        if way not in self._generators:
            self._generators[way] = Generator(self._networks, settings.batch_frames, runtime)
        return self._generators[way]

    def shared(self, settings: MusetalkSettings) -> SharedGenerator:
        """Find the generator of some settings, for sessions that share it.

        Args:
            settings: The engine's settings.

        Returns:
            It, the same one for each of them.
        """
        generator = self.generator(settings)
        if generator not in self._shared:
            self._shared[generator] = SharedGenerator(generator, settings.batch_frames)
        return self._shared[generator]
