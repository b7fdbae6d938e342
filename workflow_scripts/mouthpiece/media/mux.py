"""A joined picture muxed with its sound track."""

from pathlib import Path

from ..core.languages import alpha3
from .ffmpeg import ffmpeg
from .url import url


def mux(picture: Path, track: Path, language: str, path: Path) -> None:
    """Mux a picture with its sound. Both are copied.

    Args:
        picture: The joined picture.
        track: The encoded sound, as `media.sound_track.encode_sound` writes it.
        language: The dub's language, a BCP-47 tag.
        path: The MP4 file to write.

    Raises:
        FfmpegError: ffmpeg refused.
        Fault: The machine failed.
    """
    ffmpeg([
        "-i", url(picture), "-i", url(track), "-map", "0:v:0", "-map", "1:a:0", "-c", "copy",
        "-metadata:s:a:0", f"language={alpha3(language)}",
        "-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart", url(path),
    ])  # fmt: skip
