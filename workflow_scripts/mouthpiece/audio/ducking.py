"""Where somebody speaks in a dub, and how the background makes room for that."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ..core.spans import find_spans

FRAME_S = 0.02
"""The level of a dub is measured once in so much time, in seconds."""

VOICE_HZ = (120, 4000)
"""The band in which voices are measured, in hertz."""

LEAST_DBFS = -60.0
"""A frame below this is silence."""

UNDER_LOUD_DB, OVER_NOISE_DB = 30.0, 10.0
"""A frame is speech if it is no more than so far below the dub's loud frames, or so far above its
noise, whichever asks for more. A dub holds dialogue alone, so what is loud in it is speech: takes
lie on digital silence, recordings on the noise of their room."""

LEAST_UNDER_LOUD_DB = 15.0
"""Speech that fills the whole dub is not taken for noise: a frame so close to the loud ones always
is speech."""

WORD_GAP_S = 0.2
"""Pauses up to this, in seconds, are part of the speech: stops of consonants, gaps of words."""

LOUD, NOISE = 0.95, 0.1
"""The shares of frames, by level, that are below the loud ones and below the noise."""

Spans = Sequence[tuple[float, float]]
"""When something happens: begin and end of each time, in seconds."""


def speech_spans(dub: Path) -> list[tuple[float, float]]:
    """Find where somebody speaks in a dub that holds dialogue alone.

    Args:
        dub: A sound file.

    Returns:
        Begin and end of each time, in seconds.
    """
    levels = _levels_dbfs(dub)
    if not len(levels):
        return []
    loud, noise = np.quantile(levels, LOUD), np.quantile(levels, NOISE)
    heard = levels[levels > LEAST_DBFS]
    if len(heard):  # a dub of few words has few loud frames
        loud = max(loud, np.quantile(heard, LOUD))
    least = min(max(loud - UNDER_LOUD_DB, noise + OVER_NOISE_DB), loud - LEAST_UNDER_LOUD_DB)
    found = find_spans(levels > max(least, LEAST_DBFS))
    return joined([(first * FRAME_S, end * FRAME_S) for first, end in found], WORD_GAP_S)


def joined(spans: Spans, hold_s: float) -> list[tuple[float, float]]:
    """Join times that are close to each other.

    Args:
        spans: Times in order.
        hold_s: Pauses up to this, in seconds, are closed.

    Returns:
        The times.
    """
    found: list[tuple[float, float]] = []
    for begin_s, end_s in spans:
        if found and begin_s - found[-1][1] <= hold_s:
            begin_s = found.pop()[0]
        found.append((round(begin_s, 3), round(end_s, 3)))
    return found


def _levels_dbfs(dub: Path) -> np.ndarray:
    """The level of the loudest channel in each frame, [F]."""
    from scipy.signal import butter, sosfilt  # it takes two seconds to import

    levels = []
    with soundfile.SoundFile(dub) as file:
        rate = file.samplerate
        frame = max(1, round(FRAME_S * rate))
        high = min(VOICE_HZ[1], 0.45 * rate)
        band = butter(2, (VOICE_HZ[0], high), "bandpass", fs=rate, output="sos")
        state = np.zeros((len(band), 2, file.channels))
        for block in file.blocks(frame * 50, always_2d=True):
            voice, state = sosfilt(band, block, axis=0, zi=state)
            padded = np.pad(voice, ((0, -len(voice) % frame), (0, 0)))
            power = np.square(padded).reshape(-1, frame, file.channels).mean(1).max(1)
            levels.append(10 * np.log10(np.maximum(power, 1e-12)))
    return np.concatenate([np.zeros(0), *levels])


@dataclass(frozen=True)
class Ducking:
    """How far a background is lowered at each time.

    Attributes:
        spans_s: When somebody speaks, in seconds.
        depth_db: How far it is lowered there, in dB.
        attack_s: How long before the speech it begins to fall, in seconds: it is down when the
            first word comes.
        release_s: How long after the speech it is back, in seconds.
    """

    spans_s: Spans
    depth_db: float
    attack_s: float
    release_s: float

    def curve(self) -> tuple[np.ndarray, np.ndarray]:
        """Describe the gain over time by straight lines.

        Returns:
            Times in seconds, [P] float64, and gains in dB at them, [P] float64.
        """
        times: list[float] = []
        gains: list[float] = []
        # Where the background would not be back before the next words, it stays down.
        for begin_s, end_s in joined(self.spans_s, self.attack_s + self.release_s):
            times += [begin_s - self.attack_s, begin_s, end_s, end_s + self.release_s]
            gains += [0.0, -self.depth_db, -self.depth_db, 0.0]
        return np.array(times or [0.0]), np.array(gains or [0.0])
