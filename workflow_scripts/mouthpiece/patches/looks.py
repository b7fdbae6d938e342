"""What a draft looks like in its picture, against the picture that it was laid into.

Both are looked at as the draft is laid in, in a square around the mouth that moves with the face
and has the same size for all faces. No network is needed, and no picture is decoded again.
"""

from bisect import bisect_left
from dataclasses import dataclass, field, fields

import av
import cv2
import numpy as np

from ..faces.landmarks import CHIN, LEFT_EYE_OUTER, RIGHT_EYE_OUTER, head_angles
from .composite import Layout, lay_in, plane_of
from .patch import Patch

SIDE_PX, FINE = 64, 3
"""Side of the square, and how many times finer it is sampled."""

REACH = 1.0
"""From the middle of the square to its sides, in distances of the outer eye corners."""

NOSE_BASE = 2
"""The mesh point where nose and upper lip meet: speech does not move it. The square's middle is
`DROP` below it."""

DROP = 0.3

DETAIL_EVERY = 5
"""Each so many frames the detail is compared, in the picture's own pixels."""

DETAIL_PX = 720
"""Side of the square in which it is compared, at most."""

DRAWN = 0.5
"""A pixel is drawn where the draft weighs this much."""

MOUTH_HALF = (0.42, 0.34)
"""Half the width and height of the part that speech changes, in distances of the outer eye corners.
Shade is compared around it, asymmetry within it."""

ZONES = 4
"""Parts around the mouth whose shade is compared: above, right, below, left."""

LEAST_PIXELS = 12
"""A zone with fewer drawn pixels says nothing."""

SECTORS = 12
"""Parts of the rim."""

LEAST_FRAMES = 10
"""Fewer frames say nothing of a draft."""

FRONTAL_DEG = 25.0
"""A face that is turned by more shows one half of its mouth smaller than the other."""

RIM = (0.02, 0.98)
"""Weights of the draft between which its rim is."""

EDGE = 4.0
"""Where the picture itself is steeper than this, in levels for each 64th, a rim hardly shows."""

SMOOTH = 0.15
"""A sector of the rim whose places count less than this on average, of 1, says nothing."""


