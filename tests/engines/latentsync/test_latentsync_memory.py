"""How much LatentSync draws at once on a small card."""

import pytest

from mouthpiece.engines.latentsync.memory import GIB, AtOnce

LOADED_GIB = 3.3
"""The networks in 16 bits, and what CUDA takes."""


@pytest.mark.parametrize(
    ("card_gib", "chunks", "faces"), [(80, 2, 8), (18, 2, 8), (12, 2, 7), (8, 1, 4), (5, 1, 1)]
)
def test_a_small_card_draws_less_at_once(card_gib: int, chunks: int, faces: int) -> None:
    free = int((card_gib - LOADED_GIB) * GIB)
    assert AtOnce(2, 8).within(free, 16, 512, 2) == AtOnce(chunks, faces)


def test_small_faces_and_short_chunks_take_less() -> None:
    assert AtOnce(8, 64).within(8 * GIB, 16, 256, 2) == AtOnce(8, 26)
    assert AtOnce(8, 64).within(8 * GIB, 8, 512, 2) == AtOnce(6, 5)
    assert AtOnce(8, 64).within(8 * GIB, 16, 512, 4) == AtOnce(1, 3)


def test_config_is_the_most() -> None:
    assert AtOnce(1, 3).within(80 * GIB, 16, 512, 2) == AtOnce(1, 3)


def test_one_is_tried_without_free_memory() -> None:
    assert AtOnce(2, 8).within(-GIB, 16, 512, 2) == AtOnce(1, 1)
