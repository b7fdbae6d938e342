"""Calibration: statistics against independent ones, the gate's rules, the labels that count."""

import math
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, mannwhitneyu

from labelled import decision, drafts, labelled, score, write
from mouthpiece.calibration.calibrate import calibrate
from mouthpiece.calibration.gate import highest_threshold, read_gate, with_threshold
from mouthpiece.calibration.labels import (
    Labelled,
    read_decisions,
    read_films,
    read_labels,
    write_labels,
)
from mouthpiece.calibration.report import describe
from mouthpiece.calibration.roc import curve
from mouthpiece.calibration.statistics import Rate, area, auc, bad_needed
from mouthpiece.core.errors import InputError
from mouthpiece.project.gate import Gate, Scorers
from mouthpiece.scorers.embedded.settings import EmbeddedSettings
from mouthpiece.scorers.verdict import judge

GATE = Gate(scorers=Scorers(embedded=EmbeddedSettings(min_confidence=0.5, fail_confidence=0.3)))


def test_auc_is_the_u_statistic() -> None:
    chooser = np.random.default_rng(2)
    good, bad = chooser.integers(0, 20, 37) / 20, chooser.integers(-5, 15, 53) / 20
    wanted = mannwhitneyu(good, bad).statistic / (len(good) * len(bad))
    assert auc(good, bad) == pytest.approx(wanted)
    assert auc(np.array([1.0, 2.0]), np.array([-math.inf, 0.5])) == 1
    assert auc(np.array([1.0]), np.array([1.0])) == 0.5


def test_the_interval_of_the_auc_holds_it_and_narrows() -> None:
    def of(number: int):
        chooser = np.random.default_rng(3)
        return area(chooser.normal(1, 1, number), chooser.normal(0, 1, number))

    few, many = of(20), of(300)
    for found in (few, many):
        assert found.low < found.value < found.high
    assert many.high - many.low < (few.high - few.low) / 2
    assert many.low < 0.7602 < many.high  # the normal distribution's, at 1 / sqrt(2)
    assert of(20) == few
    alone = area(np.array([1.0]), np.array([0.0, 2.0]))
    assert (alone.value, alone.low, alone.high) == (0.5, 0, 1)


@pytest.mark.parametrize(("passed", "total"), [(0, 10), (3, 50), (49, 50), (50, 50)])
def test_bounds_are_exact_binomial_ones(passed: int, total: int) -> None:
    rate = Rate(passed, total)
    assert rate.share == passed / total
    if passed < total:  # at the bound, so few would pass once in twenty
        assert binom.cdf(passed, total, rate.at_most) == pytest.approx(0.05)
    else:
        assert rate.at_most == 1
    if passed:
        assert binom.sf(passed - 1, total, rate.at_least) == pytest.approx(0.05)
    else:
        assert rate.at_least == 0


def test_how_many_bad_drafts_are_needed() -> None:
    assert bad_needed(0.05) == 59
    assert Rate(0, 59).at_most <= 0.05 < Rate(0, 58).at_most


@pytest.mark.parametrize("share", [0.0, 0.6])
def test_a_threshold_follows_the_gate_s_rules(share: float) -> None:
    limits = EmbeddedSettings(min_confidence=0.5, fail_confidence=0.3, min_source_share=share)
    gate = Gate(scorers=Scorers(embedded=limits))
    chooser = np.random.default_rng(4)
    verdicts = set()
    for _ in range(300):
        found = score(
            float(chooser.uniform(-0.2, 1)), int(chooser.integers(-3, 4)),
            speech_s=float(chooser.uniform(0, 3)), duration_s=float(chooser.uniform(0, 4)),
        )  # fmt: skip
        source = {"scorer": "embedded", "confidence": float(chooser.uniform(0.01, 1))}
        draft = Labelled("v", "de", "000000-000049", True, found, source=source)
        floor, wanted = highest_threshold(draft, gate), float(chooser.uniform(0, 1))
        verdict, reasons = judge(found, with_threshold(gate, "embedded", wanted).limits, source)
        verdicts |= {verdict, *(reason.partition("=")[0] for reason in reasons)}
        assert (verdict == "unjudged") == (floor is None)
        if floor is not None:
            assert (verdict == "pass") == (floor >= wanted)
    assert {"pass", "unjudged", "off_sync"} <= verdicts
    assert ("below_source" in verdicts) == bool(share)


def test_the_curve_has_every_threshold_once() -> None:
    good, bad = np.array([0.9, 0.7, 0.7, 0.5]), np.array([0.6, 0.1, -math.inf])
    points = curve(good, bad)
    passed = [(p.false_pass.passed, p.true_pass.passed) for p in points]
    assert passed == [(0, 0), (0, 1), (0, 3), (1, 3), (1, 4), (2, 4)]
    floors = [point.min_confidence for point in points]
    assert floors == sorted(floors, reverse=True)
    assert curve(np.array([-math.inf]), np.array([-math.inf]))[0].true_pass == Rate(0, 1)


