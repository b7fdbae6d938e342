"""The film that comes back: which of its frames shows which of the cut's, and in which colours.

Services change the rate, add or drop frames, scale, and mix up colour matrices. So its frames are
recognized by what they show outside the mouth, near the time at which they are due; and its colours
are those that make it look there as the cut does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np

from ...core.errors import Fault
from ...media.open import open_media
from .avatar import LOOK_PX, Avatar, small
from .geometry import Window

BAND_S = 0.125
"""How far from its time a frame is looked for, in seconds."""

LATE_COST = 40.0
"""What a second off its time costs a frame, in levels of its look."""

MISSING_S = 0.25
"""How much may lack at the end, in seconds; there the source's own mouth is seen."""

EASED_FRAMES = 3
"""Frames in which the drawn mouth gives way to it."""

OTHER_SHARE, OTHER_LEVELS = 0.6, 4.0
"""Mean difference outside the mouth from which a film shows something else, as a share of the
picture's own contrast there, and in levels; both are exceeded. Unlike pictures differ by a whole
contrast or more."""

ASPECT_OFF = 0.03
"""By how much its shape may differ."""

MOST_FRAMES, MOST_PX = 4, 8192
"""A film has at most so many frames for each that was asked for, and sides of so many pixels."""

COLOUR_LIMIT, OFFSET_LIMIT = 0.3, 40.0
"""How much colours may be changed."""

RIDGE = 1e-3
"""How much a change of colours costs, as a share of the pictures' own variance."""


@dataclass(frozen=True)
class Matched:
    """How a film fits its cut of T frames.

    Attributes:
        order: The film's frame for each of the cut's, [T] int, never falling.
        alpha: The weight of each, [T]: 0 where the film has ended.
        colours: [4, 3]: what turns its RGB, and a 1, into the cut's.
        missing: How many frames lack at its end.
        scaled: Whether it has another size than the clip.
    """

    order: np.ndarray
    alpha: np.ndarray
    colours: np.ndarray
    missing: int
    scaled: bool


def match(film: Path, person: Avatar, lines: list[np.ndarray], rate: Fraction) -> Matched:
    """Find out how a film fits its cut.

    Args:
        film: The film.
        person: The cut's avatar, its frames in the order that was sent.
        lines: The outlines of its lower faces, in pixels of the clip.
        rate: The cut's rate, in frames/s.

    Returns:
        How it fits.

    Raises:
        Fault: It is no film, too short, of another shape, or shows something else.
    """
    frames = person.frames
    looks, times, size = _looks(film, frames)
    shape = person.window.width / person.window.height
    if abs(size[0] / size[1] / shape - 1) > ASPECT_OFF:
        raise Fault(
            f"{film.name}: the film that came back has {size[0]} x {size[1]} pixels, which is "
            f"another shape than the {person.window.width} x {person.window.height} that were sent"
        )
    due = np.arange(frames) / float(rate)
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1 / float(rate)
    missing = int((due > times[-1] + 0.75 * max(step, 1 / float(rate))).sum())
    if missing > MISSING_S * float(rate):
        raise Fault(
            f"{film.name}: the film that came back is {times[-1] + step:.2f} s long, and "
            f"{frames / float(rate):.2f} s were asked for"
        )
    outside = _outside(lines, person.window)
    order = _recognized(person.looks, looks, outside, due, times)
    colours = _colours(person.looks, looks[order], outside)
    difference, contrast = _differences(person.looks, looks[order], outside, colours)
    if difference > max(OTHER_LEVELS, OTHER_SHARE * contrast):
        raise Fault(
            f"{film.name}: the film that came back does not show the cut: it differs by "
            f"{difference:.0f} levels outside the mouth"
        )
    alpha = np.ones(frames, np.float32)
    if missing:
        ramp = np.arange(frames - missing, 0, -1, dtype=np.float32) / (EASED_FRAMES + 1)
        alpha[: frames - missing] = np.minimum(ramp, 1)
        alpha[frames - missing :] = 0
    own = (person.window.width, person.window.height)
    return Matched(order, alpha, colours, missing, size != own)


def _differences(
    own: np.ndarray, looks: np.ndarray, outside: np.ndarray, colours: np.ndarray
) -> tuple[float, float]:
    """How much looks differ outside the mouth, and the own ones from their mean, in levels."""
    used = outside > 0
    if not used.any():
        return 0.0, 0.0
    wanted = own[used].astype(np.float32)
    off = np.abs(_recoloured(looks[used], colours) - wanted).mean()
    return float(off), float(np.abs(wanted - wanted.mean(0)).mean())


