"""A dub as a user gives it: which track of the file, from which moment on, and what is in it.

Time 0 of a dub is the start of the film's picture. Where it is in the file:

- in a file with a picture, its first decoded picture;
- in a sound file with a timeline (MP4, MOV, Matroska, WebM), that timeline's zero;
- in any other sound file, its first sample.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
from av.stream import Disposition

from ..core.errors import InputError
from ..core.files import scratch_folder, temporary_folder
from ..core.notes import Note
from . import riff
from .clock import OVERLAP_S, Section, find_sections, jump_notes
from .ffmpeg import FfmpegError
from .levels import FLOOR_DBFS
from .packets import read_packets
from .picture_stream import first_frame, picture_streams
from .probe import AVFMT_TS_DISCONT
from .repair import repaired_copy
from .sound import DecodedSound, SoundTrack, measure, sound_track, write_flac
from .user_media import user_media

TIMELINE_FORMATS = ("mov", "matroska")
"""How ffmpeg's names of containers begin whose clock has a meaningful zero. Others, such as MPEG-TS
and MP3, count from anywhere."""

TRUE_DURATIONS = ("mov", "flac", "aiff")
"""How ffmpeg's names of containers begin whose header says how long a track is, and is right."""

TOLERANCE_S = 0.02
"""How far the sound may lie beside its timestamps, in seconds: half a frame at 25 frames/s. More
than the rounding and the jitter of containers, and no more than a lost packet."""

SHORTFALL_S = 0.25
"""How much less sound than the header promises is no damage, in seconds."""

MOST_ERRORS = 0.01
"""The share of packets that may be damaged: more is a broken file. Two always may be: the first and
the last one of a recording are often parts of one."""

NO_CLOCK = ("wav", "w64", "aiff", "flac", "mp3", "aac", "ac3", "eac3", "dts")
"""ffmpeg's names of formats that state no times: samples follow each other."""

SWALLOWED = ("wmav1", "wmav2")
"""libav's names of codecs whose decoder gives nothing for the first frame of sound, after the one
that the encoder puts before it."""

FRAME_S = Fraction(1, 25)
"""A frame, of a dub without a picture, in seconds."""


@dataclass(frozen=True)
class DubInfo:
    """What a dub's file holds.

    Attributes:
        length_s: From time 0 to the last sample, in seconds.
        sample_rate: Samples/s.
        channels: How many channels are kept.
        layout: libav's name of their layout.
        track: Which of its sound tracks is used, from 1 on.
        tracks: How many it has.
        start_s: When its sound starts, in seconds after time 0; negative where sound lies before
            it, which is left out.
        peak_dbfs: The peak of each kept channel, in dBFS; -120 is digital silence.
        rms_dbfs: The level of each kept channel, in dBFS.
        decode_errors: How many errors there were in decoding.
        notes: What a user should know of it.
    """

    length_s: Fraction
    sample_rate: int
    channels: int
    layout: str
    track: int
    tracks: int
    start_s: float
    peak_dbfs: tuple[float, ...]
    rms_dbfs: tuple[float, ...]
    decode_errors: int
    notes: tuple[Note, ...]

    @property
    def loudest_dbfs(self) -> float:
        """The peak of its loudest channel, in dBFS."""
        return max(self.peak_dbfs, default=FLOOR_DBFS)

    @property
    def facts(self) -> dict[str, object]:
        """The dub as JSON values."""
        return {
            "version": 1,
            "length_s": float(self.length_s),
            "sample_rate_hz": self.sample_rate,
            "channels": self.channels,
            "layout": self.layout,
            "track": self.track,
            "tracks": self.tracks,
            "start_s": self.start_s,
            "peak_dbfs": self.peak_dbfs,
            "rms_dbfs": self.rms_dbfs,
            "decode_errors": self.decode_errors,
            "notes": [note.row for note in self.notes],
        }


