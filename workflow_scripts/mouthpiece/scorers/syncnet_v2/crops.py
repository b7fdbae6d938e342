"""The pictures that SyncNet sees: squares around the face, cut as its public code does.

What differs from the public code, and why:
- Crops are not stored as XVID and JPEG on the way to the network.
- Their box is derived from the face mesh, not found by S3FD: see `face_box`.
- At the first and last six frames of a cut the box is the median of the frames that exist; the
  public code's median runs into zeros there and pulls the box to its smallest values.
"""

from collections import deque
from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from ..base import Seen

CROP_PX = 224

CROP_SCALE = 0.4
"""How much more than the face a crop shows, in half heights of the face; twice that below it."""

FOREHEAD = 0.09
"""How far a detector's box reaches above the mesh, in heights of the mesh."""

BORDER = 110
"""The grey outside the picture."""

REACH = 6
"""Frames before and after a frame whose boxes take part in its median."""


def crops(face: Iterable[Seen]) -> Iterator[np.ndarray]:
    """Cut the square that SyncNet sees out of each frame; seven pictures are held.

    Args:
        face: The frames, in order.

    Yields:
        The crop of each frame, BGR, [224, 224, 3] uint8.
    """
    boxes: list[np.ndarray] = []
    held: deque[np.ndarray] = deque()
    for seen in face:
        boxes.append(face_box(seen.points))
        held.append(seen.picture)
        if len(held) > REACH:
            yield crop(held.popleft(), smoothed(boxes, len(boxes) - 1 - REACH))
    for index in range(len(boxes) - len(held), len(boxes)):
        yield crop(held.popleft(), smoothed(boxes, index))


def face_box(points: np.ndarray) -> np.ndarray:
    """Derive a face detector's box from the mesh.

    SyncNet was trained on boxes of S3FD, which learnt WIDER FACE's: chin, cheeks, and a part of the
    forehead above the mesh, `FOREHEAD`. The box derived in this way is within 6 % of such a
    detector's in size and place (MTCNN's, eight persons), and steadier.

    Args:
        points: The face mesh in pixels, [468, 2 or 3] float.

    Returns:
        Centre x, centre y and half the longer side, in pixels, [3] float64.
    """
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    low[1] -= FOREHEAD * (high[1] - low[1])
    return np.array([*((low + high) / 2), (high - low).max() / 2])


def smoothed(boxes: list[np.ndarray], index: int) -> np.ndarray:
    """Smooth a box by the median of its neighbours.

    Args:
        boxes: What `face_box` returns for each frame.
        index: The frame whose box is smoothed.

    Returns:
        The median of the boxes within `REACH` frames, [3] float64.
    """
    return np.median(boxes[max(0, index - REACH) : index + REACH + 1], axis=0)


def crop(picture: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Cut the square around a face, 1.4 faces wide, from its top to 0.4 of a face below it.

    Args:
        picture: RGB, [H, W, 3] uint8.
        box: Centre x, centre y and half the side of the face, in pixels, [3] float64.

    Returns:
        The crop, BGR, [224, 224, 3] uint8, grey where it leaves the picture.
    """
    x, y, half = box
    wide = half * (1 + CROP_SCALE)
    left, top = int(np.floor(x - wide)), int(np.floor(y - half))
    right, bottom = int(np.floor(x + wide)), int(np.floor(y + half * (1 + 2 * CROP_SCALE)))
    size = max(1, bottom - top), max(1, right - left), 3
    square = np.full(size, BORDER, np.uint8)
    height, width = picture.shape[:2]
    rows = slice(max(0, top), max(0, min(height, bottom)))
    columns = slice(max(0, left), max(0, min(width, right)))
    there = picture[rows, columns]
    row, column = rows.start - top, columns.start - left
    square[row : row + there.shape[0], column : column + there.shape[1]] = there
    return cv2.resize(square[..., ::-1], (CROP_PX, CROP_PX))
