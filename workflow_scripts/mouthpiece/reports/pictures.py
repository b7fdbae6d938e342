"""What the gate found in the pictures of a film's drafts, counted for the summary of a run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..config.picture import PictureLimits
from ..review.picture_view import LABELS
from ..scorers.picture_verdict import MEASURES, Measure


@dataclass(frozen=True)
class PictureCount:
    """How many cuts of a film break a limit of the picture.

    Attributes:
        measure: The measure.
        cuts: How many cuts.
        worst: The worst of what was measured of them.
        silence_s: The silences of the dub in that cut, in seconds.
    """

    measure: Measure
    cuts: int
    worst: float
    silence_s: float

    def text(self, limits: PictureLimits) -> str:
        """Say it.

        Args:
            limits: The limits in force.

        Returns:
            Such as "2 lopsided (worst 0.11, limit 0.06)".
        """
        form = LABELS[self.measure.fault].form
        limit = self.measure.bound({"silence_s": self.silence_s}, limits)
        bound = "" if limit is None else f", limit {form.format(limit)}"
        name = self.measure.fault.replace("_", " ")
        return f"{self.cuts} {name} (worst {form.format(self.worst)}{bound})"


def picture_counts(rows: Iterable[Mapping[str, str]]) -> tuple[PictureCount, ...]:
    """Count the cuts that break limits of the picture, judged or reported.

    Args:
        rows: The film's rows of cuts.tsv.

    Returns:
        A count for each measure of which a limit is broken.
    """
    values: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        silence_s = float(row.get("silence_s") or 0)
        for code in f"{row.get('gate_reasons', '')};{row.get('reported', '')}".split(";"):
            name, _, value = code.partition("=")
            values.setdefault(name, []).append((float(value or 0), silence_s))
    return tuple(
        PictureCount(measure, len(found), *(min if measure.at_least else max)(found))
        for measure in MEASURES
        if (found := values.get(measure.fault))
    )
