"""User files are identified by their content, which is read once for each change."""

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from mouthpiece.core import fingerprints
from mouthpiece.core.errors import InputError
from mouthpiece.core.files import sha256
from mouthpiece.core.fingerprints import fingerprint
from mouthpiece.media.user_media import user_media


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is old enough for its fingerprint to be remembered."""
    monkeypatch.setattr(fingerprints, "SETTLED_S", -1.0)
    path = tmp_path / "a film's [1].mp4"
    path.write_bytes(b"first content")
    return path


def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files whose content is read from now on."""
    read: list[Path] = []

    def counted(path: Path) -> str:
        read.append(path)
        return sha256(path)

    monkeypatch.setattr(fingerprints, "sha256", counted)
    return read


def test_equal_content_has_equal_fingerprints(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    shutil.copy(file, other)
    assert fingerprint(file, tmp_path / "memory") == fingerprint(other, tmp_path / "memory")
    assert fingerprint(file, tmp_path / "memory") == sha256(file)


def test_content_is_read_once(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = reads(monkeypatch)
    first = fingerprint(file, tmp_path / "memory")
    assert fingerprint(file, tmp_path / "memory") == first
    assert read == [file]


def test_a_touched_file_keeps_its_fingerprint(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = reads(monkeypatch)
    first = fingerprint(file, tmp_path / "memory")
    os.utime(file, ns=(1, 1))
    assert fingerprint(file, tmp_path / "memory") == first
    assert len(read) == 2


def test_new_content_with_the_old_size_and_modification_time_is_noticed(
    file: Path, tmp_path: Path
) -> None:
    """As after `cp -p`."""
    os.utime(file, ns=(10**18, 10**18))
    first = fingerprint(file, tmp_path / "memory")
    time.sleep(0.02)  # a tick of the file system's clock
    file.write_bytes(b"other content")
    os.utime(file, ns=(10**18, 10**18))
    assert fingerprint(file, tmp_path / "memory") != first


def test_a_file_that_just_changed_is_not_remembered(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprints, "SETTLED_S", 60.0)
    read = reads(monkeypatch)
    for _ in range(2):
        fingerprint(file, tmp_path / "memory")
    assert len(read) == 2


@pytest.mark.parametrize("memo", [b"", b"[]", b"{}", b'{"sha256": ""}', b"\xff"])
def test_a_broken_memory_is_replaced(file: Path, tmp_path: Path, memo: bytes) -> None:
    first = fingerprint(file, tmp_path / "memory")
    (remembered,) = (tmp_path / "memory").iterdir()
    remembered.write_bytes(memo)
    assert fingerprint(file, tmp_path / "memory") == first
    assert first in remembered.read_text()


def test_a_folder_that_cannot_be_written_is_no_error(file: Path, tmp_path: Path) -> None:
    (tmp_path / "memory").write_text("a file where the folder should be")
    assert fingerprint(file, tmp_path / "memory") == sha256(file)


def test_parallel_jobs(file: Path, tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(fingerprint(file, tmp_path / "memory")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [sha256(file)] * 8
    assert len(list((tmp_path / "memory").iterdir())) == 1


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.wav: cannot be read: there is no such file"):
        fingerprint(tmp_path / "gone.wav", tmp_path / "memory")


@pytest.mark.parametrize("kind", ["a pipe", "a device", "a folder", "a loop"])
def test_what_is_no_file_is_not_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "film.mp4"
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero" if kind == "a device" else path)
    with pytest.raises(InputError, match=r"film.mp4: cannot be read: i(s|t is) a "):
        fingerprint(path, tmp_path)
    with pytest.raises(InputError, match=r"film.mp4: cannot be read as a video: "):
        user_media(path, "a video").__enter__()
