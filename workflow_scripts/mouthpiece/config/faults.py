"""Section `faults`."""

from typing import Literal

from .section import Section, Share


class Faults(Section):
    """What happens to a cut whose job fails for a technical reason, such as a lack of memory."""

    on_exhausted: Literal["stop", "passthrough"] = "stop"
    """What happens once the scheduler's retries (`--retries`) are used up. `stop`: the film is not
    made. `passthrough`: the cut is passed through with the reason `fault`, and the next run tries
    it again."""
    max_share: Share = 0.2
    """The largest share of such cuts among a film's cuts with a face to redraw. With more, the film
    is not made."""
