"""Stage `normalize`: any real video to a mezzanine and its sound.

The mezzanine is H.264 in MP4, every frame a key frame, at an exact rational rate, progressive,
upright, with square pixels, of even size, in 8 or 10 bit 4:2:0, 4:2:2 or 4:4:4, SDR, and with its
colours tagged. The sound is FLAC at the source's sample rate, exactly as long as the picture.
"""

import contextlib
import math
import re
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

from ..config.normalize import Normalize
from ..core.errors import InputError
from ..core.files import atomic, read_json, temporary_folder, write_json
from ..core.timeline import parse_rate, sample_of
from ..media.colour import Colour
from ..media.conform import (
    HDR_TRANSFERS,
    KNOWN_MATRICES,
    PictureFilters,
    conforming_filters,
    square_size,
)
from ..media.ffmpeg import FfmpegError, ffmpeg
from ..media.interlacing import FieldOrder, find_field_order
from ..media.mezzanine import MezzanineInfo, probe_mezzanine
from ..media.picture_kind import is_still
from ..media.probe import AudioStream, Source, VideoStream, probe
from ..media.sound import SILENCE_HZ, write_flac, write_silence
from ..media.still import write_film
from ..media.url import url

STILL_RATE = "25"
"""Frames/s of a still picture whose own rate is asked for."""

SOUND_TOLERANCE_S = 0.1
"""How far the sound may lie beside its timestamps, in seconds. Those of phones and screen recorders
jitter; ffmpeg's default."""


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
    rate = parse_rate(STILL_RATE if settings.frame_rate == "source" else settings.frame_rate)
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
    rate = _rate(source, found.video, settings)
    _check_colour(source, found.video.colour, settings)
    try:
        order = find_field_order(source, found.video, threads)
        with contextlib.ExitStack() as whole:
            new_mezzanine = whole.enter_context(atomic(mezzanine))
            new_audio = whole.enter_context(atomic(audio))
            filters = conforming_filters(found.video, order, rate)
            changes = _write_picture(source, new_mezzanine, found, filters, rate, settings, threads)
            made = probe_mezzanine(new_mezzanine)
            _check_length(source, found.video, made)
            samples = _write_sound(source, new_audio, found, made)
            write_json(facts, _facts(found, order, made, changes, samples))
    except FfmpegError as error:
        raise InputError(f"{source}: cannot be decoded: {error}") from None


def _rate(source: Path, video: VideoStream, settings: Normalize) -> Fraction:
    if settings.frame_rate != "source":
        return parse_rate(settings.frame_rate)
    if video.constant_rate is None:
        raise InputError(
            f"{source}: its frame rate varies (mean {float(video.mean_rate):.3f} frames/s), so "
            "frame_rate: source cannot keep it; name a rate, such as frame_rate: 25"
        )
    return video.constant_rate


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


def _write_picture(
    source: Path,
    mezzanine: Path,
    found: Source,
    conforming: PictureFilters,
    rate: Fraction,
    settings: Normalize,
    threads: int,
) -> dict[str, int]:
    """Encode the mezzanine; returns how many frames the change of rate repeated and left out."""
    quality = ("-qp", "0") if settings.crf == 0 else ("-crf", str(settings.crf))
    timescale = rate.numerator * math.ceil(Fraction(10_000, rate.numerator))
    report = ffmpeg(
        [
            *("-threads", str(threads), "-filter_threads", str(threads), "-copyts"),
            *("-i", url(source), "-map", f"0:{found.video.index}"),
            *("-map_metadata", "-1", "-map_chapters", "-1", "-an", "-sn", "-dn"),
            *("-vf", ",".join(conforming.filters), "-fps_mode", "passthrough"),
            *("-c:v", "libx264", "-threads", str(threads), "-preset", settings.preset, *quality),
            # Without CABAC every later stage decodes two to three times as fast; a tenth larger.
            *(
                "-g",
                "1",
                "-bf",
                "0",
                "-x264-params",
                "cabac=0",
                "-pix_fmt",
                conforming.pixel_format,
            ),
            # x264 writes its options, thread count included, into the stream: not wanted.
            *("-bsf:v", "filter_units=remove_types=6", "-flags:v", "+bitexact"),
            *("-fflags", "+bitexact", "-write_tmcd", "0"),
            *("-video_track_timescale", str(timescale), url(mezzanine)),
        ]
    )
    _check_decoded(source, report.decode_errors, "picture")
    counts = re.findall(r"(\d+) frames dropped, (\d+) frames duplicated", "\n".join(report.lines))
    # ffmpeg says it for a trial of the filters, too, which saw no frame.
    dropped, repeated = counts[-1] if counts else (0, 0)
    return {"dropped_frames": int(dropped), "repeated_frames": int(repeated)}


def _check_decoded(source: Path, errors: int, what: str) -> None:
    if errors:
        raise InputError(
            f"{source}: {errors} errors while decoding its {what}; it is cut short or damaged: "
            "copy it again, or re-encode it if it is all there is"
        )


def _check_length(source: Path, video: VideoStream, made: MezzanineInfo) -> None:
    made_s = made.frames / made.rate
    if abs(made_s - video.duration_s) > max(1 / made.rate, 1 / video.mean_rate):
        raise InputError(
            f"{source}: its picture lasts {float(video.duration_s):.2f} s by its timestamps but "
            f"{float(made_s):.2f} s decode; it is cut short, damaged or changes its size midway"
        )


def _write_sound(source: Path, audio: Path, found: Source, made: MezzanineInfo) -> int:
    """Write the sound, exactly as long as the mezzanine; sample 0 is the first frame's start."""
    track = found.chosen_audio
    if track is None:
        samples = sample_of(made.frames, made.rate, SILENCE_HZ)
        write_silence(audio, samples)
        return samples
    samples = sample_of(made.frames, made.rate, track.sample_rate)
    decoded = write_flac(source, track, audio, found.video.start_s, SOUND_TOLERANCE_S, samples)
    _check_decoded(source, decoded.errors, "sound")
    return samples


def _facts(
    found: Source, order: FieldOrder, made: MezzanineInfo, changes: dict[str, int], samples: int
) -> dict[str, object]:
    """What was found and done, without names, places or times of day."""
    video, track = found.video, found.chosen_audio
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
        "audio_samples": samples,
        "audio_start_s": (
            float(track.start_s - video.start_s) if track and track.start_s is not None else None
        ),
        **changes,
        "zero_s": str(video.start_s),
        "rate": str(made.rate),
        "frames": made.frames,
        "size_px": [made.width, made.height],
        "padding_px": [size % 2 for size in square_size(video)],
        "pixel_format": made.pixel_format,
        "colour": asdict(made.colour),
    }


def _audio_facts(stream: AudioStream) -> dict[str, object]:
    return {
        "codec": stream.codec,
        "sample_rate_hz": stream.sample_rate,
        "channels": stream.channels,
        "language": stream.language,
        "default": stream.default,
        "empty": stream.start_s is None,
    }
