"""How far a run is, as the file of its events tells it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from mouthpiece.runs.event_files import EventFile, host_mark
from mouthpiece.runs.event_tail import EventTail, RunFigures


def test_the_newest_run_is_read_as_it_is_written(tmp_path: Path) -> None:
    tail = EventTail(tmp_path)
    assert tail.read() is None
    file = EventFile(tmp_path, keep=5)
    file.write("run_began", 1.0, {})
    file.write("jobs_known", 1.0, {"jobs": {"draft": 2, "gate": 1}})
    file.write("job_began", 2.0, {"rule": "draft"})
    assert tail.read() == RunFigures(file.run, 3, 0, 0, "drawing", "")
    file.write("job_ended", 3.0, {"rule": "draft"})
    file.write("job_failed", 3.0, {"rule": "draft"})
    file.write("job_began", 3.0, {"rule": "overview"})
    assert tail.read() == RunFigures(file.run, 3, 1, 1, "drawing", "")
    file.write("run_ended", 4.0, {"state": "done"}, last=True)
    found = tail.read()
    assert found and (found.ended, found.pid) == ("done", 0)


def test_half_a_line_waits_and_a_damaged_one_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "2026-11-28-000000-host-1.jsonl"
    known = json.dumps({"time": 1, "event": "jobs_known", "jobs": {"draft": 4}})
    path.write_text(f'{known}\n{{"event": 3\n[]\n{known[:20]}')
    tail = EventTail(tmp_path)
    found = tail.read()
    assert found and found.jobs == 4
    with path.open("a") as file:
        file.write(f"{known[20:]}\n")
    found = tail.read()
    assert found and found.jobs == 8


def test_another_run_is_counted_from_its_start(tmp_path: Path) -> None:
    known = json.dumps({"time": 1, "event": "jobs_known", "jobs": {"draft": 4}}) + "\n"
    (tmp_path / "2026-11-28-000000-host-1.jsonl").write_text(known)
    tail = EventTail(tmp_path)
    assert tail.read()
    (tmp_path / "2026-11-28-000001-host-2.jsonl").write_text("")
    found = tail.read()
    assert found == RunFigures("2026-11-28-000001-host-2", 0, 0, 0, "", "")


def test_a_process_is_told_only_where_it_is_a_run_here() -> None:
    def pid(run: str, ended: str = "") -> int:
        return RunFigures(run, 0, 0, 0, "", ended).pid

    began = f"2026-11-28-000000-{host_mark()}"
    assert pid(f"{began}-{os.getpid()}") == 0, "it is no Snakemake"
    assert pid(f"{began}-4194304") == 0
    assert pid(f"{began}-x") == pid("2026-11-28-000000-elsewhere-1") == 0


def test_a_run_that_was_started_elsewhere_is_found_by_its_process(tmp_path: Path) -> None:
    script = tmp_path / "snakemake"
    script.write_text("import time; print('ready', flush=True); time.sleep(60)")
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as run:
        try:
            assert run.stdout and run.stdout.readline() == b"ready\n"
            name = f"2026-11-28-000000-{host_mark()}-{run.pid}"
            assert RunFigures(name, 0, 0, 0, "", "").pid == run.pid
            assert RunFigures(name, 0, 0, 0, "", "stopped").pid == 0
        finally:
            run.kill()
