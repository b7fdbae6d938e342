"""The one door by which media files are read with PyAV."""

from pathlib import Path

import av

from .url import url

PROTOCOLS = "file,subfile"
"""What libav may read: local files. A playlist cannot make it open an address."""


def open_media(path: Path, part: slice | None = None) -> av.container.InputContainer:
    """Open a media file to read it.

    Tags that are not UTF-8, as older recorders and editors write them, are no error.

    Args:
        path: The file.
        part: The bytes of the file that are read, from `start` to before `stop`; None: all.

    Returns:
        The open container. The caller closes it.

    Raises:
        av.FFmpegError: The file is missing, or is no media.
    """
    prefix = f"subfile,,start,{part.start},end,{part.stop},,:" if part else ""
    return av.open(
        prefix + url(path), metadata_errors="replace", options={"protocol_whitelist": PROTOCOLS}
    )
