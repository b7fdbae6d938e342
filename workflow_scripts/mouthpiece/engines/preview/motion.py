"""From sound to the shape of a mouth.

The embedded network (`mouthpiece.lips`) hears which sound it is. Whatever replaces it keeps
`LipMotion`'s call and `Motion`'s units; nothing else of the engine knows how controls come about.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ... import lips
from ...clock import Clock, sample_of
from ...speech import SAMPLE_RATE, Speech

HOP, WINDOW = SAMPLE_RATE // 100, 400
"""Samples between spectra and under each: 10 ms and 25 ms."""
SMOOTHING_S = 0.035
"""Standard deviation of the smoothing over time."""
SPAN_DB = 32.0
"""A voiced band this far under the cut's own loud level is taken as silence."""
LEAST_LOUD_DB = -38.0
"""The least level, in dB of full scale, that a cut's loud speech is taken to have: a cut that holds
nothing but faint noise does not speak."""
AHEAD_S = 0.12
"""How long before and after speech a mouth may move."""
MESH_GAIN = 1.3
"""The face mesh, from which the network learnt, sees less of an opening than there is."""
SHUT_UNDER = 0.012
"""A smaller opening is none."""


@dataclass(frozen=True)
class Motion:
    """What the mouth does, a row a frame.

    controls: [T, 4] float32, the columns of `shape.CONTROLS`:
      aperture  height of the gap between the lips, in mouth widths at rest; 0 is closed
      width     distance of the mouth's corners, in mouth widths at rest; 1 is at rest
      jaw       drop of the chin, in mouth widths at rest; 0 is at rest
      closure   how firmly the lips are pressed together, 0 to 1
    silent: [T] bool, no speech sounds in this frame.
    """

    controls: np.ndarray
    silent: np.ndarray


class LipMotion(Protocol):
    """Anything that turns sound into mouth shapes."""

    def __call__(self, speech: Speech, clock: Clock, offset_frames: int = 0) -> Motion:
        """The mouth for each frame of the clock, `offset_frames` later than the sound."""


class NetworkMotion:
    """The embedded network's shapes, at rest where nobody speaks."""

    def __init__(self) -> None:
        self._network = lips.LipMotion()

    def __call__(self, speech: Speech, clock: Clock, offset_frames: int = 0) -> Motion:
        """See `LipMotion`."""
        lag = round(offset_frames * SAMPLE_RATE / clock.rate)
        shapes = self._network.predict(Speech(speech.samples, speech.start - lag), clock)
        near = _at_frames(_near_speech(speech.samples)[:, None], speech, clock, offset_frames)[:, 0]
        aperture = MESH_GAIN * shapes.column("aperture") * near
        jaw = MESH_GAIN * shapes.column("jaw") * near
        width = 1 + (shapes.column("width") - 1) * near
        controls = np.stack([aperture, width, jaw, np.zeros_like(near)], 1)
        controls[controls[:, 0] < SHUT_UNDER, 0] = 0
        return Motion(controls.astype(np.float32), silence(speech, clock, offset_frames))


def silence(speech: Speech, clock: Clock, offset_frames: int = 0) -> np.ndarray:
    """The frames [T] of the clock in which nobody speaks; for any `LipMotion`."""
    speaking = _smooth(_speaking(_power(speech.samples))[:, None])
    return _at_frames(speaking, speech, clock, offset_frames)[:, 0] < 0.1


def _power(samples: np.ndarray) -> np.ndarray:
    """Power spectra [N, WINDOW // 2 + 1], centred on every HOP-th sample."""
    padded = np.pad(samples.astype(np.float32), (WINDOW // 2, WINDOW))
    starts = np.arange(0, len(samples) + 1, HOP)
    windows = padded[starts[:, None] + np.arange(WINDOW)] * np.hanning(WINDOW).astype(np.float32)
    return np.abs(np.fft.rfft(windows, axis=1)) ** 2 / (WINDOW * WINDOW / 8)


def _band(power: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    hz = np.arange(power.shape[1]) * SAMPLE_RATE / WINDOW
    return power[:, (hz >= low_hz) & (hz < high_hz)].sum(1)


def _level_db(power: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    """Level of a band in dB of full scale."""
    return 10 * np.log10(_band(power, low_hz, high_hz) + 1e-10)


def _loud_db(power: np.ndarray) -> float:
    """The level of the cut's own loud speech."""
    return max(float(np.quantile(_level_db(power, 150, 4000), 0.95)), LEAST_LOUD_DB)


def _speaking(power: np.ndarray) -> np.ndarray:
    """How surely somebody speaks, [N] in [0, 1]."""
    return np.clip((_level_db(power, 150, 4000) - (_loud_db(power) - SPAN_DB)) / 6, 0, 1)


def _near_speech(samples: np.ndarray) -> np.ndarray:
    """1 in speech and `AHEAD_S` around it, falling smoothly to 0 in silence, [N]."""
    speaking = _speaking(_power(samples))
    reach = round(AHEAD_S * SAMPLE_RATE / HOP)
    padded = np.pad(speaking, reach, mode="edge")
    widened = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(1)
    return np.clip(_smooth(widened[:, None])[:, 0] / 0.5, 0, 1)


def _smooth(curves: np.ndarray) -> np.ndarray:
    """Gaussian smoothing over time of [N, K], ends held."""
    sigma = SMOOTHING_S * SAMPLE_RATE / HOP
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(curves, ((reach, reach), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, kernel, "valid") for column in padded.T], 1)


def _at_frames(curves: np.ndarray, speech: Speech, clock: Clock, offset_frames: int) -> np.ndarray:
    """Curves [N, K] every HOP samples, read at the middle of each frame: [T, K]."""
    first = clock.first_frame
    start = sample_of(first, clock.rate, SAMPLE_RATE)
    heard = range(first - offset_frames, first - offset_frames + clock.frames)
    edges = np.array([sample_of(f, clock.rate, SAMPLE_RATE) for f in [*heard, heard.stop]])
    middles = (edges[:-1] + edges[1:]) / 2 - start + speech.start
    times = np.arange(len(curves)) * HOP
    return np.stack([np.interp(middles, times, column) for column in curves.T], 1)
