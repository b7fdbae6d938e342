"""Which GPU a job uses."""

from pathlib import Path

import pytest

from mouthpiece.core import gpus as module
from mouthpiece.core.gpus import VISIBLE, first_free, occupied_gpu, visible_gpus


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.mark.parametrize(
    ("value", "found"),
    [("0,1", ("0", "1")), (" GPU-a , GPU-b ", ("GPU-a", "GPU-b")), ("2", ("",)), ("", ("",))],
)
def test_the_environment_variable_lists_the_gpus(
    value: str, found: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VISIBLE, value)
    assert visible_gpus() == found


@pytest.mark.parametrize(("devices", "found"), [((), ("",)), ((7,), ("",)), ((2, 5), ("0", "1"))])
def test_without_the_variable_all_gpus_are_listed(
    devices: tuple[int, ...],
    found: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CUDA counts the GPUs of a container from 0, whatever their device files are called."""
    monkeypatch.delenv(VISIBLE, raising=False)
    monkeypatch.setattr(module, "DEVICES", tmp_path)
    for name in (*(f"nvidia{n}" for n in devices), "nvidiactl", "nvidia-uvm"):
        (tmp_path / name).touch()
    assert visible_gpus() == found


def test_a_job_takes_the_first_free_gpu(tmp_path: Path) -> None:
    locks = [tmp_path / "0.lock", tmp_path / "1.lock"]
    with first_free(locks) as first, first_free(locks) as second:
        assert (first, second) == (0, 1)
    with first_free(locks) as again:
        assert again == 0


def test_a_process_sees_only_its_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VISIBLE, "4,6")
    with occupied_gpu("enhance"):
        assert module.os.environ[VISIBLE] == "4"
        monkeypatch.setenv(VISIBLE, "4,6")  # as another job sees them
        with occupied_gpu("enhance"):
            assert module.os.environ[VISIBLE] == "6"


def test_a_single_gpu_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VISIBLE, "4")
    with occupied_gpu("enhance"), occupied_gpu("enhance"):
        assert module.os.environ[VISIBLE] == "4"
