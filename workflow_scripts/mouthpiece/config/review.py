"""Section `review`."""

from typing import Annotated

from pydantic import Field

from .section import Section


class Review(Section):
    """Review pages and their server: see `docs/review.md`. No result depends on it."""

    apply: bool = False
    """Whether the review page may start the run that obeys what was decided, as `mouthpiece run`
    would. Off: the page shows the command. `mouthpiece review --apply` allows it once."""
    versions: Annotated[int, Field(ge=0, le=20)] = 2
    """How many earlier drafts of each cut are kept, to be compared and restored. A draft that is
    drawn again takes its disk until it is dropped; 0: none are kept."""
