"""The inner mouth of a person, as a frame shows it, and with upper teeth where they would show."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from . import lower_teeth, opening, shape
from .avatar import CROP_SIDE
from .colours import lip_colour, skin_colour
from .inner import InnerMouth
from .painted_teeth import painted_row, paled, seen_tone, unseen_tone, whitest
from .upper_teeth import UpperTeeth, seen_row
from .warp import smoothstep

DEEP = (np.array([0.4, 0.21, 0.21]), np.array([0.48, 0.34, 0.34]))
"""The least and the greatest light of the cavity, as shares of the lips' colour: a mouth is dark
red inside, however black or grey a dim picture shows it."""

LIGHTER = 1.15
"""How much lighter than the lightest in the mouth teeth are painted at most, where this is no
darker than the lips, and may be teeth, but surely is in no frame."""


def seen(
    crop: np.ndarray,
    points: np.ndarray,
    frame: int,
    aperture: float,
    in_warm_light: bool = False,
) -> InnerMouth:
    """Cut out the inner mouth that a frame shows.

    Args:
        crop: The frame's crop, RGB, [S, S, 3] uint8.
        points: Its mesh, [468, 2], in crop pixels.
        frame: Its number.
        aperture: Its opening, in mouth widths at rest.
        in_warm_light: Whether teeth may be nearly as red as lips; see `upper_teeth.seen_row`.

    Returns:
        The inner mouth; without upper teeth where the frame shows no row of them.
    """
    size = crop.shape[0]
    width = float(np.linalg.norm(points[61] - points[291]))
    area = opening.area(*opening.contours(points), (size, size), 0)
    core = cv2.erode(area, np.ones((3, 3), np.uint8), iterations=max(1, round(0.015 * width)))
    core = core if core.max() > 0.5 else area
    shown = core > 0.5
    high, low = (opening.heights(edge, size) for edge in opening.contours(points))
    y = np.arange(size, dtype=np.float32)[:, None]
    depth = (y - high) / np.maximum(low - high, 1)
    lips = lip_colour(crop, points)
    row = seen_row(crop, shown, depth, width, lips, in_warm_light)
    beyond = shown if row is None else shown & ~_near(row, width)
    split = lower_teeth.parting(crop, depth, shown, beyond)
    soft = 0.04 * width / np.maximum(low - high, 1)
    middle = float(points[[78, 308], 0].mean())
    sides = _sides(points, size)
    none = np.zeros((size, size), np.float32)
    lower, colours = none, crop.astype(np.float32)
    if row and split < 1:
        lower = smoothstep((depth - split) / soft + 0.5) * sides
        lower = lower * lower_teeth.unlike_lips(crop, lips)
        off_row = cv2.GaussianBlur((beyond | ~shown).astype(np.float32), (0, 0), size / 256)
        lower = lower * np.clip(2 * off_row - 1, 0, 1) * shown
        seen_lower, lower = lower, lower_teeth.standing(lower, low, middle, width)
        if lower.any():
            own = seen_lower * lower
            lightest = _light(crop, row.share * shown)
            colours = lower_teeth.lit(crop, own, shown, middle, width, lightest)
    parting = shown & (np.abs(depth - split) < 0.12)
    behind = crop[parting if split < 1 and parting.any() else shown].astype(np.float32)
    light = behind.mean(1)
    darker = 0.5 if split < 1 else 0.15
    cavity = _deep(behind[light <= np.quantile(light, darker)].mean(0), lips)
    upper = _layer(row.colours, row.share * sides) if row else _layer(colours, none)
    tongue = _tongue(cavity, lips)
    mouth = InnerMouth(upper, _layer(colours, lower), frame, aperture, cavity, tongue)
    mouth = replace(mouth, lip=points[shape.LOWER_MIDDLE].mean(0))
    if row is None:
        tone = seen_tone(crop, shown, lips)
        return replace(mouth, tone=tone, whitest=whitest(crop, shown))
    return replace(
        mouth,
        has_row=True,
        reach=row.reach,
        breadth=row.breadth,
        tilt=row.tilt,
        edged=row.edged,
    )


def with_painted_row(
    mouth: InnerMouth, crop: np.ndarray, points: np.ndarray, tone: np.ndarray
) -> InnerMouth:
    """Paint upper teeth into an inner mouth whose frame shows no row of them.

    Args:
        mouth: The inner mouth.
        crop: Its frame's crop, RGB, [S, S, 3] uint8.
        points: Its mesh, [468, 2], in crop pixels.
        tone: The teeth's colour, RGB, [3]; see `tone_of`.

    Returns:
        The inner mouth.
    """
    size = crop.shape[0]
    row = painted_row(crop, opening.contours(points)[0], size / CROP_SIDE, size / 256, tone)
    # A shut mouth has no opening whose sides are in the shade.
    share = row.share * (_sides(points, size) if mouth.aperture else 1)
    return replace(mouth, upper=_layer(row.colours, share), reach=row.reach)


def tone_of(mouths: Sequence[InnerMouth], crop: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Find a colour for the teeth of a person none of whose frames surely shows a tooth.

    Args:
        mouths: What frames with an open mouth show.
        crop: The crop of a frame, RGB, [S, S, 3] uint8.
        points: Its mesh, [468, 2], in crop pixels.

    Returns:
        RGB, [3]: what fits the skin; where anything in the mouths is no darker than the lips, it
        may be teeth, and painted ones are no lighter than `LIGHTER` allows, and as red as teeth
        may be: in a faded film none shine.
    """
    lips = lip_colour(crop, points)
    tone = unseen_tone(skin_colour(crop, points), lips)
    lightest = max((mouth.whitest for mouth in mouths), key=np.mean, default=np.zeros(3))
    if lightest.mean() < lips.mean():
        return tone
    return paled(np.minimum(tone, LIGHTER * lightest), lips)


