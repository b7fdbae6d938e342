"""delivery.tsv: the segment that is delivered of each cut of a film.

It holds only what joining a film needs. All that is known of a cut, with new columns now and then,
is in cuts.tsv (`core.cut_table`), which the film stage does not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .plain_table import read_plain, write_plain

COLUMNS = ("cut", "first_frame", "frames", "action")


@dataclass(frozen=True)
class DeliveredCut:
    """A row of delivery.tsv.

    Attributes:
        cut: The id of the cut.
        first_frame: Its first frame in the film.
        frames: Its length in frames.
        action: `lipsync`: the draft is delivered; `passthrough`: the original.
    """

    cut: str
    first_frame: int
    frames: int
    action: str


def write_delivery(cuts: Sequence[DeliveredCut], table: Path) -> None:
    """Write delivery.tsv, whole or not at all.

    Args:
        cuts: The cuts of a film, in its order.
        table: The file to write.
    """
    write_plain(COLUMNS, [[getattr(cut, name) for name in COLUMNS] for cut in cuts], table)


def read_delivery(table: Path) -> list[DeliveredCut]:
    """Read what `write_delivery` wrote.

    Args:
        table: A delivery.tsv.

    Returns:
        The cuts of the film, in its order.
    """
    return [
        DeliveredCut(row["cut"], int(row["first_frame"]), int(row["frames"]), row["action"])
        for row in read_plain(table)
    ]
