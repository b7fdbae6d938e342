"""Pictures stored without loss, one by one: MagicYUV in QuickTime.

MagicYUV predicts each sample from its neighbours, and writes the differences in Huffman codes of
the picture's own. FFV1 takes four fifths of the space, but four to six times as long to write and
to read, and each picture is read by up to three stages: `benchmarks/lossless.py`.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from ..media.open import open_media
from ..media.url import url
from .broken import broken_is_fault

RATE = 25
"""The files' nominal pictures/s; only their order counts."""

GROUP = 12
"""Pictures that a thread encodes in one go, or that are held to be given in reverse."""

OPTIONS = {"flags": "+bitexact", "pred": "gradient", "slices": "1"}
"""Left to itself the encoder has a slice for each core, and so other bytes on each machine."""

THREADS = 3
"""Groups that a writer encodes at once."""

STORED = {"rgb24": "gbrp", "gray": "gray"}
"""How pictures are stored, by how they are given."""

PixelFormat = Literal["rgb24", "gray"]
"""Pictures of [H, W, 3] and of [H, W], uint8."""


class LosslessWriter:
    """Writes pictures of one size to a file. A context manager: the file is whole after it.

    Groups of pictures are encoded in threads, while further ones are given; the bytes are those of
    one encoder.
    """

    def __init__(self, path: Path, pixel_format: PixelFormat, threads: int = THREADS) -> None:
        """Open the file.

        Args:
            path: The QuickTime file to write.
            pixel_format: How pictures are given.
            threads: How many groups are encoded at once; as many more may wait to be written.
        """
        self._format = pixel_format
        self._stored = STORED[pixel_format]
        self._container = av.open(url(path), "w", format="mov", options={"fflags": "+bitexact"})
        self._stream = self._container.add_stream("magicyuv", rate=RATE, options=OPTIONS)
        self._stream.pix_fmt = self._stored
        self._size: tuple[int, int] | None = None
        self._threads, self._pool = threads, ThreadPoolExecutor(threads)
        self._frames = 0
        self._group: list[np.ndarray] = []
        self._encoded: deque[Future[list[av.Packet]]] = deque()

    def write(self, picture: np.ndarray) -> None:
        """Append a picture.

        Args:
            picture: [H, W, 3] or [H, W] uint8, as the writer's pixel format says. It is kept for a
                while, and not to be written to.

        Raises:
            ValueError: Its size is not that of the first picture.
        """
        size = picture.shape[0], picture.shape[1]
        if self._size is None:
            self._size = size
            self._stream.height, self._stream.width = size
        elif size != self._size:
            raise ValueError(f"a picture of {size} pixels among pictures of {self._size}")
        self._group.append(picture)
        if len(self._group) == GROUP:
            self._submit()

    def _submit(self) -> None:
        first, self._frames = self._frames, self._frames + len(self._group)
        pictures, self._group = self._group, []
        self._encoded.append(self._pool.submit(self._encode, first, pictures))
        while len(self._encoded) > 2 * self._threads:
            self._mux()

    def _encode(self, first: int, pictures: list[np.ndarray]) -> list[av.Packet]:
        encoder = av.CodecContext.create("magicyuv", "w")
        assert isinstance(encoder, av.VideoCodecContext)
        encoder.height, encoder.width = pictures[0].shape[:2]
        encoder.pix_fmt, encoder.options, encoder.thread_count = self._stored, OPTIONS, 1
        encoder.time_base, encoder.framerate = Fraction(1, RATE), Fraction(RATE)
        reformatter = VideoReformatter()
        packets = []
        for number, picture in enumerate(pictures, first):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=self._format)
            stored = reformatter.reformat(frame, format=self._stored)
            stored.pts = number
            packets += encoder.encode(stored)
        return packets + encoder.encode()

    def _mux(self) -> None:
        for packet in self._encoded.popleft().result():
            packet.stream = self._stream
            self._container.mux(packet)

    def __enter__(self) -> "LosslessWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                if self._group:
                    self._submit()
                while self._encoded:
                    self._mux()
        finally:
            self._pool.shutdown(cancel_futures=True)
            self._container.close()


@dataclass(frozen=True)
class LosslessVideo:
    """Pictures that `LosslessWriter` wrote. Nothing is held: each reading opens the file again.

    Attributes:
        path: The file.
        pixel_format: How pictures are given.
        frames: How many there are.
        part: The bytes of the file that hold them; None: all.
    """

    path: Path
    pixel_format: PixelFormat
    frames: int
    part: slice | None = None

    def read(self, order: range | None = None) -> Iterator[np.ndarray]:
        """Read pictures one by one; of those read in reverse, `GROUP` are held.

        Args:
            order: The numbers of the pictures that are wanted, in steps of 1 or -1; None: all.

        Yields:
            [H, W, 3] or [H, W] uint8.

        Raises:
            Fault: The file is broken, or a picture is missing.
        """
        wanted = range(self.frames) if order is None else order
        if not wanted:
            return
        with broken_is_fault(self.path), self._open() as container:
            if wanted.step > 0:
                yield from self._run(container, wanted[0], len(wanted))
                return
            last = wanted[0]
            while last >= wanted[-1]:
                first = max(wanted[-1], last // GROUP * GROUP)
                yield from reversed([*self._run(container, first, last - first + 1)])
                last = first - 1

    def pick(self, numbers: list[int]) -> list[np.ndarray]:
        """Read a few pictures.

        Args:
            numbers: Which.

        Returns:
            The pictures, in the order of the numbers.

        Raises:
            Fault: The file is broken, or a picture is missing.
        """
        with broken_is_fault(self.path), self._open() as container:
            return [next(self._run(container, number, 1)) for number in numbers]

    def _open(self) -> av.container.InputContainer:
        container = open_media(self.path, self.part)
        container.streams.video[0].codec_context.thread_count = 1
        return container

    def _run(
        self, container: av.container.InputContainer, first: int, frames: int
    ) -> Iterator[np.ndarray]:
        """Pictures that follow each other."""
        stream, reformatter = container.streams.video[0], VideoReformatter()
        ticks = 1 / (RATE * (stream.time_base or Fraction(1, RATE)))
        container.seek(round(first * ticks), stream=stream)
        expected = first
        for frame in container.decode(stream):
            number = round((frame.pts or 0) / ticks)
            if number < first:
                continue
            if number != expected:
                break
            yield reformatter.reformat(frame, format=self.pixel_format).to_ndarray()
            expected += 1
            if expected == first + frames:
                return
        raise EOFError(f"picture {expected} is missing")
