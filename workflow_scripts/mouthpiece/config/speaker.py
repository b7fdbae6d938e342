"""Section `speaker`."""

from typing import Literal

from .section import Section


class Speaker(Section):
    """Whether the visible face is the one that speaks. The gate's scorer decides."""

    mode: Literal["passthrough", "report", "off", "not_speaking"] = "passthrough"
    """What happens if a face's lips clearly do not match the source's sound (a listener, an
    off-screen narrator). `passthrough`: the cut is passed through. `report`: column `reported` of
    cuts.tsv says so. `off`: it is not checked. A doubt, or an offset, is only reported. With `off`
    in its row of overrides.tsv, a cut's face is redrawn whatever the sound says. `not_speaking` is
    meant for such a row, too: the face is not the speaker's, whatever the sound says, and the cut
    is passed through."""
