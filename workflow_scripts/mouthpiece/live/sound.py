"""The sound that a session is given: checked, and brought to another rate as it arrives."""

from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError

LOWEST_HZ, HIGHEST_HZ = 8_000, 192_000
"""The sample rates that are taken."""

MOST_SAMPLES = 600 * HIGHEST_HZ
"""Samples in one chunk, at most: ten minutes of the highest rate."""

FULL_SCALE = 32768
"""What a 16 bit sample of 1.0 would be."""

MOST_AT_ONCE = 65536
"""Samples that a resampler is given at once, at most."""

Samples = NDArray[np.float32]
"""Mono sound, [N] float32 in [-1, 1]."""


def checked(samples: Any, rate_hz: Any) -> Samples:
    """Check a chunk of sound.

    Args:
        samples: Mono, [N] float32 or int16; N may be 0.
        rate_hz: Samples/s.

    Returns:
        The sound; what is louder than full scale is clipped.

    Raises:
        InputError: It is not such a chunk, or has a sample that is no number.
    """
    if isinstance(rate_hz, bool) or not isinstance(rate_hz, int | np.integer):
        raise InputError(f"sample rate {rate_hz!r:.40}: is no whole number")
    if not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
        raise InputError(f"sample rate {rate_hz} Hz: give {LOWEST_HZ} to {HIGHEST_HZ} Hz")
    if not isinstance(samples, np.ndarray) or samples.dtype not in (np.float32, np.int16):
        kind = samples.dtype if isinstance(samples, np.ndarray) else type(samples).__name__
        raise InputError(f"sound: is {kind}; give an array of float32 or int16")
    if samples.ndim != 1:
        raise InputError(f"sound: has shape {samples.shape}; give one channel, [N]")
    if len(samples) > MOST_SAMPLES:
        raise InputError(f"sound: a chunk has {len(samples)} samples; {MOST_SAMPLES} at most")
    if samples.dtype == np.int16:
        return samples.astype(np.float32) / np.float32(FULL_SCALE)
    if not np.isfinite(samples).all():
        raise InputError("sound: has samples that are no numbers (NaN or infinite)")
    return np.clip(samples, -1, 1)


class Resampler:
    """Brings a sound to another rate, chunk by chunk.

    What it gives in all depends on the sound, not on how it was cut into chunks.
    """

    def __init__(self, given_hz: int, wanted_hz: int) -> None:
        """Build the resampler.

        Args:
            given_hz: Samples/s of the sound.
            wanted_hz: Samples/s of what is made of it.
        """
        self._given_hz = given_hz
        self._same = given_hz == wanted_hz
        self._resampler = av.AudioResampler("flt", "mono", wanted_hz)
        self._fed = False

    def push(self, samples: Samples) -> Samples:
        """Give the next chunk.

        Args:
            samples: [N]; N may be 0.

        Returns:
            What can be told of the sound by now, [M]; a few ms of it may be missing.
        """
        if self._same or not len(samples):
            return samples
        self._fed = True
        parts = [
            self._resampled(samples[at : at + MOST_AT_ONCE])
            for at in range(0, len(samples), MOST_AT_ONCE)
        ]
        return np.concatenate(parts)

    def end(self) -> Samples:
        """End the sound.

        Returns:
            The rest of it, [M].
        """
        if self._same or not self._fed:
            return np.zeros(0, np.float32)
        return self._resampled(None)

    def _resampled(self, samples: Samples | None) -> Samples:
        frame = None
        if samples is not None:
            plane = np.ascontiguousarray(samples, np.float32)[None]
            frame = av.AudioFrame.from_ndarray(plane, "flt", "mono")
            frame.sample_rate = self._given_hz
        made = [one.to_ndarray()[0] for one in self._resampler.resample(frame)]
        return np.concatenate([np.zeros(0, np.float32), *made]).astype(np.float32)
