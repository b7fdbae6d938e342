"""Every path that a user may name is a sentence, in words of one module."""

import errno
import os
import socket
import tempfile
from pathlib import Path

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.core.user_files import (
    check_places,
    exists,
    file_problem,
    folder_problem,
    os_error_text,
    read_bytes,
    reason,
    shown,
    user_path,
)

NOBODY = 65534


def test_a_file_and_a_folder_have_no_problem(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    assert file_problem(tmp_path / "a") == folder_problem(tmp_path) == ""
    assert read_bytes(tmp_path / "a", 1) == b"a"


def test_what_stands_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    check_places(tmp_path, tmp_path / "not there yet")
    (tmp_path / "file").touch()
    (tmp_path / "broken").symlink_to("gone")
    (tmp_path / "loop").symlink_to("loop")
    for name, problem in (
        ("file", "is a file, not a folder"),
        ("broken", "is a link to gone, which does not exist"),
        ("loop", "it is a link that leads back to itself"),
    ):
        with pytest.raises(InputError) as error:
            check_places(tmp_path, tmp_path / name)
        assert str(error.value).endswith(f"{name}: {problem}; remove it, or give it another name")


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("none", "there is no such file"),
        ("~nouser/x", "there is no such file, and no user nouser"),
        ("x" * 300, "the name is too long; most file systems allow 255 bytes"),
        ("é" * 128, "the name is too long; most file systems allow 255 bytes"),
        ("/".join(["x" * 200] * 30), "the name is too long; most file systems allow 255 bytes"),
        ("a\0b", "it has a character that no path can have"),
        ("\ud800", "it has a character that no path can have"),
        ("file/below", "a part of the path is a file, not a folder"),
        ("folder", "is a folder, not a file"),
        ("pipe", "is a named pipe, not a file; save what it carries to a file first"),
        ("loop", "it is a link that leads back to itself"),
        ("broken", "is a link to gone, which does not exist"),
        ("/dev/null", "is a device, not a file"),
        ("", "is a folder, not a file"),
    ],
)
def test_what_is_no_file_is_a_sentence(tmp_path: Path, path: str, problem: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "broken").symlink_to("gone")
    named = tmp_path / user_path(path)
    assert file_problem(named) == problem
    with pytest.raises(InputError) as error:
        read_bytes(named, 1)
    assert str(error.value) == f"{shown(named)}: {problem}"
    assert "\n" not in str(error.value) and len(str(error.value)) < 400
    assert exists(named) == (path not in ("none", "~nouser/x", "file/below"))
    if path not in ("folder", ""):
        assert folder_problem(named)


def test_a_socket_is_no_file() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{folder}/s")
        assert file_problem(Path(folder) / "s") == "is a socket, not a file"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user for a moment")
def test_what_may_not_be_read_is_a_sentence(tmp_path_factory: pytest.TempPathFactory) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "shut").mkdir(mode=0o700)
        (folder / "shut" / "a").touch()
        (folder / "b").touch(mode=0o600)
        folder.chmod(0o755)
        os.seteuid(NOBODY)
        try:
            # `access` asks for the real user, which is still root here.
            with pytest.raises(InputError, match="b: Permission denied"):
                read_bytes(folder / "b", 1)
            assert file_problem(folder / "shut" / "a") == "Permission denied"
            assert exists(folder / "shut" / "a")
        finally:
            os.seteuid(0)


def test_what_may_not_be_read_is_found_before_it_is_opened(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "a").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert file_problem(tmp_path / "a") == "you may not read it (permission denied)"
    assert folder_problem(tmp_path) == "you may not read it (permission denied)"


def test_an_error_of_the_system_names_its_files() -> None:
    assert os_error_text(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a.mp4")) == (
        "No space left on device (a.mp4)"
    )
    assert os_error_text(OSError(errno.EXDEV, "Invalid cross-device link", "a", None, "b")) == (
        "Invalid cross-device link (a to b)"
    )
    assert os_error_text(OSError("so")) == "so (no file named)"
    assert reason(OSError()) == "it cannot be used"
