"""A picture of each cut's mouths, as they were filmed, drawn and enhanced: for tuning by eye."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from ..core.cut_table import CutRow
from ..core.faces_table import read_face_numbers
from ..core.files import atomic
from ..core.loop import read_loop
from ..core.timeline import Clock
from ..faces.track import Track
from ..media.decode import read_frames, to_rgb
from ..media.mezzanine import cut_clock
from ..patches.alignment import STEADY_S, aligned, alignment
from ..patches.composite import lay_in_rgb
from ..patches.patch import Patch
from ..patches.patch_set import PatchReader
from ..patches.restore import Restorer, fineness, found_detail, refined, with_detail

TILE_PX = 256

MOUTH = (slice(226, 482), slice(128, 384))
"""Rows and columns of an aligned face that show its mouth, at their own size."""

LINE_PX = 24
"""Height of a line of text."""

MARGIN_PX = 6

FONT = cv2.FONT_HERSHEY_SIMPLEX, 0.5
"""The font of OpenCV, and its scale."""

TEXT, PAPER = (20, 20, 20), (245, 245, 245)


@dataclass(frozen=True)
class SheetOptions:
    """What a sheet shows.

    Attributes:
        moments: How many frames of the cut, evenly over those that are drawn.
        whole_faces: Whether faces are shown whole, at half their size, in place of the mouths.
        strengths: `enhance.strength`: the draft is restored with each, too.
        restorer: What restores faces; needed where there are strengths.
    """

    moments: int
    whole_faces: bool
    strengths: Sequence[float]
    restorer: Restorer | None


def write_sheet(
    results: Path, video: str, language: str, row: CutRow, options: SheetOptions, path: Path
) -> bool:
    """Draw a cut's sheet: a row of pictures for each look, a column for each moment.

    Args:
        results: The folder of results.
        video: The video.
        language: The key of the dub.
        row: The cut's row of cuts.tsv.
        options: What is shown.
        path: The PNG file to write.

    Returns:
        Whether there is a sheet: a cut of which nothing is drawn has none.

    Raises:
        Fault: A file of the results is missing or damaged.
    """
    shared, film = results / video / "_shared", results / video / language
    drafts = _drafts(film / "cuts" / row.cut, row)
    base = next((name for name in reversed(drafts) if name != "enhanced"), "")
    if not base or not len(drawn := np.flatnonzero(drafts[base].alpha > 0)):
        return False
    clock, track = _filmed(shared, film / "loop.tsv", row.cut)
    places = alignment(track.points, STEADY_S * float(clock.rate))
    factor = fineness(drafts[base].affine[drawn], places[drawn])
    moments = drawn[np.linspace(0, len(drawn) - 1, options.moments).round().astype(int)]
    names = list(drafts)
    columns = [
        list(_looks(picture, patches, names.index(base), places[moment], factor, options))
        for moment, picture, patches in _seen(
            shared / "mezzanine.mp4", clock, list(drafts.values()), set(moments.tolist())
        )
    ]
    names += [f"{base}, restored with {strength:g}" for strength in options.strengths]
    sheet = _laid_out(_title(video, language, row), ["filmed", *names], columns)
    with atomic(path) as temporary:
        temporary.write_bytes(cv2.imencode(".png", sheet[..., ::-1])[1].tobytes())
    return True


def _drafts(folder: Path, row: CutRow) -> dict[str, PatchReader]:
    """A cut's drafts by what they are called, in the order in which they were made. One that is
    empty, as its job failed, is not there.
    """
    found = {"drafted": PatchReader(folder / "draft.zip")}
    for name, done in (("final", row.final), ("enhanced", row.enhanced)):
        if done and not done.startswith("reverted"):
            found[name] = PatchReader(folder / name / "draft.zip")
    return {name: patches for name, patches in found.items() if len(patches.alpha)}


def _filmed(shared: Path, loop: Path, cut: str) -> tuple[Clock, Track]:
    """A cut's frames, and the face that is redrawn in them; `loop` exists in looped films."""
    pieces = {piece.cut.cut: piece for piece in read_loop(loop)} if loop.exists() else {}
    piece = pieces.get(cut)
    source = piece.source_cut.cut if piece else cut
    clock = cut_clock(shared / "mezzanine.mp4", cut, *((source, piece.reversed) if piece else ()))
    face = read_face_numbers(shared / "faces.tsv").get(source, 0)
    track = Track.load(shared / "cuts" / source / "spoken.npz", face)
    return clock, track.at(clock.frame_order)


