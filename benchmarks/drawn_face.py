"""A talking face that a program draws: it belongs to nobody, and says so.

It is for pictures in the documentation, and wherever a face is wanted that may be shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import CubicSpline

WIDTH, HEIGHT = 704, 576
SCALE = 2
"""It is drawn larger, and reduced, so that edges are smooth."""

SKIN, LIGHT, SHADE = (224, 178, 150), (244, 208, 184), (176, 122, 98)
HAIR, BROW = (72, 48, 38), (86, 58, 46)
LIP, MOUTH, TEETH = (186, 92, 88), (70, 22, 24), (236, 232, 224)
WALL, SHIRT = (150, 170, 178), (58, 88, 116)
LABEL = "drawn by a program: nobody's face"

Pair = tuple[float, float]
Colour = tuple[int, ...]
Mask = tuple[tuple[slice, slice], np.ndarray]
"""Where a mask is in the picture, and the mask, [h, w] float32."""

FINE = (cv2.LINE_AA, 4)
"""Smooth edges, and coordinates in sixteenths of a pixel."""


@dataclass(frozen=True)
class Pose:
    """How the face looks in one frame.

    Attributes:
        opening: How far the mouth is open, 0 to 1.
        width: How wide the mouth is, against its rest.
        blink: How far the eyes are shut, 0 to 1.
        sway_px: How far the head is moved, x and y.
        tilt_deg: How far the head is turned in the picture.
    """

    opening: float = 0.0
    width: float = 1.0
    blink: float = 0.0
    sway_px: tuple[float, float] = (0.0, 0.0)
    tilt_deg: float = 0.0


def draw(pose: Pose | None, zoom: float = 1.0, mirrored: bool = False) -> np.ndarray:
    """Draw a frame.

    Args:
        pose: The look; None: the wall without anybody.
        zoom: How much closer the camera is.
        mirrored: Whether left and right are exchanged; not those of the label.

    Returns:
        RGB, [HEIGHT, WIDTH, 3] uint8.
    """
    canvas = _Canvas()
    canvas.background()
    if pose:
        canvas.head(pose)
    tilt_deg, sway_px = (pose.tilt_deg, pose.sway_px) if pose else (0.0, (0.0, 0.0))
    turn = cv2.getRotationMatrix2D((canvas.cx, canvas.cy + 60 * SCALE), tilt_deg, zoom)
    turn[:, 2] += np.array(sway_px) * SCALE * zoom
    moved = cv2.warpAffine(
        canvas.picture, turn, (WIDTH * SCALE, HEIGHT * SCALE), borderMode=cv2.BORDER_REPLICATE
    )
    moved = moved[:, ::-1] if mirrored else moved
    small = cv2.resize(moved, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    grain = np.random.default_rng(1).normal(0, 1.5, small.shape)
    picture = np.clip(small + grain, 0, 255).astype(np.uint8)
    cv2.rectangle(picture, (0, HEIGHT - 34), (WIDTH, HEIGHT), (28, 30, 34), -1)
    cv2.putText(
        picture, LABEL, (14, HEIGHT - 11), cv2.FONT_HERSHEY_SIMPLEX, 0.62, (240, 240, 240), 1,
        cv2.LINE_AA,
    )  # fmt: skip
    return picture


class _Canvas:
    """The picture while it is drawn, in pixels of the larger size."""

    def __init__(self) -> None:
        self.picture = np.zeros((HEIGHT * SCALE, WIDTH * SCALE, 3), np.float32)
        self.cx, self.cy = WIDTH * SCALE // 2, 262 * SCALE

    def background(self) -> None:
        """A wall with a soft light."""
        ys, xs = np.mgrid[0 : HEIGHT * SCALE, 0 : WIDTH * SCALE].astype(np.float32)
        light = np.exp(-(((xs / WIDTH / SCALE - 0.3) ** 2) + (ys / HEIGHT / SCALE - 0.2) ** 2) * 2)
        self.picture[:] = np.array(WALL, np.float32) * (0.72 + 0.4 * light)[..., None]

    def head(self, pose: Pose) -> None:
        """Neck, head, hair and features, from back to front."""
        self.blob((0, 330), (255, 150), SHIRT, 4)
        self.blob((0, 205), (66, 110), SHADE, 4)
        self.blob((0, -52), (152, 158), HAIR, 3)
        self.blob((-128, 8), (20, 36), SHADE, 3)
        self.blob((128, 8), (20, 36), SHADE, 3)
        jaw = 6 * pose.opening
        self.blob((0, 0), (126, 158), SKIN, 3)
        self.blob((0, 80 + jaw), (94, 88), SKIN, 4)
        self.shade((-40, -70), (70, 60), LIGHT, 0.55)
        self.shade((-62, 40), (40, 44), LIGHT, 0.45)
        self.shade((76, 20), (30, 90), SHADE, 0.4)
        self.shade((0, 152 + jaw), (60, 18), SHADE, 0.35)
        self.blob((0, -142), (118, 52), HAIR, 4)
        self.blob((-92, -104), (38, 58), HAIR, 4)
        self.blob((92, -104), (38, 58), HAIR, 4)
        for side in (-1, 1):
            self.eye(side, pose.blink)
        self.nose()
        self.mouth(pose, jaw)

    def eye(self, side: int, blink: float) -> None:
        """An eye with its brow."""
        x, y = side * 50, -26
        self.shade((x, y), (38, 26), SHADE, 0.45)
        open_px = 13 * (1 - 0.9 * blink)
        self.blob((x, y), (27, open_px), (242, 238, 234), 1)
        if blink < 0.7:
            self.blob((x + 1, y), (11.5, min(11.5, open_px)), (72, 96, 104), 1)
            self.blob((x + 1, y), (5.5, min(5.5, open_px)), (18, 18, 20), 1)
            self.blob((x - 3, y - 4), (2.4, 2.4), (255, 255, 255), 0.5)
        self.arc((x, y), (28, open_px + 1), 195, 345, (58, 36, 32), 3.2)
        self.arc((x, y - 4), (32, 20), 205, 335, SHADE, 1.6)
        self.arc((x, y - 12), (38, 24), 205, 325, BROW, 7.5)

    def nose(self) -> None:
        """A nose: light on its ridge, shade beside it, nostrils."""
        self.shade((13, 20), (11, 48), SHADE, 0.5)
        self.shade((-3, 16), (8, 46), LIGHT, 0.7)
        self.shade((0, 52), (26, 15), SHADE, 0.35)
        self.shade((-4, 46), (13, 10), LIGHT, 0.6)
        for side in (-1, 1):
            start = 20 if side > 0 else 70
            self.arc((side * 20, 50), (9, 10), start, start + 90, SHADE, 3)
            self.blob((side * 10, 57), (5.5, 3), (112, 62, 52), 1)

    def mouth(self, pose: Pose, jaw: float) -> None:
        """Lips around a dark gap, with teeth above."""
        half, gap, y = 42 * pose.width, 23 * pose.opening, 98.0
        low, inside = gap * 0.8, gap * 0.22
        bow = [(-half * 0.45, y - 9), (-8, y - 12), (0, y - 9), (8, y - 12), (half * 0.45, y - 9)]
        upper = self.curve([(-half, y), *bow, (half, y)])
        line_up = self.arch(half, y, -inside, -gap * 0.28)[::-1]
        line_low = self.arch(half, y, low, gap)
        lower = self.arch(half, y, low + 12, gap + 15)[::-1]
        self.fill(np.vstack([upper, line_up]), LIP)
        self.fill(np.vstack([line_low, lower]), tuple(min(255, c + 12) for c in LIP))
        if gap > 1:
            inner = np.vstack([line_up[::-1], line_low[::-1]])
            self.fill(inner, MOUTH)
            below = np.minimum(line_up + np.array([0, min(gap * 0.5, 9) * SCALE]), line_low[::-1])
            teeth = np.vstack([line_up[::-1], below])
            self.fill(teeth, TEETH)
        else:
            self.arc((0, y), (half, 1), 0, 180, (128, 52, 54), 2)
        self.shade((0, y + gap + 26), (34, 7), SHADE, 0.4)

    def arch(self, half: float, y: float, side: float, middle: float) -> np.ndarray:
        """A line from one corner of the mouth to the other."""
        points = [(-half, y), (-half / 2, y + side), (0, y + middle), (half / 2, y + side)]
        return self.curve([*points, (half, y)])

    def curve(self, points: list[Pair]) -> np.ndarray:
        """A smooth line through points, in pixels of the larger size."""
        at = np.linspace(0, 1, len(points))
        found = CubicSpline(at, np.array(points))(np.linspace(0, 1, 40))
        return found * SCALE + (self.cx, self.cy)

    def mask(self, outline: np.ndarray, blur_px: float = 0.8 * SCALE) -> Mask:
        """Where a closed line holds the picture, with a soft edge."""
        return self.soft(outline, blur_px, lambda found, at: cv2.fillPoly(found, [at], 1.0, *FINE))

    def soft(
        self, points: np.ndarray, blur_px: float, drawn: Callable[[np.ndarray, np.ndarray], object]
    ) -> Mask:
        """Draw into a mask that is no larger than what is drawn."""
        margin = 4 * blur_px + 4
        low = np.maximum(points.min(0) - margin, 0).astype(int)
        high = np.minimum(points.max(0) + margin, self.picture.shape[1::-1]).astype(int)
        found = np.zeros(np.maximum(high - low, 1)[::-1], np.float32)
        drawn(found, np.round((points - low) * 16).astype(np.int32))
        place = (slice(low[1], low[1] + len(found)), slice(low[0], low[0] + found.shape[1]))
        return place, cv2.GaussianBlur(found, (0, 0), blur_px)

    def paint(self, mask: Mask, colour: Colour, much: float = 1.0) -> None:
        """Lay a colour over the picture."""
        place, share = mask
        part = self.picture[place]
        part += much * share[: len(part), : part.shape[1], None] * (np.float32(colour) - part)

    def fill(self, outline: np.ndarray, colour: Colour) -> None:
        """Fill a closed line."""
        self.paint(self.mask(outline), colour)

    def ellipse(self, at: Pair, axes: Pair) -> np.ndarray:
        """The outline of an ellipse."""
        turns = np.linspace(0, 2 * np.pi, 120)
        outline = np.stack([np.cos(turns), np.sin(turns)], 1) * axes + at
        return outline * SCALE + (self.cx, self.cy)

    def blob(self, at: Pair, axes: Pair, colour: Colour, soft: float) -> None:
        """Fill an ellipse with a soft edge."""
        self.paint(self.mask(self.ellipse(at, axes), soft * SCALE), colour)

    def shade(self, at: Pair, axes: Pair, colour: Colour, much: float) -> None:
        """Lay light or shade over a part, without an edge."""
        self.paint(self.mask(self.ellipse(at, axes), min(axes) * 0.55 * SCALE), colour, much)

    def arc(
        self, at: Pair, axes: Pair, start: float, end: float, colour: Colour, thick: float
    ) -> None:
        """Draw a part of an ellipse, in degrees clockwise from the right."""
        turns = np.radians(np.linspace(start, end, 40))
        line = np.stack([np.cos(turns), np.sin(turns)], 1) * axes + at
        points = line * SCALE + (self.cx, self.cy)
        width = round(thick * SCALE)
        mask = self.soft(
            points,
            0.8 * SCALE,
            lambda found, at: cv2.polylines(found, [at], False, 1.0, width, *FINE),
        )
        self.paint(mask, colour)
