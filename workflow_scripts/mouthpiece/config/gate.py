"""Config section `gate.deliver`."""

from .section import Action, Section


class DeliverWhat(Section):
    """What is delivered of a cut, by the gate's verdict on its draft. `pass` delivers the draft."""

    review: Action = "lipsync"
    """A doubtful draft: the draft (`lipsync`) or the original (`passthrough`)."""
    unjudged: Action = "lipsync"
    """A cut that is too short or too silent to judge."""
    fail: Action = "passthrough"
    """A draft that is out of sync."""
