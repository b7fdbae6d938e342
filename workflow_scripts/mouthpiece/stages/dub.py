"""Stage `dub`: the user's dub as dub.flac, the only dub that later stages read.

It is decoded once, onto the picture's clock: sample 0 is the start of the picture, and where the
sound starts late, or has a gap, there is silence.
"""

import logging
from fractions import Fraction
from pathlib import Path

import av
import soundfile

from ..core.errors import InputError
from ..core.files import atomic
from ..media.ffmpeg import FfmpegError
from ..media.open import user_media
from ..media.sound import SoundTrack, lossless_bits, write_flac

log = logging.getLogger(__name__)

TIMELINE_FORMATS = ("mov", "matroska")
"""How ffmpeg's names of containers begin whose clock has a meaningful zero. Others, such as MPEG-TS
and MP3, count from anywhere: there the dub begins where its first stream does."""

TOLERANCE_S = 0.02
"""How far the sound may lie beside its timestamps, in seconds: half a frame at 25 frames/s. More
than the rounding and the jitter of containers, and no more than a lost packet."""


def write_dub(source: Path, dub: Path) -> None:
    """Decode the first sound track of a user's file.

    Args:
        source: A sound file, or a film with sound.
        dub: The FLAC file to write: the source's own sample rate and layout (up to 8 channels), 16
            bit, or 24 bit where the source has more. Sample 0 is the container's time zero.

    Raises:
        InputError: The file cannot be read as sound, or has no sample.
        Fault: The machine failed.
    """
    track, zero_s = _probe(source)
    with atomic(dub) as temporary:
        try:
            errors = write_flac(source, track, temporary, zero_s, TOLERANCE_S)
        except FfmpegError as error:
            raise InputError(f"{source}: cannot be read as sound: {error}") from None
        samples = soundfile.info(temporary).frames
        if not samples:
            raise InputError(f"{source}: the dub has no sound, its length is zero")
    log.info("%d samples at %d Hz, %d errors", samples, track.sample_rate, errors)


def _probe(source: Path) -> tuple[SoundTrack, Fraction]:
    """The first sound track, as it decodes, and the container's time zero in seconds."""
    with user_media(source, "sound") as container:
        if not container.streams.audio:
            raise InputError(f"{source}: the dub has no sound track")
        stream = container.streams.audio[0]
        start_s = Fraction(container.start_time or 0, av.time_base)
        zero_s = Fraction(0) if container.format.name.startswith(TIMELINE_FORMATS) else start_s
        # Of the first frame, since some headers state half the rate (HE-AAC).
        first = next(container.decode(stream), None)
        if first is None:
            raise InputError(f"{source}: the dub has no sound, its length is zero")
        bits = lossless_bits(stream.codec_context)
        return SoundTrack(stream.index, first.sample_rate, first.layout.nb_channels, bits), zero_s
