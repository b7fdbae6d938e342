"""How much LatentSync draws at once on a small card."""

import pytest

from mouthpiece.engines.latentsync.memory import GIB, AtOnce

NETWORKS_GIB = 2.7
"""The networks in 16 bits."""

BESIDE_GIB = (0.0, 0.3, 0.6, 1.2)
"""What CUDA and a screen take; nothing where a limit stands for a card, as in the benchmark."""


@pytest.mark.parametrize("beside_gib", BESIDE_GIB)
@pytest.mark.parametrize(
    ("card_gib", "chunks", "faces"),
    [(80, 2, {8}), (18, 2, {8}), (12, 2, {6, 7, 8}), (8, 1, {3, 4}), (5, 1, {1})],
)
def test_a_small_card_draws_less_at_once(
    card_gib: int, chunks: int, faces: set[int], beside_gib: float
) -> None:
    free = int((card_gib - NETWORKS_GIB - beside_gib) * GIB)
    found = AtOnce(2, 8).within(free, 16, 512, 2)
    assert found.chunks == chunks and found.faces in faces


@pytest.mark.parametrize("card_gib", [8, 12, 18])
def test_what_is_at_once_fits_beside_the_networks(card_gib: int) -> None:
    """By the figures of a chunk and a face that were measured: nothing relies on halving."""
    free_gib = card_gib - NETWORKS_GIB - 0.6
    found = AtOnce(8, 64).within(int(free_gib * GIB), 16, 512, 2)
    assert found.chunks * 1.1 + found.faces * 0.75 <= 0.9 * free_gib


def test_small_faces_and_short_chunks_take_less() -> None:
    assert AtOnce(8, 64).within(8 * GIB, 16, 256, 2) == AtOnce(8, 26)
    assert AtOnce(8, 64).within(8 * GIB, 8, 512, 2) == AtOnce(4, 6)
    assert AtOnce(8, 64).within(8 * GIB, 16, 512, 4) == AtOnce(1, 3)


def test_config_is_the_most() -> None:
    assert AtOnce(1, 3).within(80 * GIB, 16, 512, 2) == AtOnce(1, 3)


def test_one_is_tried_without_free_memory() -> None:
    assert AtOnce(2, 8).within(-GIB, 16, 512, 2) == AtOnce(1, 1)
