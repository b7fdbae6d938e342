"""Stage `loop`: the cuts of a looped film."""

import logging
from pathlib import Path

from ..audio.dub import planned_frames
from ..core.cuts import read_boundaries
from ..core.loop import pieces, write_loop
from ..media.mezzanine import probe_mezzanine

log = logging.getLogger(__name__)


def loop(boundaries: Path, mezzanine: Path, dub: Path, table: Path) -> None:
    """Loop a video's cuts for as long as a dub lasts.

    Args:
        boundaries: The video's cuts, boundaries.tsv.
        mezzanine: The video's mezzanine.
        dub: The film's dub.flac.
        table: The film's cuts to write, loop.tsv.

    Raises:
        Fault: The mezzanine or the dub is broken.
    """
    frames = planned_frames(dub, probe_mezzanine(mezzanine).rate)
    looped = pieces(read_boundaries(boundaries), frames)
    log.info("%d cuts, %d frames", len(looped), frames)
    write_loop(looped, table)
