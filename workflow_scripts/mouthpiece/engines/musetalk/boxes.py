"""The box of the face that MuseTalk redraws, from its 68 landmarks.

The middle of the box is landmark 29, on the bridge of the nose: what lies under it is redrawn.
A box is (x1, y1, x2, y2) in picture pixels, x2 and y2 exclusive; no face is four zeros.
"""

import numpy as np

from ...core.curves import gaussian
from ...core.spans import find_spans
from ..face_boxes import exists

NOSE_ABOVE, NOSE_MIDDLE, NOSE_BELOW = 28, 29, 30

NO_FACE = (0, 0, 0, 0)


def face_box(
    landmarks: np.ndarray, detected: np.ndarray | None, shift_px: int = 0
) -> tuple[int, int, int, int]:
    """Find the face's box.

    Args:
        landmarks: [68, 2], in picture pixels; cut to whole pixels.
        detected: A detector's box, taken where the landmarks make none; None where no face was
            found.
        shift_px: Moves the middle down.

    Returns:
        The box in whole pixels; `NO_FACE` where no face was found.
    """
    if detected is None:
        return NO_FACE
    points = landmarks.astype(np.int32)
    middle = int(points[NOSE_MIDDLE, 1]) + shift_px
    left, right = int(points[:, 0].min()), int(points[:, 0].max())
    bottom = int(points[:, 1].max())
    top = max(0, 2 * middle - bottom)
    if bottom <= top or right <= left or left < 0:
        x1, y1, x2, y2 = (int(v) for v in detected)
        return x1, y1, x2, y2
    return left, top, right, bottom


def shift_range(landmarks: np.ndarray) -> tuple[int, int]:
    """Find the range of `shift_px` that suits a cut, as upstream does.

    Args:
        landmarks: [T, 68, 2], in picture pixels.

    Returns:
        The mean distance down to the next nose point, negated, and that up to the one before.
    """
    heights = landmarks[:, [NOSE_ABOVE, NOSE_MIDDLE, NOSE_BELOW], 1].astype(np.int32)
    if len(heights) == 0:
        return 0, 0
    up, down = np.diff(heights, axis=1).T
    return -int(down.sum() / len(down)), int(up.sum() / len(up))


def extend(boxes: np.ndarray, margin_px: int, height_px: int) -> np.ndarray:
    """Add rows under the chin, within the picture.

    Args:
        boxes: [T, 4].
        margin_px: Rows to add.
        height_px: The picture's rows.

    Returns:
        [T, 4]; boxes without a face stay as they are.
    """
    grown = boxes.copy()
    grown[:, 3] = np.minimum(boxes[:, 3] + margin_px, height_px)
    return np.where(exists(boxes)[:, None], grown, boxes)


def smooth(boxes: np.ndarray, deviation_frames: float) -> np.ndarray:
    """Smooth each side of the boxes over time, within runs of frames with a face.

    Args:
        boxes: [T, 4].
        deviation_frames: Standard deviation of the Gaussian, in frames; 0 leaves the boxes.

    Returns:
        [T, 4] float64, in parts of a pixel.
    """
    smoothed = boxes.astype(np.float64)
    if deviation_frames == 0:
        return smoothed
    for first, end in find_spans(exists(boxes)):
        smoothed[first:end] = gaussian(smoothed[first:end], deviation_frames)
    return smoothed