def read_pictures(film: Path, matched: Matched, window: Window) -> Iterator[np.ndarray]:
    """Read the frames of a film that fit its cut.

    Args:
        film: The film.
        matched: How it fits.
        window: The clip.

    Yields:
        A picture for each of the cut's frames, RGB, [height, width, 3] uint8, in the film's own
        colours.
    """
    steps = np.diff(matched.order, prepend=-1)
    pictures = _decoded(film)
    picture = None
    for step in steps:
        for _ in range(step):
            picture = next(pictures)[0]
        if picture is None or picture.shape[:2] != (window.height, window.width):
            assert picture is not None
            picture = _scaled(picture, window)
        yield picture


def recoloured(pixels: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Change colours.

    Args:
        pixels: [H, W, 3] uint8.
        colours: `Matched.colours`.

    Returns:
        [H, W, 3] uint8.
    """
    return np.clip(np.rint(_recoloured(pixels, colours)), 0, 255).astype(np.uint8)


def _recoloured(pixels: np.ndarray, colours: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) @ colours[:3].astype(np.float32) + colours[3].astype(
        np.float32
    )


def _scaled(picture: np.ndarray, window: Window) -> np.ndarray:
    smaller = picture.shape[0] > window.height
    way = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return cv2.resize(picture, (window.width, window.height), interpolation=way)


def _decoded(film: Path) -> Iterator[tuple[np.ndarray, float]]:
    """Pictures, RGB, and their times in seconds, the first at 0."""
    first = None
    try:
        with open_media(film) as container:
            if not container.streams.video:
                raise Fault(f"{film.name}: what came back has no picture")
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for number, frame in enumerate(container.decode(stream)):
                if max(frame.width, frame.height) > MOST_PX:
                    raise Fault(
                        f"{film.name}: the film that came back is larger than {MOST_PX} pixels"
                    )
                time = frame.time if frame.time is not None else number / 25
                first = time if first is None else first
                yield frame.to_ndarray(format="rgb24"), time - first
    except (av.FFmpegError, OSError, ValueError) as error:
        raise Fault(f"{film.name}: what came back is no film that can be read ({error})") from None


def _looks(film: Path, frames: int) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    looks, times, size = [], [], (0, 0)
    for picture, time in _decoded(film):
        looks.append(small(picture))
        times.append(time)
        size = picture.shape[1], picture.shape[0]
        if len(looks) > MOST_FRAMES * frames + 100:
            raise Fault(f"{film.name}: the film that came back does not end")
    if not looks or any(later < earlier for earlier, later in pairwise(times)):
        raise Fault(f"{film.name}: what came back has no frames in their order")
    return np.stack(looks), np.array(times), size


def _outside(lines: list[np.ndarray], window: Window) -> np.ndarray:
    """How much each pixel of a look says: 0 around the mouth, [T, 32, 32]."""
    scale = LOOK_PX / np.array([window.width, window.height])
    masks = []
    for line in lines:
        mask = np.zeros((LOOK_PX, LOOK_PX), np.uint8)
        cv2.fillConvexPoly(mask, np.rint(line * scale - 0.5).astype(np.int32), 1)
        masks.append(cv2.dilate(mask, np.ones((5, 5), np.uint8)) == 0)
    return np.array(masks, np.float32)


def _recognized(
    own: np.ndarray, looks: np.ndarray, outside: np.ndarray, due: np.ndarray, times: np.ndarray
) -> np.ndarray:
    """The film's frame for each of the cut's, [T]."""
    order = np.zeros(len(due), int)
    greys, own_greys = (pictures.astype(np.float32).mean(-1) for pictures in (looks, own))
    shift = (own_greys * outside).sum() / max(outside.sum(), 1) - greys.mean()
    least = 0
    for number, time in enumerate(due):
        near = np.flatnonzero(np.abs(times - time) <= BAND_S)
        near = near[near >= least]
        if not len(near):
            near = np.array([max(least, int(np.abs(times - time).argmin()))])
        off = np.abs(greys[near] + shift - own_greys[number]) * outside[number]
        cost = off.sum((1, 2)) / max(outside[number].sum(), 1)
        order[number] = least = near[(cost + LATE_COST * np.abs(times[near] - time)).argmin()]
    return order


def _colours(own: np.ndarray, looks: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """The affine [4, 3] from a film's colours to the cut's, as near to none as they allow."""
    used = outside > 0
    same = np.vstack([np.eye(3), np.zeros(3)])
    if used.sum() < 100:
        return same
    given, wanted = (pictures[used].astype(np.float64) for pictures in (looks, own))
    middle = given.mean(0)
    centred = given - middle
    gram = centred.T @ centred
    ridge = RIDGE * np.trace(gram) / 3 + 1e-6
    change = np.linalg.solve(gram + ridge * np.eye(3), centred.T @ (wanted - given))
    matrix = np.eye(3) + change
    offset = wanted.mean(0) - middle @ matrix
    if (
        np.abs(change).max() > COLOUR_LIMIT
        or np.abs(middle @ matrix + offset - middle).max() > OFFSET_LIMIT
    ):
        return same
    return np.vstack([matrix, offset])
