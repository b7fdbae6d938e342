"""A joined picture muxed with its sound."""

from fractions import Fraction
from pathlib import Path

from ..core.languages import alpha3
from ..core.notes import Note
from .ffmpeg import ffmpeg
from .open import open_media
from .url import url


def mux(
    picture: Path,
    dub: Path,
    length_s: Fraction,
    language: str,
    path: Path,
    bitrate_kbps: int,
    gain_db: float = 0.0,
) -> list[Note]:
    """Mux a picture with a dub, encoded as AAC, where it can at the dub's own sample rate.

    Args:
        picture: The joined picture.
        dub: The dub; it is filled with silence, or cut, to `length_s`.
        length_s: The film's length, in seconds.
        language: The dub's language, a BCP-47 tag.
        path: The MP4 file to write.
        bitrate_kbps: Bit rate of the sound, kbit/s.
        gain_db: By how much the sound is amplified, in dB.

    Returns:
        What a user should know: that the sound has another sample rate than the dub.

    Raises:
        FfmpegError: ffmpeg refused.
        Fault: The machine failed.
    """
    with open_media(dub) as container:
        rate = container.streams.audio[0].sample_rate
    samples = round(length_s * rate)
    volume = f"volume={gain_db:.2f}dB," if gain_db else ""
    ffmpeg([
        "-i", url(picture), "-i", url(dub), "-map", "0:v:0", "-map", "1:a:0", "-c:v", "copy",
        "-af", f"{volume}apad=whole_len={samples},atrim=end_sample={samples}",
        "-c:a", "aac", "-b:a", f"{bitrate_kbps}k",
        "-metadata:s:a:0", f"language={alpha3(language)}",
        "-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart", url(path),
    ])  # fmt: skip
    with open_media(path) as container:
        encoded = container.streams.audio[0].sample_rate
    if encoded == rate:
        return []
    return [Note("sound_resampled", {"hz": rate, "film_hz": encoded})]
