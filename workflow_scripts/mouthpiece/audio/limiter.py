"""A true-peak limiter with lookahead, for sound that goes by block by block.

The sound is oversampled four times, as ITU-R BS.1770-4 measures true peaks. A peak over the ceiling
lowers all channels together: in decibels, the gain falls in a straight line before the peak, and
rises in a flatter one after it. So it is never below what the peaks need by more than these slopes.
"""

from collections.abc import Iterable, Iterator

import numpy as np

OVERSAMPLING = 4
"""How many times a sound is oversampled to find its true peaks."""

STEP_S = 0.001
"""The gain is decided once in so much time, in seconds."""

ATTACK_DB, RELEASE_DB = 2.0, 0.05
"""By how much the gain falls before a peak and rises after it, in dB a step: 6 dB in 3 ms and in
120 ms, which is not heard as distortion, and not as pumping."""

LOOKAHEAD_STEPS = 20
"""How far peaks are seen ahead, in steps: 40 dB of them are brought down in time."""

CONTEXT = 64
"""Samples around a block from which its oversampled edges are computed."""

SAFE = 0.5
"""The share of the ceiling below which samples have no true peak above it: a sine between samples
gains 3 dB, and 6 dB are more than real sound does."""

BLOCK_STEPS = 1000
"""Steps in a block: a second."""


def block_samples(rate: int) -> int:
    """Say how long blocks are to be.

    Args:
        rate: Samples/s.

    Returns:
        The number of samples in every block except the last.
    """
    return BLOCK_STEPS * _step(rate)


def limited(
    blocks: Iterable[np.ndarray], rate: int, gain: float, ceiling: float
) -> Iterator[np.ndarray]:
    """Amplify a sound and keep its true peaks under a ceiling.

    Args:
        blocks: The sound, [N, C] float each; N is `block_samples(rate)`, but of the last.
        rate: Samples/s.
        gain: The factor by which it is amplified.
        ceiling: The largest true peak of the result.

    Yields:
        The sound, in the same blocks.
    """
    step = _step(rate)
    held: np.ndarray | None = None
    needed = np.zeros(0)
    before = 0.0  # the gain of the step before the held block, in dB
    for block, peaks in _with_peaks(blocks, step, gain, ceiling):
        wanted = np.minimum(0, 20 * np.log10(ceiling / np.maximum(peaks, 1e-9)))
        if held is not None:
            made, before = _lowered(held, needed, wanted[: LOOKAHEAD_STEPS + 1], before, step)
            yield made
        held, needed = block, wanted
    if held is not None:
        yield _lowered(held, needed, np.zeros(1), before, step)[0]


def true_peaks(samples: np.ndarray) -> np.ndarray:
    """Measure the true peak of each sample's surroundings.

    Args:
        samples: [N, C] float.

    Returns:
        The largest amplitude of all channels from each sample to the next, [N] float64.
    """
    from scipy.signal import resample_poly  # it takes two seconds to import

    dense = np.abs(resample_poly(samples, OVERSAMPLING, 1, axis=0)).max(1)
    dense = np.maximum(dense.reshape(-1, OVERSAMPLING).max(1), np.abs(samples).max(1))
    return np.asarray(dense)


def _step(rate: int) -> int:
    return max(1, round(STEP_S * rate))


def _with_peaks(
    blocks: Iterable[np.ndarray], step: int, gain: float, ceiling: float
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Amplified blocks, each with the true peak of its steps: one block is seen ahead."""
    before: np.ndarray | None = None
    held: np.ndarray | None = None
    for block in blocks:
        amplified = gain * block
        if held is not None:
            yield held, _peaks(before, held, amplified, step, ceiling)
        before, held = held, amplified
    if held is not None:
        yield held, _peaks(before, held, None, step, ceiling)


def _peaks(
    before: np.ndarray | None,
    block: np.ndarray,
    after: np.ndarray | None,
    step: int,
    ceiling: float,
) -> np.ndarray:
    """The true peak of each step of a block."""
    edge = np.zeros((CONTEXT, block.shape[1]))
    left = edge if before is None else before[-CONTEXT:]
    right = edge if after is None else after[:CONTEXT]
    around = np.concatenate([left, block, right])
    if np.abs(around).max(initial=0.0) < SAFE * ceiling:
        peaks = np.abs(block).max(1)
    else:
        peaks = true_peaks(around)[len(left) : len(left) + len(block)]
    padded = np.pad(peaks, (0, -len(peaks) % step))
    return np.asarray(padded.reshape(-1, step).max(1))


def _lowered(
    block: np.ndarray, needed: np.ndarray, ahead: np.ndarray, before: float, step: int
) -> tuple[np.ndarray, float]:
    """A block with its gain, and the gain of its last step, in dB."""
    steps = len(needed)
    wanted = np.concatenate([needed, ahead])
    if before == 0 and not wanted.any():
        return block, 0.0
    at = np.arange(len(wanted))
    falling = np.minimum.accumulate((wanted + ATTACK_DB * at)[::-1])[::-1] - ATTACK_DB * at
    rising = np.minimum.accumulate(np.concatenate([[before], falling - RELEASE_DB * (at + 1)]))
    gains = np.concatenate([[before], rising[1:] + RELEASE_DB * (at + 1)])
    edges = np.minimum(gains[:-1], gains[1:])[: steps + 1]
    curve = np.interp(np.arange(len(block)), np.arange(len(edges)) * step, edges)
    return block * (10 ** (curve / 20))[:, None], float(gains[steps])
