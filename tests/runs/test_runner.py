"""The run that a page asks for: one at a time, in its own session, cancelled as by Ctrl-C."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.core.locks import lock_folder
from mouthpiece.runs.event_files import FOLDER, EventFile
from mouthpiece.runs.runner import OUTPUT, Runner
from waiting import wait_until

FAKE = (sys.executable, str(Path(__file__).with_name("fake_mouthpiece.py")))

WAITS = """
import signal, sys, time
def stopped(*_):
    print("stopped")
    sys.exit(130)
signal.signal(signal.SIGINT, stopped)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[str], Runner]]:
    """Makes the runner of a project whose run is a script."""
    made: list[Runner] = []

    def runner(script: str) -> Runner:
        (tmp_path / "fake.py").write_text(script, encoding="utf-8")
        made.append(Runner(tmp_path, ["run", "--config", "a b.yaml"], True, FAKE))
        return made[-1]

    yield runner
    for one in made:
        if one.pid:
            os.kill(one.pid, signal.SIGKILL)


def said(runner: Runner) -> str:
    path = runner.folder / OUTPUT
    return path.read_text() if path.exists() else ""


def test_it_runs_the_projects_own_command_with_no_terminal(make: Callable[[str], Runner]) -> None:
    runner = make("import os, sys; print(words, os.getsid(0) == os.getpid(), sys.stdin.read())")
    assert runner.state() == {"state": "none", "stage": "", "done": 0, "jobs": 0, "message": ""}
    runner.start()
    wait_until(lambda: runner.state()["state"] == "done")
    assert said(runner) == "['run', '--config', 'a b.yaml'] True \n"
    assert (runner.folder / OUTPUT).stat().st_mode & 0o777 == 0o600


def test_one_at_a_time(make: Callable[[str], Runner]) -> None:
    runner = make(WAITS)
    runner.start()
    assert runner.state()["state"] == "working"
    with pytest.raises(InputError, match="still at work"):
        runner.start()


def test_another_run_holds_the_project(make: Callable[[str], Runner], tmp_path: Path) -> None:
    runner = make("")
    with lock_folder(tmp_path / "results"), pytest.raises(InputError, match="another run is at"):
        runner.start()
    assert runner.state()["state"] == "none"
    runner.start()
    wait_until(lambda: runner.state()["state"] == "done")


def test_it_is_cancelled_as_by_a_person(make: Callable[[str], Runner]) -> None:
    runner = make(WAITS)
    with pytest.raises(InputError, match="no run"):
        runner.cancel()
    runner.start()
    wait_until(lambda: "ready" in said(runner))
    runner.cancel()
    wait_until(lambda: runner.state()["state"] == "stopped")
    assert "stopped" in said(runner) and runner.pid == 0
    runner.start()
    assert runner.state()["state"] == "working"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "print('x\\nerror: dubs.tsv, row 3: no\\x1b[2J file\\nmore'); raise SystemExit(1)",
            "dubs",
        ),
        ("print('something odd'); raise SystemExit(1)", "something odd"),
        ("raise SystemExit(1)", ""),
        ("print('error: ' + 'x' * 5000); raise SystemExit(1)", "x" * 600),
    ],
)
def test_why_it_failed_is_said(make: Callable[[str], Runner], script: str, message: str) -> None:
    runner = make(script)
    runner.start()
    wait_until(lambda: runner.state()["state"] == "failed")
    found = runner.state()["message"]
    assert found.startswith(message) and len(found) <= 600
    assert "\x1b" not in found


def test_its_own_events_are_counted_and_not_those_of_the_run_before(
    make: Callable[[str], Runner], tmp_path: Path
) -> None:
    before = EventFile(tmp_path / FOLDER, 5)
    before.write("jobs_known", 1.0, {"jobs": {"draft": 9}})
    before.write("run_ended", 1.0, {"state": "done"}, last=True)
    runner = make(WAITS)
    runner.start()
    assert (runner.state()["state"], runner.state()["jobs"]) == ("working", 0)
    own = tmp_path / FOLDER / "9999-01-01-000000-host-1.jsonl"
    own.write_text('{"time": 1, "event": "jobs_known", "jobs": {"gate": 2}}\n')
    assert runner.state()["jobs"] == 2


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be started: No such file"):
        Runner(tmp_path, ["run"], True, (str(tmp_path / "none"),)).start()


def test_it_goes_on_where_its_server_is_killed(tmp_path: Path) -> None:
    script = "import os, time; time.sleep(1); open('done', 'w').close()"
    (tmp_path / "fake.py").write_text(script, encoding="utf-8")
    server = (
        "import os, signal, sys; from pathlib import Path; "
        "from mouthpiece.runs.runner import Runner; "
        "Runner(Path(), ['run'], True, sys.argv[1:]).start(); os.killpg(0, signal.SIGKILL)"
    )
    command = [sys.executable, "-c", server, *FAKE]
    killed = subprocess.run(command, cwd=tmp_path, check=False, start_new_session=True)
    assert killed.returncode == -signal.SIGKILL
    wait_until((tmp_path / "done").exists)
