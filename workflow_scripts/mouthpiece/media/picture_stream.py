"""Which video stream of a file is its picture, and the first frame of a stream."""

from pathlib import Path

import av
from av.stream import Disposition

from .open import open_media

NO_PICTURE = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
"""Dispositions of video streams that are no film: covers and thumbnails."""


def picture_streams(container: av.container.InputContainer) -> list[av.VideoStream]:
    """List the streams that may be the picture of a file.

    Args:
        container: The open file.

    Returns:
        Its video streams that libav can decode, without covers and thumbnails. The first one is the
        picture: the default one, where there is one.
    """
    pictures = [s for s in container.streams.video if s.codec_context and not is_cover(s)]
    return sorted(pictures, key=lambda s: not s.disposition & Disposition.default)


def is_cover(stream: av.stream.Stream) -> bool:
    """Tell a cover or thumbnails from a film.

    Args:
        stream: A video stream.

    Returns:
        Whether it is one.
    """
    return bool(stream.disposition & NO_PICTURE)


def first_frame(path: Path, index: int) -> av.AudioFrame | av.VideoFrame | None:
    """Decode the first frame that can be: before it may lie frames that need earlier ones.

    Args:
        path: The file.
        index: The index of the stream in the file.

    Returns:
        The frame; None where none can be decoded.

    Raises:
        av.FFmpegError: The file cannot be read.
    """
    with open_media(path) as container:
        for packet in container.demux(container.streams[index]):
            try:
                frames = packet.decode()
            except av.FFmpegError:  # damaged: players go on with the next one
                continue
            for frame in frames:
                if isinstance(frame, av.AudioFrame | av.VideoFrame):
                    return frame
    return None
