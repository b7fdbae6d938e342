"""Clips that networks are measured on, among those that they could learn from."""

from pathlib import Path

import numpy as np
import pytest

from mouthpiece.audio.logmel import SAMPLE_RATE
from mouthpiece.engines.preview.lip_network import CONTROLS
from mouthpiece.faces.mouth import MEASURES
from mouthpiece.training.dataset import Corpus
from mouthpiece.training.held_back import held_back, is_among


def murmur(seed: int, length_s: float = 3.0) -> np.ndarray:
    """Low noise that swells, as a voice does, [N] int16."""
    chance = np.random.default_rng(seed)
    count = round(length_s * SAMPLE_RATE)
    noise = np.convolve(chance.normal(size=count), np.ones(12) / 12, "same")
    swells = 0.55 + 0.45 * np.sin(np.arange(count) / 2000 + seed)
    return (3000 * noise * swells).astype(np.int16)


def test_a_recording_is_known_again_when_it_is_moved_cut_and_louder() -> None:
    whole, others = murmur(1), [murmur(seed) for seed in (2, 3, 4)]
    assert is_among(whole, [*others, whole])
    assert is_among(np.roll(2 * whole, 900), [*others, whole])
    assert is_among(whole[SAMPLE_RATE // 2 :], [*others, whole]), "a part of it"
    assert is_among(np.concatenate([murmur(9), whole]), [*others, whole]), "a longer clip"
    coarse = (whole + murmur(8) / 4).astype(np.int16)
    assert is_among(coarse, [*others, whole]), "as a codec leaves it"


def test_other_recordings_and_silence_are_not() -> None:
    sounds = [murmur(seed) for seed in range(5)]
    for number, sound in enumerate(sounds):
        assert not is_among(sound, sounds[:number] + sounds[number + 1 :])
    silence = np.zeros(3 * SAMPLE_RATE, np.int16)
    assert not is_among(silence, sounds) and not is_among(sounds[0], [silence])
    assert not is_among(sounds[0], [])


@pytest.mark.parametrize("with_film", [True, False])
def test_what_is_held_back_is_all_that_is_not_trained_on(tmp_path: Path, with_film: bool) -> None:
    names = [f"s1/{number:03}" for number in range(63)] + ["other/a", "other/b"]
    sounds = [np.full(1600, number, np.int16) for number in range(len(names))]
    seen = [np.zeros((3, len(MEASURES)), np.float32) for _ in names]
    shapes = [np.zeros((11, len(CONTROLS)), np.float32) for _ in names]
    classes = [np.zeros(11, np.int8) for _ in names]
    if with_film:
        Corpus(names, sounds, seen, shapes, classes).save(tmp_path, "film")
    found = {int(sound[0]) for sound in held_back(tmp_path)}
    assert len(found) == (62 if with_film else 0)
    assert {63, 64} <= found or not with_film
