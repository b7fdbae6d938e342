"""What all patches of a cut share: their mask, the lips and the inner mouth that are lent."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from . import inner, looks, shape
from .avatar import CROP_SIDE, Avatar
from .colours import lip_colour
from .inner import InnerMouth
from .lent import skin_of
from .open_lips import filled
from .warp import nodes, smoothstep

OPEN = np.linspace(0.08, 0.5, 9)
"""The openings, in mouth widths at rest, by which it is judged whether a lip hides the teeth."""

BROAD = 0.45
"""A row of teeth that is less broad than this, in mouth widths, is passed over for a broader one:
it would float in a mouth that opens wide."""

EDGED = 0.6
"""Share of the middle of a row below which it is dark, from which on its edge is that of teeth. One
that goes on to the lower lip may be two, and is passed over for one with an edge."""


def patch_mask(size_px: int) -> np.ndarray:
    """Draw the mask that all patches of a size have.

    Args:
        size_px: Side of a patch.

    Returns:
        [S, S] uint8, feathered, 0 at the border.
    """
    return np.round(255 * smoothstep((0.94 - _radius(size_px, np.arange(size_px))) / 0.2)).astype(
        np.uint8
    )


def _radius(size_px: int, places: np.ndarray) -> np.ndarray:
    """How far places are from the middle, [N, N]: 1 on a rounded square within the patch.

    places: [N] along a side, in pixels.
    """
    axis = ((places - (size_px - 1) / 2) / (size_px / 2)).astype(np.float32)
    return (np.abs(axis[None]) ** 2.5 + np.abs(axis[:, None]) ** 2.5) ** (1 / 2.5)


@dataclass(frozen=True)
class Canvas:
    """What all patches of a cut share.

    Attributes:
        mask: [S, S] uint8, see `patch_mask`.
        window: [NODES, NODES, 1] float32, the share of the skin's displacement, 0 at the rim.
        width_px: The mouth's width at rest.
        softness_px: Blur of the lips' inner edges, as soft as the picture itself.
        lent: The crops of the frames that lend their lips, RGB, [S, S, 3] uint8, by frame; the lips
            in the person's own shade, and nothing but lips between open ones.
        skin_lent: Where each of them shows skin, by frame, see `lent.skin_of`.
        inner: The inner mouth.
        skin: The light on the skin around the lips of each frame, see `looks.settled`.
        shade: By how much the lips' colour differs from that of the skin around them, RGB, [3]
            float32.
    """

    mask: np.ndarray
    window: np.ndarray
    width_px: float
    softness_px: float
    lent: dict[int, np.ndarray]
    skin_lent: dict[int, np.ndarray]
    inner: InnerMouth
    skin: np.ndarray
    shade: np.ndarray

    @classmethod
    def of(cls, avatar: Avatar) -> "Canvas":
        """Prepare the canvas of an avatar.

        Args:
            avatar: The avatar, of which the donors' crops are read.

        Returns:
            The canvas.
        """
        size = avatar.size_px
        window = smoothstep((0.92 - _radius(size, nodes(size))) / 0.3)[..., None]
        picture_px = float(np.median(np.sqrt(np.linalg.det(avatar.affine[:, :, :2]))))
        softness = max(0.8 * size / 256, 0.5 / picture_px)
        frames = sorted(avatar.lips.tolist())
        crops = dict(zip(frames, avatar.crops.pick(frames), strict=True))
        lent, last = _shaded(avatar, crops), avatar.lips.tolist()[-1]
        if len(frames) > 1:
            lent[last] = filled(lent[last], avatar.points[last])
        teeth = _seen(avatar) or inner.painted(crops[last], avatar.points[last], last)
        width = size / CROP_SIDE
        teeth = teeth.parted(width).reaching(_lip_lower(avatar, teeth.frame))
        skin = looks.settled(avatar.skin)
        skin_lent = {frame: skin_of(avatar.points[frame], width, size) for frame in frames}
        shade = _shade(avatar, crops)
        return cls(patch_mask(size), window, width, softness, lent, skin_lent, teeth, skin, shade)


def _seen(avatar: Avatar) -> InnerMouth | None:
    """The inner mouth of the first frame that shows a broad row of upper teeth alone, one below
    which it is dark if there is any, else of that which shows the broadest, or any; where no frame
    does, the same of teeth in warm light, else of the first that shows the teeth's tone; None
    without one.
    """
    crop_of = cache(lambda frame: avatar.crops.pick([frame])[0])
    mouths: list[InnerMouth] = []
    for in_warm_light in (False, True):
        mouths = []
        for frame in avatar.inside.tolist():
            points, aperture = avatar.points[frame], float(avatar.mouth[frame, 0])
            mouths.append(inner.seen(crop_of(frame), points, frame, aperture, in_warm_light))
            if _is_broad(mouths[-1]) and mouths[-1].edged >= EDGED:
                return mouths[-1]
        broad = [mouth for mouth in mouths if _is_broad(mouth)]
        if broad:
            return broad[0]
        rows = [mouth for mouth in mouths if mouth.has_row]
        clear = [mouth for mouth in rows if mouth.is_clear]
        if rows:
            return max(clear, key=lambda mouth: mouth.breadth) if clear else rows[0]
    toned = [mouth for mouth in mouths if mouth.has_tone]
    return next(iter(toned or mouths), None)


def _is_broad(mouth: InnerMouth) -> bool:
    return mouth.is_clear and mouth.breadth >= BROAD


def _lip_lower(avatar: Avatar, frame: int) -> float:
    """How much lower the upper lip of an open mouth is drawn than a frame's, in mouth widths."""
    apertures = avatar.donor_mouths[:, 0]
    faces = avatar.donor_shapes[:, shape.UPPER_MIDDLE]
    lips = np.stack([np.interp(OPEN, apertures, one) for one in faces.mean(1).T], 1)
    pose = shape.Pose(*(one[[frame]] for one in (avatar.scale, avatar.rotation, avatar.shift)))
    wanted = pose.to_picture(lips[None])[0, :, 1].max()
    seen = avatar.points[frame, shape.UPPER_MIDDLE, 1].mean()
    return float(wanted - seen) / float(avatar.scale[frame])


