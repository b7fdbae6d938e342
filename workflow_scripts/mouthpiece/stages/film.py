"""Stage `film`: the master, segments joined and muxed with the dub."""

import itertools
import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av

from ..audio.dub import duration_s
from ..config.delivery import Delivery
from ..core.delivery_table import read_delivery
from ..core.errors import Fault, InputError
from ..core.files import atomic
from ..core.timeline import Clock
from ..media.encode import Encoding, encode
from ..media.join import count_frames, join
from ..media.mezzanine import MezzanineInfo, probe_mezzanine
from ..media.mux import mux
from ..patches.archive import spool_folder
from ..patches.composite import composited
from ..patches.patch_set import PatchReader

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """How long a film is.

    Attributes:
        shown_frames: How many of the picture's frames are shown.
        held_frames: How long the last of them is held after that, in frames.
    """

    shown_frames: int
    held_frames: int

    @property
    def frames(self) -> int:
        """The film's frames."""
        return self.shown_frames + self.held_frames


def plan(
    picture_frames: int,
    rate: Fraction,
    dub_s: Fraction,
    policy: str,
    tolerance_s: float,
    name: str = "the dub",
) -> Plan:
    """Fit picture and dub to one length.

    Args:
        picture_frames: The picture's frames; of a looped film, those of the looped picture.
        rate: Its frames/s.
        dub_s: The dub's length, in seconds.
        policy: The length policy: `error`, `pad`, `trim` or `loop`.
        tolerance_s: A difference up to this, in seconds, needs no policy.
        name: What an error calls the dub.

    Returns:
        The film's length.

    Raises:
        InputError: The lengths differ, and the policy is `error`.
    """
    difference_s = dub_s - picture_frames / rate
    if policy == "loop" or abs(difference_s) <= tolerance_s:
        return Plan(picture_frames, 0)
    if policy == "error":
        longer = "longer" if difference_s > 0 else "shorter"
        raise InputError(
            f"{name} is {abs(float(difference_s)):.2f} s {longer} than the picture"
            f" ({float(dub_s):.2f} s, {float(picture_frames / rate):.2f} s); correct it, or set"
            " length_policy to pad, trim or loop in dubs.tsv"
        )
    dub_frames = max(1, round(dub_s * rate))
    if policy == "trim":
        return Plan(min(picture_frames, dub_frames), 0)
    return Plan(picture_frames, max(0, dub_frames - picture_frames))


@dataclass(frozen=True)
class _Delivered:
    """What is delivered of a cut: its clock, the segment, the draft that is laid into it."""

    clock: Clock
    segment: Path
    draft: Path | None

    def frames(self, mezzanine: Path) -> Iterator[av.VideoFrame]:
        """Its frames, before they were encoded."""
        patches = PatchReader(self.draft) if self.draft else None
        return composited(mezzanine, self.clock, patches)


def film(
    *,
    mezzanine: Path,
    delivery: Path,
    originals: Sequence[Path],
    lipsynced: Sequence[Path],
    drafts: Sequence[Path],
    dub: Path,
    policy: str,
    language: str,
    master: Path,
    settings: Delivery,
    threads: int = 1,
) -> None:
    """Join the segments that the gate chose, and mux them with the dub.

    Args:
        mezzanine: The video's mezzanine.
        delivery: What is delivered of each cut, delivery.tsv.
        originals: Each cut's original segment, in the order of the table.
        lipsynced: Each cut's lip-synced segment; an empty file where there is none.
        drafts: Each cut's patch set.
        dub: The film's dub.flac.
        policy: What is done where dub and picture differ in length: see `plan`.
        language: The dub's language, a BCP-47 tag.
        master: The film to write, MP4.
        settings: The config section `delivery`.
        threads: Threads of the encoder.

    Raises:
        InputError: Dub and picture differ in length, and the policy is `error`.
        Fault: A file is broken, or the film came out with the wrong number of frames.
    """
    source = probe_mezzanine(mezzanine)
    cuts = [
        _Delivered(
            Clock(source.rate, row.first_frame, row.frames),
            lipsync if row.action == "lipsync" else original,
            draft if row.action == "lipsync" else None,
        )
        for row, original, lipsync, draft in zip(
            read_delivery(delivery), originals, lipsynced, drafts, strict=True
        )
    ]
    frames = cuts[-1].clock.end_frame
    wanted = plan(
        frames, source.rate, duration_s(dub), policy, settings.length_tolerance_s, f"{dub}: the dub"
    )
    log.info("%d frames shown, %d held", wanted.shown_frames, wanted.held_frames)
    encoding = Encoding(**settings.encoding)
    with spool_folder(master) as folder:
        segments = list(_fitted(cuts, wanted, mezzanine, source, folder, encoding, threads))
        picture = folder / "picture.mp4"
        join(segments, source, picture)
        length_s = wanted.frames / source.rate
        with atomic(master) as temporary:
            mux(picture, dub, length_s, language, temporary, settings.audio_bitrate_kbps)
            found = count_frames(temporary)
            if found != wanted.frames:
                raise Fault(f"{master}: came out with {found} frames, not {wanted.frames}")


def _fitted(
    cuts: Sequence[_Delivered],
    wanted: Plan,
    mezzanine: Path,
    source: MezzanineInfo,
    folder: Path,
    encoding: Encoding,
    threads: int,
) -> Iterator[Path]:
    """The segments up to the plan's end: the last one shortened, or its last picture held."""
    for cut in cuts:
        if cut.clock.end_frame <= wanted.shown_frames:
            yield cut.segment
        elif cut.clock.first_frame < wanted.shown_frames:
            frames = islice(cut.frames(mezzanine), wanted.shown_frames - cut.clock.first_frame)
            encode(frames, source, folder / "short.mp4", encoding, threads)
            yield folder / "short.mp4"
    if wanted.held_frames:
        last = deque(cuts[-1].frames(mezzanine), maxlen=1).pop()  # the others are not kept
        held = itertools.repeat(last, wanted.held_frames)
        encode(held, source, folder / "held.mp4", encoding, threads)
        yield folder / "held.mp4"
