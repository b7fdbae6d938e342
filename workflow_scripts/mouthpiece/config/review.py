"""Section `review`."""

from .section import Section


class Review(Section):
    """The review server: see `docs/review.md`. No result depends on it."""

    apply: bool = False
    """Whether the review page may start the run that obeys what was decided, as `mouthpiece run`
    would. Off: the page shows the command. `mouthpiece review --apply` allows it once."""
