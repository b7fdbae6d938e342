"""Segments encoded once, and the film they make: concatenated and muxed with the dub."""

import contextlib
import itertools
import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av

from ..audio.dub import duration_s
from ..config.delivery import Delivery
from ..core.cut_table import read_rows
from ..core.errors import Fault, InputError
from ..core.files import atomic
from ..core.timeline import Clock
from ..media.encode import encode
from ..media.mezzanine import probe_mezzanine
from ..media.mux import count_frames, join, mux
from ..patches.composite import composited
from ..patches.patch_set import PatchReader

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """How long a film is: how many of the picture's frames are shown, how many held after."""

    shown_frames: int
    held_frames: int

    @property
    def frames(self) -> int:
        """The film's frames."""
        return self.shown_frames + self.held_frames


def plan(
    picture_frames: int, rate: Fraction, sound_s: Fraction, policy: str, settings: Delivery
) -> Plan:
    """Fit picture and dub to one length by a named policy. Raises InputError under "error".

    picture_frames: under "loop", those of the looped picture, which is as long as the dub.
    """
    difference_s = sound_s - picture_frames / rate
    if policy == "loop" or abs(difference_s) <= settings.length_tolerance_s:
        return Plan(picture_frames, 0)
    if policy == "error":
        longer = "longer" if difference_s > 0 else "shorter"
        raise InputError(
            f"the dub is {abs(float(difference_s)):.2f} s {longer} than the picture"
            f" ({float(sound_s):.2f} s, {float(picture_frames / rate):.2f} s); mend it, or set"
            " length_policy to pad, trim or loop in dubs.tsv"
        )
    sound_frames = max(1, round(sound_s * rate))
    if policy == "trim":
        return Plan(min(picture_frames, sound_frames), 0)
    return Plan(picture_frames, max(0, sound_frames - picture_frames))


@dataclass(frozen=True)
class Delivered:
    """What there is of a cut: its clock, the chosen segment, the draft laid into it."""

    clock: Clock
    segment: Path
    draft: Path | None


def film(
    mezzanine: Path,
    table: Path,
    originals: list[Path],
    lipsynced: list[Path],
    drafts: list[Path],
    dub: Path,
    policy: str,
    language: str,
    path: Path,
    settings: Delivery,
    threads: int = 1,
) -> None:
    """Join the segments that cuts.tsv chose, and mux them with the dub, at its own sample rate.

    originals, lipsynced and drafts are in the order of the table's rows. Raises InputError where
    dub and picture differ in length and the policy is "error".
    """
    source = probe_mezzanine(mezzanine)
    chosen = [
        Delivered(
            Clock(source.rate, row.first_frame, row.frames),
            lipsync if row.action == "lipsync" else original,
            draft if row.action == "lipsync" else None,
        )
        for row, original, lipsync, draft in zip(
            read_rows(table), originals, lipsynced, drafts, strict=True
        )
    ]
    frames = chosen[-1].clock.end_frame
    wanted = plan(frames, source.rate, duration_s(dub), policy, settings)
    log.info("%d frames shown, %d held", wanted.shown_frames, wanted.held_frames)
    with workspace(path) as folder:
        segments = list(_fitted(chosen, wanted, mezzanine, folder, settings, threads))
        picture = folder / "picture.mp4"
        join(segments, source, picture)
        with atomic(path) as temporary:
            mux(picture, dub, wanted.frames / source.rate, language, temporary, settings)
            found = count_frames(temporary)
            if found != wanted.frames:
                raise Fault(f"{path}: the film came out with {found} frames, not {wanted.frames}")


@contextlib.contextmanager
def workspace(path: Path) -> Iterator[Path]:
    """A folder beside `path` for what is needed while it is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".film.", dir=path.parent) as folder:
        yield Path(folder)


def _fitted(
    chosen: list[Delivered],
    wanted: Plan,
    mezzanine: Path,
    folder: Path,
    settings: Delivery,
    threads: int,
) -> Iterator[Path]:
    """The segments up to the plan's end: the last one shortened, or its last picture held."""
    source = probe_mezzanine(mezzanine)
    for cut in chosen:
        if cut.clock.end_frame <= wanted.shown_frames:
            yield cut.segment
        elif cut.clock.first_frame < wanted.shown_frames:
            frames = islice(_frames(cut, mezzanine), wanted.shown_frames - cut.clock.first_frame)
            encode(frames, source, folder / "short.mp4", settings, threads)
            yield folder / "short.mp4"
    if wanted.held_frames:
        *_, last = _frames(chosen[-1], mezzanine)
        encode(
            itertools.repeat(last, wanted.held_frames),
            source,
            folder / "held.mp4",
            settings,
            threads,
        )
        yield folder / "held.mp4"


def _frames(cut: Delivered, mezzanine: Path) -> Iterator[av.VideoFrame]:
    return composited(mezzanine, cut.clock, PatchReader(cut.draft) if cut.draft else None)
