"""What a film shows: of each cut its own frames, or those with its draft laid in."""

import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av

from ..core.delivery_table import read_delivery, with_files
from ..core.timeline import Clock
from .composite import composited
from .patch_set import PatchReader


@dataclass(frozen=True)
class ShownCut:
    """What is delivered of a cut.

    Attributes:
        clock: Its frames.
        draft: The patch set that is laid into it; None where it is the original.
    """

    clock: Clock
    draft: Path | None

    def frames(self, mezzanine: Path) -> Iterator[av.VideoFrame]:
        """Make its frames.

        Args:
            mezzanine: The mezzanine of its video.

        Returns:
            The frames, in order, before any encoding.
        """
        patches = PatchReader(self.draft) if self.draft else None
        return composited(mezzanine, self.clock, patches)

    def last_frame(self, mezzanine: Path) -> av.VideoFrame:
        """Make its last frame.

        Args:
            mezzanine: The mezzanine of its video.

        Returns:
            The frame.
        """
        return deque(self.frames(mezzanine), maxlen=1).pop()  # the others are not kept


def shown_cuts(delivery: Path, drafts: Sequence[Path], rate: Fraction) -> list[ShownCut]:
    """Read what is delivered of each cut.

    Args:
        delivery: The delivery.tsv of a film.
        drafts: The patch set of each cut that may be redrawn, in the order of the table.
        rate: The film's frames/s.

    Returns:
        The cuts, in the same order.

    Raises:
        Fault: The table is damaged.
    """
    return [
        ShownCut(
            Clock(rate, row.first_frame, row.frames),
            draft if row.action == "lipsync" else None,
        )
        for row, draft in with_files(read_delivery(delivery), drafts)
    ]


def film_frames(cuts: Sequence[ShownCut], mezzanine: Path, frames: int) -> Iterator[av.VideoFrame]:
    """Make the frames of a film.

    Args:
        cuts: What is delivered of each cut.
        mezzanine: The mezzanine of its video.
        frames: How many frames the film has. Beyond its cuts, its last picture is held.

    Yields:
        The frames, in order, before any encoding.
    """
    for cut in cuts:
        if cut.clock.first_frame < frames:
            yield from islice(cut.frames(mezzanine), frames - cut.clock.first_frame)
    if (held := frames - cuts[-1].clock.end_frame) > 0:
        yield from itertools.repeat(cuts[-1].last_frame(mezzanine), held)
