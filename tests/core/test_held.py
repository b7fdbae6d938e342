"""Pictures are held as far as memory allows, and read in groups."""

from collections.abc import Iterator

import numpy as np
import pytest

from mouthpiece.core.held import HeldPictures


class Film:
    """Pictures that show their number, and the groups that were read."""

    def __init__(self) -> None:
        self.read_groups: list[list[int]] = []

    def read(self, numbers: range) -> Iterator[np.ndarray]:
        self.read_groups.append(list(numbers))
        return (np.full((10, 10), number, np.uint8) for number in numbers)


def test_what_fits_is_read_once() -> None:
    film = Film()
    held = HeldPictures(film.read, 10, 4, 1000)
    shown = [*range(10), *range(10)[::-1]]
    assert [held[number][0, 0] for number in shown] == shown
    assert film.read_groups == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert not held[0].flags.writeable


def test_what_was_not_shown_lately_is_read_again() -> None:
    film = Film()
    held = HeldPictures(film.read, 12, 2, 500)  # two groups of two
    shown = [*range(12), *range(12)[::-1]]
    assert [held[number][0, 0] for number in shown] == shown
    assert len(held._groups) == 2
    assert film.read_groups[6:] == [[6, 7], [4, 5], [2, 3], [0, 1]]


@pytest.mark.parametrize(("most_bytes", "held_frames"), [(1000, 10), (900, 8), (100, 8)])
def test_what_is_held_beforehand_is_read_in_one_go(most_bytes: int, held_frames: int) -> None:
    film = Film()
    held = HeldPictures(film.read, 10, 4, most_bytes)
    held.hold()
    assert [held[number][0, 0] for number in range(held_frames)] == list(range(held_frames))
    assert film.read_groups == [list(range(10))]
