"""The clip that is sent: each frame stands by itself, so frames are put in order without a loss."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from ...audio.speech import SAMPLE_RATE, Speech
from ...core.files import atomic
from ...core.timeline import Clock
from ...media.open import open_media
from ...media.url import url

BAKED_RATE = 25
"""What a bake writes as the rate; the cut's own is set when a clip is sent."""

BT709 = 1
"""Matrix, primaries and transfer of ITU-T H.273."""

LIMITED = 1
"""The range of ITU-T H.273 that players expect."""

X264 = "keyint=1:bframes=0:scenecut=0"


def encode_clip(
    pictures: Iterable[np.ndarray], width: int, height: int, path: Path, crf: int
) -> None:
    """Encode pictures, each by itself; equal pictures make equal bytes.

    Args:
        pictures: RGB, [height, width, 3] uint8.
        width: Their columns, an even number.
        height: Their rows, an even number.
        path: The MP4 file to write.
        crf: x264's quality.
    """
    reformatter = VideoReformatter()
    with av.open(
        url(path), "w", format="mp4", container_options={"fflags": "+bitexact"}
    ) as container:
        options = {"crf": str(crf), "preset": "veryfast", "x264-params": X264}
        stream = container.add_stream("libx264", rate=BAKED_RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.thread_count = 1  # the bytes depend on their number
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = LIMITED
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame = reformatter.reformat(
                frame,
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def write_sent_clip(baked: Path, order: range, rate: Fraction, path: Path) -> None:
    """Put the frames of a baked clip into the order of a cut, at its rate.

    Args:
        baked: What `encode_clip` wrote.
        order: The numbers of the frames.
        rate: The cut's rate, in frames/s.
        path: The MP4 file to write.
    """
    with (
        open_media(baked) as source,
        atomic(path) as temporary,
        av.open(
            url(temporary),
            "w",
            format="mp4",
            options={"movflags": "+faststart", "video_track_timescale": str(rate.numerator)},
            container_options={"fflags": "+bitexact"},
        ) as target,
    ):
        stream = source.streams.video[0]
        frames = [bytes(packet) for packet in source.demux(stream) if packet.size]
        copied = target.add_stream_from_template(stream)
        copied.time_base = Fraction(1, rate.numerator)
        for place, number in enumerate(order):
            packet = av.Packet(frames[number])
            packet.stream = copied
            packet.time_base = Fraction(1, rate.numerator)
            packet.pts = packet.dts = place * rate.denominator
            packet.duration = rate.denominator
            packet.is_keyframe = True
            target.mux(packet)


def write_sent_sound(speech: Speech, clock: Clock, path: Path) -> None:
    """Write what is said in a cut, exactly as long as the cut.

    Args:
        speech: The cut's speech.
        clock: The cut's frames.
        path: The WAV file to write, 16 kHz, mono, 16 bit.
    """
    first, end = clock.samples(SAMPLE_RATE)
    samples = np.zeros(end - first, np.float32)
    start = max(0, -speech.start)
    heard = speech.samples[max(0, speech.start) :][: len(samples) - start]
    samples[start : start + len(heard)] = heard
    with atomic(path) as temporary:
        soundfile.write(temporary, samples, SAMPLE_RATE, "PCM_16", format="WAV")
