"""Stage `source_clips`: what the review pages of all languages of a video share."""

from collections.abc import Sequence
from pathlib import Path

from ..core.files import atomic
from ..core.timeline import Clock
from ..review.source_clips import write_source_clips


def source_clips(
    *,
    clocks: Sequence[Clock],
    originals: Sequence[Path],
    source_audio: Path,
    folder: Path,
    threads: int = 1,
) -> None:
    """Write a video's own clips, whole or not at all.

    Args:
        clocks: The frames of each cut of the video, in order.
        originals: The original segment of each.
        source_audio: The sound of the source.
        folder: The folder to write.
        threads: How many clips are written at once.

    Raises:
        Fault: The sound cannot be read.
    """
    with atomic(folder) as temporary:
        write_source_clips(temporary, clocks, originals, source_audio, threads)
