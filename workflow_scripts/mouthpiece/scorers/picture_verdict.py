"""What the gate says of a draft's picture: which limits it breaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..config.picture import PictureFault, PictureLimits

STILL_SHARE = 0.1
"""The share of a cut's silences in which its mouth may move, as people's do."""


@dataclass(frozen=True)
class Measure:
    """A measure of the picture.

    Attributes:
        fault: What is wrong where it breaks its limit.
        name: Its field in score.json (`scorers.picture.PictureMeasures`) and column of cuts.tsv.
        limit: The key of its limit in `PictureLimits`.
        at_least: Whether the limit is the least value; else it is the greatest.
    """

    fault: PictureFault
    name: str
    limit: str
    at_least: bool = False

    def bound(self, score: Mapping[str, Any], limits: PictureLimits) -> float | None:
        """Find the limit that holds for a draft: in long silences a mouth may move for longer.

        Args:
            score: What was measured of it, by the fields of `scorers.picture.PictureMeasures`.
            limits: The limits in force.

        Returns:
            The limit; None where there is none.
        """
        limit: float | None = getattr(limits, self.limit)
        if limit is None or self.fault != "mouth_in_silence":
            return limit
        return max(limit, STILL_SHARE * score.get("silence_s", 0.0))


MEASURES = (
    Measure("mouth_in_silence", "mouth_in_silence_s", "max_mouth_in_silence_s"),
    Measure("open_in_silence", "open_in_silence_s", "max_open_in_silence_s"),
    Measure("small_opening", "opening_ratio", "min_opening_ratio", at_least=True),
    Measure("small_width", "width_ratio", "min_width_ratio", at_least=True),
    Measure("lopsided", "asymmetry", "max_asymmetry"),
    Measure("blurred", "detail", "min_detail", at_least=True),
    Measure("shade_step", "shade_step", "max_shade_step"),
    Measure("seam", "seam", "max_seam"),
)
"""The measures, in the order in which they are told."""


@dataclass(frozen=True)
class PictureFinding:
    """A limit that the picture of a draft breaks.

    Attributes:
        fault: What is wrong.
        value: What was measured.
        judged: Whether that makes the draft doubtful; else it is reported only.
    """

    fault: PictureFault
    value: float
    judged: bool

    @property
    def code(self) -> str:
        """The finding as `code=value`."""
        return f"{self.fault}={self.value:.3g}"


def picture_findings(score: Mapping[str, Any], limits: PictureLimits) -> list[PictureFinding]:
    """Find the limits that the picture of a draft breaks.

    Args:
        score: The draft's score, with the fields of `scorers.picture.PictureMeasures`; one that is
            absent or null was not measured.
        limits: The limits.

    Returns:
        The findings, in the order of `MEASURES`.
    """
    found = []
    for measure in MEASURES:
        value, limit = score.get(measure.name), measure.bound(score, limits)
        if value is None or limit is None:
            continue
        if value < limit if measure.at_least else value > limit:
            judged = measure.fault in limits.judged
            found.append(PictureFinding(measure.fault, float(value), judged))
    return found