@dataclass
class Looks:
    """What was measured of the frames that are drawn, one value each.

    Attributes:
        frame: Its number in the cut.
        seam: How fast the draft departs from the picture at its rim, in levels of 255 for each
            64th of the square, in the worst part of the rim that is smooth in the picture.
        shade: How much lighter the draft is than the picture, around the mouth, a value for each
            zone, in levels of 255; the same of Cb and Cr. NaN where a zone is not drawn.
        asymmetry: How unlike the two halves of the drawn mouth are, 0 to 1.
        own_asymmetry: The same of the picture.
        frontal: Whether the face is turned so little that its two halves can be compared.
        detail: The draft's detail over the picture's, of some of the frames.
    """

    frame: list[int] = field(default_factory=list)
    seam: list[float] = field(default_factory=list)
    shade: list[np.ndarray] = field(default_factory=list)
    asymmetry: list[float] = field(default_factory=list)
    own_asymmetry: list[float] = field(default_factory=list)
    frontal: list[bool] = field(default_factory=list)
    detail: list[float] = field(default_factory=list)

    def summary(self) -> "LooksSummary":
        """Sum up the frames.

        Returns:
            The figures.
        """
        steps, even = self.shade_steps(), np.array(self.frontal, bool)
        drawn = len(self.frame) >= LEAST_FRAMES
        asymmetry = None
        if even.sum() >= LEAST_FRAMES:
            beyond = np.array(self.asymmetry) - np.array(self.own_asymmetry)
            asymmetry = float(np.percentile(beyond[even], 75))
        return LooksSummary(
            asymmetry=asymmetry,
            detail=float(np.median(self.detail)) if drawn else None,
            shade_step=float(np.max(steps)) if len(steps) >= LEAST_FRAMES else None,
            seam=float(np.percentile(self.seam, 90)) if drawn else None,
        )

    def between(self, first: int, end: int) -> "Looks":
        """Pick what was measured of some frames that follow each other.

        Args:
            first: The first frame's number in the cut.
            end: The number after the last.

        Returns:
            The values of those of them that are drawn.
        """
        begin, stop = (bisect_left(self.frame, number) for number in (first, end))
        detailed = slice(-(-begin // DETAIL_EVERY), -(-stop // DETAIL_EVERY))
        return Looks(
            detail=self.detail[detailed],
            **{
                f.name: getattr(self, f.name)[begin:stop]
                for f in fields(self)
                if f.name != "detail"
            },
        )

    def shade_steps(self) -> np.ndarray:
        """Measure how the shade changes from each drawn frame to the next.

        A chin that moves changes the zone below by itself; another shade changes more of them.

        Returns:
            The step of the zone that changes second most, in the plane where that is most, [N]
            float; frames after one that is not drawn are left out.
        """
        if len(self.frame) < 2:
            return np.zeros(0)
        steps = np.abs(np.diff(np.stack(self.shade).reshape(len(self.frame), -1, ZONES), axis=0))
        second = np.sort(np.where(np.isnan(steps), 0.0, steps), axis=2)[..., -2]
        return np.asarray(second.max(1)[np.diff(self.frame) == 1])


@dataclass(frozen=True)
class LooksSummary:
    """What a draft looks like over its frames; None where too few show it.

    Attributes:
        asymmetry: What a quarter of the frames exceed, beyond the picture's own in the same frame.
        detail: The median.
        shade_step: The greatest change of shade from a frame to the next.
        seam: The 90th percentile.
    """

    asymmetry: float | None
    detail: float | None
    shade_step: float | None
    seam: float | None


class Looking:
    """Lays patches into a cut's pictures, and looks at what that changes.

    Attributes:
        looks: What was measured so far.
    """

    def __init__(self, points: np.ndarray) -> None:
        """Begin.

        Args:
            points: The face of the cut's frames as it was tracked, [T, 468, 3] float.
        """
        self.looks = Looks()
        self._places = _squares(points)
        self._frontal = [abs(head_angles(mesh)[0]) <= FRONTAL_DEG for mesh in points]
        self._frame = 0

    def lay(self, frame: av.VideoFrame, patch: Patch, layout: Layout) -> None:
        """Blend the next frame's patch into it; see `composite.lay_in`.

        Args:
            frame: The picture, which is changed.
            patch: What is drawn over it.
            layout: How the picture is stored.
        """
        number, self._frame = self._frame, self._frame + 1
        if patch.alpha <= 0:
            return
        luma, unit = plane_of(frame, 0, layout), 1 << (layout.bits - 8)
        place = self._places[number]
        fine = len(self.looks.frame) % DETAIL_EVERY == 0
        side = _own_side(place)
        before, tint = _square(luma, place, SIDE_PX, FINE, unit), _tints(frame, place, layout)
        sharp = _square(luma, place, side, 1, unit) if fine else None
        lay_in(frame, patch, layout)
        weight = _weight(patch, place, SIDE_PX)
        if not (weight > DRAWN).any():
            return
        luma = plane_of(frame, 0, layout)
        self.looks.frame.append(number)
        self.looks.frontal.append(self._frontal[number])
        after = _square(luma, place, SIDE_PX, FINE, unit)
        self._compare(before, after, weight)
        shifts = np.concatenate([[after - before], _tints(frame, place, layout) - tint])
        self.looks.shade.append(_shade(shifts, weight).ravel())
        if sharp is not None:
            drawn = _weight(patch, place, side) > DRAWN
            now = _square(luma, place, side, 1, unit)
            self.looks.detail.append(_detail(now, drawn) / max(_detail(sharp, drawn), 1e-3))

    def _compare(self, before: np.ndarray, after: np.ndarray, weight: np.ndarray) -> None:
        looks, change = self.looks, after - before
        looks.seam.append(_seam(before, change, weight))
        looks.asymmetry.append(_asymmetry(after))
        looks.own_asymmetry.append(_asymmetry(before))


def _squares(points: np.ndarray) -> np.ndarray:
    """Where the square is in each picture: picture pixels of (x, y, 1) in -1..1, [T, 2, 3]."""
    flat = points[..., :2].astype(np.float64)
    across = flat[:, LEFT_EYE_OUTER] - flat[:, RIGHT_EYE_OUTER]
    unit = np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1.0)
    # A turned head's eyes are nearer to each other: the face's height counts as well.
    height = np.linalg.norm(flat[:, CHIN] - flat[:, NOSE_BASE], axis=1, keepdims=True)
    size = np.maximum(np.median(unit), np.median(height)) * REACH
    across = across / unit
    down = np.stack([-across[:, 1], across[:, 0]], 1)
    middle = flat[:, NOSE_BASE] + down * DROP * size
    return np.stack([across * size, down * size, middle], 2)


def _own_side(place: np.ndarray) -> int:
    """The side of the square in the picture's own pixels, up to `DETAIL_PX`."""
    return int(np.clip(2 * np.linalg.norm(place[:, 0]), 16, DETAIL_PX))


def _onto(place: np.ndarray, side: int) -> np.ndarray:
    """From the pixels of a square to the picture's, [2, 3]."""
    step = 2 / side
    to_unit = np.array([[step, 0, step / 2 - 1], [0, step, step / 2 - 1], [0, 0, 1]])
    return np.asarray(place @ to_unit)


def _square(luma: np.ndarray, place: np.ndarray, side: int, fine: int, unit: int) -> np.ndarray:
    """The square out of a plane, [side, side] float32 in levels of 255."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (side * fine, side * fine)
    seen = cv2.warpAffine(
        luma, _onto(place, side * fine), size, flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    levels: np.ndarray = seen.astype(np.float32) / unit
    if fine > 1:
        levels = cv2.resize(levels, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(levels)


def _tints(frame: av.VideoFrame, place: np.ndarray, layout: Layout) -> np.ndarray:
    """The square out of the planes of Cb and Cr, [2, SIDE_PX, SIDE_PX] float32."""
    scale = np.array([[1 / (1 << shift)] for shift in layout.chroma_shift])
    planes = (plane_of(frame, index, layout) for index in (1, 2))
    unit = 1 << (layout.bits - 8)
    return np.stack([_square(plane, place * scale, SIDE_PX, 1, unit) for plane in planes])


def _weight(patch: Patch, place: np.ndarray, side: int) -> np.ndarray:
    """How much the draft weighs in the square, [side, side] float32, 0 to 1."""
    affine = np.vstack([patch.affine, [0, 0, 1]])
    onto = np.vstack([_onto(place, side), [0, 0, 1]])
    from_square = (np.linalg.inv(affine) @ onto)[:2]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    mask = cv2.warpAffine(patch.mask, from_square, (side, side), flags=flags)
    return np.asarray(mask.astype(np.float32) * (patch.alpha / 255))


def _grid() -> tuple[np.ndarray, np.ndarray]:
    """Where each pixel is, x and y, in distances of the outer eye corners from the middle."""
    axis = (np.arange(SIDE_PX, dtype=np.float32) + 0.5) * (2 * REACH / SIDE_PX) - REACH
    return axis[None] + 0 * axis[:, None], axis[:, None] + 0 * axis[None]


X, Y = _grid()
MOUTH = (np.abs(X) < MOUTH_HALF[0]) & (np.abs(Y) < MOUTH_HALF[1])
ZONE = ((np.degrees(np.arctan2(Y, X)) + 135) % 360 // (360 / ZONES)).astype(int)


def _seam(before: np.ndarray, change: np.ndarray, weight: np.ndarray) -> float:
    """See `Looks.seam`: the step of the change across the rim, its sign kept within a sector.

    A draft that moves an edge of the picture, such as a jaw over a collar, changes much there, and
    shows no rim: the steeper the picture itself is, the less a place counts. A sector that is all
    edges does not count.
    """
    soft = cv2.GaussianBlur(weight, (0, 0), 1.0)
    across, length = _slopes(soft)
    step, _ = _slopes(cv2.GaussianBlur(change, (0, 0), 1.0))
    _, steep = _slopes(cv2.GaussianBlur(before, (0, 0), 1.0))
    rim = (soft > RIM[0]) & (soft < RIM[1]) & (length > 1e-4)
    if not rim.any():
        return 0.0
    near = cv2.dilate(steep, np.ones((5, 5), np.uint8))[rim]
    counts = length[rim] / (1 + (near / EDGE) ** 2)
    down = (step * across).sum(0)[rim] / length[rim]
    row, column = np.nonzero(rim)
    turn = np.arctan2(row - row.mean(), column - column.mean())
    sector = np.minimum(((turn + np.pi) / (2 * np.pi) * SECTORS).astype(int), SECTORS - 1)
    share = np.bincount(sector, counts, SECTORS)
    steepest = np.abs(np.bincount(sector, down * counts, SECTORS)) / np.maximum(share, 1e-6)
    return float(np.max(steepest * (share > SMOOTH * np.bincount(sector, length[rim], SECTORS))))


def _slopes(levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The slopes of a square along x and y, [2, ...], and how steep it is, by pixel."""
    slopes = [cv2.Sobel(levels, cv2.CV_32F, *order, scale=0.125) for order in ((1, 0), (0, 1))]
    return np.stack(slopes), np.hypot(*slopes)


def _shade(changes: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """See `Looks.shade`: of the change of each plane, [N, SIDE_PX, SIDE_PX]; [N, ZONES]."""
    skin = (weight > DRAWN) & ~MOUTH
    found = np.full((len(changes), ZONES), np.nan)
    for zone in range(ZONES):
        part = changes[:, skin & (zone == ZONE)]
        if part.shape[1] >= LEAST_PIXELS:
            found[:, zone] = np.median(part, 1)
    return found


def _asymmetry(square: np.ndarray) -> float:
    """How unlike the halves of a mouth are, 0 to 1; light from one side does not count."""
    local = cv2.GaussianBlur(square, (0, 0), 1.0) - cv2.GaussianBlur(square, (0, 0), 6.0)
    apart = np.abs(local - local[:, ::-1])[MOUTH].sum()
    return float(apart / max(2 * np.abs(local[MOUTH]).sum(), 1e-3))


def _detail(square: np.ndarray, within: np.ndarray) -> float:
    """Standard deviation of the Laplacian."""
    return float(cv2.Laplacian(square, cv2.CV_32F)[within].std()) if within.any() else 0.0