def _shade(avatar: Avatar, crops: dict[int, np.ndarray]) -> np.ndarray:
    """By how much the lips of frames, given by their crops, differ from the skin, [3] float32."""
    shades = [
        lip_colour(crop, avatar.points[frame]) - np.median(avatar.skin[frame], axis=0)
        for frame, crop in crops.items()
    ]
    return np.asarray(np.mean(shades, axis=0), np.float32)


def _shaded(avatar: Avatar, crops: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
    """Crops by frame, each lip of all in one shade, as seen against the skin around them.

    Each by itself: the upper lip is in the shade, and shut lips show more of it than open ones.
    """
    shaded = {frame: crop.astype(np.float32) for frame, crop in crops.items()}
    for half in (shape.UPPER_OUTER, shape.UPPER_INNER), (shape.LOWER_OUTER, shape.LOWER_INNER):
        areas, shades = {}, {}
        for frame, crop in crops.items():
            areas[frame] = _lip_area(avatar.points[frame], half, crop.shape[0])
            share = areas[frame].astype(np.float32)
            mean = np.average(crop.reshape(-1, 3), axis=0, weights=share.ravel() + 1e-6)
            shades[frame] = mean - np.median(avatar.skin[frame], axis=0)
        person = np.mean(list(shades.values()), axis=0)
        for frame, area in areas.items():
            shaded[frame] += area[..., None] / np.float32(255) * (person - shades[frame])
    return {
        frame: np.clip(np.round(crop), 0, 255).astype(np.uint8) for frame, crop in shaded.items()
    }


def _lip_area(
    points: np.ndarray, half: tuple[tuple[int, ...], tuple[int, ...]], size: int
) -> np.ndarray:
    """A lip, between its outer and its inner contour, its edges soft, [S, S] uint8."""
    area = np.zeros((size, size), np.uint8)
    outer, inner_edge = (points[list(contour)] for contour in half)
    outline = np.round(np.concatenate([outer, inner_edge[::-1]]) * 16).astype(np.int32)
    cv2.fillPoly(area, [outline], 255, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(area, (0, 0), 0.015 * size / CROP_SIDE)
