"""The sound track of a film, encoded."""

from fractions import Fraction
from pathlib import Path

from ..core.languages import alpha3
from ..core.notes import Note
from .ffmpeg import ffmpeg
from .open import open_media
from .url import url


def encode_sound(
    sound: Path,
    length_s: Fraction,
    language: str,
    path: Path,
    bitrate_kbps: int,
    gain_db: float = 0.0,
) -> list[Note]:
    """Encode the sound of a film as AAC, where it can at its own sample rate.

    Args:
        sound: The dub, or its mix; it is filled with silence, or cut, to `length_s`.
        length_s: The film's length, in seconds.
        language: The dub's language, a BCP-47 tag.
        path: The M4A file to write.
        bitrate_kbps: Bit rate, kbit/s.
        gain_db: By how much the sound is amplified, in dB.

    Returns:
        What a user should know: that the track has another sample rate than the sound.

    Raises:
        FfmpegError: ffmpeg refused.
        Fault: The machine failed.
    """
    with open_media(sound) as container:
        rate = container.streams.audio[0].sample_rate
    samples = round(length_s * rate)
    volume = f"volume={gain_db:.2f}dB," if gain_db else ""
    ffmpeg([
        "-i", url(sound), "-map", "0:a:0",
        "-af", f"{volume}apad=whole_len={samples},atrim=end_sample={samples}",
        "-c:a", "aac", "-b:a", f"{bitrate_kbps}k",
        "-metadata:s:a:0", f"language={alpha3(language)}",
        "-map_metadata", "-1", "-fflags", "+bitexact", url(path),
    ])  # fmt: skip
    with open_media(path) as container:
        encoded = container.streams.audio[0].sample_rate
    if encoded == rate:
        return []
    return [Note("sound_resampled", {"hz": rate, "film_hz": encoded})]
