"""Clips for the review page: a cut's segment with its own stretch of sound, as browsers play it.

What a page shows of the source is the same in all languages: see module `source_clips`.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np

from ..core.files import atomic, link_or_copy
from ..core.overlap import mapped
from ..core.timeline import Clock
from ..media.open import open_media
from ..media.url import url
from .sound import SOUND_RATE, Sound, levels

THUMBNAIL_PX = 160
"""The longer side of a cut's small picture."""

PLAYABLE = ("yuv420p", "yuvj420p")
"""Pixel formats of H.264 that every browser plays; a segment in another one is encoded again."""


@dataclass(frozen=True)
class Clips:
    """The clips of a cut, and what is drawn under them.

    Attributes:
        original: Path of the original's clip, relative to the page; empty: there is none.
        draft: The same of the draft's.
        levels: How loud the dub is, a value a frame; see `sound.levels`.
        speech: The runs of frames in which the dub speaks, as the scorer found them: first frame
            and the frame after the last.
        course: The score over time; see `scorers.base.Score`.
        thumbnail: Path of a small picture of the cut, relative to the page; empty: there is none.
        mouth: Where its mouth is; see `mouth_path.mouth_path`.
    """

    original: str = ""
    draft: str = ""
    levels: tuple[int, ...] = ()
    speech: tuple[tuple[int, int], ...] = ()
    course: tuple[float, ...] = ()
    thumbnail: str = ""
    mouth: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class _Cut:
    """What the clips of a cut are made of; both sounds are [channels, N] float32.

    The source's is None where the cut is one of the video's: its clip is there.
    """

    id: str
    clock: Clock
    original: Path
    lipsync: Path | None
    sound: np.ndarray | None
    voice: np.ndarray


def write_clips(
    folder: Path,
    rows: Sequence[Mapping[str, str]],
    clocks: Sequence[Clock],
    originals: Sequence[Path],
    lipsynced: Sequence[Path | None],
    source_audio: Path,
    source_clips: Path,
    dub: Path,
    threads: int = 1,
) -> dict[str, Clips]:
    """Write `clips/`: each original with its own sound, each draft with the dub.

    Args:
        folder: The folder of the page, in which `clips/` is written.
        rows: The rows of cuts.tsv. They, and what goes with them, are in the order of the film.
        clocks: The frames of each cut.
        originals: The original segment of each cut.
        lipsynced: The segment with the draft; None, or an empty file, where a cut has no draft.
        source_audio: The sound of the source.
        source_clips: What all pages of the video share; see module `source_clips`.
        dub: The sound of the dub.
        threads: How many clips are written at once.

    Returns:
        The clips by cut id.

    Raises:
        Fault: A sound cannot be read.
    """
    (folder / "clips").mkdir(parents=True, exist_ok=True)
    with Sound(source_audio) as source, Sound(dub) as dubbed, ThreadPoolExecutor(threads) as pool:
        cuts = (
            _Cut(row["cut"], clock, original, lipsync,
                 None if _is_of_video(clock) else _source_sound(source, clock), dubbed.take(clock))
            for row, clock, original, lipsync in zip(
                rows, clocks, originals, lipsynced, strict=True
            )
        )  # fmt: skip
        return dict(mapped(pool, partial(_write, folder, source_clips), cuts, threads))


def _write(folder: Path, source_clips: Path, cut: _Cut) -> tuple[str, Clips]:
    """The id of a cut, and its clips."""
    names: dict[str, Any] = original_names(cut.id)
    if cut.sound is None:
        for name in original_names(cut.id).values():
            link_or_copy(source_clips / name, folder / name)
    else:
        write_original(folder, cut.id, cut.original, cut.sound, cut.clock.rate)
    if cut.lipsync and cut.lipsync.stat().st_size:
        names["draft"] = f"clips/{cut.id}.draft.mp4"
        write_clip(cut.lipsync, cut.voice, cut.clock.rate, folder / names["draft"])
    return cut.id, Clips(**names, levels=tuple(levels(cut.voice, cut.clock)))


def original_names(cut: str) -> dict[str, str]:
    """Name what a page shows of a cut's original.

    Args:
        cut: The cut's id.

    Returns:
        The values of `original` and `thumbnail` of `Clips`.
    """
    return {"original": f"clips/{cut}.original.mp4", "thumbnail": f"clips/{cut}.jpg"}


