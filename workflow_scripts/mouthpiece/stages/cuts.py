"""Stage `cuts`: a film's cuts, found or given by the user."""

import logging
from pathlib import Path

from ..config.cuts import Cuts
from ..core.cuts import Cut, write_boundaries
from ..core.errors import InputError
from ..media.mezzanine import probe_mezzanine
from ..project.rows import read

log = logging.getLogger(__name__)


def find(
    mezzanine: Path,
    boundaries: Path,
    settings: Cuts,
    override: Path | None = None,
    threads: int = 1,
) -> None:
    """Write the cuts of a film.

    Args:
        mezzanine: The film.
        boundaries: The table to write, boundaries.tsv.
        settings: The config section `cuts`; it is not read where there is an override.
        override: The user's table of cuts; None where they are to be detected.
        threads: How many frames are decoded at once.

    Raises:
        InputError: See `read_override`.
    """
    if override:
        cuts = read_override(override, probe_mezzanine(mezzanine).frames)
    else:
        from ..media.shots import detect  # the rule names it where cuts are detected

        cuts = detect(mezzanine, settings, threads)
    log.info("%d cuts, %s", len(cuts), "as given" if override else settings.detector)
    write_boundaries(cuts, boundaries)


def read_override(path: Path, total_frames: int) -> list[Cut]:
    """Read a user's cuts: a table with first_frame and frames, or first_frame alone.

    Alone, each cut runs to the next one.

    Args:
        path: The table.
        total_frames: The film's length in frames.

    Returns:
        The cuts, in order.

    Raises:
        InputError: The table cannot be read, or its cuts leave a gap, overlap, or do not cover the
            film. It names file, row and column.
    """
    rows = read(path, "cuts")
    if not rows:
        raise InputError(f"{path}: has no row; give at least one cut, first_frame 0")
    column = "frames" if any("frames" in row.values for row in rows) else "first_frame"
    firsts = [int(row.values["first_frame"]) for row in rows]
    cuts: list[Cut] = []
    expected = 0
    for row, first, after in zip(rows, firsts, [*firsts[1:], total_frames], strict=True):
        if first != expected:
            wrong = "leaves a gap" if first > expected else "overlaps the cut before"
            raise row.error("first_frame", f"{first} {wrong}; wanted {expected}")
        if column not in row.values:
            raise row.error(column, "is missing; all rows have it, or none")
        length = int(row.values.get("frames", after - first))
        if length < 1 or first + length > total_frames:
            raise row.error(
                column,
                f"the cut would end before frame {first + length}; wanted {first + 1} to "
                f"{total_frames} (the film's frames)",
            )
        cuts.append(Cut.of(first, length))
        expected = first + length
    if expected != total_frames:
        raise rows[-1].error(
            "frames",
            f"the cuts end before frame {expected}, but the film has {total_frames} frames; every "
            "frame must be in a cut",
        )
    return cuts
