"""delivery.tsv: the segment that is delivered of each cut of a film.

It holds only what joining a film needs. All that is known of a cut, with new columns now and then,
is in cuts.tsv (`core.cut_table`), which the film stage does not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .faces_table import ANSWERS, aligned, answer
from .plain_table import damage_is_fault, read_plain, write_plain

COLUMNS = ("cut", "first_frame", "frames", "redrawn", "action")


@dataclass(frozen=True)
class DeliveredCut:
    """A row of delivery.tsv.

    Attributes:
        cut: The id of the cut.
        first_frame: Its first frame in the film.
        frames: Its length in frames.
        redrawn: Whether it may be redrawn, and so has a draft and a lip-synced segment.
        action: `lipsync`: the draft is delivered; `passthrough`: the original.
    """

    cut: str
    first_frame: int
    frames: int
    redrawn: bool
    action: str


def write_delivery(cuts: Sequence[DeliveredCut], table: Path) -> None:
    """Write delivery.tsv, whole or not at all.

    Args:
        cuts: The cuts of a film, in its order.
        table: The file to write.
    """
    rows = [
        (cut.cut, cut.first_frame, cut.frames, ANSWERS[cut.redrawn], cut.action) for cut in cuts
    ]
    write_plain(COLUMNS, rows, table)


def read_delivery(table: Path) -> list[DeliveredCut]:
    """Read what `write_delivery` wrote.

    Args:
        table: A delivery.tsv.

    Returns:
        The cuts of the film, in its order.

    Raises:
        Fault: The file is damaged.
    """
    rows = read_plain(table)
    with damage_is_fault(table):
        return [
            DeliveredCut(
                row["cut"],
                int(row["first_frame"]),
                int(row["frames"]),
                answer(row["redrawn"]),
                row["action"],
            )
            for row in rows
        ]


def with_files(
    cuts: Sequence[DeliveredCut], files: Sequence[Path]
) -> list[tuple[DeliveredCut, Path | None]]:
    """Put a file of each cut's draft beside the cuts.

    Args:
        cuts: The cuts of a film, in its order.
        files: The file of each cut that may be redrawn, in the same order.

    Returns:
        The cuts, each with its file; None where it has none.

    Raises:
        ValueError: There are more or fewer files than such cuts.
    """
    return list(zip(cuts, aligned(files, [cut.redrawn for cut in cuts]), strict=True))
