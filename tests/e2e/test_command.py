"""The `mouthpiece` command on real runs: nothing to do, one message an error, a lock, Ctrl-C."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from mouthpiece.core.locks import lock_folder
from waiting import LIMIT_S

from .conftest import Job, lay_out

RUN = (sys.executable, "-m", "mouthpiece", "run", "--config", "job.yaml", "--cores", "2")

DEVELOPERS_WORDS = ("WorkflowError", "RuleException", "Traceback", 'File "', "/tmp/tmp", ".py\n")


def run(job: Job, *more: str) -> subprocess.CompletedProcess[str]:
    """Run it with folders for temporary files that no killed run has left any in."""
    own = {name: str(job.folder.parent / "tmp") for name in ("TMPDIR", "XDG_CACHE_HOME")}
    (job.folder.parent / "tmp").mkdir(exist_ok=True)
    return subprocess.run(
        [*RUN, *more],
        cwd=job.folder,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_finished_project_has_nothing_to_do(finished: Job, tmp_path: Path) -> None:
    job = finished.copy(tmp_path / "job")
    done = run(job)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("Nothing to do: everything is made.\n")
    assert "v en: 2 cuts\n  1 in sync, 1 passed through (1 no face)\n" in done.stdout
    assert "  film         results/v/en/v.en.mp4\n" in done.stdout and not done.stderr
    assert (job.folder / re.findall(r"^Log: (.+)$", done.stdout, re.M)[0]).is_file()
    planned = run(job, "-n")
    assert planned.stdout == "Nothing to do: everything is made.\n"


def test_what_is_redone_is_shown_film_by_film(finished: Job, tmp_path: Path) -> None:
    job = finished.copy(tmp_path / "job")
    shutil.copy(job.folder / "en.wav", job.folder / "de.wav")
    with (job.folder / "dubs.tsv").open("a") as file:
        file.write("v\tde\tde.wav\n")
    done = run(job)
    assert done.returncode == 0, done.stdout + done.stderr
    stages = re.findall(r"^v (\w+): ([a-z ]+)", done.stderr, re.M)
    assert {film for film, _ in stages} == {"de"}
    names = [stage for _, stage in stages]
    assert names[-1] == "done" and "drawing" in names
    assert "v de: done, 1 of 1 cut, " in done.stderr  # nothing is done for the other one
    assert len(done.stderr.splitlines()) < 15


def test_a_broken_dub_is_one_message(finished: Job, tmp_path: Path) -> None:
    job = finished.copy(tmp_path / "job")
    (job.folder / "de.wav").write_text("I am no sound.\n" * 99)
    with (job.folder / "dubs.tsv").open("a") as file:
        file.write("v\tde\tde.wav\n")
    done = run(job)
    assert done.returncode == 1
    assert done.stderr.count("error: ") == 1 and "de.wav" in done.stderr
    assert "  in dub of v de; log: logs/v/de/dub.log\n" in done.stderr
    assert "v de: not made" in done.stdout and "v en: 2 cuts" in done.stdout
    assert "Next: remove the cause, then mouthpiece run --config job.yaml" in done.stdout
    for word in DEVELOPERS_WORDS:
        assert word not in done.stdout + done.stderr


def test_what_cannot_be_recorded_is_told_once_and_replaces_nothing(
    finished: Job, tmp_path: Path
) -> None:
    job = finished.copy(tmp_path / "job")
    shutil.rmtree(job.folder / "logs" / "events", ignore_errors=True)
    (job.folder / "logs" / "events").touch()
    table = (job.folder / "dubs.tsv").read_bytes()
    with (job.folder / "job.yaml").open("a") as file:
        file.write("metrics: {prometheus_file: dubs.tsv}\n")
    job.film().unlink()
    done = run(job)
    assert done.returncode == 0, done.stderr
    for told in ("no events are recorded", "the counters are not written"):
        assert done.stderr.count(told) == 1, done.stderr
    assert (job.folder / "dubs.tsv").read_bytes() == table


def test_a_run_at_work_is_one_message(finished: Job, tmp_path: Path) -> None:
    job = finished.copy(tmp_path / "job")
    job.film().unlink()
    with lock_folder(job.folder / "results"):
        done = run(job)
    assert done.returncode == 1
    assert "error: another run is at work in results/" in done.stderr
    assert done.stderr.count("error: ") == 1
    for word in DEVELOPERS_WORDS:
        assert word not in done.stdout + done.stderr


def wait_for_work(process: "subprocess.Popen[str]") -> None:
    """Wait until a run shows a stage of its film; one that is over in an instant is not shown.

    The check before the others is, too, also where a slow machine shows it: after it Snakemake
    thinks, and whoever interrupts it there interrupts no job.
    """
    assert process.stderr
    while not re.match(r"v en: (?!waiting|checking|done|stopped)", process.stderr.readline()):
        assert process.poll() is None


def test_a_run_whose_command_is_killed_stops(
    small_film: Path, small_dubs: dict[str, Path], tmp_path: Path
) -> None:
    job = lay_out(tmp_path / "job", small_film, {"en": small_dubs["en"]})
    with subprocess.Popen(
        RUN, cwd=job.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for_work(process)
        process.kill()
    lock_folder(job.folder / "results", limit_s=LIMIT_S).close()


def test_ctrl_c_stops_the_run_and_its_jobs(
    small_film: Path, small_dubs: dict[str, Path], tmp_path: Path
) -> None:
    job = lay_out(tmp_path / "job", small_film, {"en": small_dubs["en"]})
    with subprocess.Popen(
        RUN,
        cwd=job.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests run in the background, a shell has them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        wait_for_work(process)
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 1
    assert "Stopped. Next: mouthpiece run --config job.yaml" in out
    assert "error" not in err
    (log,) = (job.folder / "logs" / "snakemake").iterdir()
    assert "Terminating processes on user request" in log.read_text()
    with lock_folder(job.folder / "results"):  # nobody is at work there any more
        pass
