"""A source's picture encoded as the mezzanine's."""

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from ..config.normalize import Normalize
from .conform import conforming_filters
from .damage import Damage, find_damage
from .ffmpeg import ffmpeg
from .interlacing import FieldOrder
from .picture_log import FILTER, Form, PictureLog
from .probe import VideoStream
from .url import url


@dataclass(frozen=True)
class Encoded:
    """What was decoded and encoded.

    Attributes:
        zero_s: When the first decoded frame is shown, in seconds on the container's clock: time 0
            of the mezzanine, and so of the sound.
        errors: How many errors ffmpeg reports in decoding.
        damage: What is lost.
        conformed: How many frames were given the size, pixel format and range of the others.
        form: These, where some frames were; else None.
        repeated: How many frames the change of rate repeated.
        dropped: How many it left out.
    """

    zero_s: Fraction
    errors: int
    damage: Damage
    conformed: int
    form: Form | None
    repeated: int
    dropped: int


def write_picture(
    source: Path,
    mezzanine: Path,
    video: VideoStream,
    order: FieldOrder,
    rate: Fraction,
    settings: Normalize,
    threads: int,
) -> Encoded:
    """Encode a mezzanine; sample by sample the same for any number of threads.

    A picture whose size, pixel format or range changes midway is encoded in the form that most
    frames have.

    Args:
        source: The film.
        mezzanine: The MP4 file to write.
        video: The film's picture.
        order: Whether it is interlaced, and how.
        rate: The mezzanine's frames/s.
        settings: The config section `normalize`.
        threads: Threads of ffmpeg.

    Returns:
        What was decoded and encoded.

    Raises:
        FfmpegError: ffmpeg refused.
        Fault: The machine failed.
    """
    log = PictureLog()
    run = (source, mezzanine, order, rate, settings, threads)
    made = _encode(log, video, False, *run)
    if not log.changes:
        return _encoded(made, video, log)
    form, frames = log.forms.most_common(1)[0]
    common = replace(
        video,
        width=form.width,
        height=form.height,
        pixel_format=form.pixel_format,
        sample_aspect=form.sample_aspect,
        colour=replace(video.colour, range=form.range),
    )
    conformed = log.frames - frames
    log = PictureLog()
    made = _encode(log, common, True, *run)
    return replace(_encoded(made, common, log), conformed=conformed, form=form)


def _encode(
    log: PictureLog,
    video: VideoStream,
    varies: bool,
    source: Path,
    mezzanine: Path,
    order: FieldOrder,
    rate: Fraction,
    settings: Normalize,
    threads: int,
) -> tuple[int, int, int]:
    """Run ffmpeg; returns its errors, and how many frames it left out and repeated."""
    conforming = conforming_filters(video, order, rate, varies)
    quality = ("-qp", "0") if settings.crf == 0 else ("-crf", str(settings.crf))
    timescale = rate.numerator * math.ceil(Fraction(10_000, rate.numerator))
    report = ffmpeg(
        [
            *("-threads", str(threads), "-filter_threads", str(threads), "-copyts"),
            # Filters that begin again at each change would count time from there.
            *(("-reinit_filter", "0") if varies else ()),
            *("-i", url(source), "-map", f"0:{video.index}"),
            *("-map_metadata", "-1", "-map_chapters", "-1", "-an", "-sn", "-dn"),
            *("-vf", ",".join([FILTER, *conforming.filters]), "-fps_mode", "passthrough"),
            *("-c:v", "libx264", "-threads", str(threads), "-preset", settings.preset, *quality),
            # Without CABAC every later stage decodes two to three times as fast; a tenth larger.
            *("-g", "1", "-bf", "0", "-x264-params", "cabac=0"),
            *("-pix_fmt", conforming.pixel_format),
            # x264 writes its options, thread count included, into the stream: not wanted.
            *("-bsf:v", "filter_units=remove_types=6", "-flags:v", "+bitexact"),
            *("-fflags", "+bitexact", "-write_tmcd", "0"),
            *("-video_track_timescale", str(timescale), url(mezzanine)),
        ],
        log.take,
    )
    counts = re.findall(r"(\d+) frames dropped, (\d+) frames duplicated", "\n".join(report.lines))
    # ffmpeg says it for a trial of the filters, too, which saw no frame.
    dropped, repeated = counts[-1] if counts else (0, 0)
    return report.decode_errors, int(dropped), int(repeated)


def _encoded(made: tuple[int, int, int], video: VideoStream, log: PictureLog) -> Encoded:
    errors, dropped, repeated = made
    known = log.start_s is not None and video.timed and not video.reordered
    zero_s = log.start_s if known and log.start_s is not None else video.start_s
    return Encoded(zero_s, errors, find_damage(video, log), 0, None, repeated, dropped)
