"""The inner mouth: what appears between the lips.

Teeth never stretch with the lips. Where a frame of the person shows an open mouth, the upper part
of what it shows is fixed to the skull and the lower part to the jaw; behind both lies a dark cavity
with a tongue, in the colours of the person's own mouth. Where no frame shows one, teeth
are painted.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from . import shape
from .warp import smoothstep

PALE_LIPS = 0.28
"""Lips whose red is not this much more than their green and blue are as pale as teeth."""


@dataclass(frozen=True)
class InnerMouth:
    """An inner mouth, as one frame of the person showed it.

    Attributes:
        upper: [S, S, 4] uint8, what goes with the skull: RGB, and how much of it there is.
        lower: [S, S, 4] uint8, what goes with the jaw.
        frame: The frame in whose crop it lies.
        aperture: The opening at which its jaw stood, in mouth widths at rest.
        cavity: Colour of the dark behind the teeth, RGB, [3] float32.
        tongue: The tongue's colour, RGB, [3] float32.
    """

    upper: np.ndarray
    lower: np.ndarray
    frame: int
    aperture: float
    cavity: np.ndarray
    tongue: np.ndarray


def seen(crop: np.ndarray, points: np.ndarray, frame: int, aperture: float) -> InnerMouth:
    """Cut out the inner mouth that a frame shows.

    Args:
        crop: The frame's crop, RGB, [S, S, 3] uint8.
        points: Its mesh, [468, 2], in crop pixels.
        frame: Its number.
        aperture: Its opening, in mouth widths at rest.

    Returns:
        The inner mouth.
    """
    size = crop.shape[0]
    width = float(np.linalg.norm(points[61] - points[291]))
    top, bottom = contours(points)
    area = opening(top, bottom, (size, size), 0)
    core = cv2.erode(area, np.ones((3, 3), np.uint8), iterations=max(1, round(0.015 * width)))
    core = core if core.max() > 0.5 else area
    away = cv2.distanceTransform((core <= 0.5).astype(np.uint8), cv2.DIST_L2, 5) / width
    shade = 0.45 + 0.55 * np.exp(-((away / 0.08) ** 2))
    colours = _carried_on(crop.astype(np.float32), core) * shade[..., None]
    high, low = heights(top, size), heights(bottom, size)
    y = np.arange(size, dtype=np.float32)[:, None]
    depth = (y - high) / np.maximum(low - high, 1)
    split = _parting(crop, depth, core)
    soft = 0.04 * width / np.maximum(low - high, 1)
    middle = (top[0, 0] + top[-1, 0]) / 2
    half = (top[-1, 0] - top[0, 0]) / 2
    across = np.abs(np.arange(size, dtype=np.float32) - middle) / half
    sides = smoothstep((0.85 - across) / 0.25 + 0.5)
    upper = smoothstep((split - depth) / soft + 0.5) * sides
    lower = smoothstep((depth - split) / soft + 0.5) * sides if split < 1 else np.zeros_like(upper)
    lips = _lip_colour(crop, points)
    lower = lower * _unlike_lips(crop, lips)
    shown = core > 0.5
    parting = shown & (np.abs(depth - split) < 0.12)
    behind = crop[parting if split < 1 and parting.any() else shown].astype(np.float32)
    light = behind.mean(1)
    darker = 0.5 if split < 1 else 0.15
    cavity = np.minimum(behind[light <= np.quantile(light, darker)].mean(0), 0.55 * lips)
    tongue = 0.3 * cavity + 0.45 * lips
    layers = _layer(colours, upper), _layer(colours, lower)
    return InnerMouth(*layers, frame, aperture, cavity, tongue)


def painted(crop: np.ndarray, points: np.ndarray, frame: int) -> InnerMouth:
    """Paint an inner mouth, for a person who shows none.

    Args:
        crop: A frame's crop, RGB, [S, S, 3] uint8.
        points: Its mesh, [468, 2], in crop pixels.
        frame: Its number.

    Returns:
        The inner mouth.
    """
    size = crop.shape[0]
    width = float(np.linalg.norm(points[61] - points[291]))
    top, bottom = contours(points)
    lips = _lip_colour(crop, points)
    skin = np.median(crop.reshape(-1, 3), axis=0).astype(np.float32)
    teeth = (0.7 * skin + 0.3 * skin.max()) * 0.78
    axis = np.arange(size, dtype=np.float32)
    across = (axis - (top[0, 0] + top[-1, 0]) / 2) / width
    line = (top + bottom) / 2
    smooth_line = np.polyval(np.polyfit(line[:, 0], line[:, 1], 2), axis).astype(np.float32)
    down = (axis[:, None] - smooth_line) / width
    edge = 0.065 - 0.25 * across**2
    row = smoothstep((edge - down) / 0.03 + 0.5) * np.exp(-((across / 0.33) ** 4))
    shade = np.clip(1 - 1.8 * across**2, 0.3, 1)[None, :, None] * np.ones((size, 1, 1), np.float32)
    none = np.zeros((size, size), np.float32)
    layer = _layer(teeth * shade, 0.85 * row)
    return InnerMouth(layer, _layer(teeth * shade, none), frame, 0.0, 0.28 * lips, 0.5 * lips)


def contours(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pick the halves of the inner lip contours.

    Args:
        points: A mesh, [468, 2 or 3].

    Returns:
        The upper and the lower half, [11, 2 or 3] each.
    """
    return points[list(shape.UPPER_INNER)], points[list(shape.LOWER_INNER)]


