"""Stage `faces`: which cuts of a video may be redrawn."""

import logging
from collections.abc import Sequence
from pathlib import Path

from ..core.cuts import read_boundaries
from ..core.faces_table import write_faces
from ..core.files import read_json

log = logging.getLogger(__name__)


def list_faces(boundaries: Path, guards: Sequence[Path], table: Path) -> None:
    """Write faces.tsv.

    Args:
        boundaries: The cuts of a video, boundaries.tsv.
        guards: The guard.json of each of them, in their order.
        table: The file to write.

    Raises:
        Fault: The table of cuts is damaged.
    """
    cuts = read_boundaries(boundaries)
    redrawn = {
        cut.cut: bool(read_json(guard)["redrawn"]) for cut, guard in zip(cuts, guards, strict=True)
    }
    write_faces(redrawn, table)
    log.info("%d of %d cuts may be redrawn", sum(redrawn.values()), len(redrawn))