def write_original(
    folder: Path, cut: str, segment: Path, samples: np.ndarray, rate: Fraction
) -> None:
    """Write the clip of a cut's original, and its small picture.

    Args:
        folder: The folder of the page.
        cut: The cut's id.
        segment: Its original segment.
        samples: Its sound; see `write_clip`.
        rate: Frames per second.
    """
    names = original_names(cut)
    write_thumbnail(segment, folder / names["thumbnail"])
    write_clip(segment, samples, rate, folder / names["original"])


def _is_of_video(clock: Clock) -> bool:
    """Whether a cut is one of the video's; a looped film shows some once more, or in part."""
    shown = clock.source
    return (clock.first_frame, clock.frames) == (shown.first_frame, shown.frames)


def _source_sound(source: Sound, clock: Clock) -> np.ndarray:
    """The source's sound of a cut; silence where a looped film shows the cut once more."""
    first, end = clock.samples(SOUND_RATE)
    is_repeat = clock.first_frame != clock.source.first_frame
    return source.silence(end - first) if is_repeat else source.take(clock)


def write_thumbnail(segment: Path, path: Path) -> None:
    """Write a small picture of a segment: of the key frame next before its middle.

    Args:
        segment: The segment of the cut.
        path: The picture to write, a jpg file.
    """
    with open_media(segment) as source:
        picture = source.streams.video[0]
        if source.duration:
            source.seek(source.duration // 2)
        frame = next(source.decode(picture))
        scale = min(1.0, THUMBNAIL_PX / max(frame.width, frame.height))
        width, height = (max(2, round(side * scale)) for side in (frame.width, frame.height))
        small = frame.reformat(width, height, "rgb24").to_image()
    with atomic(path) as temporary:
        small.save(temporary, "JPEG", quality=72)


def write_clip(segment: Path, samples: np.ndarray, rate: Fraction, path: Path) -> None:
    """Mux a segment's picture with sound, as H.264 and AAC.

    The picture is copied where browsers play it, else it is encoded again.

    Args:
        segment: The segment of the cut.
        samples: Its sound, [channels, N] float32 at SOUND_RATE.
        rate: Frames per second of the segment.
        path: The clip to write, an mp4 file.
    """
    with (
        atomic(path) as temporary,
        open_media(segment) as source,
        av.open(url(temporary), "w", options={"movflags": "+faststart"}) as clip,
    ):
        picture = source.streams.video[0]
        is_playable = picture.codec_context.name == "h264" and picture.pix_fmt in PLAYABLE
        packets = _copied(source, clip) if is_playable else _encoded(source, rate, clip)
        layout = "mono" if len(samples) == 1 else "stereo"
        sound = clip.add_stream("aac", rate=SOUND_RATE, layout=layout)
        sound.bit_rate = 128_000
        sound.options = {"aac_coder": "fast"}  # the usual one takes five times as long
        for packet in packets:
            clip.mux(packet)
        block = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
        block.sample_rate, block.pts = SOUND_RATE, 0
        clip.mux(sound.encode(block))
        clip.mux(sound.encode())


def _copied(
    source: av.container.InputContainer, clip: av.container.OutputContainer
) -> Iterator[av.packet.Packet]:
    picture = source.streams.video[0]
    stream = clip.add_stream_from_template(picture)

    def packets() -> Iterator[av.packet.Packet]:
        for packet in source.demux(picture):
            if packet.size:
                packet.stream = stream
                yield packet

    return packets()


def _encoded(
    source: av.container.InputContainer, rate: Fraction, clip: av.container.OutputContainer
) -> Iterator[av.packet.Packet]:
    picture = source.streams.video[0]
    stream = clip.add_stream("libx264", rate=rate, options={"crf": "18", "preset": "veryfast"})
    # 4:2:0 halves width and height: an odd size loses its last column or row.
    stream.width, stream.height = picture.width // 2 * 2, picture.height // 2 * 2
    stream.pix_fmt = "yuv420p"
    stream.codec_context.thread_count = 1

    def packets() -> Iterator[av.packet.Packet]:
        for index, decoded in enumerate(source.decode(picture)):
            frame = decoded.reformat(stream.width, stream.height, "yuv420p")
            frame.pts, frame.time_base = index, 1 / rate
            yield from stream.encode(frame)
        yield from stream.encode()

    return packets()
