"""Things that a program draws before a face, and moves: a hand and a microphone.

They are for measuring and testing what hides a mouth. Each has the texture and light that a flat
patch of colour lacks, and the hand has the face's own skin colour.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from mouthpiece.faces.landmarks import BROW, CHIN, LIPS_OUTER

SIDE_PX = 256
"""Occluders are drawn on a square of this side, and scaled."""

Drawn = tuple[np.ndarray, np.ndarray]
"""RGB, [SIDE_PX, SIDE_PX, 3] float32, and how much it covers, [SIDE_PX, SIDE_PX] float32."""


@dataclass(frozen=True)
class Passage:
    """When and where an occluder is before the mouth.

    Attributes:
        first: The frame in which it comes into the picture.
        arrives: The frame in which it is before the mouth.
        leaves: The frame in which it begins to leave; it takes as long as it came.
        aside: Where it stays, from the middle of the mouth, in face heights, x and y.
        comes_from: Where it comes from, as `aside`.
        size: Its side, in face heights.
    """

    first: int
    arrives: int
    leaves: int
    aside: tuple[float, float] = (0.0, 0.0)
    comes_from: tuple[float, float] = (0.3, 1.6)
    size: float = 0.8

    def at(self, frame: int) -> tuple[float, float] | None:
        """Where it is in a frame, from the middle of the mouth, in face heights."""
        taken = self.arrives - self.first
        if not self.first <= frame < self.leaves + taken:
            return None
        away = np.clip(max(self.arrives - frame, frame - self.leaves) / max(taken, 1), 0, 1)
        sway = 0.02 * np.sin(frame / 3)
        x, y = (a + away * (c - a) for a, c in zip(self.aside, self.comes_from, strict=True))
        return float(x + sway), float(y - sway)


def hand(skin: np.ndarray, seed: int = 0) -> Drawn:
    """Draw a hand: a palm and four fingers, in a skin colour (RGB, [3])."""
    chooser = np.random.default_rng(seed)
    cover = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    shade = np.zeros_like(cover)
    cv2.ellipse(cover, (128, 168), (62, 66), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    for n in range(4):
        x, top = 82 + 31 * n, 40 + 10 * abs(n - 1)
        cv2.line(cover, (x, 150), (x + 3 * (n - 2), top), 1.0, 26, cv2.LINE_AA)
        cv2.line(shade, (x - 15, 150), (x - 15 + 3 * (n - 2), top + 20), 1.0, 5, cv2.LINE_AA)
    light = np.linspace(1.12, 0.78, SIDE_PX, dtype=np.float32)[None, :, None]
    lines = cv2.GaussianBlur(chooser.normal(0, 1, cover.shape).astype(np.float32), (0, 0), 3)
    colour = (
        np.asarray(skin, np.float32) * light * (1 + 0.25 * lines / lines.std() * 0.3)[..., None]
    )
    colour *= 1 - 0.35 * cv2.GaussianBlur(shade, (0, 0), 3)[..., None]
    return colour, cv2.GaussianBlur(cover, (0, 0), 1.5)


def microphone(_skin: np.ndarray, seed: int = 0) -> Drawn:
    """Draw a microphone: a ball of wire on a stick."""
    chooser = np.random.default_rng(seed)
    ys, xs = np.mgrid[:SIDE_PX, :SIDE_PX].astype(np.float32)
    cover = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    cv2.line(cover, (128, 100), (150, 255), 1.0, 44, cv2.LINE_AA)
    cv2.circle(cover, (128, 88), 66, 1.0, -1, cv2.LINE_AA)
    wire = 0.5 + 0.25 * (np.sin(xs * 1.1) + np.sin(ys * 1.1))
    glint = np.exp(-((xs - 104) ** 2 + (ys - 62) ** 2) / 800)
    grey = 35 + 60 * wire * (ys < 160) + 120 * glint + chooser.normal(0, 4, cover.shape)
    return np.repeat(grey[..., None], 3, 2).astype(np.float32), cv2.GaussianBlur(cover, (0, 0), 1.5)


KINDS: dict[str, Callable[[np.ndarray, int], Drawn]] = {"hand": hand, "microphone": microphone}


def lay(
    picture: np.ndarray, points: np.ndarray, drawn: Drawn, at: tuple[float, float], size: float
) -> tuple[np.ndarray, float]:
    """Lay an occluder before a face.

    Args:
        picture: RGB, [H, W, 3] uint8.
        points: The face mesh in its pixels, [468, 3] float32.
        drawn: The occluder.
        at: Its middle, from the middle of the mouth, in face heights.
        size: Its side, in face heights.

    Returns:
        The picture with it, and the share of the lips that it covers.
    """
    face_px = float(np.linalg.norm(points[CHIN] - points[BROW]))
    lips = points[list(LIPS_OUTER), :2]
    scale = size * face_px / SIDE_PX
    corner = lips.mean(0) + np.array(at) * face_px - scale * np.array([128.0, 100.0])
    place = np.array([[scale, 0, corner[0]], [0, scale, corner[1]]])
    wide_high = picture.shape[1::-1]
    colour, cover = (cv2.warpAffine(part, place, wide_high) for part in drawn)
    laid = picture + cover[..., None] * (colour - picture)
    mouth = cv2.fillPoly(np.zeros(picture.shape[:2], np.uint8), [lips.astype(np.int32)], 1) > 0
    return laid.clip(0, 255).astype(np.uint8), float(cover[mouth].mean()) if mouth.any() else 0.0


def skin_colour(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The colour of a cheek, RGB, [3] float32."""
    x, y = points[50, :2].round().astype(int)
    return picture[max(y - 3, 0) : y + 4, max(x - 3, 0) : x + 4].reshape(-1, 3).mean(0)
