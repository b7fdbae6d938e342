"""What was measured of a draft's picture, as the review page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..scorers.picture_verdict import MEASURES, picture_findings
from .reasons import Limits
from .thresholds import Thresholds


@dataclass(frozen=True)
class Label:
    """The words of a measure.

    Attributes:
        name: What it is called.
        form: How value and limit are written: a format with {0}.
    """

    name: str
    form: str = "{0:.2f}"


LABELS = {
    "mouth_in_silence": Label("Mouth in silence", "{0:.2f} s"),
    "open_in_silence": Label("Mouth open in silence", "{0:.2f} s"),
    "small_opening": Label("Opening, of the person's own", "{0:.0%}"),
    "small_width": Label("Spreading, of the person's own", "{0:.0%}"),
    "lopsided": Label("Lopsided, beyond the person's own"),
    "blurred": Label("Sharpness, of the source's", "{0:.0%}"),
    "shade_step": Label("Jump of shade", "{0:.1f} levels"),
    "seam": Label("Slope at the rim", "{0:.1f} levels"),
}
"""Fault -> the words of its measure."""


def picture_view(row: Mapping[str, str], thresholds: Thresholds) -> list[tuple[str, str]]:
    """Describe the measures of a draft's picture.

    Args:
        row: The cut's row of cuts.tsv.
        thresholds: The thresholds in force.

    Returns:
        The name of each that could be judged, and its value with the limit and whether that makes
        the draft doubtful.
    """
    values = _measured(row)
    found = {f.fault: f for f in picture_findings(values, thresholds.picture)}
    view = []
    for measure in MEASURES:
        if measure.name not in values:
            continue
        label, limit = LABELS[measure.fault], measure.bound(values, thresholds.picture)
        text = label.form.format(values[measure.name])
        bound = "at least" if measure.at_least else "at most"
        text += " (no limit)" if limit is None else f" ({bound} {label.form.format(limit)})"
        if finding := found.get(measure.fault):
            text += ": doubtful" if finding.judged else ": reported only"
        view.append((label.name, text))
    return view


def picture_limits(row: Mapping[str, str], thresholds: Thresholds) -> Limits:
    """Find the limits that hold for the picture of a draft, as the gate judges by them.

    Args:
        row: The cut's row of cuts.tsv.
        thresholds: The thresholds in force.

    Returns:
        Them by reason code.
    """
    values = _measured(row)
    bounds = {measure.fault: measure.bound(values, thresholds.picture) for measure in MEASURES}
    return {fault: bound for fault, bound in bounds.items() if bound is not None}


def _measured(row: Mapping[str, str]) -> dict[str, float]:
    """What was measured of a picture, without what could not be judged."""
    names = ("silence_s", *(measure.name for measure in MEASURES))
    return {name: float(row[name]) for name in names if row.get(name)}
