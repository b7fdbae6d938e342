"""Snakemake as a process: its events arrive, its exit code is kept, Ctrl-C stops it."""

import os
import signal
import sys
import threading
from pathlib import Path
from unittest.mock import Mock

import pytest

from mouthpiece.core.paths import WORKFLOW
from mouthpiece.runs import process
from mouthpiece.runs.events import Event, Warned
from mouthpiece.runs.process import Command, Outcome, log_file, run

FAKE = (sys.executable, str(Path(__file__).with_name("fake_snakemake.py")))

ENDLESS = """
import signal
def stopped(*_):
    say("warning", message="stopped")
    sys.exit(7)
signal.signal(signal.{}, stopped)
say("warning", message="ready")
time.sleep(60)
"""


def fake(folder: Path, script: str) -> Command:
    (folder / "fake.py").write_text(script, encoding="utf-8")
    return Command(folder, program=FAKE)


def messages(events: list[Event]) -> list[str]:
    return [event.message for event in events if isinstance(event, Warned)]


def test_the_command_line() -> None:
    command = Command(Path("job"), [Path("config.yaml")], "4", True, ["--keep-going"])
    assert command.arguments("/dev/fd/9") == [
        *process.SNAKEMAKE,
        *("--snakefile", str(WORKFLOW / "Snakefile")),
        *("--configfile", "config.yaml", "--cores", "4"),
        *("--logger", "mouthpiece", "--logger-mouthpiece-events", "/dev/fd/9"),
        *("--workflow-profile", str(WORKFLOW / "profiles" / "default")),
        *("--dry-run", "--keep-going"),
    ]
    assert "--configfile" not in Command(Path()).arguments("x")


def test_events_arrive_and_the_output_goes_to_the_log(tmp_path: Path) -> None:
    events: list[Event] = []
    script = 'say("warning", message="é")\nevents.write("half a li")\nprint("said")\nsys.exit(3)'
    log = tmp_path / "run.log"
    assert run(fake(tmp_path, script), log, events.append) == Outcome(3)
    assert messages(events) == ["é"]
    assert log.read_text() == "said\n"


def test_a_pipe_that_a_forgotten_process_holds_open_does_not_hang(tmp_path: Path) -> None:
    script = "import os\nif child := os.fork(): print(child, flush=True)\nelse: time.sleep(120)\n"
    script += "os._exit(0)"
    log = tmp_path / "log"
    assert run(fake(tmp_path, script), log, lambda event: None) == Outcome(0)
    os.kill(int(log.read_text()), signal.SIGKILL)  # it is there still


def test_the_last_events_of_a_process_that_has_just_ended_are_read() -> None:
    """It writes them after it was found silent, and has ended once it is asked whether it has."""
    reading, writing = os.pipe()

    def ended() -> int:
        os.write(writing, b'{"event": "warning", "time": 1.0, "message": "last"}\n')
        os.close(writing)
        return 0

    with os.fdopen(reading):
        found = process._events(Mock(poll=ended), reading, lambda: None)
        assert messages(list(found)) == ["last"]


def test_the_display_is_renewed_while_nothing_happens(tmp_path: Path) -> None:
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(1)
        if len(ticks) == 2:
            (tmp_path / "renewed").touch()

    command = fake(tmp_path, 'while not Path("renewed").exists(): time.sleep(0.02)')
    assert run(command, tmp_path / "log", lambda event: None, tick) == Outcome(0)
    assert len(ticks) >= 2


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_passed_on_and_the_exit_code_is_snakemake_s(
    tmp_path: Path, sent: signal.Signals
) -> None:
    events: list[Event] = []

    def notice(event: Event) -> None:
        events.append(event)
        if messages([event]) == ["ready"]:
            threading.Timer(0.1, os.kill, (os.getpid(), sent)).start()

    handler = signal.getsignal(sent)
    assert run(fake(tmp_path, ENDLESS.format(sent.name)), tmp_path / "log", notice) == Outcome(
        7, True
    )
    assert messages(events) == ["ready", "stopped"]
    assert signal.getsignal(sent) is handler


def test_sigterm_is_told_to_who_runs_it(tmp_path: Path) -> None:
    """On a cluster, Snakemake would wait for jobs that never start."""
    told: list[str] = []

    def notice(event: Event) -> None:
        if messages([event]) == ["ready"]:
            os.kill(os.getpid(), signal.SIGTERM)

    command = fake(tmp_path, ENDLESS.format("SIGTERM"))
    run(command, tmp_path / "log", notice, ending=lambda: told.append("ending"))
    assert told == ["ending"]


def test_a_process_that_does_not_stop_is_killed_at_the_third_ctrl_c(tmp_path: Path) -> None:
    script = """
import signal
stops = {signal.SIGINT, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, stops)
say("warning", message="ready")
while True: say("warning", message=signal.sigwait(stops).name)
"""
    events: list[Event] = []

    def notice(event: Event) -> None:
        events.append(event)
        os.kill(os.getpid(), signal.SIGINT)

    found = run(fake(tmp_path, script), tmp_path / "log", notice)
    assert found == Outcome(-signal.SIGKILL, True)
    assert messages(events) == ["ready", "SIGINT", "SIGTERM"]


def test_ctrl_c_reaches_snakemake_where_the_command_was_started_to_ignore_it(
    tmp_path: Path,
) -> None:
    """As a shell without job control starts what runs beside it."""
    script = """
import signal
say("warning", message="ready")
if signal.getsignal(signal.SIGINT) != signal.SIG_IGN: sys.exit(5)
"""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert run(fake(tmp_path, script), None, lambda _: None).code == 5
    finally:
        signal.signal(signal.SIGINT, before)


def test_outside_the_main_thread_it_runs_all_the_same(tmp_path: Path) -> None:
    codes: list[int] = []
    command = fake(tmp_path, "sys.exit(5)")
    target = lambda: codes.append(run(command, tmp_path / "log", lambda event: None).code)  # noqa: E731
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    assert codes == [5]


def test_each_run_has_a_log_of_its_own(tmp_path: Path) -> None:
    first = log_file(tmp_path)
    (tmp_path / first).touch()
    second = log_file(tmp_path)
    assert first != second and first.parent == second.parent == Path("logs/snakemake")
