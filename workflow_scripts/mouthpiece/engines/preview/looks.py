"""What the lips of each frame look like: their colour, the skin around them, how sharp they are."""

from dataclasses import dataclass

import cv2
import numpy as np

from . import shape
from .warp import around, read, smoothstep

AWAY = 0.13
"""How far from the lips skin is looked at, in mouth widths."""

SOFT = 0.02
"""Standard deviation of the blur before colours are read, in mouth widths."""

SETTLING_FRAMES = 2.0
"""Standard deviation of the smoothing over time of how light falls on the skin around the lips."""

SPOT_LIGHT, SPOT_TINT = 24.0, 8.0
"""How much lighter or darker, and how much redder or greener, a spot may become against the
others, in levels of 255. More is no light: it is the lip of a mouth that is opened wider than the
mesh sees, and at twice as much nothing of it counts."""


MIDDLE_SPOTS, SKIN_SPOTS = slice(8, 12), slice(12, 18)
"""Of the 20 spots, by how light they became, those in the middle, and those which are skin for sure
where a lip takes half of them. The lightest two may be a gleam."""


COVERED, COVERED_WEIGHT = 30.0, 3.0
"""A spot that differs by more than this from what it usually is, in levels of 255, is no skin; and
how much that counts, against light that differs."""


SPOT_PLACES, SPOT_DEPTHS, SPOT_BREADTH = 41, np.arange(0.02, 0.17, 0.015), 9
"""How many places along the middle of the lower lip, and how far below it, in mouth widths, skin is
looked at for a dark spot; and how many of those places one may be broad. What is broader is a
shadow."""


FOREIGN, FOREIGN_FROM = (40.0, 70.0), (0.03, 0.08)
"""Differences between a frame's own skin and lent skin, in levels of 255, from which one of them is
no skin but a caption, or what is seen past a cheek; and from how far off the lips, in mouth widths,
the frame's own picture is kept there."""


OWN_LIP, OWN_MOST = (0.12, 0.18), 1.5
"""How far from the lips, in mouth widths, the frame's own lip may show beyond its mesh, which draws
thick lips too thin: up to the first for sure, up to the second perhaps; and how much more it may
differ from skin than lips usually do, as a factor."""


@dataclass(frozen=True)
class Looks:
    """The looks of T frames, RGB in levels of 255.

    Attributes:
        skin: [T, 20, 3] float32, the skin beside each point of the outer lip contour.
        lips: [T, 3] float32, the lips' own colour.
        sharpness: [T] float32, the standard deviation of the Laplacian of the lips' luma.
        spot: [T] float32, by how much a spot below the lower lip is darker than what is beside it.
    """

    skin: np.ndarray
    lips: np.ndarray
    sharpness: np.ndarray
    spot: np.ndarray

    @classmethod
    def empty(cls, frames: int) -> "Looks":
        """Make room for the looks of some frames.

        Args:
            frames: How many.

        Returns:
            Looks whose arrays are to be filled by `note`.
        """
        contour = len(shape.LIPS_OUTER)
        sizes = (frames, contour, 3), (frames, 3), (frames,), (frames,)
        return cls(*(np.empty(size, np.float32) for size in sizes))

    def note(self, frame: int, crop: np.ndarray, points: np.ndarray) -> None:
        """Look at a frame.

        Args:
            frame: Its number.
            crop: Its crop, RGB, [S, S, 3] uint8.
            points: The mesh in its pixels, [468, 2].
        """
        outer = points[list(shape.LIPS_OUTER)]
        inner = points[list(shape.LIPS_INNER)]
        width = float(np.linalg.norm(points[61] - points[291]))
        rows, columns = around(outer, 2 * AWAY * width, crop.shape[0])
        low, box = np.array([columns.start, rows.start]), crop[rows, columns]
        soft = cv2.GaussianBlur(box, (0, 0), max(SOFT * width, 0.3))
        places = np.concatenate([beside(outer, width), (outer + inner) / 2]) - low
        colours = read(soft, places[None].astype(np.float32))[0].astype(np.float32)
        self.skin[frame] = colours[: len(outer)]
        self.lips[frame] = np.median(colours[len(outer) :], axis=0)
        self.sharpness[frame] = cv2.Laplacian(box[..., 1], cv2.CV_32F).std()
        self.spot[frame] = _spot(soft, points[list(shape.LOWER_OUTER)] - low, width)

    def skin_redness(self) -> np.ndarray:
        """Say how red the skin around the lips is.

        Returns:
            CIE a, [T].
        """
        skin = np.median(self.skin, axis=1)[None].astype(np.float32) / 255
        return np.asarray(cv2.cvtColor(skin, cv2.COLOR_RGB2Lab)[0, :, 1])

    def unlike(self) -> np.ndarray:
        """Measure how unlike the person's usual the light of each frame and its lips' shade are.

        A spot of the skin that differs by more than light does is covered, as by a caption.

        Returns:
            [T], 0 to about 1.
        """
        skin = np.median(self.skin, axis=1)
        shade = self.lips - skin
        away = [np.linalg.norm(one - np.median(one, axis=0), axis=1) for one in (skin, shade)]
        spots = self.skin - skin[:, None]
        spot = np.abs(spots - np.median(spots, axis=0)).max((1, 2))
        covered = COVERED_WEIGHT * np.maximum(spot - COVERED, 0)
        return np.asarray((away[0] + away[1] + covered) / 255)


