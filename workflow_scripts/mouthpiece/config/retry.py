"""Section `retry`."""

from .section import Section


class Retry(Section):
    """Second chances for a cut whose draft the gate would not pass; the best score is kept.

    With either of them the draft depends on the gate's scorer and thresholds: these changed, the
    cuts are drafted again.
    """

    presets: tuple[str, ...] = ()
    """Presets of the engine, tried in this order until one passes."""
    correct_offset: bool = False
    """A draft whose lips are off by a constant time is drawn again with the dub moved by it."""
