"""A finished film measured: is its sound where its dub is, and does its picture begin at 0?

The film is read as players read it, and compared with dub.flac, which all decisions about it were
made with.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile

from ..core.errors import Fault
from .open import open_media
from .sound_offset import LIKE, Offset, find_offset

LIMIT_S = 0.005
"""How far sound and picture of a film may lie beside each other, in seconds."""

RATE = 8000
"""Samples/s at which sounds are compared. Above 4 kHz, codecs make noise of their own."""

PART_S = 1.0
"""The length of a part of the dub that is sought in the film, in seconds."""

FEWEST_PARTS, MOST_PARTS, SPACING_S, TRIES = 6, 48, 5, 3
"""How many parts of a dub are compared, one in every `SPACING_S` seconds of a short film, and among
how many places each of them is chosen."""

SEARCH_S = 0.6
"""How far around its place a part is sought, in seconds."""

PREROLL_S = 0.5
"""How much before a place decoding begins, in seconds: codecs need some frames to start."""

CHANNELS = 2
"""How many channels of a part are compared, the loudest first: low-frequency channels are cut off
by codecs."""

SILENT = 1e-3
"""The level below which nothing is compared: -60 dBFS."""

QUIET = 10**-1.5
"""The level below which a part is not compared, as a share of the loudest part's: 30 dB less, which
codecs may leave out."""

LEVEL_DB = 6.0
"""How much louder or quieter than its dub a film's sound may be, in dB."""


@dataclass(frozen=True)
class Part:
    """A part of a dub, compared with the film.

    Attributes:
        at_s: When it begins, in seconds.
        offset: What was found, at `RATE`.
    """

    at_s: float
    offset: Offset

    @property
    def late_s(self) -> float:
        """How much later than in the dub it is heard, in seconds."""
        return self.offset.samples / RATE

    @property
    def is_like(self) -> bool:
        """Whether it is the same sound in the film."""
        return self.offset.correlation >= LIKE and abs(self.offset.level_db) <= LEVEL_DB


@dataclass(frozen=True)
class FilmMeasure:
    """What was measured of a film.

    Attributes:
        frames: How many pictures it has.
        picture_start_s: When its first picture is shown, in seconds.
        picture_end_s: When its last picture ends, in seconds.
        picture_off_s: How far a picture is from its place at most, in seconds.
        sound_end_s: When its sound ends, in seconds.
        parts: The parts of the dub that were compared; none where it is silent.
    """

    frames: int
    picture_start_s: float
    picture_end_s: float
    picture_off_s: float
    sound_end_s: float
    parts: tuple[Part, ...]

    @property
    def worst_offset_s(self) -> float:
        """The offset that is farthest from none, in seconds."""
        return max((part.late_s for part in self.parts), key=abs, default=0.0)


def check_film(
    film: Path, dub: Path, frames: int, rate: Fraction, name: str, track: int = 0
) -> FilmMeasure:
    """Make sure that a film's sound and picture agree with its dub and its plan.

    Args:
        film: The film.
        dub: What a sound track of it holds. What is missing at its end is silence in the film.
        frames: How many pictures the film should have.
        rate: Its frames/s.
        name: What an error calls the film.
        track: The number of that track among its sound tracks, from 0.

    Returns:
        What was measured.

    Raises:
        Fault: They do not agree: by more than `LIMIT_S`, or in number or level.
    """
    found = measure_film(film, dub, rate, track)
    length_s = float(frames / rate)
    if found.frames != frames:
        raise Fault(f"{name}: came out with {found.frames} frames, not {frames}")
    if abs(found.picture_start_s) > LIMIT_S:
        raise Fault(f"{name}: its picture begins at {found.picture_start_s:.3f} s, not at 0")
    if abs(found.picture_end_s - length_s) > LIMIT_S:
        raise Fault(f"{name}: its picture ends at {found.picture_end_s:.3f} s, not {length_s:.3f}")
    if found.picture_off_s > LIMIT_S:
        off_ms = 1000 * found.picture_off_s
        raise Fault(f"{name}: its pictures are up to {off_ms:.1f} ms off their places")
    if found.sound_end_s < length_s - LIMIT_S:
        raise Fault(f"{name}: its sound ends at {found.sound_end_s:.3f} s, not {length_s:.3f}")
    _check_sound(found, dub, name)
    return found


