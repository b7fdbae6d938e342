"""What a job of a cut does on its last attempt, and what it leaves."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.core.faults import Failure, RerunTokens, fault_in, fault_text, job_name
from mouthpiece.core.files import read_json
from mouthpiece.faces.track import Track, load_all
from mouthpiece.patches.patch_set import load
from mouthpiece.stages import bake, draft, guard, score, speaker

FAULT = {"stage": "bake", "kind": "Fault", "message": "out of memory"}
NAME = "bake/v/000000-000049"
JOB = """
import json, os, signal, sys
from pathlib import Path
from mouthpiece.errors import Fault, InputError
from mouthpiece.faults import cut_job

def forgo(fault):
    Path("outcome").write_text(json.dumps(fault))

with cut_job("job.log", sys.argv[1], int(sys.argv[2]), forgo):
    {body}
    Path("outcome").write_text("made")
"""
KILL = "os.kill(os.getpid(), signal.SIGKILL)"


def run(
    folder: Path, body: str, attempt: int, attempts: int | None
) -> tuple[subprocess.CompletedProcess[str], str]:
    """The process, and the outcome it left."""
    marks = RerunTokens(folder / "results" / ".faults")
    if attempts is not None:
        marks.begin(attempts)
    done = subprocess.run(
        [sys.executable, "-c", JOB.format(body=body), NAME, str(attempt)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    outcome = folder / "outcome"
    return done, outcome.read_text() if outcome.is_file() else ""


@pytest.mark.parametrize(("attempt", "attempts"), [(1, None), (1, 0), (1, 2), (2, 2)])
def test_a_job_that_succeeds_is_as_any_other(
    tmp_path: Path, attempt: int, attempts: int | None
) -> None:
    done, outcome = run(tmp_path, "pass", attempt, attempts)
    assert (done.returncode, done.stderr, outcome) == (0, "", "made")
    assert RerunTokens(tmp_path / "results" / ".faults").read() == {}


@pytest.mark.parametrize("body", ["raise Fault('no memory')", KILL])
@pytest.mark.parametrize(("attempt", "attempts"), [(1, None), (1, 0), (1, 2)])
def test_a_fault_stops_the_job_while_it_may_be_tried_again(
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
        ("raise ValueError('said by one')", "ValueError", "unforeseen, in <string>, line 11"),
        (KILL, "Killed", "its process was ended by SIGKILL"),
    ],
)  # fmt: skip
def test_the_last_attempt_gives_up(tmp_path: Path, body: str, kind: str, message: str) -> None:
    done, outcome = run(tmp_path, body, 2, 2)
    assert done.returncode == 0
    assert json.loads(outcome) == {"stage": "bake", "kind": kind, "message": message}
    assert NAME in done.stderr and f"{kind}: {message}" in done.stderr
    assert "Traceback" not in done.stderr
    marks = RerunTokens(tmp_path / "results" / ".faults")
    first = marks.read()
    assert list(first) == [NAME]
    run(tmp_path, body, 2, 2)
    assert marks.read()[NAME] != first[NAME]


def test_what_the_user_did_wrong_is_no_fault(tmp_path: Path) -> None:
    done, outcome = run(tmp_path, "raise InputError('mend it')", 1, 1)
    assert (done.returncode, outcome) == (1, "")
    assert done.stderr == "mouthpiece: mend it\n"


def test_an_outcome_that_cannot_be_left_fails_the_job(tmp_path: Path) -> None:
    (tmp_path / "outcome").mkdir()
    done, _ = run(tmp_path, "raise Fault('no memory')", 1, 1)
    assert done.returncode == 1


def test_a_fault_in_words() -> None:
    assert fault_text(Failure.of("bake", Fault("a" * 999)).values) == f"bake: Fault: {'a' * 300}"
    assert fault_text(None) == ""
    assert job_name("draft", ["v", "en", "000000-000049"]) == "draft/v/en/000000-000049"


def test_what_each_stage_leaves(tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.npz"
    guard.forgo(FAULT, one, two)
    assert load_all(two) == []
    left = read_json(one)
    assert (left["verdict"], left["reasons"], left["contested"]) == ("passthrough", [], False)
    assert left["fault"] == FAULT
    speaker.forgo(FAULT, one, two)
    assert Track.load(two).frames == 0
    assert (read_json(one)["verdict"], read_json(one)["fault"]) == ("unknown", FAULT)
    score.forgo(FAULT, one)
    assert read_json(one) == {"fault": FAULT}
    recipe = draft.Recipe("preview", {"strength": 1.0}, {}, "", "c0de")
    two = tmp_path / "two.zip"
    draft.forgo(FAULT, recipe, two, one)
    assert load(two).frames == 0
    assert (read_json(one)["draft"], read_json(one)["fault"]) == ("", FAULT)


def test_a_fault_of_the_bake_is_the_draft_s(tmp_path: Path) -> None:
    avatar, track, row = tmp_path / "avatar.zip", tmp_path / "track.npz", tmp_path / "row"
    bake.forgo(FAULT, avatar)
    Track(np.zeros((5, 478, 3), np.float32), np.ones(5, bool)).save(track)
    scene = draft.Scene(tmp_path / "none", None, avatar, track, tmp_path / "none")  # type: ignore[arg-type]
    recipe = draft.Recipe("preview", {}, {}, "", "c0de")
    draft.draft(scene, recipe, None, tmp_path / "draft.zip", row)
    assert load(tmp_path / "draft.zip").frames == 0
    assert read_json(row)["fault"] == FAULT


def test_what_holds_no_fault(tmp_path: Path) -> None:
    for name, content in {"empty": b"", "zip": b"PK..", "cut": b"{..", "other": b"{}"}.items():
        (tmp_path / name).write_bytes(content)
        assert fault_in(tmp_path / name) is None
