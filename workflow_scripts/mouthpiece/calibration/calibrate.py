"""Calibrate the gate: what its thresholds let pass, by drafts that are known to be good or bad.

    python -m mouthpiece.calibrate results/*/*/cuts.tsv --decisions decisions.tsv

A label is a reviewer's decision on the very draft that was scored (approve is good, passthrough is
bad), or a row of a table of labels, which may bring its own score. Scores of different scorers are
never mixed: each scorer is calibrated by itself. docs/tuning.md explains the result.
"""

import argparse
import logging
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import numpy as np

from ..core.errors import InputError
from ..core.files import write_json, write_text
from ..core.jobs import run_command
from ..project.settings import Gate
from .gate import highest_threshold, read_gate, verdict
from .labels import Labelled, read_decisions, read_films, read_labels
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
        policy_auc: The area of the gate: a draft that breaks another rule, such as the offset's,
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
    policy_auc: Area
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
        policy_auc=area(good[:, 0], bad[:, 0]),
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


def _parser() -> argparse.ArgumentParser:
    def share(text: str) -> float:
        value = float(text)
        if not 0 < value < 1:
            raise ValueError
        return value

    parser = argparse.ArgumentParser(
        prog="python -m mouthpiece.calibrate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("tables", nargs="*", type=Path, metavar="cuts.tsv")
    parser.add_argument("--labels", type=Path, help="a table of labels")
    parser.add_argument("--decisions", type=Path, help="the reviewers' decisions.tsv")
    parser.add_argument("--scorer", default="", help="only this scorer")
    parser.add_argument(
        "--false-pass", type=share, default=0.05, help="the wanted share, of the bad ones (0.05)"
    )
    parser.add_argument(
        "--configfile", nargs="+", type=Path, default=[], metavar="FILE",
        help="as for snakemake, for the thresholds in force; config/config.yaml is read anyway",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--svg", type=Path, help="draw the ROC curves here")
    return parser


def run(options: argparse.Namespace) -> None:
    """Do what the command line says. Raises InputError."""
    from ..reports.plots import PRINT, roc_figure, svg
    from .report import as_json, describe

    if not options.labels and not options.decisions:
        raise InputError(
            "no labels: name --decisions decisions.tsv, or --labels labels.tsv, or both"
        )
    for path in filter(None, (options.json, options.svg)):
        if path.is_dir():
            raise InputError(f"{path}: is a folder; name a file")
    gate, films = read_gate(options.configfile), read_films(options.tables)
    parts = []
    if options.labels:
        parts.append(read_labels(options.labels, films, options.scorer))
    if options.decisions:
        parts.append(read_decisions(options.decisions, films))
    for why, count in sorted(sum((part.left_out for part in parts), Counter()).items()):
        log.info("left out: %d (%s)", count, why)
    by_scorer: dict[str, list[Labelled]] = {}
    for draft in (draft for part in parts for draft in part.drafts):
        by_scorer.setdefault(draft.score["scorer"], []).append(draft)
    if options.scorer:
        by_scorer = {options.scorer: by_scorer.get(options.scorer, [])}
    if not any(by_scorer.values()):
        raise InputError("no label counts" + (f" for {options.scorer}" if options.scorer else ""))
    found = [calibrate(by_scorer[name], gate, options.false_pass) for name in sorted(by_scorer)]
    for calibration in found:
        log.info("\n%s", "\n".join(describe(calibration)))
    if options.json:
        write_json(options.json, {"calibrations": [as_json(item) for item in found]})
    if options.svg:
        lines = {
            item.scorer: [(p.false_pass.share, p.true_pass.share) for p in item.curve]
            for item in found
        }
        marks = {
            item.scorer: (item.present.false_pass.share, item.present.true_pass.share)
            for item in found
        }
        write_text(options.svg, svg(roc_figure(lines, marks), "roc", PRINT))


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    return run_command(lambda: run(_parser().parse_args(arguments)))
