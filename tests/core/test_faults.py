"""What a job of a cut does on its last attempt, and what it writes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mouthpiece.core.cut_jobs import OPTIONAL, RerunTokens, job_name
from mouthpiece.core.errors import Fault
from mouthpiece.core.faults import JobFault, facts_of, fault_in, fault_text
from mouthpiece.core.files import read_json
from mouthpiece.faces.track import Track
from mouthpiece.stages import bake, draft, guard, score
from mouthpiece.stages.requests import (
    BakeRequest,
    DraftRequest,
    GuardRequest,
    ScoreRequest,
)
from patchsets import load
from places import ROOT

FAULT = {"stage": "bake", "kind": "Fault", "message": "out of memory"}
NAME = "bake/v/000000-000049"
JOB = """
import json, os, signal, sys
from pathlib import Path
from mouthpiece.core.cut_jobs import CutJob, run_cut_job
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.faults import cut_stage

def on_fault(request, fault):
    Path("outcome").write_text(json.dumps(fault))

@cut_stage(on_fault)
def stage(request):
    {body}
    Path("outcome").write_text("made")

stage_name, *wildcards = sys.argv[1].split("/")
run_cut_job(stage, None, CutJob("job.log", stage_name, tuple(wildcards), int(sys.argv[2])))
"""
KILL = "os.kill(os.getpid(), signal.SIGKILL)"


def run(
    folder: Path, body: str, attempt: int, attempts: int | None
) -> tuple[subprocess.CompletedProcess[str], str]:
    """The process, and the outcome that it wrote."""
    tokens = RerunTokens(folder / "results" / ".faults")
    if attempts is not None:
        tokens.begin(attempts)
    done = subprocess.run(
        [sys.executable, "-c", JOB.format(body=body), NAME, str(attempt)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    outcome = folder / "outcome"
    return done, outcome.read_text() if outcome.is_file() else ""


@pytest.mark.parametrize(("attempt", "attempts"), [(1, None), (1, 0), (1, 2), (2, 2)])
def test_a_job_that_succeeds_writes_its_result(
    tmp_path: Path, attempt: int, attempts: int | None
) -> None:
    done, outcome = run(tmp_path, "pass", attempt, attempts)
    assert (done.returncode, done.stderr, outcome) == (0, "", "made")
    assert RerunTokens(tmp_path / "results" / ".faults").read() == {}


@pytest.mark.parametrize("body", ["raise Fault('no memory')", KILL])
@pytest.mark.parametrize(("attempt", "attempts"), [(1, None), (1, 0), (1, 2)])
def test_a_fault_fails_the_job_before_the_last_attempt(
    tmp_path: Path, body: str, attempt: int, attempts: int | None
) -> None:
    done, outcome = run(tmp_path, body, attempt, attempts)
    assert done.returncode != 0
    assert outcome == ""


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ("raise Fault('no\\tmemory,\\nat all')", "Fault", "no memory, at all"),
        ("raise OSError(28, 'No space left on device', 'a.zip')", "OSError",
         "No space left on device (a.zip)"),
        ("raise ValueError('a message')", "ValueError", "unexpected, in <string>, line 13"),
        (KILL, "Killed", "its process was killed by SIGKILL"),
    ],
)  # fmt: skip
def test_the_last_attempt_gives_up(tmp_path: Path, body: str, kind: str, message: str) -> None:
    done, outcome = run(tmp_path, body, 2, 2)
    assert done.returncode == 0
    assert json.loads(outcome) == {"stage": "bake", "kind": kind, "message": message}
    assert NAME in done.stderr and f"{kind}: {message}" in done.stderr
    assert "Traceback" not in done.stderr
    tokens = RerunTokens(tmp_path / "results" / ".faults")
    first = tokens.read()
    assert list(first) == [NAME]
    run(tmp_path, body, 2, 2)
    assert tokens.read()[NAME] != first[NAME]


def test_what_a_fault_tells_besides_is_in_the_outcome(tmp_path: Path) -> None:
    body = "error = Fault('no face'); error.facts = {'price_usd': 0.2}; raise error"
    outcome = json.loads(run(tmp_path, body, 1, 1)[1])
    assert outcome["facts"] == {"price_usd": 0.2}
    assert facts_of({"facts": {"kept": 1}, "fault": outcome}) == {"kept": 1, "price_usd": 0.2}
    assert facts_of({"fault": FAULT}) == {}


def test_an_input_error_is_not_a_fault(tmp_path: Path) -> None:
    done, outcome = run(tmp_path, "raise InputError('fix it')", 1, 1)
    assert (done.returncode, outcome) == (1, "")
    assert done.stderr == "mouthpiece: fix it\n"


def test_a_job_fails_if_it_cannot_write_its_outcome(tmp_path: Path) -> None:
    (tmp_path / "outcome").mkdir()
    done, _ = run(tmp_path, "raise Fault('no memory')", 1, 1)
    assert done.returncode == 1


def test_fault_text() -> None:
    assert fault_text(JobFault.of("bake", Fault("a" * 999)).values) == f"bake: Fault: {'a' * 300}"
    assert fault_text(None) == ""
    assert job_name("draft", ["v", "en", "000000-000049"]) == "draft/v/en/000000-000049"


COMMON: dict[str, Any] = {"mezzanine": Path("m.mp4"), "cut": "000000-000049"}


def draft_request(folder: Path) -> DraftRequest:
    return DraftRequest(
        **COMMON,
        **{name: folder / name for name in ("track", "avatar", "speech", "patches", "row")},
        engine="preview",
        settings={"strength": 1.0},
        baked={},
        weights="",
        code="c0de",
    )


def test_outputs_of_each_stage_after_a_fault(tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.npz"
    request = GuardRequest(
        **COMMON, speech=tmp_path, settings={}, speaker_mode="report", scorer="embedded",
        limits={}, verdict=one, track=two,
    )  # fmt: skip
    guard.guard.on_fault(request, FAULT)
    assert Track.load(two).frames == 0
    verdict = read_json(one)
    assert (verdict["verdict"], verdict["reasons"], verdict["contested"]) == (
        "passthrough",
        [],
        False,
    )
    assert verdict["fault"] == FAULT and not verdict["redrawn"]
    assert verdict["speaker"]["verdict"] == "unknown"
    inputs = dict.fromkeys(("track", "draft", "speech"), tmp_path)
    score.score.on_fault(ScoreRequest(**COMMON, **inputs, scorer="embedded", score=one), FAULT)
    assert read_json(one) == {"fault": FAULT}
    drafted = draft_request(tmp_path)
    draft.draft.on_fault(drafted, FAULT)
    assert load(drafted.patches).frames == 0
    row = read_json(drafted.row)
    assert (row["draft"], row["fault"]) == ("", FAULT)


def test_a_draft_takes_over_the_fault_of_its_bake(tmp_path: Path) -> None:
    drafted = draft_request(tmp_path)
    baked = BakeRequest(
        **COMMON, track=drafted.track, engine="preview", settings={}, avatar=drafted.avatar
    )
    bake.bake.on_fault(baked, FAULT)
    draft.draft(drafted)
    assert load(drafted.patches).frames == 0
    assert read_json(drafted.row)["fault"] == FAULT


def test_files_without_a_fault(tmp_path: Path) -> None:
    for name, content in {"empty": b"", "zip": b"PK..", "cut": b"{..", "other": b"{}"}.items():
        (tmp_path / name).write_bytes(content)
        assert fault_in(tmp_path / name) is None


def test_a_job_without_which_its_cut_has_a_draft_gives_up_in_any_case(tmp_path: Path) -> None:
    tokens = RerunTokens(tmp_path)
    assert tokens.attempts("draft_final") == 0, "no run has begun"
    tokens.begin(2, gives_up=False)
    assert (tokens.attempts("draft"), tokens.attempts("draft_final")) == (0, 2)
    tokens.begin(3)
    assert (tokens.attempts("draft"), tokens.attempts("draft_final")) == (3, 3)
    rules = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.smk"))
    for stage in OPTIONAL:
        assert f'rerun_token("{stage}")' in rules
