"""Section `speaker`."""

from typing import Literal

from .section import Section


class Speaker(Section):
    """Whether the face that is seen is the one that speaks; the gate's scorer says."""

    mode: Literal["passthrough", "report", "off"] = "passthrough"
    """A face whose lips do not go with the source's sound (a listener, a narrator off screen) is
    passed through; or only reported (column `reported` of cuts.tsv); or not looked at. `off` in a
    cut's row of overrides.tsv redraws its face whatever the sound says."""
