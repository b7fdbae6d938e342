"""Loudness after ITU-R BS.1770-4, measured as a sound goes by.

Only the energy of each tenth of a second is kept, so the memory for an hour is that of a minute.
"""

from collections.abc import Sequence

import numpy as np

STEP_S = 0.1
"""Blocks of 0.4 s begin so many seconds apart: they overlap by 75 %."""

BLOCK_STEPS = 4
"""How many steps a block has."""

ABSOLUTE_GATE_LUFS = -70.0
"""Blocks below this are silence. It is also what silence measures."""

RELATIVE_GATE_LU = -10.0
"""Blocks so far below the mean of the others do not count."""

SURROUND_WEIGHT = 1.41
"""The weight of channels beside and behind the listener."""

LOW_FREQUENCY = ("LFE", "LFE2")
"""Channels that do not count, by libav's names."""

FRONT = ("FL", "FR", "FC", "FLC", "FRC", "DL", "DR")
"""Channels of weight 1, by libav's names."""


def k_weighting(rate: int) -> np.ndarray:
    """Design the K-weighting filter for a sample rate.

    The analogue parameters are those behind the coefficients that BS.1770 lists for 48 kHz (De Man,
    "Evaluation of Implementations of the EBU R128 Loudness Measurement", AES 145, 2018).

    Args:
        rate: Samples/s.

    Returns:
        A high shelf and a high pass, [2, 6] float64, as `scipy.signal.sosfilt` takes them.
    """
    shelf_hz, shelf_db, shelf_q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    pass_hz, pass_q = 38.13547087602444, 0.5003270373238773
    k = np.tan(np.pi * min(shelf_hz, 0.45 * rate) / rate)
    high = 10 ** (shelf_db / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / shelf_q + k * k
    shelf = [
        (high + band * k / shelf_q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / shelf_q + k * k) / a0,
        1.0,
        2 * (k * k - 1) / a0,
        (1 - k / shelf_q + k * k) / a0,
    ]
    k = np.tan(np.pi * pass_hz / rate)
    a0 = 1 + k / pass_q + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / pass_q + k * k) / a0]
    return np.array([shelf, high_pass])


def channel_weights(names: Sequence[str]) -> np.ndarray:
    """List how much each channel counts.

    Args:
        names: libav's names of the channels.

    Returns:
        Weights, [C] float64.
    """
    if len(names) == 1:
        return np.ones(1)
    weights = dict.fromkeys(LOW_FREQUENCY, 0.0) | dict.fromkeys(FRONT, 1.0)
    return np.array([weights.get(name, SURROUND_WEIGHT) for name in names])


class LoudnessMeter:
    """Measures the loudness of a sound that is given to it block by block.

    Args:
        rate: Samples/s.
        names: libav's names of the channels.
    """

    def __init__(self, rate: int, names: Sequence[str]) -> None:
        self._step = max(1, round(STEP_S * rate))
        self._weights = channel_weights(names)
        self._filter = k_weighting(rate)
        self._state = np.zeros((len(self._filter), 2, len(names)))
        self._rest = np.zeros(0)
        self._energies: list[np.ndarray] = []

    def add(self, block: np.ndarray) -> None:
        """Hear what comes next.

        Args:
            block: Samples, [N, C] float.
        """
        from scipy.signal import sosfilt  # it takes two seconds to import

        weighted, self._state = sosfilt(self._filter, block, axis=0, zi=self._state)
        power = np.concatenate([self._rest, np.square(weighted) @ self._weights])
        whole = len(power) // self._step * self._step
        self._energies.append(power[:whole].reshape(-1, self._step).mean(1))
        self._rest = power[whole:]

    @property
    def blocks(self) -> np.ndarray:
        """The mean square of each block of 0.4 s, [B] float64; a shorter sound is one block."""
        steps = np.concatenate([np.zeros(0), *self._energies])
        if not len(steps):
            return np.zeros(0)
        if len(steps) < BLOCK_STEPS:
            return np.array([steps.mean()])
        return np.convolve(steps, np.full(BLOCK_STEPS, 1 / BLOCK_STEPS), "valid")

    def integrated_lufs(self) -> float:
        """Measure the whole sound.

        Returns:
            Its gated loudness, in LUFS; `ABSOLUTE_GATE_LUFS` where all is silence.
        """
        blocks = self.blocks
        loud = blocks[lufs_of(blocks) > ABSOLUTE_GATE_LUFS]
        if not len(loud):
            return ABSOLUTE_GATE_LUFS
        gate = float(lufs_of(loud.mean())) + RELATIVE_GATE_LU
        return float(lufs_of(loud[lufs_of(loud) > gate].mean()))

    def dialogue_lufs(self, spans_s: Sequence[tuple[float, float]]) -> float:
        """Measure the parts of the sound in which somebody speaks.

        Args:
            spans_s: When somebody speaks: begin and end, in seconds.

        Returns:
            Their loudness, in LUFS; `ABSOLUTE_GATE_LUFS` where nobody is heard.
        """
        blocks = self.blocks
        middles_s = (np.arange(len(blocks)) + BLOCK_STEPS / 2) * STEP_S
        spoken = np.zeros(len(blocks), bool)
        for begin_s, end_s in spans_s:
            first, end = np.searchsorted(middles_s, (begin_s, end_s))
            spoken[first:end] = True
        heard = blocks[spoken & (lufs_of(blocks) > ABSOLUTE_GATE_LUFS)]
        return float(lufs_of(heard.mean())) if len(heard) else ABSOLUTE_GATE_LUFS


def lufs_of(power: np.ndarray) -> np.ndarray:
    """Convert K-weighted mean squares.

    Args:
        power: Mean squares, summed over weighted channels, float.

    Returns:
        Loudness, in LUFS.
    """
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-15)))
