"""Sound as a recognizer's encoder hears it, again and again, as other voices in other places."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from ..audio.phone_features import PhoneEncoder
from ..audio.whisper_mel import ROW
from .augment import in_room, shift_pitch
from .dataset import Corpus

log = logging.getLogger(__name__)

MOST_JOINED = 3
"""So many clips are heard in one piece at most: the encoder knows how far it has listened."""

PITCHED, ROOMS, NOISES = 0.7, 0.4, 0.6
"""Shares of readings in another pitch, in a room and with noise."""

PITCH, SPEED = (0.8, 1.6), (0.8, 1.25)
NOISE_DB, LEVEL_DB = (5.0, 40.0), (-20.0, 3.0)


@dataclass(frozen=True)
class Reading:
    """A clip, heard.

    Attributes:
        features: [R, FEATURES] float16, a row every 20 ms.
        clip: The clip's index in its corpus.
        speed: How much faster it was heard than it is.
    """

    features: np.ndarray
    clip: int
    speed: float


def readings(
    corpus: Corpus, count: int, encoder: PhoneEncoder, chance: np.random.Generator
) -> Iterator[Reading]:
    """Hear each clip several times, but for the first time as another voice in another place.

    Args:
        corpus: The clips.
        count: How often each is heard.
        encoder: What hears them.
        chance: The source of chance.

    Yields:
        The readings, clip by clip in an order of chance.
    """
    for number in range(count):
        order = list(chance.permutation(len(corpus)))
        log.info("hearing %d clips, %d of %d", len(order), number + 1, count)
        while order:
            joined = [
                order.pop()
                for _ in range(min(int(chance.integers(1, MOST_JOINED + 1)), len(order)))
            ]
            heard = [_voiced(corpus.samples[clip], number > 0, chance) for clip in joined]
            quiet = np.zeros(int(chance.integers(0, 50)) * ROW, np.float32)
            rows = encoder.rows(np.concatenate([quiet, *(sound for sound, _ in heard)]))
            at = len(quiet) // ROW
            for clip, (sound, speed) in zip(joined, heard, strict=True):
                length = len(sound) // ROW
                features = rows[at : at + length].astype(np.float16)
                yield Reading(features, clip, speed)
                at += length


def _voiced(
    samples: np.ndarray, changed: bool, chance: np.random.Generator
) -> tuple[np.ndarray, float]:
    """A whole number of rows of a clip's sound, and how much faster it is than the clip."""
    sound, speed = samples.astype(np.float32) / 32768, 1.0
    if changed:
        speed = float(2 ** chance.uniform(*np.log2(SPEED)))
        sound = _noised(_resounded(sound, chance), speed, chance)
    return sound[: len(sound) // ROW * ROW], speed


def _resounded(sound: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    batch = torch.from_numpy(sound)[None]
    if chance.random() < PITCHED:
        batch = shift_pitch(batch, float(2 ** chance.uniform(*np.log2(PITCH))))
    if chance.random() < ROOMS:
        batch = in_room(batch, torch.Generator().manual_seed(int(chance.integers(2**31))))
    return np.asarray(batch[0])


def _noised(sound: np.ndarray, speed: float, chance: np.random.Generator) -> np.ndarray:
    places = np.arange(int(len(sound) / speed)) * speed
    sound = np.interp(places, np.arange(len(sound)), sound)
    if chance.random() < NOISES:
        noise = np.convolve(chance.normal(size=len(sound)), [1, 0.9, 0.8, 0.5], "same")
        level = np.sqrt(np.mean(sound**2) / np.mean(noise**2))
        sound = sound + noise * level * 10 ** (-chance.uniform(*NOISE_DB) / 20)
    loud = max(float(np.abs(sound).max()), 1e-3)
    return (sound / loud * 10 ** (chance.uniform(*LEVEL_DB) / 20)).astype(np.float32)
