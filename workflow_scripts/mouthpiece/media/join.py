"""Segments joined without re-encoding."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av

from ..core.errors import Fault
from .mezzanine import MezzanineInfo, time_base
from .open import open_media
from .url import url


def join(segments: Sequence[Path], mezzanine: MezzanineInfo, path: Path) -> None:
    """Join H.264 segments, their frames on one exact clock.

    Args:
        segments: The segments, in order.
        mezzanine: The mezzanine that they belong to.
        path: The MP4 file to write, without sound.

    Raises:
        Fault: The segments were encoded with different settings.
    """
    with av.open(url(path), "w") as output:
        stream = None
        first = written = 0
        for file in segments:
            with open_media(file) as part:
                video = part.streams.video[0]
                if stream is None:
                    stream = output.add_stream_from_template(video)
                    headers = video.codec_context.extradata
                elif video.codec_context.extradata != headers:
                    raise Fault(f"{file}: was encoded with other parameters; delete it, run again")
                depth = video.codec_context.reorder_depth
                packets = [packet for packet in part.demux(video) if packet.size]
                ticks = 1 / (mezzanine.rate * time_base(video))
                for packet in packets:
                    pts = first + round(Fraction(packet.pts or 0) / ticks)
                    packet.stream = stream
                    packet.time_base = 1 / mezzanine.rate
                    packet.pts, packet.dts, packet.duration = pts, written - depth, 1
                    written += 1
                    output.mux(packet)
                first += len(packets)