def _check_sound(found: FilmMeasure, dub: Path, name: str) -> None:
    """One part proves nothing where there are more: a codec may lose a click, a loop fits twice."""
    enough = min(2, len(found.parts))
    unlike = [part for part in found.parts if not part.is_like]
    off = [part for part in found.parts if part.is_like and abs(part.late_s) > LIMIT_S]
    if off and len(off) >= enough:
        raise Fault(
            f"{name}: its sound is {1000 * off[0].late_s:+.1f} ms off {dub.name} at"
            f" {off[0].at_s:.2f} s; it is not delivered"
        )
    if unlike and len(unlike) >= enough:
        part = unlike[0]
        raise Fault(
            f"{name}: its sound at {part.at_s:.2f} s is not that of {dub.name} (correlation"
            f" {part.offset.correlation:.2f}, {part.offset.level_db:+.1f} dB); it is not delivered"
        )


def measure_film(film: Path, dub: Path, rate: Fraction, track: int = 0) -> FilmMeasure:
    """Measure a film.

    Args:
        film: The film.
        dub: What a sound track of it holds.
        rate: Its frames/s.
        track: The number of that track among its sound tracks, from 0.

    Returns:
        What was measured.

    Raises:
        Fault: The film or the dub cannot be read, or the film has no picture or no sound.
    """
    try:
        with open_media(film) as container:
            if not container.streams.video or len(container.streams.audio) <= track:
                raise Fault(f"{film}: has no picture, or no sound")
            picture, sound = _shown(container, track)
        with open_media(film) as container, soundfile.SoundFile(dub) as flac:
            end_s = min(picture.end_s, flac.frames / flac.samplerate)
            parts = tuple(_compared(container, flac, end_s, track))
    except av.FFmpegError as error:
        raise Fault(f"{film}: cannot be read: {error}") from None
    except soundfile.SoundFileError as error:
        raise Fault(f"{dub}: cannot be read: {error}; delete it and run again") from None
    return FilmMeasure(
        frames=len(picture.begins_s),
        picture_start_s=picture.start_s,
        picture_end_s=picture.end_s,
        picture_off_s=picture.off_s(rate),
        sound_end_s=sound.end_s,
        parts=parts,
    )


@dataclass(frozen=True)
class _Shown:
    """What a player shows of a stream: when packets begin, in order, and when the last ends."""

    begins_s: np.ndarray
    end_s: float

    @property
    def start_s(self) -> float:
        """When the first one begins, in seconds."""
        return float(self.begins_s[0]) if len(self.begins_s) else 0.0

    def off_s(self, rate: Fraction) -> float:
        """How far one is from its place at most, in seconds, if they come at a rate."""
        places_s = np.arange(len(self.begins_s)) / float(rate)
        return float(np.abs(self.begins_s - places_s).max(initial=0.0))


def _shown(container: av.container.InputContainer, track: int) -> tuple[_Shown, _Shown]:
    """What is shown of a film's picture and of its sound."""
    streams = (container.streams.video[0], container.streams.audio[track])
    begins: dict[int, list[int]] = {stream.index: [] for stream in streams}
    ends: dict[int, int] = dict.fromkeys(begins, 0)
    for packet in container.demux(*streams):
        if packet.size and not packet.is_discard and packet.pts is not None:
            index = packet.stream_index
            begins[index].append(packet.pts)
            ends[index] = max(ends[index], packet.pts + (packet.duration or 0))
    picture, sound = (
        _Shown(
            np.sort(begins[s.index]) * float(s.time_base or 1),
            ends[s.index] * float(s.time_base or 1),
        )
        for s in streams
    )
    return picture, sound


