"""Stage `cuts`: a film's cuts, found or given by the user."""

import logging
from collections.abc import Sequence
from pathlib import Path

from ..config.cuts import Cuts
from ..core.cuts import Cut, write_boundaries
from ..core.errors import InputError
from ..media.mezzanine import probe_mezzanine

log = logging.getLogger(__name__)


def find(mezzanine: Path, boundaries: Path, settings: Cuts, override: Path | None = None) -> None:
    """Write the cuts of a film.

    Args:
        mezzanine: The film.
        boundaries: The table to write, boundaries.tsv.
        settings: The config section `cuts`; it is not read where there is an override.
        override: The user's table of cuts; None where they are to be detected.

    Raises:
        InputError: See `read_override`.
    """
    if override:
        cuts = read_override(override, probe_mezzanine(mezzanine).frames)
    else:
        from ..media.shots import detect  # the rule names it where cuts are detected

        cuts = detect(mezzanine, settings)
    log.info("%d cuts, %s", len(cuts), "as given" if override else settings.detector)
    write_boundaries(cuts, boundaries)


def read_override(path: Path, total_frames: int) -> list[Cut]:
    """Read a user's cuts: a TSV with first_frame and frames, or first_frame alone.

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
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the table of cuts cannot be read: {error}") from None
    rows = [(n, line.split("\t")) for n, line in enumerate(lines, start=1) if line.strip()]
    header = [name.strip() for name in rows[0][1]] if rows else []
    if header not in (["first_frame"], ["first_frame", "frames"]):
        raise InputError(
            f"{path}: row 1: the columns must be first_frame and frames, separated by a tab, or "
            f"first_frame alone; found {', '.join(header) or 'nothing'}"
        )
    if not rows[1:]:
        raise InputError(f"{path}: has no row; give at least one cut, first_frame 0")
    table = [_override_row(path, line, header, cells) for line, cells in rows[1:]]
    following = [first for _, first, _ in table[1:]] + [total_frames]
    cuts: list[Cut] = []
    expected = 0
    for (line, first, frames), after in zip(table, following, strict=True):
        if first != expected:
            wrong = "leaves a gap" if first > expected else "overlaps the cut before"
            raise InputError(
                f"{path}: row {line}, column first_frame: {first} {wrong}; wanted {expected}"
            )
        length = after - first if frames is None else frames
        if length < 1 or first + length > total_frames:
            raise InputError(
                f"{path}: row {line}, column {header[-1]}: the cut would end before frame "
                f"{first + length}; wanted {first + 1} to {total_frames} (the film's frames)"
            )
        cuts.append(Cut.of(first, length))
        expected = first + length
    if expected != total_frames:
        raise InputError(
            f"{path}: row {table[-1][0]}, column frames: the cuts end before frame {expected}, but "
            f"the film has {total_frames} frames; every frame must be in a cut"
        )
    return cuts


def _override_row(
    path: Path, line: int, header: Sequence[str], cells: Sequence[str]
) -> tuple[int, int, int | None]:
    if len(cells) != len(header):
        raise InputError(f"{path}: row {line}: has {len(cells)} cells, wanted {len(header)}")
    numbers = []
    for column, cell in zip(header, cells, strict=True):
        if not cell.strip().isascii() or not cell.strip().isdigit():
            raise InputError(
                f"{path}: row {line}, column {column}: {cell.strip()!r} is no frame number; "
                "wanted a whole number, 0 or more"
            )
        numbers.append(int(cell))
    return line, numbers[0], numbers[1] if len(numbers) > 1 else None
