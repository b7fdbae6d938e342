"""Any real video to a mezzanine (constant rate, all-intra, near-lossless) and its sound.

The mezzanine is H.264 in MP4, every frame a key frame, at an exact rational rate, progressive,
upright, with square pixels, of even size, in 8 or 10 bit 4:2:0, 4:2:2 or 4:4:4, SDR, and with its
colours tagged. The sound is FLAC at the source's sample rate, exactly as long as the picture.
"""

import contextlib
import logging
import math
import re
import tempfile
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path

import av

from . import picture
from .clock import parse_rate, sample_of
from .errors import InputError
from .files import atomic, write_json
from .media import AudioStream, Colour, FfmpegError, Source, VideoStream, ffmpeg, probe, url
from .settings import Normalize
from .still import is_still, write_film

log = logging.getLogger(__name__)

HDR_TRANSFERS = {"smpte2084": "PQ", "arib-std-b67": "HLG"}
KNOWN_MATRICES = ("bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "bt2020nc")
SILENCE_HZ = 48000
STILL_RATE = "25"
"""Frames/s of a still picture whose own rate is asked for."""
FLAC_CHANNELS = 8
SCALER = "flags=lanczos+accurate_rnd+full_chroma_int+bitexact"
# What idet looks at: enough to tell, at little cost on a long film.
FIELD_SAMPLES = 3
FIELD_SAMPLE_FRAMES = 60
UNFLAGGED_FRAMES = 24


@dataclass(frozen=True)
class Fields:
    """Whether the picture is interlaced, and the order of its fields."""

    interlaced: bool
    top_first: bool


def normalize(
    source: Path, mezzanine: Path, audio: Path, facts: Path, settings: Normalize, threads: int = 1
) -> None:
    """Make the mezzanine (.mp4), the sound (.flac) and the facts (.json) of a source.

    A still picture becomes a film in which nothing moves. Raises InputError, naming the file, where
    the source is no whole video, and where the settings refuse it.
    """
    if not is_still(source):
        _normalize(source, mezzanine, audio, facts, settings, threads)
        return
    rate = parse_rate(STILL_RATE if settings.frame_rate == "source" else settings.frame_rate)
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "still.mkv"
        write_film(source, film, rate, settings.still_s, settings.still_px)
        _normalize(film, mezzanine, audio, facts, settings, threads)


def _normalize(
    source: Path, mezzanine: Path, audio: Path, facts: Path, settings: Normalize, threads: int
) -> None:
    found = probe(source)
    rate = _rate(source, found.video, settings)
    _check_colour(source, found.video.colour, settings)
    try:
        fields = _fields(source, found.video, threads)
        with contextlib.ExitStack() as whole:
            new_mezzanine = whole.enter_context(atomic(mezzanine))
            new_audio = whole.enter_context(atomic(audio))
            recipe = _picture_recipe(found.video, fields, rate)
            changes = _write_picture(source, new_mezzanine, found, recipe, rate, settings, threads)
            made = picture.facts(new_mezzanine)
            _check_length(source, found.video, made)
            samples = _write_sound(source, new_audio, found, made)
            write_json(facts, _facts(found, fields, made, changes, samples))
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


def _fields(source: Path, video: VideoStream, threads: int) -> Fields:
    """Look at the picture itself (ffmpeg's idet) at a few places: flags are often wrong."""
    counts = {"TFF": 0, "BFF": 0, "Progressive": 0}
    for n in range(FIELD_SAMPLES):
        seek_s = video.duration_s * n / FIELD_SAMPLES
        report = ffmpeg(
            [
                *("-threads", str(threads), "-ss", f"{float(seek_s):.3f}", "-i", url(source)),
                *("-map", f"0:{video.index}", "-frames:v", str(FIELD_SAMPLE_FRAMES)),
                *("-vf", "idet", "-f", "null", "-"),
            ]
        )
        line = [x for x in report.lines if "Multi frame detection" in x][-1:]
        for kind in counts:
            counts[kind] += sum(map(int, re.findall(rf"{kind}: *(\d+)", "".join(line))))
        if video.duration_s * video.mean_rate <= FIELD_SAMPLE_FRAMES:
            break
    combed, clean = counts["TFF"] + counts["BFF"], counts["Progressive"]
    if combed == clean == 0:  # a still picture shows no fields: believe the flag
        return Fields(video.flagged_interlaced, video.top_field_first)
    if video.flagged_interlaced:
        interlaced = combed > clean
    else:  # fine stripes can look combed, so an unflagged picture needs a clear case
        interlaced = combed >= max(9 * clean, UNFLAGGED_FRAMES)
    return Fields(interlaced, counts["TFF"] >= counts["BFF"])


@dataclass(frozen=True)
class Recipe:
    """How the picture is made: ffmpeg's filters, and the pixel format they make."""

    filters: tuple[str, ...]
    pixel_format: str


def _picture_recipe(video: VideoStream, fields: Fields, rate: Fraction) -> Recipe:
    filters = ["setpts=PTS-STARTPTS"]
    if fields.interlaced:
        order = "tff" if fields.top_first else "bff"
        filters += [f"setfield={order}", "bwdif=mode=send_frame:deint=all"]
    filters += [f"fps=fps={rate.numerator}/{rate.denominator}:start_time=0:round=near"]

    given = _guess_colour(video)
    stored = av.VideoFormat(video.pixel_format)
    made, pixel_format = given, nearest_pixel_format(stored)
    if given.transfer in HDR_TRANSFERS:
        made, pixel_format = Colour("bt709", "bt709", "bt709", "tv"), "yuv420p"
        filters += _tone_map(given)
    width, height = _square_size(video)
    given_range = "pc" if is_rgb(stored) else made.range
    matrices = f":out_color_matrix={made.matrix}" if is_rgb(stored) else ""
    filters += [
        # Explicit ranges: swscale would otherwise squeeze full-range samples.
        f"scale={width}:{height}:in_range={given_range}:out_range={made.range}{matrices}:{SCALER}",
        f"format={pixel_format}",
    ]
    if width % 2 or height % 2:
        filters.append(_even(width, height, pixel_format))
    filters += [
        "setsar=1",
        f"setparams=field_mode=prog:range={made.range}:color_primaries={made.primaries}"
        f":color_trc={made.transfer}:colorspace={made.matrix}",
    ]
    return Recipe(tuple(filters), pixel_format)


def _guess_colour(video: VideoStream) -> Colour:
    """The source's tags; what is untagged, as players guess it from the picture's height."""
    guess = "bt709"
    if video.height <= 576 and video.width <= 1024:
        guess = "bt470bg" if video.height % 288 == 0 else "smpte170m"
    primaries, transfer, matrix = guess, "bt709" if guess == "bt709" else "smpte170m", guess
    tags = video.colour
    if tags.transfer in HDR_TRANSFERS:  # BT.2100
        primaries, matrix = "bt2020", "bt2020nc"
    if tags.matrix == "gbr" or is_rgb(av.VideoFormat(video.pixel_format)):
        primaries, transfer = "bt709", "iec61966-2-1"
        tags = replace(tags, matrix="bt709", range="tv")
    full = video.pixel_format.startswith("yuvj")
    return Colour(
        tags.primaries or primaries,
        tags.transfer or transfer,
        tags.matrix or matrix,
        tags.range or ("pc" if full else "tv"),
    )


def _tone_map(colour: Colour) -> list[str]:
    """PQ or HLG to BT.709: to linear light, into the smaller gamut, highlights rolled off.

    203 cd/m2, the white of a page in HDR (ITU-R BT.2408), becomes SDR white; up to 0.7 of it
    nothing changes, so that an SDR picture shown in HDR comes back as it was.
    """
    return [
        f"zscale=tin={colour.transfer}:pin={colour.primaries}:min={colour.matrix}:rin={colour.range}"
        ":t=linear:npl=203",
        "format=gbrpf32le",
        "zscale=p=bt709",
        "tonemap=tonemap=mobius:param=0.7:desat=0",
        "zscale=t=bt709:m=bt709:r=tv",
        "format=yuv420p",
    ]


def _even(width: int, height: int, pixel_format: str) -> str:
    """Repeat the last column and row of an odd size.

    Plane by plane, since ffmpeg's pad rounds an odd size of subsampled pictures down, and so loses
    a column.
    """
    stored = av.VideoFormat(pixel_format)
    even = (width + width % 2, height + height % 2)
    steps = ["extractplanes=y+u+v[y][u][v]"]
    for name in "yuv":
        have, want = (width, height), even
        if name != "y":
            have = (stored.chroma_width(width), stored.chroma_height(height))
            want = (stored.chroma_width(even[0]), stored.chroma_height(even[1]))
        more = (want[0] - have[0], want[1] - have[1])
        fill = f"pad={want[0]}:{want[1]},fillborders=right={more[0]}:bottom={more[1]}:mode=smear"
        steps.append(f"[{name}]{fill if any(more) else 'null'}[{name}e]")
    planes = "map0s=0:map0p=0:map1s=1:map1p=0:map2s=2:map2p=0"
    return ";".join([*steps, f"[ye][ue][ve]mergeplanes=format={pixel_format}:{planes}"])


def _square_size(video: VideoStream) -> tuple[int, int]:
    """Upright width and height with square pixels; the finer direction is kept."""
    width, height = video.width, video.height
    if video.sample_aspect > 1:
        width = round(width * video.sample_aspect)
    elif 0 < video.sample_aspect < 1:
        height = round(height / video.sample_aspect)
    return (height, width) if video.rotation_deg % 180 else (width, height)


def is_rgb(stored: av.VideoFormat) -> bool:
    """Whether samples are RGB, plain or by a palette."""
    return stored.is_rgb or stored.has_palette


def nearest_pixel_format(stored: av.VideoFormat) -> str:
    """The x264 pixel format, 8 or 10 bit, that keeps most of the stored one; alpha is dropped."""
    depth = max(component.bits for component in stored.components)
    if is_rgb(stored):
        chroma = "444"
    elif len(stored.components) < 3:
        chroma = "420"
    else:
        across, down = 64 // stored.chroma_width(64), 64 // stored.chroma_height(64)
        # 4:4:0 loses nothing in 4:4:4, nor 4:1:1 in 4:2:2.
        chroma = {(1, 1): "444", (1, 2): "444", (2, 1): "422", (4, 1): "422"}.get(
            (across, down), "420"
        )
    return f"yuv{chroma}p" + ("10le" if depth > 8 else "")


def _write_picture(
    source: Path,
    mezzanine: Path,
    found: Source,
    recipe: Recipe,
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
            *("-vf", ",".join(recipe.filters), "-fps_mode", "passthrough"),
            *("-c:v", "libx264", "-threads", str(threads), "-preset", settings.preset, *quality),
            # Without CABAC every later stage decodes two to three times as fast; a tenth larger.
            *("-g", "1", "-bf", "0", "-x264-params", "cabac=0", "-pix_fmt", recipe.pixel_format),
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


def _check_length(source: Path, video: VideoStream, made: picture.Mezzanine) -> None:
    made_s = made.frames / made.rate
    if abs(made_s - video.duration_s) > max(1 / made.rate, 1 / video.mean_rate):
        raise InputError(
            f"{source}: its picture lasts {float(video.duration_s):.2f} s by its timestamps but "
            f"{float(made_s):.2f} s decode; it is cut short, damaged or changes its size midway"
        )


def _write_sound(source: Path, audio: Path, found: Source, made: picture.Mezzanine) -> int:
    """Write the sound, exactly as long as the mezzanine, its start at the first frame's start."""
    track = found.chosen_audio
    sample_rate = track.sample_rate if track else SILENCE_HZ
    samples = sample_of(made.frames, made.rate, sample_rate)
    if track is None:
        inputs = ["-f", "lavfi", "-i", f"anullsrc=r={SILENCE_HZ}:cl=mono"]
        filters = [f"atrim=end_sample={samples}"]
    else:
        inputs = ["-copyts", "-i", url(source), "-map", f"0:{track.index}"]
        filters = [
            f"asetpts=PTS-({_seconds(found.video.start_s)})/TB",
            # Gaps become silence; what is before the picture goes, what is missing is filled.
            "aresample=async=1:first_pts=0",
            f"apad=whole_len={samples}",
            f"atrim=end_sample={samples}",
        ]
        if track.channels > FLAC_CHANNELS:
            filters.append("aformat=channel_layouts=stereo")
    deep = track is not None and track.lossless_bits > 16
    report = ffmpeg(
        [
            *inputs,
            *("-map_metadata", "-1", "-vn", "-sn", "-dn", "-af", ",".join(filters)),
            *("-c:a", "flac", "-sample_fmt", "s32" if deep else "s16", "-ar", str(sample_rate)),
            *("-flags:a", "+bitexact", "-fflags", "+bitexact", url(audio)),
        ]
    )
    _check_decoded(source, report.decode_errors, "sound")
    return samples


def _seconds(time_s: Fraction) -> str:
    return f"{time_s.numerator}/{time_s.denominator}"


def _facts(
    found: Source, fields: Fields, made: picture.Mezzanine, changes: dict[str, int], samples: int
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
        "interlaced": fields.interlaced,
        "rotation_deg": video.rotation_deg % 360,
        "tone_mapped": HDR_TRANSFERS.get(video.colour.transfer or ""),
        "has_audio": track is not None,
        "audio_track": found.audio.index(track) if track else None,
        "audio_samples": samples,
        "audio_start_s": (
            float(track.start_s - video.start_s) if track and track.start_s is not None else None
        ),
        **changes,
        "rate": str(made.rate),
        "frames": made.frames,
        "size_px": [made.width, made.height],
        "padding_px": [size % 2 for size in _square_size(video)],
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
