"""`mouthpiece calibrate`: what it reports, writes and refuses."""

import json
import re
from pathlib import Path

import pytest

from labelled import decision, drafts, write
from mouthpiece.calibration.labels import Labelled, write_labels
from mouthpiece.cli.app import main


def test_the_command(table: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    decisions = write(
        tmp_path / "decisions.tsv",
        ("video", "language", "cut", "decision", "draft"),
        *(decision(number, "approve" if number > 4 else "passthrough") for number in range(8)),
        decision(9, "approve"),
    )
    (tmp_path / "job.yaml").write_text("gate: {scorers: {embedded: {min_confidence: 0.25}}}\n")
    arguments = [
        str(table),
        "--decisions",
        str(decisions),
        "--config",
        str(tmp_path / "job.yaml"),
    ]
    outputs = ["--json", str(tmp_path / "found.json"), "--svg", str(tmp_path / "roc.svg")]
    caplog.set_level("INFO")
    assert main(["calibrate", *arguments, *outputs]) == 0
    text = caplog.text
    assert "left out: 1 (stale: made on another draft)" in text
    assert "embedded: 3 good and 5 bad drafts" in text
    (found,) = json.loads((tmp_path / "found.json").read_text())["calibrations"]
    assert found["present"]["false_pass"]["passed"] == 2
    assert found["observed"]["min_confidence"] == 0.45
    assert found["confidence_auc"]["value"] == 1
    assert "#" * 30 in text and re.search(r"ROC +from +false passes +true passes", text)
    drawn = (tmp_path / "roc.svg").read_text()
    assert drawn.startswith("<svg") and "good drafts that pass" in drawn and "#fe01" not in drawn


def test_two_scorers_are_two_calibrations(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    wrote = drafts(10, 10)
    other = [
        Labelled(*("v", "de", d.cut, d.good), {**d.score, "scorer": "aperture"}) for d in wrote
    ]
    labels = tmp_path / "labels.tsv"
    write_labels([*wrote, *other], labels)
    caplog.set_level("INFO")
    assert main(["calibrate", "--labels", str(labels)]) == 0
    text = caplog.text
    assert text.index("aperture: 10 good") < text.index("embedded: 10 good")
    caplog.clear()
    assert main(["calibrate", "--labels", str(labels), "--scorer", "embedded"]) == 0
    assert "embedded: 10 good" in caplog.text and "aperture" not in caplog.text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no labels: name --decisions decisions.tsv"),
        (["--labels", "nowhere.tsv"], "nowhere.tsv: there is no such file"),
        (["--labels", "empty.tsv"], "no label counts"),
        (["odd/odd/cuts.tsv", "--labels", "empty.tsv"], "cuts.tsv: is not a cuts.tsv"),
        (["--labels", "empty.tsv", "--config", "odd.yaml"], "unknown key 'min_confidenc'"),
        (["--labels", "labels.tsv", "--json", "/proc/x/y.json"], "No such file or directory"),
        (["--labels", "labels.tsv", "--svg", "."], ".: is a folder; name a file"),
        (["--labels", "labels.tsv", "--json", "/"], "/: is a folder; name a file"),
    ],
)
def test_bad_input_is_one_message(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "empty.tsv", ("video", "language", "cut", "label"))
    (tmp_path / "odd" / "odd").mkdir(parents=True)
    write(tmp_path / "odd" / "odd" / "cuts.tsv", ("what", "is"), ("this", "here"))
    (tmp_path / "odd.yaml").write_text("gate: {min_confidenc: 1}\n")
    write_labels(drafts(3, 3), tmp_path / "labels.tsv")
    caplog.set_level("WARNING")  # other tests of this process may have set another one
    assert main(["calibrate", *arguments]) == 1
    (said,) = caplog.messages
    assert said.startswith("error: ") and message in said
