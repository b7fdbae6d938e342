"""Section `retry`."""

from .section import Section


class Retry(Section):
    """Retries for a cut whose draft the gate would not pass. The draft with the best score is kept.

    With retries, drafts depend on the gate's scorer and thresholds: if you change these, the cuts
    are drafted again.
    """

    presets: tuple[str, ...] = ()
    """Presets of the engine. They are tried in this order until a draft passes."""
    correct_offset: bool = False
    """If the lips of a draft are early or late by a constant time, the cut is drawn again with the
    dub moved by that time; so is a final. What was bought is not bought again."""
