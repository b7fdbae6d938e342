"""Segments encoded once, and the film they make: concatenated and muxed with the dub."""

import contextlib
import itertools
import logging
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import langcodes

from .clock import Clock
from .composite import composited
from .cutrows import read_rows
from .errors import Fault, InputError
from .files import atomic
from .media import duration_s, ffmpeg, url
from .patches import PatchSet, load
from .picture import Mezzanine, facts, time_base
from .settings import Delivery

log = logging.getLogger(__name__)

X264 = "stitchable=1:mbtree=0:b-adapt=0:scenecut=0"
"""mbtree makes bytes differ from run to run. A cut holds no change of scene, and the search for the
best places of B-frames takes a fifth of the time for nothing."""
SHORTCUTS = {"veryfast": "partitions=i4x4,i8x8:me=dia"}
"""So near to lossless, what `veryfast` tries beyond these takes as long as all the rest, and saves
few bytes: `benchmarks/encode.py`."""


def encode(
    frames: Iterable[av.VideoFrame],
    mezzanine: Mezzanine,
    path: Path,
    settings: Delivery,
    threads: int,
) -> None:
    """Encode frames as one H.264 segment, in their own format unless settings say otherwise.

    Equal settings give equal parameter sets, so that segments can be joined without re-encoding.
    """
    with atomic(path) as temporary, av.open(url(temporary), "w") as container:
        stream = container.add_stream(
            "libx264",
            rate=mezzanine.rate,
            options={
                "crf": str(settings.crf),
                "preset": settings.preset,
                "x264-params": ":".join((X264, SHORTCUTS.get(settings.preset, ""))).rstrip(":"),
            },
        )
        stream.width, stream.height = mezzanine.width, mezzanine.height
        stream.pix_fmt = (
            mezzanine.pixel_format
            if settings.pixel_format == "mezzanine"
            else settings.pixel_format
        )
        context = stream.codec_context
        context.time_base = 1 / mezzanine.rate
        context.thread_count = threads
        for index, frame in enumerate(frames):
            if index == 0:
                _copy_colour(frame, context)
            frame.pts, frame.time_base = index, context.time_base
            frame.pict_type = av.video.frame.PictureType.NONE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _copy_colour(frame: av.VideoFrame, context: av.VideoCodecContext) -> None:
    context.color_primaries = frame.color_primaries
    context.color_trc = frame.color_trc
    context.colorspace = frame.colorspace
    context.color_range = frame.color_range


def segment(
    mezzanine: Path,
    clock: Clock,
    draft: Path | None,
    path: Path,
    settings: Delivery,
    threads: int = 1,
) -> None:
    """Encode a cut: as it is (no draft), or with its draft laid in.

    A cut whose draft is empty has no lip-synced segment: the file is empty.
    """
    patches = PatchSet.empty("") if draft is None else load(draft)
    if draft is not None and patches.frames == 0:
        with atomic(path) as temporary:
            temporary.touch()
        return
    encode(composited(mezzanine, clock, patches), facts(mezzanine), path, settings, threads)


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
    source = facts(mezzanine)
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
    source = facts(mezzanine)
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
    patches = load(cut.draft) if cut.draft else PatchSet.empty("")
    return composited(mezzanine, cut.clock, patches)


def join(segments: list[Path], source: Mezzanine, path: Path) -> None:
    """Join H.264 segments without re-encoding, their frames on one exact clock.

    Raises Fault if their parameter sets differ.
    """
    with av.open(url(path), "w") as output:
        stream = None
        first = written = 0
        for file in segments:
            with av.open(url(file)) as part:
                video = part.streams.video[0]
                if stream is None:
                    stream = output.add_stream_from_template(video)
                    headers = video.codec_context.extradata
                elif video.codec_context.extradata != headers:
                    raise Fault(f"{file}: was encoded with other parameters; delete it, run again")
                depth = video.codec_context.reorder_depth
                packets = [packet for packet in part.demux(video) if packet.size]
                ticks = 1 / (source.rate * time_base(video))
                for packet in packets:
                    pts = first + round(Fraction(packet.pts or 0) / ticks)
                    packet.stream = stream
                    packet.time_base = 1 / source.rate
                    packet.pts, packet.dts, packet.duration = pts, written - depth, 1
                    written += 1
                    output.mux(packet)
                first += len(packets)


def mux(
    picture: Path, dub: Path, length_s: Fraction, language: str, path: Path, settings: Delivery
) -> None:
    """Mux a picture with a dub, which is filled with silence or cut to `length_s`."""
    with av.open(url(dub)) as container:
        rate = container.streams.audio[0].sample_rate
    samples = round(length_s * rate)
    ffmpeg([
        "-i", url(picture), "-i", url(dub), "-map", "0:v:0", "-map", "1:a:0", "-c:v", "copy",
        "-af", f"apad=whole_len={samples},atrim=end_sample={samples}",
        "-c:a", "aac", "-b:a", f"{settings.audio_bitrate_kbps}k",
        "-metadata:s:a:0", f"language={langcodes.get(language).to_alpha3()}",
        "-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart", url(path),
    ])  # fmt: skip


def count_frames(path: Path) -> int:
    """The number of pictures in a file, counted."""
    with av.open(url(path)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)
