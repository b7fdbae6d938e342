"""Sound tracks decoded to gap-free FLAC that keeps to a film's clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from ..core.files import scratch_folder, temporary_folder
from ..core.notes import Note
from .channels import Channels, choose_channels
from .ffmpeg import Report, ffmpeg
from .levels import LEVELS_FILTER, Levels, levels_of
from .url import url

LOSSLESS_CODECS = ("pcm_", "flac", "alac", "wavpack", "tta")
"""How the names of codecs begin that keep every bit of a sample."""

FRAME_SAMPLES = 4096
"""Samples in a frame of FLAC."""

SILENCE_HZ = 48000
"""Samples/s of silence that is made up."""


@dataclass(frozen=True)
class SoundTrack:
    """A sound track of a file.

    Attributes:
        index: The index of its stream in the file.
        sample_rate: Samples/s.
        channels: How many channels it has.
        layout: libav's name of their layout.
        channel_names: Their names, in order; NONE where the file does not tell.
        lossless_bits: See `lossless_bits`.
    """

    index: int
    sample_rate: int
    channels: int
    layout: str
    channel_names: tuple[str, ...]
    lossless_bits: int


@dataclass(frozen=True)
class DecodedSound:
    """What decoding a sound track gave.

    Attributes:
        layout: libav's name of the layout that was kept.
        levels: Its length and its levels.
        packets: How many packets were decoded.
        samples: How many samples were decoded, before any were filled in or cut.
        errors: How many errors there were in decoding.
        notes: What a user should know of it.
    """

    layout: str
    levels: Levels
    packets: int
    samples: int
    errors: int
    notes: tuple[Note, ...]


def lossless_bits(context: av.AudioCodecContext) -> int:
    """How many bits the samples of a codec have.

    Args:
        context: A decoder of sound.

    Returns:
        Bits of a sample as it is decoded; 0 where the codec loses some, and so has none of its own.
    """
    lossless = context.name.startswith(LOSSLESS_CODECS)
    return context.format.bytes * 8 if lossless and context.format else 0


def sound_track(stream: av.AudioStream, frame: av.AudioFrame | None = None) -> SoundTrack:
    """Describe a sound track.

    Args:
        stream: Its stream.
        frame: A frame of it, which is right where the header is not: some state half the sample
            rate (HE-AAC). None: the header is taken.

    Returns:
        The track.
    """
    context = stream.codec_context
    form = frame or context
    return SoundTrack(
        index=stream.index,
        sample_rate=form.sample_rate,
        channels=form.layout.nb_channels,
        layout=form.layout.name,
        channel_names=tuple(channel.name for channel in form.layout.channels),
        lossless_bits=lossless_bits(context),
    )


def write_flac(
    source: Path,
    track: SoundTrack,
    path: Path,
    zero_s: Fraction,
    tolerance_s: float,
    samples: int | None = None,
) -> DecodedSound:
    """Decode a sound track to FLAC, 16 bit, or 24 bit where the source needs it.

    Sample 0 is the time `zero_s`. What comes before it is left out. Where the track starts late, or
    has a gap, there is silence.

    Args:
        source: The file.
        track: The track to decode. Its sample rate is kept, and its layout where FLAC can hold it:
            see `choose_channels`.
        path: The FLAC file to write.
        zero_s: A time on the container's clock, in seconds.
        tolerance_s: How far, in seconds, the sound may lie beside its timestamps before a gap is
            filled or an overlap is cut. Timestamps of some containers and recorders jitter.
        samples: The length, filled with silence or cut; None leaves it as it is.

    Returns:
        What was decoded.

    Raises:
        FfmpegError: The track cannot be decoded.
        Fault: The machine failed.
    """
    fitted = []
    if samples is not None:
        fitted = [f"apad=whole_len={samples}", f"atrim=end_sample={samples}"]
    # The encoder takes the first frame's length for that of all, and refuses short ones.
    fitted.append(f"asetnsamples=n={FRAME_SAMPLES}:p=0")
    output = [*_encoder(track.sample_rate, deep=track.lossless_bits > 16), url(path)]
    with temporary_folder(path) as folder:
        return _decode(source, track, zero_s, tolerance_s, folder, fitted, output)


def measure(source: Path, track: SoundTrack, zero_s: Fraction, tolerance_s: float) -> DecodedSound:
    """Decode a sound track as `write_flac` does, and keep nothing but its measures.

    Args:
        source: The file.
        track: The track to decode.
        zero_s: See `write_flac`.
        tolerance_s: See `write_flac`.

    Returns:
        What was decoded.

    Raises:
        FfmpegError: The track cannot be decoded.
        Fault: The machine failed.
    """
    with scratch_folder() as folder:
        output = ["-f", "null", "-"]
        return _decode(source, track, zero_s, tolerance_s, folder, [], output)


def _decode(
    source: Path,
    track: SoundTrack,
    zero_s: Fraction,
    tolerance_s: float,
    folder: Path,
    fitted: Sequence[str],
    output: Sequence[str],
) -> DecodedSound:
    channels = choose_channels(source, track.index, track.layout, track.channel_names)
    on_clock = [
        f"asetpts=PTS-({zero_s.numerator}/{zero_s.denominator})/TB",
        f"aresample=async=1:min_hard_comp={tolerance_s}:first_pts=0",
        *channels.filters,
        *fitted,
        LEVELS_FILTER,
    ]
    first = report = _run(source, track.index, on_clock, output)
    if report.reconfigured:  # ffmpeg began again with another clock: its output is wrong
        uniform = folder / "uniform.nut"
        first = _write_uniform(source, track, channels, uniform)
        report = _run(uniform, 0, on_clock, output)
    return DecodedSound(
        layout=channels.layout,
        levels=levels_of(report.lines),
        packets=first.decoded_packets,
        samples=first.decoded_samples,
        errors=first.decode_errors,
        notes=channels.notes,
    )


def _run(source: Path, index: int, filters: Sequence[str], output: Sequence[str]) -> Report:
    return ffmpeg(
        [
            # One thread: with more, FLAC in MP4 loses sound after an edit list's start.
            *("-copyts", "-threads", "1", "-i", url(source), "-map", f"0:{index}"),
            *("-map_metadata", "-1", "-vn", "-sn", "-dn", "-af", ",".join(filters)),
            *output,
        ]
    )


def _write_uniform(source: Path, track: SoundTrack, channels: Channels, path: Path) -> Report:
    """Copy a track whose layout or rate changes midway, as its first one throughout."""
    layout = track.layout if channels.filters else channels.layout
    filters = [f"aformat=channel_layouts={layout}:sample_rates={track.sample_rate}"]
    codec = ["-c:a", "flac", "-sample_fmt", "s32", "-avoid_negative_ts", "disabled"]
    return _run(source, track.index, filters, [*codec, url(path)])


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
