"""A part of decoded frames, so that the rest of them need not be converted."""

from dataclasses import dataclass

import av
import numpy as np
from av.filter import Graph

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

    @classmethod
    def around(cls, points: np.ndarray, beside_px: int = 0) -> "Region":
        """Find the least region that holds some points, and what is interpolated between them.

        Args:
            points: x and y in pixels, [N, 2]; they may lie beyond the picture.
            beside_px: How many pixels beside those of the points it holds.

        Returns:
            The region.
        """
        (left, top), (right, bottom) = points.min(0) - beside_px, points.max(0) + beside_px
        return cls(_pixels(top, bottom), _pixels(left, right))

    def cut(self, frame: av.VideoFrame) -> "tuple[av.VideoFrame, Region] | None":
        """Cut the region out of a frame, with a margin.

        Args:
            frame: The frame.

        Returns:
            The part, and where in the frame it is; None where the frame is better taken whole: the
            region is most of it.
        """
        rows = _widened(self.rows, frame.height)
        columns = _widened(self.columns, frame.width)
        height, width = rows.stop - rows.start, columns.stop - columns.start
        if height * width > WORTH * frame.height * frame.width:
            return None
        part = _cropped(frame, f"{width}:{height}:{columns.start}:{rows.start}:exact=1")
        return part, Region(rows, columns)


def _pixels(first: float, last: float) -> slice:
    start = max(0, int(np.floor(first)))
    return slice(start, max(start + 1, int(np.ceil(last)) + 1))


def _cropped(frame: av.VideoFrame, crop: str) -> av.VideoFrame:
    """A part of a frame, with all that is known of it: above all, where its chroma lies."""
    graph = Graph()
    graph.threads = 1
    source = graph.add(
        "buffer",
        f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base=1/1"
        f":colorspace={int(frame.colorspace)}:range={int(frame.color_range)}",
    )
    sink = graph.add("buffersink")
    graph.link_nodes(source, graph.add("crop", crop), sink).configure()
    source.push(frame)
    part = sink.pull()
    assert isinstance(part, av.VideoFrame)
    return part


def _widened(part: slice, size: int) -> slice:
    """The part with its margin, its edges on whole samples of chroma or at the picture's own."""
    first = max(0, min(part.start, size - 1) - MARGIN) // MARGIN * MARGIN
    return slice(first, min(size, -(-(part.stop + MARGIN) // MARGIN) * MARGIN))
