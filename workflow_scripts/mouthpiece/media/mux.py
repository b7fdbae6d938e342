"""Segments joined, and muxed with sound."""

from fractions import Fraction
from pathlib import Path

import av
import langcodes

from ..config.delivery import Delivery
from ..core.errors import Fault
from .ffmpeg import ffmpeg
from .mezzanine import MezzanineInfo, time_base
from .url import url


def join(segments: list[Path], source: MezzanineInfo, path: Path) -> None:
    """Join H.264 segments without re-encoding, their frames on one exact clock.

    Raises Fault if their parameter sets differ.
    """
    with av.open(url(path), "w") as output:
        stream = None
        first = written = 0
        for file in segments:
            with av.open(url(file)) as part:
                video = part.streams.video[0]
                if stream is None:
                    stream = output.add_stream_from_template(video)
                    headers = video.codec_context.extradata
                elif video.codec_context.extradata != headers:
                    raise Fault(f"{file}: was encoded with other parameters; delete it, run again")
                depth = video.codec_context.reorder_depth
                packets = [packet for packet in part.demux(video) if packet.size]
                ticks = 1 / (source.rate * time_base(video))
                for packet in packets:
                    pts = first + round(Fraction(packet.pts or 0) / ticks)
                    packet.stream = stream
                    packet.time_base = 1 / source.rate
                    packet.pts, packet.dts, packet.duration = pts, written - depth, 1
                    written += 1
                    output.mux(packet)
                first += len(packets)


def mux(
    picture: Path, dub: Path, length_s: Fraction, language: str, path: Path, settings: Delivery
) -> None:
    """Mux a picture with a dub, which is filled with silence or cut to `length_s`."""
    with av.open(url(dub)) as container:
        rate = container.streams.audio[0].sample_rate
    samples = round(length_s * rate)
    ffmpeg([
        "-i", url(picture), "-i", url(dub), "-map", "0:v:0", "-map", "1:a:0", "-c:v", "copy",
        "-af", f"apad=whole_len={samples},atrim=end_sample={samples}",
        "-c:a", "aac", "-b:a", f"{settings.audio_bitrate_kbps}k",
        "-metadata:s:a:0", f"language={langcodes.get(language).to_alpha3()}",
        "-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart", url(path),
    ])  # fmt: skip


def count_frames(path: Path) -> int:
    """The number of pictures in a file, counted."""
    with av.open(url(path)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)
