"""Sound as frameworks carry it: 16-bit samples, the channels of each side by side."""

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError

BYTES = 2
"""Of a sample."""


def mono_of(pcm: bytes, channels: int) -> NDArray[np.int16]:
    """Read sound, and mix its channels to one.

    Args:
        pcm: Samples of 16 bit, little-endian, of all channels in turn; may be empty.
        channels: How many channels there are.

    Returns:
        The mean of the channels, [N] int16.

    Raises:
        InputError: There is no channel, or a sample is cut short.
    """
    if channels < 1 or len(pcm) % (BYTES * channels):
        raise InputError(f"sound: {len(pcm)} bytes are no 16-bit samples of {channels} channels")
    samples = np.frombuffer(pcm, "<i2")
    if channels == 1:
        return samples
    return np.rint(samples.reshape(-1, channels).mean(axis=1)).astype(np.int16)


def pcm_of(sound: NDArray[np.float32]) -> bytes:
    """Write sound as samples of 16 bit.

    Args:
        sound: Mono, [N] float32 in [-1, 1].

    Returns:
        The samples, little-endian.
    """
    return np.rint(np.clip(sound, -1, 1) * np.float32(32767)).astype("<i2").tobytes()
