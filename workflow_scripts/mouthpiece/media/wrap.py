"""A picture in another codec, with the sound and the other tracks of its delivered film."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from .ffmpeg import ffmpeg
from .mp4_flags import hide_tracks, tag_languages
from .tracks import Tracks, read_tracks
from .url import url

PCM = ("-c:a:0", "pcm_s24le")

MXF_RATE = 48_000
"""Samples/s of sound in MXF."""

MXF_RATES = frozenset(
    Fraction(rate)
    for rate in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60")
)
"""Frames/s of pictures in MXF."""


@dataclass(frozen=True)
class Wrapped:
    """What a picture is wrapped with.

    Attributes:
        web: The delivered film, MP4, whose tracks, chapters and title are copied.
        sound: The film's sound, without loss.
        length_s: The film's length, in seconds.
    """

    web: Path
    sound: Path
    length_s: Fraction


def wrap_mp4(picture: Path, wrapped: Wrapped, path: Path) -> None:
    """Write an MP4 for players: all sound as it is in the delivered film.

    Args:
        picture: The picture.
        wrapped: What it is wrapped with.
        path: The MP4 file to write.

    Raises:
        FfmpegError: ffmpeg refused.
        Fault: The machine failed.
    """
    inputs = ("-i", url(picture), "-i", url(wrapped.web))
    found = read_tracks(wrapped.web)
    maps = ("-map", "0:v:0", "-map", "1:a", "-map", "1:s?")
    _write([*inputs, *maps, "-c", "copy", "-tag:v", "hvc1"], found, path)


def wrap_mov(picture: Path, wrapped: Wrapped, path: Path) -> None:
    """Write a MOV for editors: the film's sound as PCM, further sound as in the delivered film.

    Args:
        picture: The picture.
        wrapped: What it is wrapped with.
        path: The MOV file to write.

    Raises:
        FfmpegError: ffmpeg refused.
        Fault: The machine failed.
    """
    inputs = ("-i", url(picture), "-i", url(wrapped.web), "-i", url(wrapped.sound))
    found = read_tracks(wrapped.web)
    maps = ("-map", "0:v:0", "-map", "2:a:0", "-map", "1:a", "-map", "-1:a:0", "-map", "1:s?")
    sound = ("-c", "copy", *PCM, "-filter:a:0", _exact(wrapped))
    _write([*inputs, *maps, *sound, "-disposition:a:0", "default"], found, path)


def wrap_mxf(picture: Path, wrapped: Wrapped, path: Path) -> None:
    """Write an MXF for editors, which has one sound track and nothing else.

    Args:
        picture: The picture.
        wrapped: What it is wrapped with.
        path: The MXF file to write.

    Raises:
        FfmpegError: ffmpeg refused: MXF has no such frame rate, for one.
        Fault: The machine failed.
    """
    ffmpeg([
        "-i", url(picture), "-i", url(wrapped.sound), "-map", "0:v:0", "-map", "1:a:0",
        "-c:v", "copy", "-c:a", "pcm_s24le", "-ar", str(MXF_RATE), "-af", _exact(wrapped),
        "-map_metadata", "-1", "-fflags", "+bitexact", url(path),
    ])  # fmt: skip


def _write(arguments: Sequence[str], found: Tracks, path: Path) -> None:
    """Write a file with the chapters and the title of a film, its subtitles shown as there."""
    ffmpeg([
        *arguments, "-map_chapters", "1", "-map_metadata:g", "-1", "-metadata",
        f"title={found.title}", "-fflags", "+bitexact", "-movflags", "+faststart", url(path),
    ])  # fmt: skip
    sounds = [track for track in found.tracks if track.kind == "sound"]
    texts = [track for track in found.tracks if track.kind == "subtitles"]
    hide_tracks(path, [1 + len(sounds) + n for n, track in enumerate(texts) if not track.default])
    tag_languages(path, ["und", *(track.language for track in (*sounds, *texts))])


def _exact(wrapped: Wrapped) -> str:
    """The filter that makes the sound as long as the film."""
    length_s = float(wrapped.length_s)
    return f"apad=whole_dur={length_s},atrim=end={length_s}"
