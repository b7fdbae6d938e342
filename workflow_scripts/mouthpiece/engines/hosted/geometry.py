"""Which part of a cut is sent, where in it the face is, and which part of the answer is taken."""

from dataclasses import dataclass

import cv2
import numpy as np

from ...faces.landmarks import BROW, CHIN
from ...media.region import Region

UNDER_NOSE = 2
"""The mesh point between nose and upper lip."""

AROUND = 0.6
"""How much is sent around the face on each side, in heights of the face: services look for it."""

LEAST_PX = 256
"""A smaller clip is not sent, where the picture has more: services refuse it."""

GROWN = 1.08
"""How much larger than the lower face the mask is: a chin drops when the mouth opens."""

SOFT = 0.03
"""Standard deviation of the mask's soft edge, in heights of the face."""

REACH = 3
"""How many of these a soft edge reaches."""


@dataclass(frozen=True)
class Window:
    """The part of all pictures of a cut that is sent.

    Attributes:
        left: Its first column.
        top: Its first row.
        width: Its columns, an even number.
        height: Its rows, an even number.
    """

    left: int
    top: int
    width: int
    height: int

    @property
    def region(self) -> Region:
        """The same part, for a decoder."""
        rows = slice(self.top, self.top + self.height)
        return Region(rows, slice(self.left, self.left + self.width))

    def of(self, picture: np.ndarray) -> np.ndarray:
        """Cut the part out.

        Args:
            picture: [H, W, 3].

        Returns:
            [height, width, 3].
        """
        region = self.region
        return picture[region.rows, region.columns]


def sent_window(points: np.ndarray, height: int, width: int, whole: bool) -> Window:
    """Choose what is sent.

    Args:
        points: The face's mesh in the pictures, [T, 468, 2 or 3].
        height: The pictures' rows.
        width: The pictures' columns.
        whole: Whether whole pictures are sent.

    Returns:
        The part.
    """
    if whole:
        return Window(0, 0, width // 2 * 2, height // 2 * 2)
    low, high = points[..., :2].min((0, 1)), points[..., :2].max((0, 1))
    margin = AROUND * float(_heights(points).max())
    left, columns = _span(low[0] - margin, high[0] + margin, width)
    top, rows = _span(low[1] - margin, high[1] + margin, height)
    return Window(left, top, columns, rows)


def _span(first: float, end: float, size: int) -> tuple[int, int]:
    """A range of even length within a picture, of `LEAST_PX` where there are so many."""
    lacking = max(0.0, LEAST_PX - (end - first)) / 2
    start = int(np.clip(np.floor(first - lacking), 0, max(0, size - LEAST_PX)))
    stop = int(np.clip(np.ceil(end + lacking), min(size, start + LEAST_PX), size))
    return start, (stop - start) // 2 * 2


def _heights(points: np.ndarray) -> np.ndarray:
    """The faces' heights in pixels, [T]."""
    return np.linalg.norm(points[:, CHIN, :2] - points[:, BROW, :2], axis=1)


def boxes(points: np.ndarray, window: Window) -> tuple[tuple[int, int, int, int], ...]:
    """Find the box of each face.

    Args:
        points: The mesh in the clip, [T, 468, 2].
        window: The clip.

    Returns:
        Left, top, right, bottom in pixels of the clip, one for each frame.
    """
    limits = np.array([window.width, window.height])
    low = np.clip(np.floor(points.min(1)), 0, limits - 1).astype(int)
    high = np.clip(np.ceil(points.max(1)), 1, limits).astype(int)
    rows = np.concatenate([low, high], 1).tolist()
    return tuple((row[0], row[1], row[2], row[3]) for row in rows)


def outlines(points: np.ndarray) -> list[np.ndarray]:
    """Draw a line around each lower face: what lies below the nose, and somewhat more.

    Args:
        points: The mesh, [T, 468, 2].

    Returns:
        Convex polygons, [N, 2] float32 each.
    """
    found = []
    for face in points:
        down = face[CHIN] - face[BROW]
        below = (face - face[UNDER_NOSE]) @ down >= 0
        hull = cv2.convexHull(face[below].astype(np.float32))[:, 0]
        middle = hull.mean(0)
        found.append(middle + GROWN * (hull - middle))
    return found


@dataclass(frozen=True)
class Patches:
    """Where the patches of a cut lie in its clip; all have one size.

    Attributes:
        origins: Column and row of the first pixel of each, [T, 2] int.
        height: Their rows.
        width: Their columns.
        softness_px: Standard deviation of a mask's soft edge.
    """

    origins: np.ndarray
    height: int
    width: int
    softness_px: float

    @classmethod
    def around(cls, points: np.ndarray, lines: list[np.ndarray], window: Window) -> "Patches":
        """Lay patches around lower faces, on whole pixels, so that nothing is resampled.

        Args:
            points: The mesh in the clip, [T, 468, 2].
            lines: What `outlines` drew.
            window: The clip.

        Returns:
            The patches.
        """
        soft = max(1.0, SOFT * float(np.median(_heights(points))))
        low = np.array([line.min(0) for line in lines]) - REACH * soft
        high = np.array([line.max(0) for line in lines]) + REACH * soft
        size = np.minimum(np.ceil((high - low).max(0)), [window.width, window.height]).astype(int)
        most = np.array([window.width, window.height]) - size
        origins = np.clip(np.rint((low + high - size) / 2), 0, most).astype(int)
        return cls(origins, int(size[1]), int(size[0]), soft)

    def mask(self, frame: int, line: np.ndarray) -> np.ndarray:
        """Draw a mask.

        Args:
            frame: The frame.
            line: The outline of its lower face.

        Returns:
            [height, width] uint8, 0 at its edges.
        """
        drawn = np.zeros((self.height, self.width), np.uint8)
        corners = np.rint((line - self.origins[frame]) * 16).astype(np.int32)
        cv2.fillConvexPoly(drawn, corners, 255, cv2.LINE_AA, 4)
        soft = cv2.GaussianBlur(drawn, (0, 0), self.softness_px, borderType=cv2.BORDER_CONSTANT)
        soft[[0, -1]] = 0
        soft[:, [0, -1]] = 0
        return soft

    def cut(self, frame: int, picture: np.ndarray) -> np.ndarray:
        """Cut a patch out of a picture of the clip.

        Args:
            frame: The frame.
            picture: [H, W, 3].

        Returns:
            [height, width, 3].
        """
        left, top = self.origins[frame]
        return picture[top : top + self.height, left : left + self.width]
