"""Networks that stay loaded from cut to cut."""

import contextlib
import gc
from typing import Any

from ...core.errors import InputError
from ...weights.find import first_weight_path
from . import files
from .generate import Generator
from .networks import Networks, Runtime
from .settings import MusetalkSettings


class ModelCache:
    """Painters by settings, on one set of networks: a second set would want twice the memory.

    The networks are loaded anew where the settings ask for others, or a weight file was replaced.
    """

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._networks: Networks | None = None
        self._painters: dict[tuple[Any, ...], Generator] = {}

    def painter(self, chosen: MusetalkSettings) -> Generator:
        """The painter of these settings, with the batch sizes that it found before."""
        runtime = Runtime.of(chosen)
        key = (chosen.version, chosen.models, runtime.device, runtime.dtype, *_files(chosen))
        if self._networks is None or key != self._key:
            self._painters.clear()
            self._networks = None
            gc.collect()  # frees the old networks' memory before the new ones need it
            self._key, self._networks = key, Networks(chosen)
        way = (runtime.compile, chosen.batch_frames)
        if way not in self._painters:
            self._painters[way] = Generator(self._networks, chosen.batch_frames, runtime)
        return self._painters[way]


def _files(chosen: MusetalkSettings) -> list[tuple[str, int, int]]:
    """What tells a weight file from one that replaces it: path, size and time."""
    found = []
    for group in files.all_files(chosen.version):
        with contextlib.suppress(InputError):
            found.append(first_weight_path(group, chosen.weights_folder).resolve())
    return [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in found]