def _seen(
    mezzanine: Path, clock: Clock, drafts: Sequence[PatchReader], moments: set[int]
) -> Iterator[tuple[int, np.ndarray, list[Patch]]]:
    """Each moment with its picture and the patch of each draft."""
    reformatter = VideoReformatter()
    stream = zip(read_frames(mezzanine, clock), *drafts, strict=True)
    for number, (frame, *patches) in enumerate(stream):
        if number in moments:
            yield number, to_rgb(frame, reformatter), patches


def _looks(
    picture: np.ndarray,
    patches: Sequence[Patch],
    base: int,
    place: np.ndarray,
    factor: int,
    options: SheetOptions,
) -> Iterator[np.ndarray]:
    """The tiles of a moment: filmed, each patch, and the base patch restored with each strength."""
    tile = _whole if options.whole_faces else _mouth
    yield tile(aligned(picture, place))
    for patch in patches:
        yield tile(aligned(lay_in_rgb(picture, patch), place))
    if not options.strengths or not options.restorer:
        return
    draft = patches[base]
    shown = aligned(lay_in_rgb(picture, replace(draft, alpha=1.0)), place)
    detail = found_detail(shown, options.restorer(shown[None])[0])
    for strength in options.strengths:
        restored = with_detail(refined(draft, factor), detail * strength, place)
        yield tile(aligned(lay_in_rgb(picture, restored), place))


def _mouth(face: np.ndarray) -> np.ndarray:
    return face[MOUTH]


def _whole(face: np.ndarray) -> np.ndarray:
    half: np.ndarray = cv2.resize(face, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA)
    return half


def _title(video: str, language: str, row: CutRow) -> str:
    """What stands above the sheet: the cut, and what became of its final and enhancement."""
    figures = [
        f"{name.replace('_', ' ')} {before} to {after}"
        for name in ("confidence", "warp_error", "identity_distance")
        if (before := getattr(row, f"drafted_{name}"))
        and (after := getattr(row, f"enhanced_{name}"))
    ]
    reasons = [*row.final_reasons.split(";"), *row.enhance_reasons.split(";")]
    tiers = (("final", row.final), ("enhanced", row.enhanced))
    done = [f"{tier}: {what}" for tier, what in tiers if what]
    told = [f"{video} {language} {row.cut}", *done, *reasons, *figures]
    return "; ".join(filter(None, told))


def _laid_out(
    title: str, names: Sequence[str], columns: Sequence[Sequence[np.ndarray]]
) -> np.ndarray:
    """The sheet, RGB; names stand above their rows."""
    width = TILE_PX * len(columns)
    parts = [_text(title, width)]
    for name, tiles in zip(names, zip(*columns, strict=True), strict=True):
        parts += [_text(name, width), np.concatenate(tiles, 1)]
    return np.concatenate(parts)


def _text(text: str, width: int) -> np.ndarray:
    """Text on as many lines as it needs."""
    lines = _wrapped(text, width - 2 * MARGIN_PX)
    paper = np.full((LINE_PX * len(lines), width, 3), PAPER, np.uint8)
    for number, line in enumerate(lines, 1):
        cv2.putText(paper, line, (MARGIN_PX, number * LINE_PX - 7), *FONT, TEXT, 1, cv2.LINE_AA)
    return paper


def _wrapped(text: str, width_px: int) -> list[str]:
    """Lines of whole words; a word that is wider than a line is broken."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if _width_px(longer) <= width_px:
            lines[-1] = longer
            continue
        lines += [""] * bool(lines[-1])
        for letter in word:
            if _width_px(lines[-1] + letter) > width_px:
                lines.append("")
            lines[-1] += letter
    return lines


def _width_px(text: str) -> int:
    return int(cv2.getTextSize(text, *FONT, 1)[0][0])
