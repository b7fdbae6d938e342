"""What a source holds beside its picture: subtitles, chapters, title, further tracks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
from av.codec.codec import Properties
from av.sidedata.sidedata import Type
from av.stream import Disposition

from ..core.languages import alpha3
from .open import open_media
from .picture_kind import is_still
from .picture_stream import is_cover, picture_streams
from .sound import SoundTrack, sound_track

TICK_S = Fraction(1, 1_000_000)
"""The unit of libav's times where a file names none, in seconds."""

TEXT_LENGTH = 200
"""Letters of a title that are kept."""

SHOWN_NAMES = 10
"""How many names of metadata are listed."""

CAPTION_FRAMES = 30
"""How many pictures are searched for captions. Broadcasters put them beside every picture."""

NAMES = ("title", "name", "filename", "timecode")
"""Metadata by which a track is called."""

OF_THE_FILE = (
    "title", "major_brand", "minor_version", "compatible_brands", "encoder", "creation_time",
    "duration", "handler_name", "vendor_id", "software", "encoded_by", "timecode",
)  # fmt: skip
"""Metadata that describes a file and not what it shows, and the title, which is kept."""


@dataclass(frozen=True)
class Track:
    """A track of a source.

    Attributes:
        index: The index of its stream in the file.
        kind: subtitles, sound, picture, cover, timecode, attachment or data.
        codec: ffmpeg's name of the codec; empty where it has none.
        language: Its language, as ISO 639-2 has it; `und` where the file does not say.
        title: What the file calls it.
        default: Whether players choose it unasked.
        forced: Whether subtitles are shown to all, since they translate what is seen or is foreign.
        is_text: Whether subtitles are text.
        sound: How its sound is decoded; None: it is no sound, or cannot be decoded.
    """

    index: int
    kind: str
    codec: str
    language: str
    title: str
    default: bool
    forced: bool
    is_text: bool = False
    sound: SoundTrack | None = None


@dataclass(frozen=True)
class Chapter:
    """A chapter of a source.

    Attributes:
        start_s: Its start, in seconds on the container's clock.
        end_s: Its end.
        title: Its title; may be empty.
    """

    start_s: Fraction
    end_s: Fraction
    title: str


@dataclass(frozen=True)
class Tracks:
    """What a source holds beside its picture.

    Attributes:
        tracks: All tracks, except for the picture that is taken.
        chapters: The chapters, in order.
        title: The title; empty where there is none.
        metadata: The names of metadata on what the file shows, without the title.
        has_captions: Whether closed captions (CEA-608, CEA-708) lie beside the pictures.
    """

    tracks: tuple[Track, ...]
    chapters: tuple[Chapter, ...]
    title: str
    metadata: tuple[str, ...]
    has_captions: bool


def read_tracks(source: Path) -> Tracks:
    """Read what a source holds beside its picture.

    Args:
        source: A video file, or a still picture, which holds nothing beside it.

    Returns:
        What it holds.

    Raises:
        av.FFmpegError: The file cannot be read.
    """
    if is_still(source):
        return Tracks((), (), "", (), has_captions=False)
    with open_media(source) as container:
        film = next(iter(picture_streams(container)), None)
        chapters = tuple(
            Chapter(
                chapter["start"] * (chapter["time_base"] or TICK_S),
                chapter["end"] * (chapter["time_base"] or TICK_S),
                clean(chapter["metadata"].get("title", "")),
            )
            for chapter in container.chapters()
        )
        return Tracks(
            tracks=tuple(
                _track(stream)
                for stream in container.streams
                if stream is not film and not (chapters and _holds_chapters(stream))
            ),
            chapters=chapters,
            title=clean(_metadata(container.metadata).get("title", "")),
            metadata=_names(container.metadata),
            has_captions=film is not None and _has_captions(container, film),
        )


def clean(text: str, length: int = TEXT_LENGTH) -> str:
    """Make a line of a text that a file holds.

    Args:
        text: Any text.
        length: How many letters are kept.

    Returns:
        The text without control characters and line breaks.
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:length].rstrip()


def _track(stream: av.stream.Stream) -> Track:
    codec = stream.codec_context.codec if stream.codec_context else None
    metadata = _metadata(stream.metadata)
    return Track(
        index=stream.index,
        kind=_kind(stream),
        codec=codec.canonical_name if codec else "",
        language=alpha3(stream.language or ""),
        title=next((clean(metadata[name]) for name in NAMES if metadata.get(name)), ""),
        default=bool(stream.disposition & Disposition.default),
        forced=bool(stream.disposition & Disposition.forced),
        is_text=bool(codec and Properties(codec.properties) & Properties.TEXT_SUB),
        sound=sound_track(stream) if isinstance(stream, av.AudioStream) and codec else None,
    )


def _kind(stream: av.stream.Stream) -> str:
    if stream.type == "video":
        return "cover" if is_cover(stream) else "picture"
    if stream.type == "data" and "timecode" in stream.metadata:
        return "timecode"
    return {"subtitle": "subtitles", "audio": "sound", "attachment": "attachment"}.get(
        stream.type, "data"
    )


def _holds_chapters(stream: av.stream.Stream) -> bool:
    """Whether a track of an MP4 holds the titles of the chapters, which libav has read."""
    return stream.type == "data" and "timecode" not in stream.metadata


def _metadata(found: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in found.items()}


def _names(metadata: Mapping[str, str]) -> tuple[str, ...]:
    plain = (re.sub(r"-[a-z]{3}$", "", name.lower()) for name in metadata)  # without a language
    names = {clean(name, 40) for name in plain if name not in OF_THE_FILE}
    return tuple(sorted(names)[:SHOWN_NAMES])


def _has_captions(container: av.container.InputContainer, film: av.VideoStream) -> bool:
    try:
        frames = islice(container.decode(film), CAPTION_FRAMES)
        found = (side for frame in frames for side in frame.side_data)
        return any(getattr(side, "type", None) == Type.A53_CC for side in found)
    except av.FFmpegError:
        return False
