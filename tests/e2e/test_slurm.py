"""The Slurm profile on a real cluster, if this machine has access to one."""

import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest

from .conftest import ROOT, Job
from .test_faults import FAULTY, GOOD

PROFILE = (
    *("--workflow-profile", str(ROOT / "profiles" / "slurm")),
    *("--latency-wait", "10"),
    *("--slurm-init-seconds-before-status-checks", "1", "--seconds-between-status-checks", "1"),
)


@pytest.fixture(scope="module", autouse=True)
def cluster() -> None:
    """Skip if there is no cluster."""
    if shutil.which("sbatch") is None:
        pytest.skip("needs Slurm: there is no sbatch here, so profiles/slurm is NOT tested")
    if subprocess.run(["sinfo"], capture_output=True, check=False).returncode:
        pytest.skip("needs a running Slurm: sinfo fails, so profiles/slurm is NOT tested")


def test_the_last_of_the_retries_gives_up(finished: Job, tmp_path: Path) -> None:
    """A job in an allocation does not see --retries; it reads the number that the run recorded."""
    job = finished.copy(tmp_path / "job")
    (tmp_path / "sitecustomize.py").write_text(FAULTY)
    with (job.folder / "job.yaml").open("a") as file:
        file.write("faults: {on_exhausted: passthrough, max_share: 1}\n")
    table = "results/v/en/cuts.tsv"
    draft = f"results/v/en/cuts/{GOOD}/draft.zip"
    (job.folder / draft).unlink()
    done = job.run(
        *(table, "--retries", "1", "--forcerun", draft, *PROFILE),
        PYTHONPATH=str(tmp_path), FAULTS=f"draft kill {GOOD}",
    )  # fmt: skip
    assert done.code == 0, done.output
    assert done.output.count("Trying to restart job") == 1
    submitted = re.findall(r"submitted with SLURM jobid \d+ \(log: \S+/rule_(\w+)/", done.output)
    assert submitted.count("draft") > submitted.count("score") > 0
    good, _ = job.cuts()
    assert good["fault"] == "draft: Killed: its process was killed by SIGKILL"
    assert good["action"] == "passthrough"

    assert job.run(table, *PROFILE).code == 0
    assert (job.cuts()[0]["fault"], job.cuts()[0]["action"]) == ("", "lipsync")
    assert job.run(table, *PROFILE).nothing_to_do


def cancel_first(rule: str, cancelled: list[str], stopped: threading.Event) -> None:
    """Cancel the first Slurm job of a rule as soon as it is listed."""
    while not stopped.is_set() and not cancelled:
        listed = subprocess.run(
            ["squeue", "--noheader", "--format=%i %k"], capture_output=True, text=True, check=True
        )
        for line in listed.stdout.splitlines():
            number, _, comment = line.partition(" ")
            if rule in comment:
                subprocess.run(["scancel", number], check=True)
                cancelled.append(number)
                return
        time.sleep(0.2)


def test_a_job_that_is_cancelled_is_submitted_again(finished: Job, tmp_path: Path) -> None:
    """Not waited for: with sacct, which says "CANCELLED by 0", the run would never end."""
    job = finished.copy(tmp_path / "job")
    draft = f"results/v/en/cuts/{GOOD}/draft.zip"
    (job.folder / draft).unlink()
    cancelled: list[str] = []
    stopped = threading.Event()
    thread = threading.Thread(target=cancel_first, args=("draft", cancelled, stopped))
    thread.start()
    try:
        done = job.run(draft, *PROFILE)
    finally:
        stopped.set()
        thread.join()
    assert len(cancelled) == 1 and done.code == 0, done.output
    assert "CANCELLED" in done.output and done.output.count("Trying to restart job") == 1
    assert (job.folder / draft).is_file()
