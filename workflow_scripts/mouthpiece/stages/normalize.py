"""Stage `normalize`: any real video to a mezzanine and its sound.

The mezzanine is H.264 in MP4, every frame a key frame, at an exact rational rate, progressive,
upright, with square pixels, of even size, in 8 or 10 bit 4:2:0, 4:2:2 or 4:4:4, SDR, and with its
colours tagged. The sound is FLAC at the source's sample rate, exactly as long as the picture.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

from ..config.normalize import Normalize
from ..core.errors import InputError
from ..core.files import atomic, read_json, temporary_folder, write_json
from ..core.timeline import parse_rate, sample_of
from ..media.clock import FAR_AHEAD_S
from ..media.colour import Colour
from ..media.conform import HDR_TRANSFERS, KNOWN_MATRICES, square_size
from ..media.damage import FEW_FRAMES, FEW_SHARE
from ..media.ffmpeg import FfmpegError
from ..media.interlacing import FieldOrder, find_field_order
from ..media.mezzanine import MezzanineInfo, probe_mezzanine
from ..media.picture import Encoded, write_picture
from ..media.picture_kind import is_still
from ..media.probe import AudioStream, Source, VideoStream, probe
from ..media.repair import repaired_copy
from ..media.sound import SILENCE_HZ, DecodedSound, write_flac, write_silence
from ..media.source_notes import source_notes
from ..media.still import write_film

LONG = 2.5
"""Sound that is so many times as long as its times say has wrong ones. Twice as long it is where a
header states half the sample rate (HE-AAC)."""

STILL_RATE = "25"
"""Frames/s of a still picture whose own rate is asked for."""


def normalize(
    source: Path, mezzanine: Path, audio: Path, facts: Path, settings: Normalize, threads: int = 1
) -> None:
    """Make the mezzanine and the sound of a source.

    Args:
        source: A video, or a still picture, which becomes a film in which nothing moves.
        mezzanine: The mezzanine to write, MP4.
        audio: The sound to write, FLAC.
        facts: What was found and done, to write, JSON.
        settings: The config section `normalize`.
        threads: Threads of ffmpeg.

    Raises:
        InputError: The source is no whole video, or the settings refuse it.
        Fault: The machine failed.
    """
    if not is_still(source):
        _normalize(source, mezzanine, audio, facts, settings, threads)
        return
    rate = still_rate(settings)
    with temporary_folder(mezzanine) as folder:
        film = folder / "still.mkv"
        notes = write_film(source, film, rate, settings.still_s, settings.still_px)
        _normalize(film, mezzanine, audio, facts, settings, threads)
    if notes:
        found = read_json(facts)
        rows = [*(note.row for note in notes), *found.get("notes", [])]
        write_json(facts, {**found, "notes": rows})


def _normalize(
    source: Path, mezzanine: Path, audio: Path, facts: Path, settings: Normalize, threads: int
) -> None:
    found = probe(source)
    check_settings(source, found, settings)
    with repaired(source, found, mezzanine) as (path, film):
        _check_times(source, film.video)
        rate = mezzanine_rate(source, film.video, settings)
        try:
            order = find_field_order(path, film.video, threads)
            with contextlib.ExitStack() as whole:
                new_mezzanine = whole.enter_context(atomic(mezzanine))
                new_audio = whole.enter_context(atomic(audio))
                picture = write_picture(
                    path, new_mezzanine, film.video, order, rate, settings, threads
                )
                made = probe_mezzanine(new_mezzanine)
                late_s = Fraction(str(settings.sound_late_ms)) / 1000
                sound = _write_sound(path, new_audio, film, made, picture.zero_s + late_s)
                _check_damage(source, film, picture, made, sound, settings)
                write_json(facts, _facts(found, film, order, made, picture, sound))
        except FfmpegError as error:
            raise InputError(f"{source}: cannot be decoded: {error}") from None


def check_settings(source: Path, found: Source, settings: Normalize) -> None:
    """Check a source against the settings.

    Args:
        source: The file, for messages.
        found: What it holds.
        settings: The config section `normalize`.

    Raises:
        InputError: The settings refuse the source, or its colours are not understood.
    """
    _check_colour(source, found.video.colour, settings)
    if found.missing and settings.damaged == "refuse":
        raise InputError(
            f"{source}: is cut short: {found.missing}; copy it again, or set normalize.damaged: "
            "keep to take what there is"
        )


def _check_times(source: Path, video: VideoStream) -> None:
    """Refuse times so wrong that the film would fill the disk."""
    if video.longest_s > FAR_AHEAD_S:
        raise InputError(
            f"{source}: by its times, one picture stands for {float(video.longest_s) / 3600:.1f} "
            "hours: they are damaged; re-encode it with ffmpeg"
        )


@contextlib.contextmanager
def repaired(source: Path, found: Source, beside: Path) -> Iterator[tuple[Path, Source]]:
    """Find what of a source is decoded: itself, or a copy without the jumps of its clock.

    Args:
        source: The file.
        found: What it holds.
        beside: The copy is in a temporary folder beside this path.

    Yields:
        The file to decode, and what that holds.

    Raises:
        InputError: The clock cannot be repaired.
    """
    if len(found.sections) == 1:
        yield source, found
        return
    track = found.chosen_audio
    streams = (found.video.index, track.index if track else None)
    way_on = "re-encode it with ffmpeg, or give its parts as films of their own"
    folder = temporary_folder(beside)
    with repaired_copy(source, found.sections, streams, folder, probe, way_on) as copy_and_found:
        yield copy_and_found


def mezzanine_rate(source: Path, video: VideoStream, settings: Normalize) -> Fraction:
    """Choose the rate of a mezzanine.

    Args:
        source: The file, for messages.
        video: Its picture.
        settings: The config section `normalize`.

    Returns:
        The mezzanine's frames/s.

    Raises:
        InputError: The source's own rate is asked for, and it varies.
    """
    if settings.frame_rate != "source":
        return parse_rate(settings.frame_rate)
    if video.constant_rate is None:
        raise InputError(
            f"{source}: its frame rate varies (mean {float(video.mean_rate):.3f} frames/s), so "
            "frame_rate: source cannot keep it; name a rate, such as frame_rate: 25"
        )
    return video.constant_rate


def still_rate(settings: Normalize) -> Fraction:
    """Choose the rate of the film that a still picture becomes.

    Args:
        settings: The config section `normalize`.

    Returns:
        Frames/s.
    """
    return parse_rate(STILL_RATE if settings.frame_rate == "source" else settings.frame_rate)


def _check_colour(source: Path, colour: Colour, settings: Normalize) -> None:
    if colour.transfer in HDR_TRANSFERS and settings.hdr == "refuse":
        raise InputError(
            f"{source}: is HDR ({HDR_TRANSFERS[colour.transfer]}), which normalize.hdr: refuse "
            "refuses; grade it to SDR or set hdr: tonemap"
        )
    if colour.matrix not in (None, "gbr", *KNOWN_MATRICES):
        raise InputError(
            f"{source}: has the colour matrix {colour.matrix}, which is not understood; "
            f"convert it to one of {', '.join(KNOWN_MATRICES)}"
        )


def _check_damage(
    source: Path,
    film: Source,
    picture: Encoded,
    made: MezzanineInfo,
    sound: DecodedSound | None,
    settings: Normalize,
) -> None:
    """Refuse what players could not pass over."""
    if settings.damaged == "keep":
        return
    damage = picture.damage
    keep = "copy it again, or set normalize.damaged: keep to take what decodes"
    if damage.is_grave and (picture.errors or picture.damage.corrupt):
        raise InputError(
            f"{source}: is damaged: {damage.frames} frames of its picture ({damage.share:.1%}) "
            f"cannot be decoded, up to {damage.longest_s:.1f} s in a row; {keep}"
        )
    if sound and sound.errors > max(FEW_FRAMES, FEW_SHARE * sound.packets):
        raise InputError(
            f"{source}: is damaged: there are {sound.errors} errors while decoding its sound; "
            f"{keep}"
        )
    _check_sound_times(source, film, sound)
    made_s, video = made.frames / made.rate, film.video
    slack_s = max(1 / made.rate, 1 / video.mean_rate) * (1 + damage.frames)
    if abs(made_s - video.duration_s) > slack_s:
        raise InputError(
            f"{source}: its picture lasts {float(video.duration_s):.2f} s by its timestamps but "
            f"{float(made_s):.2f} s decode; {keep}"
        )


def _check_sound_times(source: Path, film: Source, sound: DecodedSound | None) -> None:
    """Refuse sound that is longer than its times: no cut would be the right one."""
    track = film.chosen_audio
    if sound is None or track is None or not track.length_s:
        return
    samples_s = sound.samples / track.sample_rate
    if samples_s > max(1 + float(track.length_s), LONG * float(track.length_s)):
        raise InputError(
            f"{source}: its sound lasts {samples_s:.2f} s, but by its times "
            f"{float(track.length_s):.2f} s; give it right times, as with "
            "ffmpeg -i FILE -c:v copy -af asetpts=N/SR/TB NEW.mkv"
        )


def _write_sound(
    path: Path, audio: Path, film: Source, made: MezzanineInfo, zero_s: Fraction
) -> DecodedSound | None:
    """Write the sound, exactly as long as the mezzanine; sample 0 is the first frame's start."""
    track = film.chosen_audio
    if track is None:
        write_silence(audio, sample_of(made.frames, made.rate, SILENCE_HZ))
        return None
    samples = sample_of(made.frames, made.rate, track.sample_rate)
    return write_flac(path, track, audio, zero_s, track.slack_s, samples)


