import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mouthpiece.core import user_folder
from mouthpiece.core.errors import Fault
from mouthpiece.core.user_folder import private_folder
from mouthpiece.worker import endpoint as module
from mouthpiece.worker.endpoint import Endpoint, Limits, Package, package_version

LIMITS = Limits(workers=2, idle_s=60, memory_mb=1500, device_memory_mb=16000)


def found() -> Endpoint:
    return Endpoint.of(private_folder(), LIMITS)


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A private folder whose path is short, whatever that of the tests: sockets need that."""
    with tempfile.TemporaryDirectory(prefix="w") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


def test_only_the_owner_can_enter_the_folder(runtime: Path) -> None:
    folder = private_folder()
    assert folder == runtime / "mouthpiece" and folder.stat().st_mode & 0o777 == 0o700
    assert private_folder() == folder


def test_a_folder_that_others_can_enter_is_refused(runtime: Path) -> None:
    (runtime / "mouthpiece").mkdir()
    (runtime / "mouthpiece").chmod(0o755)
    with pytest.raises(Fault, match="mode 0700"):
        private_folder()


def test_a_link_is_refused(runtime: Path) -> None:
    (runtime / "elsewhere").mkdir(mode=0o700)
    (runtime / "mouthpiece").symlink_to(runtime / "elsewhere")
    with pytest.raises(Fault, match="no link"):
        private_folder()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(runtime: Path) -> None:
    (runtime / "mouthpiece").mkdir(mode=0o700)
    os.chown(runtime / "mouthpiece", 12345, 12345)
    with pytest.raises(Fault, match="of your own"):
        private_folder()


@pytest.mark.parametrize("variable", ["", "/nonexistent/run"])
def test_without_a_runtime_folder_it_is_in_the_temporary_folder(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", variable)
    monkeypatch.setattr(user_folder.tempfile, "gettempdir", lambda: str(tmp_path))
    assert private_folder() == tmp_path / f"mouthpiece-{os.getuid()}"


def test_a_path_too_long_for_a_socket_is_explained(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (runtime / ("x" * 100)).mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime / ("x" * 100)))
    with pytest.raises(Fault, match="shorter folder"):
        _ = found().socket


@pytest.mark.parametrize(
    "variable", ["CUDA_VISIBLE_DEVICES", "MOUTHPIECE_MODELS", "SLURM_STEP_ID", "OMP_PROC_BIND"]
)
def test_a_variable_that_changes_results_or_the_gpu_needs_another_pool(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "1")
    one = found()
    assert found() == one
    monkeypatch.setenv("HOME", "/elsewhere")
    monkeypatch.setenv("MOUTHPIECE_PART", "one of those of a job on a cluster")
    assert found() == one
    monkeypatch.setenv(variable, "2")
    assert found().key != one.key


def test_other_limits_need_another_pool() -> None:
    other = Limits(workers=2, idle_s=60, memory_mb=900, device_memory_mb=16000)
    assert Endpoint.of(private_folder(), other).key != found().key


def test_jobs_of_any_number_of_threads_share_a_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    one = found()
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    assert found() == one


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with one module, and its workflow with one script."""
    (tmp_path / "package").mkdir()
    (tmp_path / "workflow_scripts").mkdir()
    (tmp_path / "package" / "a.py").write_text("")
    (tmp_path / "workflow_scripts" / "guard.py").write_text("")
    monkeypatch.setattr(module, "PACKAGE", tmp_path / "package")
    monkeypatch.setattr(module, "WORKFLOW", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["package/a.py", "workflow_scripts/guard.py"])
def test_edited_code_needs_another_pool(name: str, package: Path) -> None:
    before = found().key
    (package / name).write_text("# edited")
    assert found().key != before


def test_a_pool_sees_that_its_code_was_edited(package: Path) -> None:
    imported = Package(package_version())
    assert not imported.has_changed()
    os.utime(package / "package" / "a.py", ns=(1, 1))
    assert not imported.has_changed()
    (package / "package" / "a.py").write_text("# edited")
    assert imported.has_changed()


def test_an_endpoint_is_the_same_after_a_command_line() -> None:
    assert Endpoint.parse(found().text) == found()


def test_one_process_at_a_time_holds_the_lock() -> None:
    endpoint = found()
    with endpoint.acquire(), endpoint.acquire(wait=False) as second:
        assert not second
    with endpoint.acquire(wait=False) as second:
        assert second
        endpoint.clear()
    assert list(endpoint.folder.iterdir()) == []
    with endpoint.acquire(wait=False) as third:
        assert third
