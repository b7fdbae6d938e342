"""The film that comes back: which of its frames shows which of the cut's, and in which colours.

Services change the rate, add or drop frames, scale, and mix up colour matrices. So its frames are
recognized by what they show outside the mouth, near the time at which they are due; and its colours
are those that make it look there as the cut does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
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
"""How much may lack in one piece, in seconds; there the source's own mouth is seen."""

GAP_STEPS = 2.5
"""How far apart two frames are, in steps of the film, between which frames lack. A single one is
often dropped."""

EASED_FRAMES = 3
"""Frames in which the drawn mouth gives way to it."""

OTHER_SHARE, OTHER_LEVELS = 0.6, 4.0
"""Mean difference outside the mouth from which a film shows something else, as a share of the
picture's own contrast there, and in levels; both are exceeded. Unlike pictures differ by a whole
contrast or more."""

ODD_FRAME = 1.5
"""By how many times that difference a single frame of a film shows something else."""

ASPECT_OFF = 0.03
"""By how much its shape may differ."""

MOST_FRAMES, MOST_PX = 4, 8192
"""A film has at most so many frames for each that was asked for, and sides of so many pixels."""

COLOUR_LIMIT, OFFSET_LIMIT = 0.3, 40.0
"""How much colours may be changed."""

UNCHANGED = np.vstack([np.eye(3), np.zeros(3)])
"""See `Matched.colours`."""

RIDGE = 1e-3
"""How much a change of colours costs, as a share of the pictures' own variance."""


@dataclass(frozen=True)
class Matched:
    """How a film fits its cut of T frames.

    Attributes:
        order: The film's frame for each of the cut's, [T] int, never falling.
        alpha: The weight of each, [T]: 0 where the film lacks a frame.
        colours: [4, 3]: what turns its RGB, and a 1, into the cut's.
        missing: How many frames it lacks: at its end, in a gap, or where it shows something else.
        scaled: Whether it has another size than the clip.
        unfitted: Whether its colours are too far off to be fitted; they are as they came.
    """

    order: np.ndarray
    alpha: np.ndarray
    colours: np.ndarray
    missing: int
    scaled: bool
    unfitted: bool


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
    looks, times, size = _looks(film, person.frames)
    _check_shape(film, size, person.window)
    due = np.arange(person.frames) / float(rate)
    lacks = _lacking(film, due, times, 1 / float(rate))
    outside = _outside(lines, person.window)
    order = _recognized(person.looks, looks, outside, due, times)
    colours, odd = _fitted(film, person.looks, looks[order], outside, ~lacks)
    lacks |= odd
    longest = max((len(list(run)) for one, run in groupby(lacks) if one), default=0)
    if longest > MISSING_S * float(rate):
        raise Fault(
            f"{film.name}: the film that came back lacks {longest / float(rate):.2f} s of the cut "
            "in one piece"
        )
    return Matched(
        order=order,
        alpha=_eased(lacks),
        colours=UNCHANGED if colours is None else colours,
        missing=int(lacks.sum()),
        scaled=size != (person.window.width, person.window.height),
        unfitted=colours is None,
    )


def _check_shape(film: Path, size: tuple[int, int], window: Window) -> None:
    if abs(size[0] / size[1] * window.height / window.width - 1) > ASPECT_OFF:
        raise Fault(
            f"{film.name}: the film that came back has {size[0]} x {size[1]} pixels, which is "
            f"another shape than the {window.width} x {window.height} that were sent"
        )


def _lacking(film: Path, due: np.ndarray, times: np.ndarray, own_step: float) -> np.ndarray:
    """Which frames are due where a film has none: after its end, or in a gap, [T] bool."""
    step = float(np.median(np.diff(times))) if len(times) > 1 else own_step
    longer = max(step, own_step)
    lacks = due > times[-1] + 0.75 * longer
    if lacks.sum() * own_step > MISSING_S:
        raise Fault(
            f"{film.name}: the film that came back is {times[-1] + step:.2f} s long, and "
            f"{len(due) * own_step:.2f} s were asked for"
        )
    for before in np.flatnonzero(np.diff(times) > GAP_STEPS * longer):
        first, last = times[before] + 0.75 * longer, times[before + 1] - 0.75 * longer
        lacks |= (due > first) & (due < last)
    return lacks


def _fitted(
    film: Path, own: np.ndarray, looks: np.ndarray, outside: np.ndarray, there: np.ndarray
) -> tuple[np.ndarray | None, np.ndarray]:
    """See `_colours`; and which frames show something else, [T] bool. They have no say in it."""
    odd = np.zeros(len(own), bool)
    for _ in range(2):
        used = there & ~odd
        colours = _colours(own[used], looks[used], outside[used])
        off, contrast = _differences(own, looks, outside, UNCHANGED if colours is None else colours)
        limit = max(OTHER_LEVELS, OTHER_SHARE * contrast)
        odd = off > ODD_FRAME * limit
    difference = float(np.median(off[there]))
    if difference > limit:
        raise Fault(
            f"{film.name}: the film that came back does not show the cut: it differs by "
            f"{difference:.0f} levels outside the mouth"
        )
    return colours, odd


def _eased(lacks: np.ndarray) -> np.ndarray:
    """The weight of each frame: none where it lacks, little beside, [T] float32."""
    alpha = np.ones(len(lacks), np.float32)
    for distance in range(EASED_FRAMES, -1, -1):
        near = np.convolve(lacks, np.ones(2 * distance + 1), "full") > 0.5
        alpha[near[distance : distance + len(lacks)]] = distance / (EASED_FRAMES + 1)
    return alpha


def _differences(
    own: np.ndarray, looks: np.ndarray, outside: np.ndarray, colours: np.ndarray
) -> tuple[np.ndarray, float]:
    """How much each look differs outside the mouth, [T], and the own ones from their mean, in
    levels.
    """
    used = outside > 0
    if not used.any():
        return np.zeros(len(own)), 0.0
    wanted = own[used].astype(np.float32)
    off = np.zeros(outside.shape, np.float32)
    off[used] = np.abs(_recoloured(looks[used], colours) - wanted).mean(1)
    counts = np.maximum(used.sum((1, 2)), 1)
    return off.sum((1, 2)) / counts, float(np.abs(wanted - wanted.mean(0)).mean())


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


def _colours(own: np.ndarray, looks: np.ndarray, outside: np.ndarray) -> np.ndarray | None:
    """The affine [4, 3] from a film's colours to the cut's, as near to none as they allow; None
    where it would change them by more than may be.
    """
    used = outside > 0
    if used.sum() < 100:
        return UNCHANGED
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
        return None
    return np.vstack([matrix, offset])
