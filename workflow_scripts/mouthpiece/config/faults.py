"""Section `faults`."""

from typing import Literal

from .section import Section, Share


class Faults(Section):
    """What becomes of a cut whose job the machine fails (a broken weight, out of memory)."""

    on_exhausted: Literal["stop", "passthrough"] = "stop"
    """When the scheduler's retries (`--retries`) are used up: the film is not made; or the cut is
    passed through with the reason `fault`, and the next run tries it again."""
    max_share: Share = 0.2
    """Largest share of such cuts, of a film's cuts that have a face to redraw; with more the film
    is not made."""
