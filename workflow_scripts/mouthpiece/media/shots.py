"""Shot boundaries, found in the picture.

The default detector is PySceneDetect's AdaptiveDetector for plain cuts, and beside it four tests
on thumbnails for what it does not see: breaks (the edges of the picture are others from there on,
whatever flashes), jump cuts (one frame changes much more than its neighbours do, and stays
changed, not in a caption alone), fades through black, and dissolves. TransNetV2 is the other one.
"""

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..config.cuts import Cuts
from ..core.cuts import Cut, from_starts
from .dissolves import find_dissolves
from .fades import find_fades
from .mezzanine import probe_mezzanine
from .shot_lengths import merge_short, split_long
from .structure import Break, gradual_ratio, measure_break, structural_distances
from .thumbnails import difference, read_reduced, thumbnail, to_grey

PEAK_FRAMES = 3
"""Frames on each side that a jump cut's change is compared with."""

PLAIN_RATIO = 1.5
"""A plain cut changes this many times what its neighbours do, which may move fast. The end of a
dissolve has 1."""

SLOPE_RATIO = 3.5
"""A cut on the slope of a fade changes this many times what the slope does from frame to frame."""

CAPTION_SHARE = 0.25
"""Share of the picture's height that the lines of a caption have at most."""

CAPTION_RATIO = 0.85
"""Where a caption changes, the rest of the picture changes at most so many times what it does in
the frames around. Of 11 captions burnt into strangers' films it is 0.42 at most; of jump cuts, some
of them under a new caption, 0.95 at least."""

FLASH_FRAMES = 4
"""A change that is gone within these frames is a flash, no cut."""

PERSISTENCE = 0.5
"""Share of a cut's change that must outlast a flash, and not be the end of one."""

BREAK_DISTANCE, BREAK_RATIO = 0.3, 2.0
"""A structural change from which on nothing is seen that was in the picture before. Joins of
people's clips have 0.78 and 3.9 at least, with and without flashes; the clips themselves 0.3 and
1.4 at most, but for the jump cuts in them (`benchmarks/cuts.py --people`)."""

WHOLE_DISTANCE, PART_RATIO = 0.5, 3.0
"""Under this distance much of the picture goes on, and its edges must change so many times what
they usually do: a hand that comes in before the camera has 0.33 and 2.2, cuts 3.6 at least."""

BLEND_SHARE = 0.75
"""A blend of the pictures before and after it is nearer to the one after it than the one before is:
by this share of their structural distance at most."""

SAME_RATIO, SAME_DISTANCE = 1.3, 0.05
"""At and under this structural ratio the picture goes on: what changed was its light. So it does
at and under this distance, unless it jumps by `BREAK_RATIO`."""

SAME_PLACE_FRAMES = 2
"""Breaks so near each other, or to a plain cut, are one: its pictures may be blended."""

NOISE = 0.3
"""Change between frames (mean of 255) that is nothing."""


def detect(mezzanine: Path, settings: Cuts, threads: int = 1) -> list[Cut]:
    """Find the cuts of a film.

    Args:
        mezzanine: The film.
        settings: The config section `cuts`.
        threads: How many frames are decoded at once.

    Returns:
        The cuts. They cover every frame once, in order.
    """
    if settings.detector == "transnetv2":
        from .transnet import transnetv2_starts  # the rule names it where it is chosen

        thumbnails = np.stack([thumbnail(frame) for frame in read_reduced(mezzanine, threads)])
        starts = transnetv2_starts(thumbnails, settings.transnetv2_threshold)
        grey = np.stack([to_grey(picture) for picture in thumbnails])
    else:
        grey, adaptive = _adaptive(mezzanine, settings, threads)
        starts = find_starts(grey, adaptive, settings)
    starts = merge_short(starts, grey, settings.min_frames)
    if settings.max_s:
        longest_frames = max(1, int(settings.max_s * probe_mezzanine(mezzanine).rate))
        starts = split_long(starts, grey, longest_frames)
    return from_starts(starts, len(grey))


def _adaptive(mezzanine: Path, settings: Cuts, threads: int) -> tuple[np.ndarray, list[int]]:
    """Grey thumbnails of every frame, [T, 27, 48] uint8, and where PySceneDetect cuts."""
    from scenedetect import FrameTimecode
    from scenedetect.detectors import AdaptiveDetector

    detector = AdaptiveDetector(
        adaptive_threshold=settings.adaptive_threshold,
        min_scene_len=1,  # what is short is merged later, into the neighbour that it resembles
        min_content_val=settings.min_content,
    )
    grey, starts = [], []
    for n, frame in enumerate(read_reduced(mezzanine, threads)):
        # The rate is not used: lengths are given, and cuts taken, in frames.
        found = detector.process_frame(FrameTimecode(n, 25.0), frame[..., ::-1].copy())
        starts += [cut.frame_num for cut in found]
        grey.append(to_grey(thumbnail(frame)))
    return np.stack(grey), starts


