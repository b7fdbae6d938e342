"""What killed runs left is removed: by owner and age, and never what somebody still writes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mouthpiece.core import leftovers, owners, processes
from mouthpiece.core.files import atomic, scratch_folder, temporary_folder
from mouthpiece.core.leftovers import STRANGER_S, Swept, sweep_project, sweep_results
from mouthpiece.core.locks import lock_folder
from mouthpiece.core.owners import Owner, temporary_name

WRITING = """
import sys, time
from pathlib import Path
from mouthpiece.core.files import atomic, scratch_folder, temporary_folder
path = Path(sys.argv[1])
with atomic(path) as temporary, temporary_folder(path) as folder:
    temporary.write_bytes(bytes(1_000_000))
    (folder / "more").write_bytes(bytes(500_000))
    print("ready", flush=True)
    time.sleep(60)
"""


def writer(path: Path) -> "subprocess.Popen[str]":
    """A process that writes a file, and does not finish."""
    command = [sys.executable, "-c", WRITING, str(path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout and process.stdout.readline() == "ready\n"
    return process


def left(folder: Path) -> list[str]:
    """The temporary files and folders in a folder."""
    return sorted(path.name for path in folder.rglob(".*.mp-*"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch) -> Path:
    (tmp_path / "results" / "v" / "cuts").mkdir(parents=True)
    monkeypatch.setattr(leftovers.tempfile, "gettempdir", lambda: str(tmp_path / "none"))
    monkeypatch.setattr(leftovers, "user_cache_path", lambda name: tmp_path / "none" / name)
    return tmp_path


def stale(folder: Path, monkeypatch: pytest.MonkeyPatch, **changed: object) -> Path:
    """A temporary file of another owner."""
    owner = Owner.this()
    values = {"place": owner.place, "pid": owner.pid, "start": owner.start} | changed
    with monkeypatch.context() as patch:
        patch.setattr(Owner, "this", lambda: Owner(**values))
        path = folder / temporary_name(Path("draft.zip"))
    path.write_bytes(b"half")
    return path


def test_the_files_of_a_killed_process_are_removed_and_counted(project: Path) -> None:
    target = project / "results" / "v" / "cuts" / "draft.zip"
    process = writer(target)
    assert len(left(project)) == 2
    assert sweep_project(project) == Swept(), "its owner lives"
    assert len(left(project)) == 2
    process.send_signal(signal.SIGKILL)
    process.wait()
    swept = sweep_project(project)
    assert swept == Swept(2, 1_500_000)
    assert str(swept) == "removed 2 temporary files (1.5 MB) that a killed run left"
    assert left(project) == []


def test_the_number_of_a_process_that_was_given_again_is_another_owner(
    project: Path, monkeypatch
) -> None:
    stale(project / "results", monkeypatch, pid=os.getpid(), start="0" * 8)
    assert sweep_project(project).files == 1


def test_files_of_another_machine_go_by_their_age(project: Path, monkeypatch) -> None:
    path = stale(project / "results" / "v", monkeypatch, place="0" * 8, pid=1)
    assert sweep_project(project) == Swept()
    old = time.time() - STRANGER_S - 60
    os.utime(path, (old, old))
    assert sweep_project(project).files == 1

    folder = project / "results" / path.name
    folder.mkdir()
    (folder / "written").write_text("a moment ago")
    os.utime(folder, (old, old))
    assert sweep_project(project) == Swept()


def test_files_of_other_machines_go_when_none_is_at_work(project: Path, monkeypatch) -> None:
    results = project / "results" / "v"
    strange = stale(results, monkeypatch, place="00000000")
    own = stale(results, monkeypatch)
    assert sweep_project(project).files == 0
    assert sweep_results(project).files == 1
    assert own.exists() and not strange.exists()


def test_another_user_s_files_are_kept(project: Path, monkeypatch) -> None:
    stale(project / "results", monkeypatch, pid=2**22 + 1)
    user = os.getuid()
    with monkeypatch.context() as patch:
        patch.setattr(leftovers.os, "getuid", lambda: user + 1)
        assert sweep_project(project) == Swept()
    assert sweep_project(project).files == 1


def test_nothing_is_removed_while_a_run_is_at_work(project: Path, monkeypatch) -> None:
    stale(project / "results", monkeypatch, pid=2**22 + 1)
    with lock_folder(project / "results"):
        assert sweep_project(project) == Swept()
    assert sweep_project(project).files == 1


def test_other_names_other_folders_and_results_are_kept(project: Path, monkeypatch) -> None:
    owner = Owner("0" * 8, 1, "1" * 8)
    names = (".lock", f".a.{owner}.zip", f"a.{owner}-12345678.zip", ".decisions.tsv.lock")
    for name in names:
        (project / "results" / name).write_text("mine")
    (project / "media").mkdir()
    elsewhere = stale(project / "media", monkeypatch, pid=2**22 + 1)
    beside = stale(project, monkeypatch, pid=2**22 + 1)
    assert sweep_project(project).files == 1
    assert elsewhere.exists() and not beside.exists()
    assert all((project / "results" / name).exists() for name in names)


def test_no_folder_is_made_where_there_is_no_run(tmp_path: Path) -> None:
    assert sweep_project(tmp_path) == Swept()
    assert list(tmp_path.iterdir()) == []


def test_scripts_of_snakemake_s_that_no_process_reads(project: Path) -> None:
    scripts = project / ".snakemake" / "scripts"
    scripts.mkdir(parents=True)
    old = time.time() - 120
    for name in ("tmpa.draft.py", "tmpb.draft.py", "tmpc.draft.py"):
        (scripts / name).write_text("import time; time.sleep(60)")
        os.utime(scripts / name, (old, old))
    os.utime(scripts / "tmpb.draft.py")
    process = subprocess.Popen([sys.executable, str(scripts / "tmpc.draft.py")])
    try:
        while b"tmpc.draft.py" not in leftovers._command_lines():  # it is being started
            time.sleep(0.01)
        assert sweep_project(project).files == 1
        assert sorted(path.name[:4] for path in scripts.iterdir()) == ["tmpb", "tmpc"]
    finally:
        process.kill()
        process.wait()


def test_folders_of_snakemake_s_go_by_their_age(project: Path, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(leftovers.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    monkeypatch.setattr(leftovers, "user_cache_path", lambda name: tmp_path / "cache" / name)
    cache = tmp_path / "cache" / "snakemake" / leftovers.RUNTIME_CACHE
    week, hour = 8 * 86_400, 2 * 3600
    for path, age_s in (
        (tmp_path / "tmp" / "snakemakeabcd1234", hour),
        (tmp_path / "tmp" / "snakemakeabcd1235", 60),
        (tmp_path / "tmp" / "snakemake-of-mine", hour),
        (cache / "tmpold", week),
        (cache / "tmpnew", hour),
    ):
        path.mkdir(parents=True)
        os.utime(path, (time.time() - age_s,) * 2)
    left_here = stale(tmp_path / "tmp", monkeypatch, pid=2**22 + 1)
    with scratch_folder() as used:
        assert used.parent == tmp_path / "tmp" and used.stat().st_mode & 0o77 == 0
        assert sweep_project(project).files == 3
        assert used.is_dir() and not left_here.exists()
    left = [path.name for path in (*(tmp_path / "tmp").iterdir(), *cache.iterdir())]
    assert sorted(left) == ["snakemake-of-mine", "snakemakeabcd1235", "tmpnew"]


def test_the_owner_of_a_name(tmp_path: Path) -> None:
    long = tmp_path / f"{'ü' * 100}.mp4"
    with atomic(long) as temporary, temporary_folder(long) as folder:
        for path in (temporary, folder):
            assert Owner.of(path.name) == Owner.this()
            assert len(path.name.encode()) < 255
        assert temporary.suffix == ".mp4"
        with atomic(temporary.with_name(temporary.name)) as nested:  # a temporary file's own
            assert Owner.of(nested.name) == Owner.this()
            nested.write_text("")
    this = Owner.this()
    assert this.is_here and this.is_alive
    assert not Owner(this.place, 2**22 + 1, this.start).is_alive
    assert not Owner("0" * 8, this.pid, this.start).is_here
    assert Owner.of("film.mp4") is None and Owner.of(".lock") is None


def test_without_proc_a_process_is_told_by_its_number(monkeypatch, tmp_path: Path) -> None:
    for module in (owners, processes):
        monkeypatch.setattr(module, "PROC", tmp_path)
    owners._place.cache_clear()
    assert Owner.this().is_here and Owner.this().is_alive
    owners._place.cache_clear()
