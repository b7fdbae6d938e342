"""What a separator is, and how networks separate sound of any length, rate and layout."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .sound import FULL_SCALE, Sound

QUIET = 2.0**-15
"""Amplitude below which a channel is silent, the last bit of 16."""


@dataclass(frozen=True)
class Stems:
    """A piece of the two stems of a source.

    Attributes:
        voice: What people say, [N, C] int32 of 24 bit.
        background: All else, [N, C] int32 of 24 bit.
    """

    voice: np.ndarray
    background: np.ndarray


class Separator(ABC):
    """Separates voice from background."""

    holds_voice = False
    """Whether the source's voices are still in the background."""

    @abstractmethod
    def stems(self, sound: Sound) -> Iterator[Stems]:
        """Separate a source.

        Args:
            sound: The source.

        Returns:
            Its stems, piece by piece, as long as the source together.
        """

    def separated(self, channels: Sequence[str]) -> tuple[str, ...]:
        """Name the channels in which it looks for voices.

        Args:
            channels: libav's names of a source's channels.

        Returns:
            Those of them whose voice is taken out of the background.
        """
        return ()


class NetworkSeparator(Separator):
    """Separates with a network that hears some seconds of stereo at once.

    Blocks overlap, and each fades into the next one: memory does not grow with the source's length.
    Background is the source without the voice, so the stems sum to the source.
    """

    rate_hz = 44100
    """Samples/s that the network takes."""

    block_s = 12.0
    """How much it hears at once, in seconds."""

    overlap_s = 2.0
    """How much of that it has heard before. A block fades in over the middle half of it: at its
    ends a network has heard too little."""

    @abstractmethod
    def voice(self, sound: np.ndarray) -> np.ndarray:
        """Separate the voice of a block.

        Args:
            sound: [2, N] float32, at `rate_hz`.

        Returns:
            The voice, [2, N] float32.
        """

    def separated(self, channels: Sequence[str]) -> tuple[str, ...]:
        """See `Separator.separated`.

        Args:
            channels: See there.

        Returns:
            See there.
        """
        return tuple(channels[i] for group in voice_groups(channels) for i in group)

    def stems(self, sound: Sound) -> Iterator[Stems]:
        """See `Separator.stems`.

        Args:
            sound: See there.

        Yields:
            See there.
        """
        block, overlap = (round(s * sound.rate_hz) for s in (self.block_s, self.overlap_s))
        ramp = np.clip(2 * (np.arange(overlap) + 0.5) / overlap - 0.5, 0, 1)[:, None]
        held_sound = np.zeros((0, len(sound.channels)), np.int32)
        held_voice = np.zeros((0, len(sound.channels)))
        for heard in sound.blocks(block, overlap):
            voice = self._block_voice(heard, sound)
            fade = ramp[: len(held_voice)]
            voice[: len(fade)] = (1 - fade) * held_voice + fade * voice[: len(fade)]
            done = max(0, len(heard) - overlap)
            yield _stems(heard[:done], voice[:done])
            held_sound, held_voice = heard[done:], voice[done:]
        yield _stems(held_sound, held_voice)

    def _block_voice(self, heard: np.ndarray, sound: Sound) -> np.ndarray:
        """The voice of a block, [N, C] float64, full scale 1."""
        samples = heard / FULL_SCALE
        voice = np.zeros_like(samples)
        for group in voice_groups(sound.channels):
            sounding = [i for i in group if np.abs(samples[:, i]).max(initial=0) > QUIET]
            if sounding:
                voice[:, sounding] = self._at_its_rate(samples[:, sounding].T, sound.rate_hz).T
        return voice

    def _at_its_rate(self, samples: np.ndarray, rate_hz: int) -> np.ndarray:
        """The voice of one channel or two, [C, N] at the source's rate."""
        taken = resample(samples, rate_hz, self.rate_hz)
        pair = np.broadcast_to(taken, (2, taken.shape[1])).astype(np.float32)
        found = self.voice(np.ascontiguousarray(pair)).astype(np.float64)
        if len(samples) == 1:
            found = found.mean(0, keepdims=True)
        return resample(found, self.rate_hz, rate_hz)[:, : samples.shape[1]]


class CopyingSeparator(Separator):
    """Separates nothing: whatever it does with the background, the voice is the whole source."""

    def stems(self, sound: Sound) -> Iterator[Stems]:
        """See `Separator.stems`.

        Args:
            sound: See there.

        Yields:
            See there.
        """
        for block in sound.pieces():
            yield Stems(block, self.background(block))

    @abstractmethod
    def background(self, block: np.ndarray) -> np.ndarray:
        """Make the background.

        Args:
            block: A piece of the source, [N, C] int32.

        Returns:
            That piece of the background, [N, C] int32.
        """


def voice_groups(channels: Sequence[str]) -> list[tuple[int, ...]]:
    """Choose the channels in which a voice is looked for, and which of them are heard together.

    In films, dialogue is in the centre, and some of it in the fronts. Surround channels and the one
    of low frequencies have ambience and effects, which a dub keeps.

    Args:
        channels: libav's names of a source's channels.

    Returns:
        The indices of a pair, or of a channel by itself.
    """
    if len(channels) <= 2:
        return [tuple(range(len(channels)))]
    index = {name: i for i, name in enumerate(channels)}
    fronts = tuple(index[name] for name in ("FL", "FR") if name in index)
    groups = [fronts, *((index[name],) for name in ("FC",) if name in index)]
    return [group for group in groups if group] or [(0, 1)]


def resample(samples: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    """Change the sample rate of a block; its first sample stays where it is.

    Args:
        samples: [C, N] float64.
        from_hz: Their rate, samples/s.
        to_hz: The wanted rate, samples/s.

    Returns:
        [C, M] float64, at least as long.
    """
    if from_hz == to_hz:
        return samples
    from scipy.signal import resample_poly  # it takes two seconds to import

    return np.asarray(resample_poly(samples, to_hz, from_hz, axis=1))


def _stems(heard: np.ndarray, voice: np.ndarray) -> Stems:
    """The stems of a piece, in whole numbers that sum to the source's."""
    least, most = -FULL_SCALE, FULL_SCALE - 1
    rounded = np.clip(np.rint(voice * FULL_SCALE), least, most).astype(np.int32)
    background = np.clip(heard - rounded, least, most)
    return Stems(heard - background, background)
