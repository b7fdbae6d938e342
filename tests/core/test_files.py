import errno
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.files import atomic, digest, read_json, remove, sha256, write_json


def test_atomic_writes_a_complete_file_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    with atomic(path) as temporary:
        temporary.write_text("done")
        assert not path.exists()
        assert temporary.suffix == ".txt"
    assert path.read_text() == "done"

    with pytest.raises(RuntimeError), atomic(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "done"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_atomic_folder_replaces_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "page"
    for text in ("one", "two"):
        with atomic(path) as temporary:
            temporary.mkdir()
            (temporary / f"{text}.txt").write_text(text)
    assert [p.name for p in path.iterdir()] == ["two.txt"]
    remove(path)
    remove(path)
    assert not path.exists()


def test_equal_json_values_give_equal_bytes(tmp_path: Path) -> None:
    for name, value in (("a", {"x": 1, "y": [2.5]}), ("b", {"y": [2.5], "x": 1})):
        write_json(tmp_path / name, value)
    assert sha256(tmp_path / "a") == sha256(tmp_path / "b")
    assert read_json(tmp_path / "a") == {"x": 1, "y": [2.5]}
    assert digest({"x": 1, "y": 2}) == digest({"y": 2, "x": 1})


@pytest.mark.parametrize("content", [b"", b'{"x": 1', b"\xff\xfe", b"[" * 100_000])
def test_damaged_json_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "guard.json").write_bytes(content)
    with pytest.raises(Fault, match=r"guard\.json: is damaged .*; delete it and run again"):
        read_json(tmp_path / "guard.json")


def test_json_has_no_nan(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a", float("nan"))
    assert list(tmp_path.iterdir()) == []


def wav(path: Path) -> None:
    soundfile.write(path, np.zeros(1 << 20), 16000, subtype="PCM_16")


WRITERS: dict[str, Callable[[Path], object]] = {
    "a.txt": lambda path: path.write_text("x" * (1 << 20)),
    "a.wav": wav,
    "a.npz": lambda path: np.savez(path, a=np.arange(1 << 18)),
    "a.npy": lambda path: np.arange(1 << 18).tofile(path),
}


@pytest.fixture
def full_disk(tmp_path: Path):
    """A disk of 200 KB. Needs the right to mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "none", folder],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("no right to mount a disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_is_named_whatever_the_library_raises(full_disk: Path, name: str) -> None:
    with (
        pytest.raises(Fault, match=rf"{name}: cannot be written: No space left on device"),
        atomic(full_disk / name) as temporary,
    ):
        WRITERS[name](temporary)
    assert list(full_disk.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO])
def test_what_the_system_refuses_names_the_file(tmp_path: Path, number: int) -> None:
    with pytest.raises(Fault, match=r"a.wav: cannot be written: "), atomic(tmp_path / "a.wav"):
        raise OSError(number, os.strerror(number))


def test_an_error_without_a_text_on_a_full_disk(tmp_path: Path, monkeypatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with (
        pytest.raises(Fault, match=r"a.wav: cannot be written: No space"),
        atomic(tmp_path / "a.wav"),
    ):
        raise soundfile.LibsndfileError(2)
    with pytest.raises(InputError, match=r"^the user$"), atomic(tmp_path / "a.wav"):
        raise InputError("the user")
    with pytest.raises(KeyboardInterrupt), atomic(tmp_path / "a.wav"):
        raise KeyboardInterrupt


def test_an_error_without_a_text_on_a_disk_with_room_again(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"a.wav: .*is the disk full"), atomic(tmp_path / "a.wav"):
        raise soundfile.LibsndfileError(2)


def test_other_errors_stay_and_name_a_file(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"a.npy: .* 9 requested"), atomic(tmp_path / "a.npy"):
        raise OSError("9 requested and 1 written")
    with pytest.raises(PermissionError, match=r"a\.npy"), atomic(tmp_path / "a.npy"):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))
    with pytest.raises(ZeroDivisionError), atomic(tmp_path / "a.npy"):
        raise ZeroDivisionError
