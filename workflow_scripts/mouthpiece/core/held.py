"""Pictures that are shown again and again, held as far as memory allows."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable

import numpy as np


class HeldPictures:
    """Pictures by number, read in groups; the groups that were used last are held.

    Threads may share it: a group is read once.
    """

    def __init__(
        self,
        read: Callable[[range], Iterable[np.ndarray]],
        frames: int,
        group_frames: int,
        most_bytes: int,
    ) -> None:
        """Read nothing yet.

        Args:
            read: Reads pictures that follow each other.
            frames: How many there are.
            group_frames: How many are read together.
            most_bytes: How much is held, at most; two groups are in any case.
        """
        self._read, self._frames = read, frames
        self._group_frames, self._most_bytes = group_frames, most_bytes
        self._groups: OrderedDict[int, list[np.ndarray]] = OrderedDict()
        self._lock = threading.Lock()

    def __getitem__(self, number: int) -> np.ndarray:
        """Find a picture.

        Args:
            number: Which.

        Returns:
            The picture; it is not to be written to.
        """
        group, place = divmod(number, self._group_frames)
        with self._lock:
            if group not in self._groups:
                self._hold(group)
            self._groups.move_to_end(group)
            return self._groups[group][place]

    def _hold(self, group: int) -> None:
        first = group * self._group_frames
        pictures = list(self._read(range(first, min(first + self._group_frames, self._frames))))
        for picture in pictures:
            picture.setflags(write=False)
        self._groups[group] = pictures
        most = max(2, self._most_bytes // max(1, sum(one.nbytes for one in pictures)))
        while len(self._groups) > most:
            self._groups.popitem(last=False)
