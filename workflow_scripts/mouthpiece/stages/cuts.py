"""Stage `cuts`: a film's cuts, found or given by the user."""

import logging
from pathlib import Path

from ..config.cuts import Cuts
from ..config.guard import Guard
from ..core.cuts import write_boundaries
from ..media.mezzanine import probe_mezzanine
from ..project.given_cuts import read_override

log = logging.getLogger(__name__)


def find(
    mezzanine: Path,
    boundaries: Path,
    settings: Cuts,
    override: Path | None = None,
    threads: int = 1,
    guard: Guard | None = None,
) -> None:
    """Write the cuts of a film.

    Args:
        mezzanine: The film.
        boundaries: The table to write, boundaries.tsv.
        settings: The config section `cuts`; it is not read where there is an override.
        override: The user's table of cuts; None where they are to be detected.
        threads: How many frames are decoded, and cuts looked at, at once.
        guard: The config section `guard`, by which detected cuts of two people are divided; None:
            they are left as they are.

    Raises:
        InputError: See `read_override`.
    """
    if override:
        cuts = read_override(override, probe_mezzanine(mezzanine).frames)
    else:
        from ..media.shots import detect  # the rule names it where cuts are detected

        cuts = detect(mezzanine, settings, threads)
        if guard:
            from ..faces.people import divide_cuts

            shots, cuts = cuts, divide_cuts(mezzanine, cuts, guard, threads)
            log.info("another person takes over in a shot %d times", len(cuts) - len(shots))
    log.info("%d cuts, %s", len(cuts), "as given" if override else settings.detector)
    write_boundaries(cuts, boundaries)