def _facts(
    found: Source,
    film: Source,
    order: FieldOrder,
    made: MezzanineInfo,
    picture: Encoded,
    sound: DecodedSound | None,
) -> dict[str, object]:
    """What was found and done, without names, places or times of day."""
    track, video = found.chosen_audio, film.video
    notes = [*source_notes(found, film, picture, sound.errors if sound else 0)]
    notes += sound.notes if sound else ()
    sample_rate = track.sample_rate if track else SILENCE_HZ
    return {
        "version": 1,
        "source": {
            "container": found.container,
            "video": {
                "codec": video.codec,
                "size_px": [video.width, video.height],
                "pixel_format": video.pixel_format,
                "sample_aspect": str(video.sample_aspect),
                "colour": asdict(video.colour),
                "frames": len(video.times_s),
                "duration_s": float(video.duration_s),
                "constant_rate": str(video.constant_rate) if video.constant_rate else None,
            },
            "audio": [_audio_facts(stream) for stream in found.audio],
            "ignored_pictures": found.ignored_pictures,
        },
        "vfr": video.constant_rate is None,
        "interlaced": order.interlaced,
        "rotation_deg": video.rotation_deg % 360,
        "tone_mapped": HDR_TRANSFERS.get(video.colour.transfer or ""),
        "has_audio": track is not None,
        "audio_track": found.audio.index(track) if track else None,
        "audio_samples": sample_of(made.frames, made.rate, sample_rate),
        "audio_start_s": _start_s(film),
        # On the clock of the source, of which a repaired copy may begin elsewhere.
        "zero_s": str(picture.zero_s - video.start_s + found.video.start_s),
        "notes": [note.row for note in notes],
        "repairs": [
            {"at_s": float(jump.at_s), "jump_s": float(jump.jump_s)} for jump in found.sections[1:]
        ],
        "dropped_frames": picture.dropped,
        "repeated_frames": picture.repeated,
        "rate": str(made.rate),
        "frames": made.frames,
        "size_px": [made.width, made.height],
        "padding_px": [size % 2 for size in square_size(video)],
        "pixel_format": made.pixel_format,
        "colour": asdict(made.colour),
    }


def _start_s(film: Source) -> float | None:
    """When the sound starts, in seconds after the picture."""
    track = film.chosen_audio
    if track is None or track.start_s is None:
        return None
    return float(track.start_s - film.video.start_s)


def _audio_facts(stream: AudioStream) -> dict[str, object]:
    return {
        "codec": stream.codec,
        "sample_rate_hz": stream.sample_rate,
        "channels": stream.channels,
        "language": stream.language,
        "default": stream.default,
        "empty": stream.start_s is None,
    }
