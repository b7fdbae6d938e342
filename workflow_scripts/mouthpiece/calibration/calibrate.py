"""Calibrate the gate: what its thresholds let pass, by drafts that are known to be good or bad.

    python -m mouthpiece.calibrate results/*/*/cuts.tsv --decisions decisions.tsv

A label is a reviewer's decision on the very draft that was scored (approve is good, passthrough is
bad), or a row of a table of labels, which may bring its own score. Scores of different scorers are
never mixed: each scorer is calibrated by itself. docs/tuning.md says how to read the result.
"""

import argparse
import logging
import math
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError
from scipy.stats import beta

from ..core.errors import InputError
from ..core.files import write_json, write_text
from ..core.jobs import run_command
from ..project.project import config_files, read_config
from ..project.settings import Gate, explain
from ..reports.plots import PRINT, roc_figure, svg
from ..scorers.verdict import judge
from .labels import Labelled, read_decisions, read_films, read_labels

log = logging.getLogger(__name__)

CONFIDENCE_LEVEL = 0.95
"""Of every interval and bound that is reported."""

ROC_SHARES = (0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1)
"""The false-pass shares up to which the curve's points are printed."""

ROC_WIDTH = 30
"""Of a bar of true passes, in characters."""

RESAMPLES = 2000
"""Bootstrap resamples of the AUC's interval."""


@dataclass(frozen=True)
class Rate:
    """How many of a number of drafts pass."""

    passed: int
    total: int

    @property
    def share(self) -> float:
        """The observed share."""
        return self.passed / self.total

    @property
    def at_most(self) -> float:
        """One-sided upper bound of the true share (Clopper and Pearson, Biometrika 1934)."""
        if self.passed == self.total:
            return 1.0
        return float(beta.ppf(CONFIDENCE_LEVEL, self.passed + 1, self.total - self.passed))

    @property
    def at_least(self) -> float:
        """One-sided lower bound, likewise."""
        if self.passed == 0:
            return 0.0
        return float(beta.ppf(1 - CONFIDENCE_LEVEL, self.passed, self.total - self.passed + 1))


@dataclass(frozen=True)
class Point:
    """What the gate does from a least confidence on."""

    min_confidence: float
    false_pass: Rate
    true_pass: Rate