def closed(crop: np.ndarray, points: np.ndarray, frame: int) -> InnerMouth:
    """Make an inner mouth for a person who shows none.

    Args:
        crop: A frame's crop, RGB, [S, S, 3] uint8.
        points: Its mesh, [468, 2], in crop pixels.
        frame: Its number.

    Returns:
        The inner mouth, without teeth.
    """
    lips = lip_colour(crop, points)
    cavity, none = _deep(0 * lips, lips), _layer(crop.astype(np.float32), 0 * crop[..., 0])
    return InnerMouth(none, none, frame, 0.0, cavity, _tongue(cavity, lips))


def _sides(points: np.ndarray, size: int) -> np.ndarray:
    """How much of each column of an opening counts, less towards the corners, [S]."""
    top, _ = opening.contours(points)
    middle, half = float(top[0, 0] + top[-1, 0]) / 2, (top[-1, 0] - top[0, 0]) / 2
    across = np.abs(np.arange(size, dtype=np.float32) - middle) / half
    return np.asarray(smoothstep((0.85 - across) / 0.25 + 0.5))


def _deep(seen: np.ndarray, lips: np.ndarray) -> np.ndarray:
    """The cavity's colour, as seen in a picture, and dark red."""
    return np.clip(seen, *(lips * share for share in DEEP)).astype(np.float32)


def _tongue(cavity: np.ndarray, lips: np.ndarray) -> np.ndarray:
    return np.asarray(0.3 * cavity + 0.5 * lips, np.float32)


def _light(crop: np.ndarray, share: np.ndarray) -> float:
    """The median light of what has so much of each place, [S, S]."""
    return float(np.median(crop[share >= 0.5 * share.max()].mean(1)))


def _near(row: UpperTeeth, width_px: float) -> np.ndarray:
    """The row and what is so near that it may be its edge, [S, S] bool."""
    reach = np.ones((2 * round(0.03 * width_px) + 1,) * 2, np.uint8)
    return cv2.dilate((row.share > 0.05).astype(np.uint8), reach) > 0


def _layer(colours: np.ndarray, share: np.ndarray) -> np.ndarray:
    stacked = np.concatenate([colours, 255 * share[..., None]], 2)
    return np.clip(np.round(stacked), 0, 255).astype(np.uint8)
