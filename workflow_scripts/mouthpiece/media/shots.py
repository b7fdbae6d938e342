"""A film's cuts: found, joined where too short, written, read, or given by the user.

The default detector is PySceneDetect's AdaptiveDetector for plain cuts, and beside it three tests
on reduced pictures for what it does not see: jump cuts (one frame changes much more than its
neighbours do, and stays changed), fades through black, and dissolves. TransNetV2 is the other one.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..config.cuts import Cuts
from ..core.cuts import Cut, from_starts
from . import decode as picture
from .dissolves import _dissolves
from .mezzanine import probe_mezzanine
from .transnet import _transnetv2

DETECT_PX = 256
"""Longer side of the picture that PySceneDetect sees."""

THUMB_SIZE = (48, 27)
"""Width and height of the reduced pictures; also what TransNetV2 takes."""

PEAK_FRAMES = 3
"""Frames on each side that a jump cut's change is compared with."""

PLAIN_RATIO = 1.5
"""The same ratio for a plain cut, whose neighbours may move fast; the end of a dissolve has 1."""

FLASH_FRAMES = 4
"""A change that is gone within these frames is a flash, no cut."""

PERSISTENCE = 0.5
"""Share of a cut's change that must outlast a flash, and not be the end of one."""

NOISE = 0.3
"""Change between frames (mean of 255) that is nothing."""

SEAM_SHARE = 10
"""The part of the longest cut's length by which a seam may lie beside its even place."""


def detect(mezzanine: Path, settings: Cuts) -> list[Cut]:
    """Find a film's cuts. They cover every frame once, in order."""
    if settings.detector == "transnetv2":
        thumbs = np.stack(list(_thumbs(mezzanine)))
        starts = _transnetv2(thumbs, settings.transnetv2_threshold)
        grey = _grey(thumbs)
    else:
        grey, adaptive = _adaptive(mezzanine, settings)
        starts = find_starts(grey, adaptive, settings)
    starts = join_short(starts, grey, settings.min_frames)
    if settings.max_s:
        longest_frames = max(1, int(settings.max_s * probe_mezzanine(mezzanine).rate))
        starts = part_long(starts, grey, longest_frames)
    return from_starts(starts, len(grey))


def _thumbs(mezzanine: Path) -> Iterator[np.ndarray]:
    for frame in picture.read_rgb(mezzanine, probe_mezzanine(mezzanine).clock, DETECT_PX):
        yield cv2.resize(frame, THUMB_SIZE, interpolation=cv2.INTER_AREA)


def _grey(thumbs: np.ndarray) -> np.ndarray:
    return np.stack([cv2.cvtColor(thumb, cv2.COLOR_RGB2GRAY) for thumb in thumbs])