def _compared(
    container: av.container.InputContainer, flac: soundfile.SoundFile, end_s: float, track: int
) -> Iterator[Part]:
    """Seek parts of the dub in the film."""
    search = round(SEARCH_S * RATE)
    for at_s, loud in _parts(flac, end_s):
        end = at_s + len(loud) / flac.samplerate + SEARCH_S
        heard = _heard(container, track, at_s - SEARCH_S, end)
        if heard.samples.shape[1] == loud.shape[1]:
            channels = np.argsort(-np.square(loud).mean(0))[:CHANNELS]
            pairs = [(loud[:, channel], heard.samples[:, channel]) for channel in channels]
        else:
            pairs = [(loud.mean(1), heard.samples.mean(1))]
        offsets = []
        for wanted, found in pairs:
            sought = _resampled(wanted, flac.samplerate)
            if np.square(sought).mean() >= SILENT**2:
                offsets.append(find_offset(sought, _resampled(found, heard.rate), search))
        if offsets:
            yield Part(at_s, max(offsets, key=lambda offset: offset.correlation))


def _parts(flac: soundfile.SoundFile, end_s: float) -> Iterator[tuple[float, np.ndarray]]:
    """Parts of a dub to compare: when each begins, in seconds, and its samples, [N, C] float64.

    The dub is divided into equal times. Of each, the loudest of some places is taken, if it
    is loud enough.
    """
    samples = min(round(PART_S * flac.samplerate), round(end_s * flac.samplerate))
    last = round(end_s * flac.samplerate) - samples
    parts = min(MOST_PARTS, max(FEWEST_PARTS, math.ceil(end_s / SPACING_S)))
    tries = np.unique(np.linspace(0, max(0, last), TRIES * parts).round().astype(int))
    levels = {int(first): _level(_read(flac, int(first), samples)) for first in tries}
    least = max(SILENT, QUIET * max(levels.values(), default=0.0))
    for group in np.array_split(tries, min(parts, len(tries))):
        first = max(map(int, group), key=levels.__getitem__)
        if levels[first] >= least:
            yield first / flac.samplerate, _read(flac, first, samples)


def _level(samples: np.ndarray) -> float:
    """The level of the loudest channel of samples, [N, C]."""
    return float(np.sqrt(np.square(samples).mean(0).max())) if samples.size else 0.0


def _read(flac: soundfile.SoundFile, first: int, samples: int) -> np.ndarray:
    flac.seek(first)
    return flac.read(samples, dtype="float64", always_2d=True)


@dataclass(frozen=True)
class _Heard:
    """Decoded sound, [N, C] float64, and its samples/s."""

    samples: np.ndarray
    rate: int


def _heard(
    container: av.container.InputContainer, track: int, start_s: float, end_s: float
) -> _Heard:
    """What is heard of a film from one time to another; silence beyond its ends."""
    stream = container.streams.audio[track]
    rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
    # Exactly so long: one sample more may make a prime length, whose spectrum takes ten times.
    heard = np.zeros((round((end_s - start_s) * rate), channels))
    begins = max(0.0, start_s - PREROLL_S)
    container.seek(round(begins / (stream.time_base or 1)), stream=stream)
    interleaved = av.AudioResampler(format="flt")  # PyAV reads eight planes as nine, and crashes
    for frame in container.decode(stream):
        if frame.time is None:
            continue
        first = round((frame.time - start_s) * rate)
        if first >= len(heard):
            break
        (packed,) = interleaved.resample(frame)
        part = packed.to_ndarray().reshape(-1, channels)
        part, first = part[max(0, -first) :], max(0, first)
        place = heard[first : first + len(part)]
        place[:] = part[: len(place)]
    return _Heard(heard, rate)


def _resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    """Samples, [N], at `RATE`, by their spectrum: it wraps around, which a second bears."""
    wanted = max(1, round(len(samples) * RATE / rate))
    return np.fft.irfft(np.fft.rfft(samples), wanted) * (wanted / len(samples))
