"""The box of the face that MuseTalk redraws, from its 68 landmarks.

The middle of the box is landmark 29, on the bridge of the nose: what lies under it is redrawn.
A box is (x1, y1, x2, y2) in picture pixels, x2 and y2 exclusive; no face is four zeros.
"""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...core.spans import find_spans

NOSE_ABOVE, NOSE_MIDDLE, NOSE_BELOW = 28, 29, 30

NO_FACE = (0, 0, 0, 0)


def face_box(
    landmarks: np.ndarray, detected: np.ndarray | None, shift_px: int = 0
) -> tuple[int, int, int, int]:
    """The face's box in whole pixels.

    landmarks: [68, 2], cut to whole pixels. detected: a detector's box, taken where the landmarks
    make none; None where no face was found, which gives `NO_FACE`. shift_px moves the middle down.
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
    """The range of `shift_px` that suits a cut, as upstream reckons it, of landmarks [T, 68, 2].

    From the mean distance down to the next nose point (negated) to that up to the one before.
    """
    heights = landmarks[:, [NOSE_ABOVE, NOSE_MIDDLE, NOSE_BELOW], 1].astype(np.int32)
    if len(heights) == 0:
        return 0, 0
    up, down = np.diff(heights, axis=1).T
    return -int(down.sum() / len(down)), int(up.sum() / len(up))


def extend(boxes: np.ndarray, margin_px: int, height_px: int) -> np.ndarray:
    """Boxes [T, 4] with rows added under the chin, within the picture; no face stays none."""
    grown = boxes.copy()
    grown[:, 3] = np.minimum(boxes[:, 3] + margin_px, height_px)
    return np.where(exists(boxes)[:, None], grown, boxes)


def exists(boxes: np.ndarray) -> np.ndarray:
    """Which boxes [T, 4] hold a face: [T] bool."""
    return (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])


def smooth(boxes: np.ndarray, deviation_frames: float) -> np.ndarray:
    """Boxes [T, 4] float64, each side smoothed over time within a run of frames with a face.

    A Gaussian of that standard deviation; 0 leaves them. The result is in parts of a pixel.
    """
    smoothed = boxes.astype(np.float64)
    if deviation_frames == 0:
        return smoothed
    for first, end in find_spans(exists(boxes)):
        smoothed[first:end] = gaussian_filter1d(
            smoothed[first:end], deviation_frames, axis=0, mode="nearest"
        )
    return smoothed


def to_picture(boxes: np.ndarray, side_px: int) -> np.ndarray:
    """The affines [T, 2, 3] from the pixels of a side_px square to the boxes [T, 4] in the picture.

    Pixel centres are at integers, so that a resize by cv2 and a warp by these agree.
    """
    boxes = boxes.astype(np.float64)
    scale = (boxes[:, 2:] - boxes[:, :2]) / side_px
    affines = np.zeros((len(boxes), 2, 3))
    affines[:, 0, 0], affines[:, 1, 1] = scale[:, 0], scale[:, 1]
    affines[:, :, 2] = boxes[:, :2] + scale / 2 - 0.5
    return affines