@dataclass(frozen=True)
class _Chosen:
    """The track that is used, and where time 0 is on the container's clock."""

    track: SoundTrack
    number: int
    of: int
    zero_s: Fraction
    start_s: Fraction
    frame_s: Fraction
    promised_s: Fraction | None
    picture: int | None
    sections: tuple[Section, ...]


def measure_dub(source: Path) -> DubInfo:
    """Measure a user's dub: decode it once, and keep nothing.

    Args:
        source: A sound file, or a film with sound.

    Returns:
        What it holds.

    Raises:
        InputError: The file is missing, cut short or damaged, or has no sound.
        Fault: The machine failed.
    """
    return _decoded(
        source, None, lambda file, track, zero_s: measure(file, track, zero_s, TOLERANCE_S)
    )


def decode_dub(source: Path, flac: Path) -> DubInfo:
    """Decode a user's dub to FLAC, gap-free, its first sample at time 0.

    Args:
        source: A sound file, or a film with sound.
        flac: The FLAC file to write: see `write_flac`.

    Returns:
        What it holds.

    Raises:
        InputError: See `measure_dub`.
        Fault: The machine failed.
    """
    return _decoded(
        source,
        flac,
        lambda file, track, zero_s: write_flac(file, track, flac, zero_s, TOLERANCE_S),
    )


def _decoded(
    source: Path, beside: Path | None, decode: Callable[[Path, SoundTrack, Fraction], DecodedSound]
) -> DubInfo:
    with _mended(source, beside) as (file, chosen, notes):
        try:
            decoded = decode(file, chosen.track, chosen.zero_s)
        except FfmpegError as error:
            raise InputError(f"{source}: cannot be read as sound: {error}") from None
    info = _info(chosen, decoded, notes)
    _check_whole(source, chosen, decoded, info)
    return info


@contextlib.contextmanager
def _mended(source: Path, beside: Path | None) -> Iterator[tuple[Path, _Chosen, tuple[Note, ...]]]:
    """The file to decode, which is a copy where the clock jumps: of parts joined by `cat`."""
    chosen = _choose(source)
    if len(chosen.sections) < 2:
        yield source, chosen, ()
        return
    folder = temporary_folder(beside) if beside else scratch_folder()
    sound = chosen.track.index
    streams = (sound, None) if chosen.picture is None else (chosen.picture, sound)
    way_on = "convert it to WAV or FLAC"
    with repaired_copy(source, chosen.sections, streams, folder, _choose, way_on) as (copy, mended):
        numbered = replace(mended, number=chosen.number, of=chosen.of)
        yield copy, numbered, tuple(jump_notes(chosen.sections))


def _info(chosen: _Chosen, decoded: DecodedSound, mended: tuple[Note, ...]) -> DubInfo:
    start_s, frame_s = chosen.start_s - chosen.zero_s, chosen.frame_s
    notes = [*mended]
    if chosen.of > 1:
        notes.append(Note("dub_tracks", {"tracks": chosen.of, "track": chosen.number}))
    if start_s > frame_s:
        notes.append(Note("dub_starts_late", {"ms": round(1000 * float(start_s), 1)}))
    if start_s < -frame_s:
        notes.append(Note("dub_starts_early", {"ms": round(-1000 * float(start_s), 1)}))
    if decoded.errors:
        notes.append(Note("dub_damaged", {"errors": decoded.errors}))
    return DubInfo(
        length_s=Fraction(decoded.levels.samples, chosen.track.sample_rate),
        sample_rate=chosen.track.sample_rate,
        channels=len(decoded.levels.peak_dbfs),
        layout=decoded.layout,
        track=chosen.number,
        tracks=chosen.of,
        start_s=round(float(start_s), 6),
        peak_dbfs=decoded.levels.peak_dbfs,
        rms_dbfs=decoded.levels.rms_dbfs,
        decode_errors=decoded.errors,
        notes=(*notes, *decoded.notes),
    )


