"""Pictures that are shown again and again, held as far as memory allows."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

import numpy as np


@dataclass
class _Group:
    """Pictures that are read together, once one of them is asked for."""

    pictures: list[np.ndarray] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class HeldPictures:
    """Pictures by number, read in groups; the groups that were used last are held.

    Threads may share it: a group is read once, and while it is read others can be looked at.
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
        self._groups: OrderedDict[int, _Group] = OrderedDict()
        self._most_groups = 2
        self._lock = threading.Lock()

    def __getitem__(self, number: int) -> np.ndarray:
        """Find a picture.

        Args:
            number: Which.

        Returns:
            The picture; it is not to be written to.
        """
        number_of_group, place = divmod(number, self._group_frames)
        group = self._group(number_of_group)
        with group.lock:
            if not group.pictures:
                first = number_of_group * self._group_frames
                numbers = range(first, min(first + self._group_frames, self._frames))
                group.pictures = self._kept(self._read(numbers))
            return group.pictures[place]

    def hold(self) -> None:
        """Read as many as may be held, from the first on, so that none is waited for later."""
        pictures = iter(self._read(range(self._frames)))
        for number in range(-(-self._frames // self._group_frames)):
            group = self._group(number)
            read = self._kept(islice(pictures, self._group_frames))
            with group.lock:
                group.pictures = group.pictures or read
            if number + 1 >= self._most_groups:
                break

    def _group(self, number: int) -> _Group:
        """Find a group; it may have no pictures yet."""
        with self._lock:
            group = self._groups.setdefault(number, _Group())
            self._groups.move_to_end(number)
            while len(self._groups) > self._most_groups:
                self._groups.popitem(last=False)
            return group

    def _kept(self, read: Iterable[np.ndarray]) -> list[np.ndarray]:
        pictures = list(read)
        for picture in pictures:
            picture.setflags(write=False)
        most_frames = self._most_bytes // max(1, pictures[0].nbytes)
        whole = self._frames if most_frames >= self._frames else most_frames // self._group_frames
        self._most_groups = max(2, whole)
        return pictures