def test_rates_and_thresholds() -> None:
    found = calibrate(drafts(200, 300), GATE, 0.05)
    verdicts = [judge(dict(d.score), GATE.limits)[0] for d in drafts(200, 300) if not d.good]
    assert found.present.false_pass == Rate(verdicts.count("pass"), 300)
    assert found.verdicts["bad"] == {
        name: verdicts.count(name) for name in ("pass", "review", "fail", "unjudged")
    }
    assert found.gate_auc.value > found.confidence_auc.value
    assert found.observed and found.assured
    assert found.observed.min_confidence < found.assured.min_confidence
    assert found.observed.false_pass.share <= 0.05 < found.observed.false_pass.at_most
    assert found.assured.false_pass.at_most <= 0.05
    # The one below would let too many pass.
    below = found.curve[found.curve.index(found.observed) + 1]
    assert below.false_pass.share > 0.05
    # What is proposed does in the gate what it says.
    assert found.proposed is found.assured
    changed = with_threshold(GATE, "embedded", found.proposed.min_confidence)
    again = calibrate(drafts(200, 300), changed, 0.05)
    assert again.present.false_pass == found.assured.false_pass
    assert again.present.true_pass == found.assured.true_pass


def test_too_few_labels_are_said_to_be_too_few() -> None:
    few = labelled(True, *map(score, (0.8, 0.9))) + labelled(False, *map(score, (0.1, 0.2)))
    found = calibrate(few, GATE, 0.05)
    text = "\n".join(describe(found))
    assert found.assured is None and found.proposed is found.observed
    assert "too few labels. 2 bad drafts" in text and "59 are needed" in text
    assert "NOT assured" in text
    assert "may be as high as 77.6%" in text
    enough = "\n".join(describe(calibrate(drafts(100, 300), GATE, 0.05)))
    assert "too few" not in enough
    assert "min_confidence: 0." in enough


def test_what_is_not_judged_has_no_part() -> None:
    silent = labelled(False, score(0.9, speech_s=0.1))
    found = calibrate([*drafts(20, 20), *silent], GATE, 0.05)
    assert (found.good, found.bad, found.unjudged) == (20, 20, 1)
    assert found.verdicts["bad"]["unjudged"] == 1
    with pytest.raises(InputError, match="20 good and 0 bad drafts that the gate judges"):
        calibrate([*drafts(20, 0), *silent], GATE, 0.05)


def test_scorers_are_never_mixed() -> None:
    mixed = labelled(True, score(0.9), score(0.8, scorer="aperture"))
    with pytest.raises(InputError, match="never mixed: aperture, embedded"):
        calibrate(mixed, GATE, 0.05)
    with pytest.raises(InputError, match="no scorer 'nobody'"):
        calibrate(labelled(True, score(0.9, scorer="nobody")), GATE, 0.05)


def test_only_decisions_on_the_scored_draft_are_labels(table: Path, tmp_path: Path) -> None:
    decisions = write(
        tmp_path / "decisions.tsv",
        ("video", "language", "cut", "decision", "draft"),
        decision(0, "passthrough"),
        decision(7, "approve"),
        decision(1, "approve", "ffffffffffff"),
        decision(2, "approve", ""),
        decision(8, "approve"),
        decision(9, "passthrough", "000000000001"),
        decision(11, "approve"),
    )
    labels = read_decisions(decisions, read_films([table]))
    assert [(d.cut, d.good, d.score["confidence"]) for d in labels.drafts] == [
        ("000000-000000", False, 0.0),
        ("000007-000007", True, 0.7),
    ]
    assert labels.left_out == {
        "stale: made on another draft": 2,
        "bound to no draft": 1,
        "too short or too silent to judge": 1,
        "no such cut in the tables given": 1,
    }


