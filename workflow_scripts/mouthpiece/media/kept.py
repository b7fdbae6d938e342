"""Mezzanines that stay open between the cuts of a film, which a worker reads one after another.

The index of a film of 90 minutes takes 12 ms to read, as long as some cuts take to decode.
"""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import av

from .mezzanine import open_mezzanine

Key = tuple[int, ...]

MOST = 2
"""How many files stay open. What is deleted meanwhile takes its place on the disk until then."""


class KeptMezzanines:
    """Open containers that nobody reads at the moment, the one that was used last at the end."""

    def __init__(self) -> None:
        self._idle: OrderedDict[Key, av.container.InputContainer] = OrderedDict()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def open(self, path: Path, threads: int) -> Iterator[av.container.InputContainer]:
        """Open a mezzanine, or take one that is open. No two readers have the same one.

        Args:
            path: The mezzanine.
            threads: How many frames are decoded at once.

        Yields:
            The container. Seek before reading: it is wherever the last reader left it. After an
            error it is not used again.

        Raises:
            Fault: The file is missing or broken.
        """
        key = _version(path, threads)
        with self._lock:
            container = self._idle.pop(key, None) if key else None
        if container is None:
            container = open_mezzanine(path)
            decoder = container.streams.video[0].codec_context
            decoder.thread_type, decoder.thread_count = "FRAME", threads
        try:
            yield container
        except BaseException:
            container.close()
            raise
        with self._lock:
            if key and key not in self._idle:
                self._idle[key] = container
                container = None
            dropped = [self._idle.popitem(last=False)[1] for _ in range(len(self._idle) - MOST)]
        for one in (container, *dropped):
            if one is not None:
                one.close()


def _version(path: Path, threads: int) -> Key | None:
    """What tells a file from one that takes its place; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, threads)


KEPT = KeptMezzanines()
"""Those of this process."""
