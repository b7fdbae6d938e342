"""Blocks of samples written as FLAC, with the layout of their channels."""

from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np

from .url import url

BITS = 24
"""Bits of a sample."""

BLOCK_SAMPLES = 4096
"""Samples that are encoded at once."""


class FlacWriter:
    """A FLAC file, 24 bit, to which blocks of samples are added. It is a context manager.

    Args:
        path: The file to write.
        rate: Samples/s.
        layout: libav's name of the layout, up to 8 channels.
    """

    def __init__(self, path: Path, rate: int, layout: str) -> None:
        self._container = av.open(url(path), "w", format="flac", options={"fflags": "+bitexact"})
        self._stream = self._container.add_stream("flac", rate=rate, layout=layout)
        self._stream.codec_context.format = "s32"
        self._stream.codec_context.flags |= av.codec.context.Flags.bitexact
        self._rate, self._layout = rate, layout
        self.samples = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._container.mux(self._stream.encode(None))
        finally:
            self._container.close()

    def add(self, block: np.ndarray) -> None:
        """Write what comes next.

        Args:
            block: Samples, [N, C] float in [-1, 1); what is beyond is clipped.
        """
        full = 1 << (BITS - 1)
        whole = np.clip(np.rint(block * full), -full, full - 1).astype(np.int32) << (32 - BITS)
        for first in range(0, len(whole), BLOCK_SAMPLES):
            part = np.ascontiguousarray(whole[first : first + BLOCK_SAMPLES]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(part, format="s32", layout=self._layout)
            frame.sample_rate, frame.pts = self._rate, self.samples
            self.samples += part.shape[1] // block.shape[1]
            self._container.mux(self._stream.encode(frame))
