"""Networks that stay loaded from cut to cut."""

import gc
from typing import Any

from ...networks.runtime import chosen_device, chosen_dtype
from ...weights.find import versions_found
from . import weight_files
from .generate import Generator
from .memory import BatchSizes
from .networks import Networks
from .settings import LatentSyncSettings


class ModelCache:
    """One set of networks: a second one would take twice the memory.

    They are loaded again where the settings ask for others, or a weight file was replaced.
    """

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._networks: Networks | None = None
        self._chosen: LatentSyncSettings | None = None
        self._generator: Generator | None = None
        self._sizes: BatchSizes | None = None

    def generator(self, settings: LatentSyncSettings) -> Generator:
        """Find the generator of some settings.

        Args:
            settings: The engine's settings.

        Returns:
            The generator; for settings that need as much memory, with the batch sizes that were
            found before.
        """
        device = chosen_device(settings.device, "engines.latentsync.device")
        dtype = chosen_dtype(settings.precision, device)
        files = versions_found(weight_files.draft_files(settings.version), settings.weights_folder)
        key = (settings.version, settings.models, device, dtype, *files)
        if self._networks is None or key != self._key:
            self._generator = self._networks = self._sizes = None
            gc.collect()  # frees the old networks' memory before the new ones need it
            self._key, self._networks = key, Networks(settings)
        if self._sizes is None or self._sizes.need != BatchSizes.needed(settings):
            self._generator, self._sizes = None, BatchSizes(settings, self._networks)
        if self._generator is None or settings != self._chosen:
            self._chosen = settings
            self._generator = Generator(self._networks, settings, self._sizes)
        return self._generator