def _check_whole(source: Path, chosen: _Chosen, decoded: DecodedSound, info: DubInfo) -> None:
    """Refuse what has no sound, or less than it promises."""
    if not decoded.levels.samples:
        if chosen.start_s < chosen.zero_s:
            raise InputError(f"{source}: all of its sound lies before its picture starts")
        raise InputError(f"{source}: the dub has no sound, its length is zero")
    found_s = info.length_s + max(Fraction(0), chosen.zero_s - chosen.start_s)
    if chosen.promised_s is not None and chosen.promised_s - found_s > SHORTFALL_S:
        raise InputError(
            f"{source}: the dub is cut short: its header promises"
            f" {float(chosen.promised_s):.2f} s of sound, and {float(found_s):.2f} s are there;"
            " copy it again"
        )
    if decoded.errors > max(2, MOST_ERRORS * decoded.packets):
        raise InputError(
            f"{source}: the dub is damaged: {decoded.errors} errors while decoding its sound;"
            " copy it again, or convert it to WAV if it is all there is"
        )


def _choose(source: Path) -> _Chosen:
    """Choose the track, and find time 0."""
    with user_media(source, "sound") as container:
        name = container.format.name
        begun_s = Fraction(container.start_time or 0, av.time_base)
        stream, frame = _sound(source, container)
        start_s = _time_s(frame, begun_s)
        promised_s = riff.promised_s(source)
        if name.startswith(TRUE_DURATIONS) and stream.duration and stream.time_base:
            promised_s = stream.duration * stream.time_base
        zero_s, frame_s = start_s, FRAME_S
        if name.startswith(TIMELINE_FORMATS):
            zero_s = Fraction(0)
        elif stream.codec_context.name.startswith(SWALLOWED):
            zero_s = start_s - Fraction(frame.samples, frame.sample_rate)
        film = next(iter(picture_streams(container)), None)
        picture = first_frame(source, film.index) if film else None
        if film and picture:
            rate = film.guessed_rate or film.average_rate
            zero_s, frame_s = _time_s(picture, begun_s), 1 / rate if rate else FRAME_S
        return _Chosen(
            track=sound_track(stream, frame),
            number=container.streams.audio.index(stream) + 1,
            of=len(container.streams.audio),
            zero_s=zero_s,
            start_s=start_s,
            frame_s=frame_s,
            promised_s=promised_s,
            picture=film.index if film and picture else None,
            sections=_sections(container, film if picture else None, stream),
        )


def _sound(
    source: Path, container: av.container.InputContainer
) -> tuple[av.AudioStream, av.AudioFrame]:
    """The default track, else the first one that is not empty; and its first frame."""
    sounds = container.streams.audio
    if not sounds:
        raise InputError(f"{source}: the dub has no sound track")
    known = [stream for stream in sounds if stream.codec_context is not None]
    if not known:
        raise InputError(
            f"{source}: the codec of its sound is not known; convert it to WAV or FLAC"
        )
    for stream in sorted(known, key=lambda s: not s.disposition & Disposition.default):
        frame = first_frame(source, stream.index)
        if isinstance(frame, av.AudioFrame):
            return stream, frame
    raise InputError(f"{source}: the dub has no sound, its length is zero")


def _sections(
    container: av.container.InputContainer, film: av.VideoStream | None, sound: av.AudioStream
) -> tuple[Section, ...]:
    """The parts between which the clock jumps; none are sought where there is no clock."""
    if container.format.name in NO_CLOCK:
        return ()
    packets = read_packets(container)
    leading = film.index if film else sound.index
    leaps = bool(container.format.flags & AVFMT_TS_DISCONT)
    sections = find_sections({n: packets[n] for n in {leading, sound.index}}, leading, leaps)
    if film is None and all(abs(section.jump_s) < OVERLAP_S for section in sections):
        return ()
    return sections


def _time_s(frame: av.AudioFrame | av.VideoFrame, unknown_s: Fraction) -> Fraction:
    """When a frame begins, in seconds on the container's clock."""
    if frame.pts is None or frame.time_base is None:
        return unknown_s
    return frame.pts * frame.time_base