def _adaptive(mezzanine: Path, settings: Cuts) -> tuple[np.ndarray, list[int]]:
    """Grey thumbs of every frame, [T, 27, 48] uint8, and where PySceneDetect cuts."""
    from scenedetect import FrameTimecode
    from scenedetect.detectors import AdaptiveDetector

    detector = AdaptiveDetector(
        adaptive_threshold=settings.adaptive_threshold,
        min_scene_len=1,  # what is short is joined later, to the neighbour that it resembles
        min_content_val=settings.min_content,
    )
    clock = probe_mezzanine(mezzanine).clock
    grey, starts = [], []
    for n, frame in enumerate(picture.read_rgb(mezzanine, clock, DETECT_PX)):
        # The rate is not used: lengths are given, and cuts taken, in frames.
        found = detector.process_frame(FrameTimecode(n, 25.0), frame[..., ::-1].copy())
        starts += [cut.frame_num for cut in found]
        small = cv2.resize(frame, THUMB_SIZE, interpolation=cv2.INTER_AREA)
        grey.append(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
    return np.stack(grey), starts


def find_starts(grey: np.ndarray, adaptive: Sequence[int], settings: Cuts) -> list[int]:
    """First frames of the cuts of [T, H, W] uint8 thumbs, given PySceneDetect's."""
    change = np.r_[0.0, [difference(a, b) for a, b in itertools.pairwise(grey)]]
    plain = [n for n in adaptive if stands_out(change, n) >= PLAIN_RATIO and lasts(grey, n)]
    hard = sorted({*plain, *_jumps(grey, change, settings)})
    fades = _fades(grey, hard, settings.fade_luma)
    # On a slope every frame changes; a cut there is a change that stands out from the rest.
    for fade in fades:
        usual = float(np.median(change[fade.top : fade.bottom + 1]))
        on_slope = range(fade.top + 1, fade.bottom + 1)
        hard = [n for n in hard if n not in on_slope or change[n] >= settings.jump_ratio * usual]
    # Between plain cuts, off the slopes, there may be dissolves.
    level = np.ones(len(grey), bool)
    for fade in fades:
        level[fade.top + 1 : fade.bottom] = False
    edges = {0, *hard, *(n for fade in fades for n in (fade.top + 1, fade.bottom)), len(grey)}
    dissolves = [
        n
        for first, end in itertools.pairwise(sorted(edges))
        if level[first:end].all()
        for n in _dissolves(grey[first:end], first, settings.min_content)
    ]
    return sorted({*hard, *(fade.middle for fade in fades if fade.middle), *dissolves})


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Mean absolute difference of two grey thumbs, of 255."""
    return float(np.abs(a.astype(np.int16) - b).mean())


def stands_out(change: np.ndarray, start: int) -> float:
    """How many times its neighbours' the change at `start` is."""
    before = change[max(1, start - PEAK_FRAMES) : start]
    after = change[start + 1 : start + 1 + PEAK_FRAMES]
    return float(change[start] / (np.r_[before, after].max(initial=0.0) + NOISE))


def lasts(grey: np.ndarray, start: int) -> bool:
    """Whether the change at `start` is not a flash's: not gone soon after, nor just come back."""
    after = grey[min(start + FLASH_FRAMES, len(grey) - 1)]
    before = grey[max(start - 1 - FLASH_FRAMES, 0)]
    least = PERSISTENCE * difference(grey[start - 1], grey[start])
    return difference(grey[start - 1], after) >= least and difference(before, grey[start]) >= least


def _jumps(grey: np.ndarray, change: np.ndarray, settings: Cuts) -> list[int]:
    """Where one frame changes far more than its neighbours, however little, and stays changed."""
    return [
        n
        for n in np.flatnonzero(change >= settings.jump_change).tolist()
        if stands_out(change, n) >= settings.jump_ratio and lasts(grey, n)
    ]


@dataclass(frozen=True)
class Fade:
    """A fade to, through or from black: its last full frame, its first full frame again.

    `middle` is the dark middle, None where the film begins or ends in black: that is no cut.
    """

    top: int
    middle: int | None
    bottom: int


def _fades(grey: np.ndarray, hard: Sequence[int], fade_luma: float) -> list[Fade]:
    """Runs of dark frames that the picture sinks into and rises from."""
    luma = grey.mean(axis=(1, 2))
    dark = (luma <= fade_luma) & (grey.std(axis=(1, 2)) <= fade_luma)
    edges = np.flatnonzero(np.diff(np.r_[False, dark, False].astype(np.int8)))
    fades = []
    for first, end in edges.reshape(-1, 2).tolist():
        if {first, end} & set(hard):
            continue  # a plain cut is enough
        top, bottom = first, end - 1
        while top > 0 and luma[top - 1] > luma[top]:
            top -= 1
        while bottom + 1 < len(luma) and luma[bottom + 1] > luma[bottom]:
            bottom += 1
        between = first > 0 and end < len(grey)
        fades.append(Fade(top, (first + end) // 2 if between else None, bottom))
    return fades


def join_short(starts: Sequence[int], grey: np.ndarray, min_frames: int) -> list[int]:
    """Drop starts until no cut is shorter: the shortest first, into the neighbour it resembles."""
    edges = [0, *sorted(start for start in set(starts) if 0 < start < len(grey)), len(grey)]
    while len(edges) > 2:
        lengths = np.diff(edges)
        shortest = int(lengths.argmin())
        if lengths[shortest] >= min_frames:
            break
        sides = [edge for edge in edges[shortest : shortest + 2] if 0 < edge < len(grey)]
        edges.remove(min(sides, key=lambda edge: difference(grey[edge - 1], grey[edge])))
    return edges[1:-1]


def part_long(starts: Sequence[int], grey: np.ndarray, longest_frames: int) -> list[int]:
    """Add starts until no cut is longer: about equal parts, parted where the picture is stillest.

    So a talk filmed in one shot is a row of jobs of bounded memory, which are resumed, run side by
    side and judged one by one.
    """
    parted: list[int] = []
    for first, end in itertools.pairwise([0, *starts, len(grey)]):
        parted.append(first)
        for left in range(-(-(end - first) // longest_frames), 1, -1):
            parted.append(_stillest(parted[-1], end, left, grey, longest_frames))
    return parted[1:]


def _stillest(first: int, end: int, parts: int, grey: np.ndarray, longest_frames: int) -> int:
    """Where the first of so many parts of a cut ends, so that none need be longer."""
    even, reach = first + (end - first) // parts, longest_frames // SEAM_SHARE
    low = max(even - reach, end - (parts - 1) * longest_frames, first + 1)
    high = min(even + reach, first + longest_frames)
    return min(range(low, high + 1), key=lambda n: difference(grey[n - 1], grey[n]))
