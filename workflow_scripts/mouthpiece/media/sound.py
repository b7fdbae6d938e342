"""Sound tracks decoded to gap-free FLAC that keeps to a film's clock."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from .ffmpeg import ffmpeg
from .url import url

FLAC_CHANNELS = 8
"""Channels that FLAC can hold. A track with more is mixed down to stereo."""

LOSSLESS_CODECS = ("pcm_", "flac", "alac", "wavpack", "tta")
"""How the names of codecs begin that keep every bit of a sample."""

SILENCE_HZ = 48000
"""Samples/s of silence that is made up."""


@dataclass(frozen=True)
class SoundTrack:
    """A sound track of a file.

    Attributes:
        index: The index of its stream in the file.
        sample_rate: Samples/s.
        channels: How many channels it has.
        lossless_bits: See `lossless_bits`.
    """

    index: int
    sample_rate: int
    channels: int
    lossless_bits: int


def lossless_bits(context: av.AudioCodecContext) -> int:
    """How many bits the samples of a codec have.

    Args:
        context: A decoder of sound.

    Returns:
        Bits of a sample as it is decoded; 0 where the codec loses some, and so has none of its own.
    """
    lossless = context.name.startswith(LOSSLESS_CODECS)
    return context.format.bytes * 8 if lossless and context.format else 0


def write_flac(
    source: Path,
    track: SoundTrack,
    path: Path,
    zero_s: Fraction,
    tolerance_s: float,
    samples: int | None = None,
) -> int:
    """Decode a sound track to FLAC, 16 bit, or 24 bit where the source needs it.

    Sample 0 is the time `zero_s`. What comes before it is left out. Where the track starts late, or
    has a gap, there is silence.

    Args:
        source: The file.
        track: The track to decode. Its sample rate and its layout are kept.
        path: The FLAC file to write.
        zero_s: A time on the container's clock, in seconds.
        tolerance_s: How far, in seconds, the sound may lie beside its timestamps before a gap is
            filled or an overlap is cut. Timestamps of some containers and recorders jitter.
        samples: The length, filled with silence or cut; None leaves it as it is.

    Returns:
        How many errors there were in decoding.

    Raises:
        FfmpegError: The track cannot be decoded.
        Fault: The machine failed.
    """
    filters = [
        f"asetpts=PTS-({zero_s.numerator}/{zero_s.denominator})/TB",
        f"aresample=async=1:min_hard_comp={tolerance_s}:first_pts=0",
    ]
    if samples is not None:
        filters += [f"apad=whole_len={samples}", f"atrim=end_sample={samples}"]
    if track.channels > FLAC_CHANNELS:
        filters.append("aformat=channel_layouts=stereo")
    report = ffmpeg(
        [
            *("-copyts", "-i", url(source), "-map", f"0:{track.index}"),
            *("-map_metadata", "-1", "-vn", "-sn", "-dn", "-af", ",".join(filters)),
            *_encoder(track.sample_rate, deep=track.lossless_bits > 16),
            url(path),
        ]
    )
    return report.decode_errors


def write_silence(path: Path, samples: int) -> None:
    """Write silence as FLAC, mono, 16 bit, at `SILENCE_HZ`.

    Args:
        path: The FLAC file to write.
        samples: Its length.

    Raises:
        Fault: The machine failed.
    """
    silence = ["-f", "lavfi", "-i", f"anullsrc=r={SILENCE_HZ}:cl=mono"]
    filters = ["-af", f"atrim=end_sample={samples}"]
    ffmpeg([*silence, *filters, *_encoder(SILENCE_HZ, deep=False), url(path)])


def _encoder(sample_rate: int, *, deep: bool) -> list[str]:
    return [
        *("-c:a", "flac", "-sample_fmt", "s32" if deep else "s16", "-ar", str(sample_rate)),
        *("-flags:a", "+bitexact", "-fflags", "+bitexact"),
    ]
