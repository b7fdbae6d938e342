"""What the review pages of all languages of a video share: its own cuts and its own sound.

Each file has the name that it has beside a page: `clips/ID.original.mp4`, `clips/ID.jpg`,
`clips/source.m4a`.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from ..core.cuts import cut_id
from ..core.overlap import mapped
from ..core.timeline import Clock
from .clips import write_original
from .film_files import SOURCE
from .film_media import write_sound
from .sound import Sound

_Cut = tuple[Clock, Path, np.ndarray]
"""A cut's frames, its original segment, and its sound."""


def write_source_clips(
    folder: Path,
    clocks: Sequence[Clock],
    originals: Sequence[Path],
    source_audio: Path,
    threads: int = 1,
) -> None:
    """Write the clips of a video's cuts, and its sound.

    Args:
        folder: The folder to write them in.
        clocks: The frames of each cut of the video, in order.
        originals: The original segment of each.
        source_audio: The sound of the source.
        threads: How many clips are written at once.

    Raises:
        Fault: The sound cannot be read.
    """
    with ThreadPoolExecutor(threads) as pool, Sound(source_audio) as source:
        whole = pool.submit(write_sound, source_audio, folder / SOURCE)
        cuts = (
            (clock, original, source.take(clock))
            for clock, original in zip(clocks, originals, strict=True)
        )
        for _ in mapped(pool, partial(_write, folder), cuts, threads):
            pass
        whole.result()


def _write(folder: Path, cut: _Cut) -> None:
    clock, segment, samples = cut
    write_original(folder, cut_id(clock.first_frame, clock.frames), segment, samples, clock.rate)
