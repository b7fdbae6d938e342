"""Sound of a film, read once from front to back, cut by cut."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import av
import numpy as np

from ..core.errors import Fault
from ..core.timeline import Clock, sample_of
from ..media.open import open_media

SOUND_RATE = 48_000
"""Samples per second of what `Sound` gives."""

SILENCE_DBFS = -60.0
"""The level that `levels` draws as 0."""


class Sound:
    """A sound file, read once from front to back at SOUND_RATE.

    A mono file stays mono; any other is mixed to stereo. It is a context manager that closes the
    file.

    Attributes:
        layout: `mono` or `stereo`.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._container = open_media(path)
        except av.FFmpegError as error:
            raise Fault(f"{path}: cannot be read as sound: {error.strerror}") from None
        if not self._container.streams.audio:
            self._container.close()
            raise Fault(f"{path}: has no sound track")
        stream = self._container.streams.audio[0]
        self.layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        self._blocks = self._decoded(stream)
        self._held = self.silence(0)
        self._start = 0

    def __enter__(self) -> "Sound":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._container.close()

    def _decoded(self, stream: av.AudioStream) -> Iterator[np.ndarray]:
        resampler = av.AudioResampler(format="fltp", layout=self.layout, rate=SOUND_RATE)
        for frame in self._container.decode(stream):
            frame.pts = None  # samples are counted, as the film's muxer counts them
            for block in resampler.resample(frame):
                yield block.to_ndarray()
        for block in resampler.resample(None):
            yield block.to_ndarray()

    def silence(self, samples: int) -> np.ndarray:
        """Make silence in the layout of this sound.

        Args:
            samples: How many samples.

        Returns:
            Zeros, [channels, samples] float32.
        """
        return np.zeros((1 if self.layout == "mono" else 2, samples), np.float32)

    def take(self, clock: Clock) -> np.ndarray:
        """Read the samples of a cut. Cuts are taken in the order of the film.

        Args:
            clock: The frames of the cut.

        Returns:
            The samples, [channels, N] float32, with silence after the end of the file.

        Raises:
            ValueError: The cut starts before the end of the one that was taken last.
        """
        first, end = clock.samples(SOUND_RATE)
        if first < self._start:
            raise ValueError(f"sample {first} has gone by; the sound is at {self._start}")
        held = [self._held]
        reached = self._start + self._held.shape[1]
        while reached < end and (block := next(self._blocks, None)) is not None:
            held.append(block)
            reached += block.shape[1]
            if reached <= first:
                held, self._start = [held[0][:, :0]], reached
        samples = np.concatenate(held, axis=1)
        found = samples[:, first - self._start : end - self._start]
        self._held = samples[:, end - self._start :]
        self._start = max(end, reached - self._held.shape[1])
        return np.pad(found, ((0, 0), (0, end - first - found.shape[1])))


def levels(samples: np.ndarray, clock: Clock) -> list[int]:
    """Measure how loud each frame of a cut is.

    Args:
        samples: Those of the cut, [channels, N].
        clock: The frames of the cut.

    Returns:
        The RMS of each frame, 0 (SILENCE_DBFS or less) to 99 (full scale), on a scale of decibels.
    """
    first, _ = clock.samples(SOUND_RATE)
    edges = [
        sample_of(frame, clock.rate, SOUND_RATE) - first
        for frame in range(clock.first_frame, clock.end_frame)
    ]
    power = np.add.reduceat((samples.astype(np.float64) ** 2).mean(0), edges)
    power /= np.diff([*edges, samples.shape[1]])
    dbfs = 10 * np.log10(np.maximum(power, 1e-12))
    return np.clip(np.rint(99 * (1 - dbfs / SILENCE_DBFS)), 0, 99).astype(int).tolist()
