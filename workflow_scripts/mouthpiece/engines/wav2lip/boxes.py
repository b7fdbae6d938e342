"""The box of the face that Wav2Lip redraws: a detector's, with rows added under the chin.

It is in whole pixels; see `engines.face_boxes`.
"""

from dataclasses import dataclass

import numpy as np

from ...core.curves import gaussian
from ...core.spans import find_spans
from ...media.region import Region
from ..face_boxes import exists

LEAST_PX = 2
"""Narrower or lower boxes hold no face that could be drawn."""

LOOKS_AHEAD = 5
"""Frames whose mean upstream takes: each and those after it."""


@dataclass(frozen=True)
class Pads:
    """What is added to a box at each side, in pixels of the picture.

    Attributes:
        top: Rows above.
        bottom: Rows below.
        left: Columns on the picture's left.
        right: Columns on its right.
    """

    top: int
    bottom: int
    left: int
    right: int


def face_boxes(
    found: np.ndarray, pads: Pads, smoothing_frames: float, height: int, width: int
) -> np.ndarray:
    """Choose the boxes that are redrawn, within the picture and steady over time.

    Args:
        found: What a detector gave, [T, 4]; not finite where there is no face.
        pads: What is added.
        smoothing_frames: Standard deviation of the smoothing; 0: the mean over `LOOKS_AHEAD`
            frames, always rounded down, as upstream.
        height: The pictures' rows.
        width: The pictures' columns.

    Returns:
        [T, 4] int64.
    """
    faces = np.isfinite(found).all(1)
    seen = np.where(faces[:, None], found, 0)
    if not smoothing_frames:
        seen = np.trunc(np.maximum(seen, 0))
    grown = seen + [-pads.left, -pads.top, pads.right, pads.bottom]
    inside = np.clip(grown, 0, [width, height, width, height])
    faces &= (inside[:, 2:] - inside[:, :2] >= LEAST_PX).all(1)
    boxes = np.zeros_like(inside)
    for first, end in find_spans(faces):
        run = inside[first:end]
        steady = np.rint(gaussian(run, smoothing_frames)) if smoothing_frames else _ahead(run)
        boxes[first:end] = steady
    return boxes.astype(np.int64)


def _ahead(boxes: np.ndarray) -> np.ndarray:
    """Upstream's smoothing [T, 4]: in place, cut to whole pixels, so that the last lean on it.

    Where there are three or four frames, it counts back from the end and takes the last two or one.
    """
    steady = boxes.copy()
    last = len(boxes) - LOOKS_AHEAD
    for frame in range(len(boxes)):
        seen = steady[frame : frame + LOOKS_AHEAD] if frame <= last else steady[last:]
        steady[frame] = np.trunc(seen.mean(0))
    return steady


def looked_at(boxes: np.ndarray) -> Region | None:
    """Find what is cut out of a cut's pictures.

    Args:
        boxes: What `face_boxes` gave, [T, 4].

    Returns:
        What holds all boxes; None where there is no face.
    """
    seen = boxes[exists(boxes)]
    if not len(seen):
        return None
    (x1, y1), (x2, y2) = seen[:, :2].min(0), seen[:, 2:].max(0)
    return Region(slice(int(y1), int(y2)), slice(int(x1), int(x2)))
