"""Sound files of any length, read and written piece by piece, in whole numbers.

Samples are 24 bit numbers, so that two stems sum to their source exactly.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
import soundfile

from ..core.errors import Fault
from ..media.flac import FlacWriter
from ..media.open import open_media

FULL_SCALE = 1 << 23
"""The amplitude of full scale."""

PIECE_S = 4.0
"""How much is copied at once, in seconds."""

FLOOR_DBFS = -120.0
"""The level of digital silence."""

PADDING_BITS = 8
"""By how many bits libsndfile and libav shift samples of 24 bit in 32."""


class Sound:
    """A sound file.

    Attributes:
        rate_hz: Its samples/s.
        samples: How many it has, of each channel.
        layout: libav's name of its layout.
        channels: libav's names of its channels, in order.
    """

    def __init__(self, path: Path) -> None:
        """Read a file's head.

        Args:
            path: A FLAC file.

        Raises:
            Fault: It cannot be read.
        """
        self._path = path
        try:
            info = soundfile.info(path)
            with open_media(path) as container:
                layout = container.streams.audio[0].codec_context.layout
        except (soundfile.SoundFileError, av.FFmpegError, IndexError) as error:
            raise self._fault(error) from None
        self.rate_hz, self.samples = info.samplerate, info.frames
        self.layout = layout.name
        self.channels: Sequence[str] = tuple(channel.name for channel in layout.channels)

    def blocks(self, length: int, overlap: int = 0) -> Iterator[np.ndarray]:
        """Read the file from its start to its end.

        Args:
            length: How many samples a block has; the last one may have fewer.
            overlap: How many of them are those at the end of the block before.

        Yields:
            Blocks, [N, C] int32, whose numbers have 24 bit. The last block has more samples than
            `overlap`, unless it is the only one.

        Raises:
            Fault: The file is damaged.
        """
        try:
            with soundfile.SoundFile(self._path) as file:
                kept = np.zeros((0, file.channels), np.int32)
                while True:
                    read = file.read(length - len(kept), dtype="int32", always_2d=True)
                    if not len(read):
                        return
                    block = np.concatenate([kept, read >> PADDING_BITS])
                    yield block
                    kept = block[max(0, len(block) - overlap) :] if overlap else kept
        except soundfile.SoundFileError as error:
            raise self._fault(error) from None

    def pieces(self) -> Iterator[np.ndarray]:
        """Read the file from its start to its end, for a copy.

        Returns:
            Pieces, [N, C] int32, whose numbers have 24 bit.

        Raises:
            Fault: The file is damaged.
        """
        return self.blocks(round(PIECE_S * self.rate_hz))

    def _fault(self, error: Exception) -> Fault:
        return Fault(f"{self._path}: cannot be read: {error}; delete it and run again")


class StemWriter:
    """Writes a stem, FLAC of 24 bit, and measures its level. It is a context manager.

    Args:
        path: The file to write.
        sound: The sound whose rate and layout it has.
    """

    def __init__(self, path: Path, sound: Sound) -> None:
        self._file = FlacWriter(path, sound.rate_hz, sound.layout)
        self._power, self._count = 0.0, 0

    def __enter__(self) -> Self:
        self._file.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.__exit__(kind, error, trace)

    def add(self, samples: np.ndarray) -> None:
        """Write what comes next.

        Args:
            samples: [N, C] int32, whose numbers have 24 bit.
        """
        scaled = samples / FULL_SCALE
        self._file.add(scaled)
        self._power += float(np.square(scaled).sum())
        self._count += samples.size

    @property
    def dbfs(self) -> float:
        """The mean level of all channels so far, in dBFS."""
        mean = self._power / max(1, self._count)
        return round(10 * math.log10(max(mean, 10 ** (FLOOR_DBFS / 10))), 2)