def beside(outer: np.ndarray, width_px: float) -> np.ndarray:
    """Find the places on the skin beside the lips.

    Args:
        outer: The outer lip contour, [20, 2], in pixels.
        width_px: The mouth's width.

    Returns:
        The places, [20, 2].
    """
    outward = outer - outer.mean(0)
    outward[:, 0] *= 0.5  # a mouth is wider than high
    length = np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-6)
    return np.asarray(outer + AWAY * width_px * outward / length)


def _spot(soft: np.ndarray, lower: np.ndarray, width_px: float) -> float:
    """By how much a spot below a lip is darker than what is beside it, in levels of 255.

    soft: a blurred picture, [h, w, 3]; lower: the lower lip's outer contour in it, [11, 2].
    """
    along = np.linspace(2, len(lower) - 3, SPOT_PLACES)
    edge = np.stack([np.interp(along, np.arange(len(lower)), axis) for axis in lower.T], 1)
    places = np.repeat(edge[None], len(SPOT_DEPTHS), axis=0)
    places[..., 1] += SPOT_DEPTHS[:, None] * width_px
    skin = read(soft, places.astype(np.float32))
    beside_it = np.ones((1, SPOT_BREADTH), np.uint8)
    darker = cv2.morphologyEx(skin, cv2.MORPH_BLACKHAT, beside_it)
    return float(darker.mean(-1).max())


def settled(skin: np.ndarray) -> np.ndarray:
    """Steady the light on the skin around the lips: all of it may change at once, a spot may not.

    Args:
        skin: See `Looks.skin`.

    Returns:
        The same, each spot's difference from the light on all of the skin bounded, and smoothed
        over time.
    """
    level = _level(skin)[:, None]
    usual = np.median(skin - level, axis=0)
    change = skin - level - usual
    light = change.mean(-1, keepdims=True)
    kept = 1 - smoothstep(np.abs(light) / SPOT_LIGHT - 1)
    tint = np.clip(change - light, -SPOT_TINT, SPOT_TINT)
    spots = usual + kept * (np.clip(light, -SPOT_LIGHT, SPOT_LIGHT) + tint)
    spots = spots.reshape(len(skin), -1)
    smooth = (
        cv2.GaussianBlur(
            spots, (1, 0), sigmaX=0.01, sigmaY=SETTLING_FRAMES, borderType=cv2.BORDER_REPLICATE
        )
        if len(skin) > 1
        else spots
    )
    return np.asarray(level + smooth.reshape(skin.shape), np.float32)


def _level(skin: np.ndarray) -> np.ndarray:
    """How light all of the skin around the lips is, [T, 3].

    Light that changes does so on most spots. Half of them may become darker, where a lip reaches
    beyond its mesh, or some lighter, where the sun comes from one side: between the change of those
    in the middle and that of the lighter ones, the level is the nearest to the usual one.
    """
    usual = np.median(skin, axis=0)
    change = skin - usual
    order = np.argsort(change.mean(-1), axis=1)
    ordered = np.take_along_axis(change, order[..., None], 1)
    middle, lighter = (ordered[:, spots].mean(1) for spots in (MIDDLE_SPOTS, SKIN_SPOTS))
    between = np.maximum((lighter - middle).mean(-1), 1e-6)
    share = np.clip(-middle.mean(-1) / between, 0, 1)[:, None]
    return np.asarray(np.median(usual, axis=0) + middle + share * (lighter - middle))


def foreign(change: np.ndarray, away: np.ndarray, width_px: float, shade: np.ndarray) -> np.ndarray:
    """Find where lent skin is none, or covers what is none; see `FOREIGN`.

    The frame's own lip is nothing foreign: lent skin covers it.

    Args:
        change: By how much a frame's own skin differs from the lent one, RGB, [h, w, 3] float32.
        away: How far off the lips each place is, in mouth widths, [h, w] float32.
        width_px: The mouth's width.
        shade: By how much lips differ from the skin around them, RGB, [3].

    Returns:
        [h, w] float32 in [0, 1].
    """
    height, width = away.shape
    half = max(1, width // 2), max(1, height // 2)
    small = cv2.resize(change, half, interpolation=cv2.INTER_AREA)
    channels = list(cv2.split(small))
    if max(small.max(), -small.min()) >= FOREIGN[0]:
        near = smoothstep((OWN_LIP[1] - cv2.resize(away, half)) / (OWN_LIP[1] - OWN_LIP[0]))
        share = cv2.transform(small, shade[None] / max(float(shade @ shade), 1.0))
        lip = near * np.clip(share, 0, OWN_MOST)
        channels = [one - lip * differs for one, differs in zip(channels, shade, strict=True)]
    red, green, blue = map(np.abs, channels)
    unlike = cv2.GaussianBlur(cv2.max(cv2.max(red, green), blue), (0, 0), 0.01 * width_px)
    if unlike.max() < FOREIGN[0]:
        return np.zeros_like(away)
    beside = np.ones((2 * round(0.02 * width_px) + 1,) * 2, np.uint8)
    unlike = cv2.GaussianBlur(cv2.dilate(unlike, beside), (0, 0), 0.01 * width_px)
    share = smoothstep((unlike - FOREIGN[0]) / (FOREIGN[1] - FOREIGN[0]))
    share = cv2.resize(share, (width, height), interpolation=cv2.INTER_LINEAR)
    return share * smoothstep((away - FOREIGN_FROM[0]) / (FOREIGN_FROM[1] - FOREIGN_FROM[0]))