def find_starts(grey: np.ndarray, adaptive: Sequence[int], settings: Cuts) -> list[int]:
    """Find the first frames of the shots, given those that PySceneDetect found.

    Args:
        grey: Grey thumbnails of the film, [T, H, W] uint8.
        adaptive: First frames of shots, by PySceneDetect.
        settings: The config section `cuts`.

    Returns:
        First frames of the shots, in order, without 0.
    """
    change = np.r_[0.0, [difference(a, b) for a, b in itertools.pairwise(grey)]]
    distances = structural_distances(grey)
    plain = [n for n in adaptive if stands_out(change, n) >= PLAIN_RATIO and lasts(grey, n)]
    bright = {*plain, *_jumps(grey, change, settings)}
    hard = [n for n in sorted(bright) if not _goes_on(measure_break(distances, n))]
    fades = find_fades(grey, hard, settings.fade_luma)
    # On a slope every frame changes; a cut there is a change that stands out from the rest.
    for fade in fades:
        usual = float(np.median(change[fade.top : fade.bottom + 1]))
        on_slope = range(fade.top + 1, fade.bottom + 1)
        hard = [n for n in hard if n not in on_slope or change[n] >= SLOPE_RATIO * usual]
    # Edges vanish on a slope, and come back on the other side.
    dark = {n for fade in fades for n in range(fade.top + 1, fade.bottom + 1)}
    hard = sorted({*hard, *(n for n in _breaks(distances, hard) if n not in dark)})
    # Between plain cuts, off the slopes, there may be dissolves.
    level = np.ones(len(grey), bool)
    for fade in fades:
        level[fade.top + 1 : fade.bottom] = False
    edges = {0, *hard, *(n for fade in fades for n in (fade.top + 1, fade.bottom)), len(grey)}
    dissolves = [
        n
        for first, end in itertools.pairwise(sorted(edges))
        if level[first:end].all()
        for n in find_dissolves(grey[first:end], first, settings.min_content)
        if not gradual_ratio(distances, n, first, end) <= SAME_RATIO
    ]
    return sorted({*hard, *(fade.middle for fade in fades if fade.middle), *dissolves})


def stands_out(change: np.ndarray, start: int) -> float:
    """Compare a frame's change with that of its neighbours.

    Args:
        change: How much each frame differs from the one before, [T] float64, 0 to 255.
        start: The frame.

    Returns:
        How many times its neighbours' its change is.
    """
    before = change[max(1, start - PEAK_FRAMES) : start]
    after = change[start + 1 : start + 1 + PEAK_FRAMES]
    return float(change[start] / (np.r_[before, after].max(initial=0.0) + NOISE))


def is_caption(grey: np.ndarray, start: int) -> bool:
    """Tell a cut from a caption that changes.

    Args:
        grey: Grey thumbnails of the film, [T, H, W] uint8.
        start: The first frame after the change.

    Returns:
        Whether nothing but a few rows, side by side, changes more than it does around.
    """
    first = max(0, start - PEAK_FRAMES - 1)
    around = grey[first : start + PEAK_FRAMES + 1].astype(float)
    rows = np.pad(np.abs(np.diff(around, axis=0)).mean(2), ((1, 0), (0, 0)))
    height = round(CAPTION_SHARE * rows.shape[1])
    elsewhere = (
        np.delete(rows, range(top, top + height), axis=1).mean(1)
        for top in range(rows.shape[1] - height + 1)
    )
    return any(stands_out(change, start - first) <= CAPTION_RATIO for change in elsewhere)


def lasts(grey: np.ndarray, start: int) -> bool:
    """Tell a cut from a flash.

    Args:
        grey: Grey thumbnails of the film, [T, H, W] uint8.
        start: The first frame after the change.

    Returns:
        Whether the change is neither gone soon after nor has just come back.
    """
    after = grey[min(start + FLASH_FRAMES, len(grey) - 1)]
    before = grey[max(start - 1 - FLASH_FRAMES, 0)]
    least = PERSISTENCE * difference(grey[start - 1], grey[start])
    return difference(grey[start - 1], after) >= least and difference(before, grey[start]) >= least


def _breaks(distances: np.ndarray, hard: Sequence[int]) -> list[int]:
    """Where the edges of the picture are others from there on, away from the cuts known already.

    Where a film was brought to another frame rate, the picture before may be a blend of both sides:
    such places are looked for after the others.
    """
    near, before = distances[:, 1], distances[:, 2]
    blends = (near >= BREAK_DISTANCE / 2) & (near <= BLEND_SHARE * before)
    kept: list[int] = []
    for blended, likely in enumerate((~(near < BREAK_DISTANCE), blends)):
        places = (np.flatnonzero(likely[1:]) + 1).tolist()
        found = {n: measure_break(distances, n, blended) for n in places}
        clear = [n for n, one in found.items() if _is_clear(one)]
        for n in sorted(clear, key=lambda n: -found[n].distance):
            if all(abs(n - other) > SAME_PLACE_FRAMES for other in (*kept, *hard)):
                kept.append(n)
    return kept


def _is_clear(found: Break) -> bool:
    least = BREAK_RATIO if found.distance >= WHOLE_DISTANCE else PART_RATIO
    return found.distance >= BREAK_DISTANCE and found.ratio >= least


def _goes_on(found: Break) -> bool:
    """Whether what changed was the light. It is not known where pictures show nothing."""
    same = found.distance <= SAME_DISTANCE and found.ratio < BREAK_RATIO
    return same or found.ratio <= SAME_RATIO


def _jumps(grey: np.ndarray, change: np.ndarray, settings: Cuts) -> list[int]:
    """Where one frame changes far more than its neighbours, however little, and stays changed."""
    return [
        n
        for n in np.flatnonzero(change >= settings.jump_change).tolist()
        if stands_out(change, n) >= settings.jump_ratio
        and lasts(grey, n)
        and not is_caption(grey, n)
    ]
