"""Calibrate the gate: what its thresholds let pass, by drafts that are known to be good or bad.

A label is a reviewer's decision on the very draft that was scored (approve is good, passthrough is
bad), or a row of a table of labels, which may bring its own score. Scores of different scorers are
never mixed: each scorer is calibrated by itself. docs/tuning.md explains the result.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from ..core.errors import InputError
from ..project.gate import Gate
from .gate import highest_threshold, verdict
from .labels import Labelled
from .roc import Point, curve, point
from .statistics import Area, area, bad_needed

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Calibration:
    """What the labels say of one scorer.

    Attributes:
        scorer: Its name.
        wanted: The wanted false-pass share, in (0, 1).
        good: How many good drafts the gate judges.
        bad: How many bad drafts the gate judges.
        unjudged: How many labelled drafts it does not judge.
        verdicts: Counts of the verdicts at the present thresholds, of good and of bad drafts.
        confidence_auc: The area under the curve of the confidence alone.
        gate_auc: The area of the gate: a draft that breaks another rule, such as the offset's,
            passes at no threshold.
        present: What passes at the present threshold.
        observed: The least threshold at which the share of false passes among these labels is at
            most the wanted one; None where there is none.
        assured: The least threshold at which its upper bound is; None where there is none.
        curve: Every threshold that tells drafts apart, the highest first.
    """

    scorer: str
    wanted: float
    good: int
    bad: int
    unjudged: int
    verdicts: dict[str, dict[str, int]]
    confidence_auc: Area
    gate_auc: Area
    present: Point
    observed: Point | None
    assured: Point | None
    curve: list[Point]

    @property
    def bad_needed(self) -> int:
        """The least number of bad drafts that can assure the wanted share if none passes."""
        return bad_needed(self.wanted)

    @property
    def proposed(self) -> Point | None:
        """The threshold to use: the assured one, or the observed one where labels are too few."""
        return self.assured or self.observed


def calibrate(drafts: Sequence[Labelled], gate: Gate, wanted: float) -> Calibration:
    """Calibrate one scorer.

    Args:
        drafts: Labelled drafts with scores of that scorer.
        gate: The thresholds in force.
        wanted: The wanted false-pass share, in (0, 1).

    Returns:
        What the labels say.

    Raises:
        InputError: If the gate does not judge both good and bad drafts, if scorers are mixed, or
            if there is no such scorer.
    """
    scorer = _scorer_of(drafts, gate)
    judged = [(draft, highest_threshold(draft, gate)) for draft in drafts]
    judged = [(draft, highest) for draft, highest in judged if highest is not None]
    good, bad = (
        np.array(
            [
                (highest, draft.score["confidence"])
                for draft, highest in judged
                if draft.good is label
            ]
        )
        for label in (True, False)
    )
    if not len(good) or not len(bad):
        raise InputError(
            f"{scorer}: {len(good)} good and {len(bad)} bad drafts that the gate judges; "
            "calibration wants some of both"
        )
    points = curve(good[:, 0], bad[:, 0])
    return Calibration(
        scorer=scorer,
        wanted=wanted,
        good=len(good),
        bad=len(bad),
        unjudged=len(drafts) - len(judged),
        verdicts=_verdicts(drafts, gate),
        confidence_auc=area(good[:, 1], bad[:, 1]),
        gate_auc=area(good[:, 0], bad[:, 0]),
        present=point(gate.scorers.of(scorer).min_confidence, good[:, 0], bad[:, 0]),
        observed=_last(takewhile(lambda p: p.false_pass.share <= wanted, points)),
        assured=_last(takewhile(lambda p: p.false_pass.at_most <= wanted, points)),
        curve=points,
    )


def _scorer_of(drafts: Sequence[Labelled], gate: Gate) -> str:
    names = {draft.score["scorer"] for draft in drafts}
    if len(names) != 1:
        raise InputError(f"scores of different scorers are never mixed: {', '.join(sorted(names))}")
    scorer = names.pop()
    if scorer not in type(gate.scorers).model_fields:
        raise InputError(f"there is no scorer {scorer!r}")
    return scorer


def _last(points: Iterable[Point]) -> Point | None:
    found = list(points)
    return found[-1] if found and found[-1].true_pass.passed else None


def _verdicts(drafts: Iterable[Labelled], gate: Gate) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {
        label: dict.fromkeys(("pass", "review", "fail", "unjudged"), 0) for label in ("good", "bad")
    }
    for draft in drafts:
        counts["good" if draft.good else "bad"][verdict(draft, gate)] += 1
    return counts
