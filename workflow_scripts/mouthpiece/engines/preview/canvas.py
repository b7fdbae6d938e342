"""What all patches of a cut share: their mask, the lips and the inner mouth that are lent."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from . import inner_seen, looks, shape
from .avatar import CROP_SIDE, Avatar
from .colours import lip_colour
from .inner import InnerMouth
from .lent import skin_of
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
        lender: The frame that lends its lips.
        lent: Its crop, RGB, [S, S, 3] uint8.
        skin_lent: Where that shows skin, [NODES, NODES] float32, see `lent.skin_of`.
        inner: The inner mouth.
        skin: The light on the skin around the lips of each frame, see `looks.settled`.
        shade: By how much the lips' colour differs from that of the skin around them, RGB, [3]
            float32.
    """

    mask: np.ndarray
    window: np.ndarray
    width_px: float
    softness_px: float
    lender: int
    lent: np.ndarray
    skin_lent: np.ndarray
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
        width, lender = size / CROP_SIDE, int(avatar.lips[0])
        crop, points = avatar.crops.pick([lender])[0], avatar.points[lender]
        teeth = _inner_mouth(avatar)
        return cls(
            patch_mask(size),
            window,
            width,
            softness,
            lender,
            crop,
            skin_of(points, width, size),
            teeth.parted(width).reaching(_lip_lower(avatar, teeth.frame)),
            looks.settled(avatar.skin),
            lip_colour(crop, points) - np.median(avatar.skin[lender], axis=0),
        )


def _inner_mouth(avatar: Avatar) -> InnerMouth:
    """The inner mouth that is lent.

    That of the first frame that shows a broad row of upper teeth alone, one below which it is dark
    if there is any, else of that which shows the broadest, or any; where no frame does, the same of
    teeth in warm light. Without a row, see `_without_row`.
    """
    crop_of = cache(lambda frame: avatar.crops.pick([frame])[0])
    mouths: list[InnerMouth] = []
    for in_warm_light in (False, True):
        mouths = []
        for frame in avatar.inside.tolist():
            points, aperture = avatar.points[frame], float(avatar.mouth[frame, 0])
            mouths.append(inner_seen.seen(crop_of(frame), points, frame, aperture, in_warm_light))
            if _is_broad(mouths[-1]) and mouths[-1].edged >= EDGED:
                return mouths[-1]
        broad = [mouth for mouth in mouths if _is_broad(mouth)]
        if broad:
            return broad[0]
        rows = [mouth for mouth in mouths if mouth.has_row]
        clear = [mouth for mouth in rows if mouth.is_clear]
        if rows:
            return max(clear, key=lambda mouth: mouth.breadth) if clear else rows[0]
    return _without_row(avatar, mouths)


def _without_row(avatar: Avatar, mouths: list[InnerMouth]) -> InnerMouth:
    """The inner mouth of a person no frame of whom shows a row of upper teeth: a painted one.

    It is painted into the frame that shows the lightest teeth, in their tone, since teeth are often
    in the shade; where none shows any, into the first.
    """
    toned = [(mouth, mouth.tone) for mouth in mouths if mouth.tone is not None]
    if toned:
        mouth, tone = max(toned, key=lambda one: float(one[1].mean()))
        (crop,) = avatar.crops.pick([mouth.frame])
        return inner_seen.with_painted_row(mouth, crop, avatar.points[mouth.frame], tone)
    frame = mouths[0].frame if mouths else int(avatar.lips[0])
    (crop,), points = avatar.crops.pick([frame]), avatar.points[frame]
    mouth = mouths[0] if mouths else inner_seen.closed(crop, points, frame)
    tone = inner_seen.tone_of(mouths, crop, points)
    return inner_seen.with_painted_row(mouth, crop, points, tone)


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
