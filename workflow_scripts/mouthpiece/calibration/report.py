"""A calibration as text for a person, and as JSON."""

from dataclasses import asdict
from typing import Any

from .calibrate import Calibration
from .roc import Point
from .statistics import CONFIDENCE_LEVEL, Area

ROC_SHARES = (0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1)
"""The false-pass shares up to which the curve's points are printed."""

ROC_WIDTH = 30
"""The length of a bar of true passes, in characters."""


def describe(found: Calibration) -> list[str]:
    """Describe a calibration for a person.

    Args:
        found: What the labels say of one scorer.

    Returns:
        Lines of plain text; the last ones can be pasted into the config.
    """
    level = f"{CONFIDENCE_LEVEL:.0%}"
    lines = [
        f"{found.scorer}: {found.good} good and {found.bad} bad drafts"
        + (f", {found.unjudged} more not judged" if found.unjudged else ""),
        "",
        f"  AUC of the confidence alone    {_area(found.confidence_auc)}",
        f"  AUC of the gate, all rules     {_area(found.gate_auc)}   ({level} bootstrap)",
        "",
        "  now      " + "".join(f"{name:>10}" for name in found.verdicts["good"]),
    ]
    lines += [
        f"  {label:8} " + "".join(f"{count:>10}" for count in counts.values())
        for label, counts in found.verdicts.items()
    ]
    lines += ["", f"  {'':28} from    false passes (at most)      true passes (at least)"]
    named = {
        "now": found.present,
        f"false passes <= {found.wanted:.3g} here": found.observed,
        f"... and assured, {level}": found.assured,
    }
    for name, point in named.items():
        lines.append(
            f"  {name:26} " + (_point_text(point) if point else "   none passes a good one")
        )
    lines += ["", *_roc(found), "", *_warnings(found), *_snippet(found)]
    return lines


def _roc(found: Calibration) -> list[str]:
    """The curve: the point with the most true passes of those up to each false-pass share."""
    points = dict.fromkeys(
        [p for p in found.curve if p.false_pass.share <= share][-1] for share in ROC_SHARES
    )
    return [
        "  ROC      from   false passes   true passes",
        *(
            f"  {p.min_confidence:11.4g}   {p.false_pass.share:12.1%}   {p.true_pass.share:11.1%}  "
            f"{'#' * round(ROC_WIDTH * p.true_pass.share)}".rstrip()
            for p in points
        ),
    ]


def _area(found: Area) -> str:
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def _point_text(point: Point) -> str:
    false, true = point.false_pass, point.true_pass
    return (
        f"{point.min_confidence:7.4g}  {false.passed:4}/{false.total:<4} {false.share:6.1%} "
        f"({false.at_most:6.1%})  {true.passed:4}/{true.total:<4} {true.share:6.1%} "
        f"({true.at_least:6.1%})"
    )


def _warnings(found: Calibration) -> list[str]:
    lines = []
    if found.bad < found.bad_needed:
        lines.append(
            f"  WARNING: too few labels. {found.bad} bad drafts cannot assure a false-pass rate of "
            f"{found.wanted:.3g};\n  even if none passes, {found.bad_needed} are needed. What is "
            "proposed is a guess."
        )
    elif found.assured is None:
        lines.append(
            f"  WARNING: no threshold assures a false-pass rate of {found.wanted:.3g} and passes a "
            "good draft."
        )
    if found.present.false_pass.at_most > found.wanted:
        lines.append(
            f"  WARNING: at the thresholds in force the false-pass rate may be as high as "
            f"{found.present.false_pass.at_most:.1%}."
        )
    return [*lines, ""] if lines else []


def _snippet(found: Calibration) -> list[str]:
    if found.proposed is None:
        return ["  No threshold is proposed: the scores do not tell these drafts apart."]
    which = "assured" if found.assured else "NOT assured: too few labels"
    return [
        f"  # config.yaml; {which}; {found.good} good, {found.bad} bad drafts",
        "  gate:",
        "    scorers:",
        f"      {found.scorer}:",
        f"        min_confidence: {found.proposed.min_confidence:.6g}",
    ]


def as_json(found: Calibration) -> dict[str, Any]:
    """Convert a calibration to JSON values, with every share and bound.

    Args:
        found: What the labels say of one scorer.

    Returns:
        A JSON object.
    """

    def point(at: Point | None) -> dict[str, Any] | None:
        if at is None:
            return None
        return {
            "min_confidence": at.min_confidence,
            "false_pass": {
                **asdict(at.false_pass),
                "share": at.false_pass.share,
                "at_most": at.false_pass.at_most,
            },
            "true_pass": {
                **asdict(at.true_pass),
                "share": at.true_pass.share,
                "at_least": at.true_pass.at_least,
            },
        }

    return {
        "scorer": found.scorer,
        "wanted_false_pass": found.wanted,
        "confidence_level": CONFIDENCE_LEVEL,
        "good": found.good,
        "bad": found.bad,
        "bad_needed": found.bad_needed,
        "unjudged": found.unjudged,
        "verdicts": found.verdicts,
        "confidence_auc": asdict(found.confidence_auc),
        "gate_auc": asdict(found.gate_auc),
        "present": point(found.present),
        "observed": point(found.observed),
        "assured": point(found.assured),
        "roc": [[p.min_confidence, p.false_pass.share, p.true_pass.share] for p in found.curve],
    }