def test_a_table_of_labels(table: Path, tmp_path: Path) -> None:
    films = read_films([table])
    header = ("video", "language", "cut", "label", "scorer", "confidence", "offset_frames")
    labels = write(
        tmp_path / "labels.tsv",
        header,
        ("talk", "pt-BR", "000007-000007", "good"),
        ("else", "de", "000000-000009", "bad", "aperture", "-0.25", "4"),
    )
    one, two = read_labels(labels, films, "").drafts
    assert one.source == {"scorer": "embedded", "confidence": 0.8} and two.source is None
    assert (one.good, one.score["scorer"], one.score["confidence"]) == (True, "embedded", 0.7)
    assert two.score == score(-0.25, 4, "aperture") | {
        "distance": 0.0, "speech_s": math.inf, "duration_s": math.inf,
    }  # fmt: skip

    again = ("talk", "pt-BR", "000007-000007", "bad")
    with pytest.raises(InputError, match=r"row 3, column cut: .* is already in row 2"):
        read_labels(write(tmp_path / "twice.tsv", header, again, again), films, "")
    unnamed = write(
        tmp_path / "unnamed.tsv",
        ("video", "language", "cut", "label", "confidence"),
        (*again, "0.2"),
    )
    with pytest.raises(InputError, match="row 2, column scorer: is missing"):
        read_labels(unnamed, films, "")
    assert read_labels(unnamed, films, "embedded").drafts[0].score["confidence"] == 0.2
    with pytest.raises(InputError, match="column label: 'fine' is not allowed; expected good"):
        read_labels(write(tmp_path / "bad.tsv", header, (*again[:3], "fine")), films, "")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("confidence", text) for text in ("nan", "inf", "1e999", "-1e5", "9" * 5000)),
        *(("offset_frames", text) for text in ("1.5", "9" * 5000, "-1001")),
        *(("speech_s", text) for text in ("-1", "9" * 400)),
    ],
)
def test_a_number_of_a_label_is_finite(tmp_path: Path, column: str, value: str) -> None:
    header = (
        "video",
        "language",
        "cut",
        "label",
        "scorer",
        "confidence",
        "offset_frames",
        "speech_s",
    )
    row = dict(
        zip(header, ("v", "de", "000000-000009", "good", "embedded", "0.3", "1", "2"), strict=True)
    )
    labels = write(tmp_path / "labels.tsv", header, tuple({**row, column: value}.values()))
    with pytest.raises(InputError, match=f"row 2, column {column}: .* is not allowed; ") as error:
        read_labels(labels, {}, "")
    assert len(str(error.value)) < 500


@pytest.mark.parametrize("value", ["nan", "inf", "", "high"])
def test_a_cut_table_whose_scores_are_no_numbers_is_refused(table: Path, value: str) -> None:
    table.write_text(table.read_text().replace("\t0.0000\t", f"\t{value}\t", 1))
    with pytest.raises(InputError, match=r"is not a cuts.tsv of this version"):
        read_films([table])


def test_a_pipe_is_no_table(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cuts.tsv")
    with pytest.raises(InputError, match=r"cuts\.tsv: is a named pipe, not a file"):
        read_films([tmp_path / "cuts.tsv"])
    with pytest.raises(InputError, match=r"cuts\.tsv: is a named pipe, not a file"):
        read_labels(tmp_path / "cuts.tsv", {}, "")


def test_a_label_may_be_a_named_dub_s(table: Path, tmp_path: Path) -> None:
    dub = table.parent.rename(table.parent.with_name("pt-BR_anna"))
    labels = write(
        tmp_path / "labels.tsv",
        ("video", "language", "cut", "label"),
        ("talk", "pt-BR_anna", "000007-000007", "good"),
    )
    (label,) = read_labels(labels, read_films([dub / "cuts.tsv"]), "").drafts
    assert (label.language, label.score["confidence"]) == ("pt-BR_anna", 0.7)


def test_labels_written_are_labels_read(tmp_path: Path) -> None:
    wrote = [Labelled("v", "de", "000000-000009", False, score(0.123456789, -3), "swapped")]
    wrote += labelled(True, score(0.5, speech_s=math.inf))
    write_labels(wrote, tmp_path / "labels.tsv")
    assert read_labels(tmp_path / "labels.tsv", {}, "").drafts == wrote


def test_the_curve_is_printed() -> None:
    found = calibrate(drafts(200, 300), GATE, 0.05)
    lines = describe(found)
    start = next(n for n, line in enumerate(lines) if line.split()[:1] == ["ROC"]) + 1
    rows = [line.split() for line in lines[start : lines.index("", start)]]
    assert 6 <= len(rows) <= 10
    shares = [(float(false.rstrip("%")), float(true.rstrip("%"))) for _, false, true, *_ in rows]
    assert shares == sorted(shares) and shares[0][0] == 0
    five = max(share for share in shares if share[0] <= 5)
    assert found.observed and five[1] == pytest.approx(
        100 * found.observed.true_pass.share, abs=0.1
    )
    bars = [lines[start + n].count("#") for n in range(len(rows))]
    assert bars == pytest.approx([0.3 * true for _, true in shares], abs=0.6)


def test_the_thresholds_in_force_are_the_run_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_gate([]) == Gate()
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.yaml").write_text(
        "gate: {scorer: aperture, scorers: {embedded: {min_confidence: 0.3, max_offset_frames: 2}}}"
    )
    (tmp_path / "job.yaml").write_text("gate: {scorers: {embedded: {min_confidence: 0.25}}}\n")
    (tmp_path / "more.yaml").write_text("gate: {scorers: {embedded: {max_offset_frames: 4}}}\n")
    alone, with_job = read_gate([]), read_gate([tmp_path / "job.yaml"])
    assert (alone.scorer, alone.scorers.embedded.min_confidence) == ("aperture", 0.3)
    limits = with_job.scorers.embedded
    assert (limits.min_confidence, limits.max_offset_frames) == (0.25, 2)
    limits = read_gate([tmp_path / "job.yaml", tmp_path / "more.yaml"]).scorers.embedded
    assert (limits.min_confidence, limits.max_offset_frames) == (0.25, 4)