def opening(
    upper: np.ndarray, lower: np.ndarray, shape_px: tuple[int, int], blur_px: float
) -> np.ndarray:
    """Draw the area between two contour halves, its edge soft.

    Args:
        upper: [11, 2], in pixels.
        lower: [11, 2].
        shape_px: Rows and columns of the result.
        blur_px: Standard deviation of the blur of its edge.

    Returns:
        [h, w] float32 in [0, 1].
    """
    bottom = np.column_stack([lower[:, 0], np.maximum(lower[:, 1], upper[:, 1])])
    polygon = np.concatenate([upper, bottom[::-1]])
    area = np.zeros(shape_px, np.uint8)
    cv2.fillPoly(area, [np.round(polygon * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    soft = area.astype(np.float32) / 255
    return cv2.GaussianBlur(soft, (0, 0), blur_px) if blur_px > 0 else soft


def heights(contour: np.ndarray, size_px: int) -> np.ndarray:
    """Read a contour's y over each column of a patch; level beyond its ends.

    Args:
        contour: [11, 2], in pixels.
        size_px: S, side of the patch.

    Returns:
        [S] float32.
    """
    order = np.argsort(contour[:, 0], kind="stable")
    return np.interp(np.arange(size_px), contour[order, 0], contour[order, 1]).astype(np.float32)


def _parting(crop: np.ndarray, depth: np.ndarray, core: np.ndarray) -> float:
    """Where the upper part ends, as a share of the opening's height; 1 where nothing lies below.

    It ends in the darkest row if what lies under that is brighter again: lower teeth or a tongue.
    """
    light = crop.astype(np.float32).mean(2)
    edges = np.linspace(0, 1, 13)
    known_light, row = light[core > 0.5], np.digitize(depth[core > 0.5], edges) - 1
    rows = [known_light[row == k] for k in range(12)]
    known = [(k, row.mean()) for k, row in enumerate(rows) if len(row) >= 4]
    within = [(k, value) for k, value in known if 4 <= k <= 10]
    if not within:
        return 1.0
    darkest, least = min(within, key=lambda item: item[1])
    below = max((value for k, value in known if k > darkest), default=least)
    span = max(value for _, value in known) - least
    return float((edges[darkest] + edges[darkest + 1]) / 2) if below > least + 0.25 * span else 1.0


def _unlike_lips(crop: np.ndarray, lips: np.ndarray) -> np.ndarray:
    """Where a picture is paler than lips, as teeth are, [S, S] float32; 1 where lips are pale."""
    if _redness(lips) < PALE_LIPS:
        return np.ones(crop.shape[:2], np.float32)
    soft = cv2.GaussianBlur(crop, (0, 0), 0.006 * crop.shape[0])
    return smoothstep(4 * (0.8 - _redness(soft.astype(np.float32)) / _redness(lips)))


def _redness(colours: np.ndarray) -> np.ndarray:
    """How red colours [..., 3] are: the share of red that green and blue lack."""
    return np.asarray(1 - colours[..., 1:].mean(-1) / np.maximum(colours[..., 0], 1))


def _carried_on(image: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Carry the colours [S, S, 3] of a known area [S, S] on to everywhere around it."""
    size = image.shape[0]
    filled = image.copy()
    missing = known <= 0.5
    for sigma in (1.5, 4, 10):
        share = cv2.GaussianBlur(known, (0, 0), sigma * size / 256)
        colour = cv2.GaussianBlur(image * known[..., None], (0, 0), sigma * size / 256)
        here = missing & (share > 1e-3)
        filled[here] = colour[here] / share[here, None]
        missing &= ~here
    filled[missing] = image[known > 0.5].mean(0)
    return filled


def _lip_colour(crop: np.ndarray, points: np.ndarray) -> np.ndarray:
    area = np.zeros(crop.shape[:2], np.uint8)
    cv2.fillPoly(area, [np.round(points[list(shape.LIPS_OUTER)]).astype(np.int32)], 1)
    cv2.fillPoly(area, [np.round(points[list(shape.LIPS_INNER)]).astype(np.int32)], 0)
    return np.median(crop[area > 0].reshape(-1, 3), axis=0).astype(np.float32)


def _layer(colours: np.ndarray, share: np.ndarray) -> np.ndarray:
    stacked = np.concatenate([colours, 255 * share[..., None]], 2)
    return np.clip(np.round(stacked), 0, 255).astype(np.uint8)


def draw(
    inner: InnerMouth,
    skull: np.ndarray,
    drop_px: float,
    low: np.ndarray,
    width_px: float,
    aperture: float,
    box: tuple[slice, slice],
) -> np.ndarray:
    """Draw an inner mouth in a box of a patch.

    Args:
        inner: The inner mouth.
        skull: The affine from the patch to the inner mouth's crop, [2, 3].
        drop_px: How much further the jaw is dropped than in that crop.
        low: The wanted lower contour's y over each column, [S].
        width_px: The mouth's width at rest.
        aperture: The wanted opening, in mouth widths at rest.
        box: Rows and columns of the box.

    Returns:
        The box, RGB, [h, w, 3] float32.
    """
    rows, columns = box
    x, y = np.meshgrid(
        np.arange(columns.start, columns.stop, dtype=np.float32),
        np.arange(rows.start, rows.stop, dtype=np.float32),
    )
    rise = (low[columns] - y) / width_px
    tongue = smoothstep((0.02 + 0.3 * max(aperture - 0.1, 0) - rise) / 0.12 + 0.5)[..., None]
    off = np.abs(x - (columns.start + columns.stop - 1) / 2)[..., None] / width_px
    tongue = tongue * (1 - smoothstep((off - 0.1) / 0.3))
    tongue = tongue * float(smoothstep((aperture - 0.1) / 0.2))
    depth = np.exp(-np.maximum(rise, 0) / 0.08)[..., None]
    cavity = inner.cavity * (0.55 + 0.45 * depth)
    image = cavity + tongue * (inner.tongue - cavity)
    for layer, drop in ((inner.lower, drop_px), (inner.upper, 0.0)):
        placed = _placed(layer, skull, x, y - drop)
        image = image + placed[..., 3:] / 255 * (placed[..., :3] - image)
    return image


def _placed(layer: np.ndarray, affine: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return cv2.remap(
        layer,
        (affine[0, 0] * x + affine[0, 1] * y + affine[0, 2]).astype(np.float32),
        (affine[1, 0] * x + affine[1, 1] * y + affine[1, 2]).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)
