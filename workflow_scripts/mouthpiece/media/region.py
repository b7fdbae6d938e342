"""A part of decoded frames, so that the rest of them need not be converted."""

from dataclasses import dataclass

import av
import numpy as np

MARGIN = 8
"""Pixels around a region that its conversion looks at, and the step of its edges: a sample of
chroma lies on two by two pixels, and is enlarged from four by four."""

WORTH = 0.8
"""A region that is more of the picture than this is not cut out."""


@dataclass(frozen=True)
class Region:
    """Rows and columns of pictures.

    Attributes:
        rows: First row and end.
        columns: First column and end.
    """

    rows: slice
    columns: slice

    def cut(self, frame: av.VideoFrame) -> "tuple[av.VideoFrame, Region] | None":
        """Cut the region out of a frame, with a margin.

        Args:
            frame: The frame.

        Returns:
            The part, and where in the frame it is; None where the frame is better taken whole: the
            region is most of it, or its samples do not lie in a plane for each component.
        """
        rows = _widened(self.rows, frame.height)
        columns = _widened(self.columns, frame.width)
        height, width = rows.stop - rows.start, columns.stop - columns.start
        components = frame.format.components
        planar = len(frame.planes) == len(components)
        if not planar or height * width > WORTH * frame.height * frame.width:
            return None
        part = av.VideoFrame(width, height, frame.format.name)
        for given, taken, component in zip(frame.planes, part.planes, components, strict=True):
            sample_bytes = (component.bits + 7) // 8
            top = rows.start * given.height // frame.height
            left = columns.start * given.width // frame.width * sample_bytes
            lines, kept = (
                np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
                for plane in (given, taken)
            )
            row_bytes = taken.width * sample_bytes
            kept[: taken.height, :row_bytes] = lines[
                top : top + taken.height, left : left + row_bytes
            ]
        part.colorspace, part.color_range = frame.colorspace, frame.color_range
        part.color_primaries, part.color_trc = frame.color_primaries, frame.color_trc
        return part, Region(rows, columns)


def _widened(part: slice, size: int) -> slice:
    """The part with its margin, its edges on whole samples of chroma or at the picture's own."""
    first = max(0, min(part.start, size - 1) - MARGIN) // MARGIN * MARGIN
    return slice(first, min(size, -(-(part.stop + MARGIN) // MARGIN) * MARGIN))