@dataclass(frozen=True)
class Area:
    """An area under a ROC curve, with its bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Calibration:
    """What the labels say of one scorer.

    confidence_auc is that of the confidence alone; policy_auc that of the gate: a draft that breaks
    another rule (the offset's) passes at no threshold. curve: every threshold that tells drafts
    apart, the highest first. observed: the least threshold whose false passes are at most the
    wanted share of these labels; assured: whose upper bound is; None where there is none.
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
        """The least number of bad drafts that can assure the wanted share, if none passes."""
        return bad_needed(self.wanted)

    @property
    def proposed(self) -> Point | None:
        """The threshold to take: the assured one, or for want of labels the observed one."""
        return self.assured or self.observed


def bad_needed(wanted: float) -> int:
    """How many bad drafts assure a false-pass share if none of them passes."""
    return math.ceil(math.log(1 - CONFIDENCE_LEVEL) / math.log(1 - wanted))


def with_floor(gate: Gate, scorer: str, min_confidence: float) -> Gate:
    """The gate with another least confidence of a scorer; the limit of failing never above it."""
    limits = getattr(gate.scorers, scorer)
    changed = limits.model_copy(
        update={
            "min_confidence": min_confidence,
            "fail_confidence": min(limits.fail_confidence, min_confidence),
        }
    )
    scorers = gate.scorers.model_copy(update={scorer: changed})
    return gate.model_copy(update={"scorers": scorers})


def _verdict(draft: Labelled, gate: Gate) -> str:
    source = dict(draft.source) if draft.source else None
    return judge(dict(draft.score), gate.scorers.of(draft.score["scorer"]), source)[0]


def highest_floor(draft: Labelled, gate: Gate) -> float | None:
    """The highest least confidence at which the gate still passes a draft.

    That is its confidence, or -inf where another rule keeps it from passing at any threshold; None
    where the gate does not judge it.
    """
    confidence = float(draft.score["confidence"])
    verdict = _verdict(draft, with_floor(gate, draft.score["scorer"], confidence))
    if verdict == "unjudged":
        return None
    return confidence if verdict == "pass" else -math.inf


def auc(good: np.ndarray, bad: np.ndarray) -> float:
    """The share of pairs in which the good one scores more; a tie counts half. [G], [B] floats."""
    ranked = np.sort(bad)
    below = np.searchsorted(ranked, good, "left") + np.searchsorted(ranked, good, "right")
    return float(below.mean() / (2 * len(bad)))


def area(good: np.ndarray, bad: np.ndarray, seed: int = 0) -> Area:
    """The AUC with its percentile bootstrap interval; good and bad are drawn apart. [G], [B]."""
    chooser = np.random.default_rng(seed)
    draws = [
        auc(chooser.choice(good, len(good)), chooser.choice(bad, len(bad)))
        for _ in range(RESAMPLES)
    ]
    tail = (1 - CONFIDENCE_LEVEL) / 2
    low, high = np.quantile(draws, (tail, 1 - tail))
    return Area(auc(good, bad), float(low), float(high))


def curve(good: np.ndarray, bad: np.ndarray) -> list[Point]:
    """Every threshold that tells drafts apart, the highest first: what passes from it on.

    good [G], bad [B]: highest floors, -inf for what never passes. A threshold lies half-way between
    two neighbouring scores.
    """
    scores = np.unique(np.concatenate([good, bad]))
    scores = scores[np.isfinite(scores)]
    if not len(scores):
        return [_point(0.0, good, bad)]
    edges = [_between(low, high) for low, high in pairwise(scores)]
    floors = [math.floor(scores[0] * 1e4) / 1e4, *edges, math.floor(scores[-1] * 1e4 + 1) / 1e4]
    return [_point(floor, good, bad) for floor in reversed(floors)]


def _between(low: float, high: float) -> float:
    middle = float((low + high) / 2)
    short = round(middle, 4)
    return short if low < short <= high else middle


def _point(floor: float, good: np.ndarray, bad: np.ndarray) -> Point:
    return Point(
        floor,
        Rate(int((bad >= floor).sum()), len(bad)),
        Rate(int((good >= floor).sum()), len(good)),
    )


def calibrate(drafts: Sequence[Labelled], gate: Gate, wanted: float) -> Calibration:
    """Calibrate one scorer. drafts: all of that scorer's. wanted: the false-pass share, in (0, 1).

    Raises InputError where there are not both good and bad drafts, or scorers are mixed.
    """
    names = {draft.score["scorer"] for draft in drafts}
    if len(names) != 1:
        raise InputError(f"scores of different scorers are never mixed: {', '.join(sorted(names))}")
    scorer = names.pop()
    if not hasattr(gate.scorers, scorer):
        raise InputError(f"there is no scorer {scorer!r}")
    floors = [highest_floor(draft, gate) for draft in drafts]
    judged = [
        (draft, floor) for draft, floor in zip(drafts, floors, strict=True) if floor is not None
    ]
    good, bad = (
        np.array([floor for draft, floor in judged if draft.good is label])
        for label in (True, False)
    )
    if not len(good) or not len(bad):
        raise InputError(
            f"{scorer}: {len(good)} good and {len(bad)} bad drafts that the gate judges; "
            "calibration wants some of both"
        )
    raw_good, raw_bad = (
        np.array([draft.score["confidence"] for draft, _ in judged if draft.good is label])
        for label in (True, False)
    )
    points = curve(good, bad)
    return Calibration(
        scorer=scorer,
        wanted=wanted,
        good=len(good),
        bad=len(bad),
        unjudged=len(drafts) - len(judged),
        verdicts=_verdicts(drafts, gate),
        confidence_auc=area(raw_good, raw_bad),
        policy_auc=area(good, bad),
        present=_point(getattr(gate.scorers, scorer).min_confidence, good, bad),
        observed=_last(p for p in points if p.false_pass.share <= wanted),
        assured=_last(p for p in points if p.false_pass.at_most <= wanted),
        curve=points,
    )


def _last(points: Iterable[Point]) -> Point | None:
    found = list(points)
    return found[-1] if found and found[-1].true_pass.passed else None


def _verdicts(drafts: Iterable[Labelled], gate: Gate) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {
        label: dict.fromkeys(("pass", "review", "fail", "unjudged"), 0) for label in ("good", "bad")
    }
    for draft in drafts:
        counts["good" if draft.good else "bad"][_verdict(draft, gate)] += 1
    return counts


def describe(found: Calibration) -> list[str]:
    """A calibration in lines for a person, with the config to paste at the end."""
    level = f"{CONFIDENCE_LEVEL:.0%}"
    lines = [
        f"{found.scorer}: {found.good} good and {found.bad} bad drafts"
        + (f", {found.unjudged} more not judged" if found.unjudged else ""),
        "",
        f"  AUC of the confidence alone    {_area(found.confidence_auc)}",
        f"  AUC of the gate, all rules     {_area(found.policy_auc)}   ({level} bootstrap)",
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
    """The curve: of the points with at most so many false passes, the one with most true ones."""
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
    """A calibration as JSON values, with every share and bound."""

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
        "policy_auc": asdict(found.policy_auc),
        "present": point(found.present),
        "observed": point(found.observed),
        "assured": point(found.assured),
        "roc": [[p.min_confidence, p.false_pass.share, p.true_pass.share] for p in found.curve],
    }


def read_gate(named: Sequence[Path]) -> Gate:
    """The gate's section of a run's config, checked. Raises InputError.

    named: config files, as `snakemake --configfile` takes them; the defaults where there is none.
    """
    files = config_files(named)
    try:
        return Gate.model_validate(read_config(files).get("gate") or {})
    except ValidationError as error:
        raise InputError(explain(error, f"{', '.join(map(str, files))}: gate")) from None


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
