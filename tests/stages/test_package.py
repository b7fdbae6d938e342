"""Deliverables of a master."""

import errno
from pathlib import Path

import pytest

from mouthpiece.stages.package import PROFILES, package


@pytest.fixture
def master(tmp_path: Path) -> Path:
    path = tmp_path / "master.mp4"
    path.write_bytes(b"a film")
    return path


def test_the_master_s_bytes_are_delivered_without_a_copy(master: Path) -> None:
    path = master.with_name("v.de.mp4")
    for _ in range(2):
        package(master, path, "master")
        assert path.read_bytes() == b"a film" and path.samefile(master)
    assert {p.name for p in master.parent.iterdir()} == {"master.mp4", "v.de.mp4"}


def test_another_master_replaces_what_was_delivered(master: Path) -> None:
    path = master.with_name("v.de.mp4")
    package(master, path, "master")
    master.unlink()
    master.write_bytes(b"another film")
    package(master, path, "master")
    assert path.read_bytes() == b"another film"


def test_a_file_system_without_links_gets_a_copy(
    master: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    path = master.with_name("v.de.mp4")
    package(master, path, "master")
    assert path.read_bytes() == b"a film" and not path.samefile(master)


def test_a_profile_that_fails_leaves_nothing(master: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def write(self, master: Path, path: Path) -> None:
            path.write_bytes(b"half")
            raise RuntimeError

    monkeypatch.setitem(PROFILES, "broken", Broken())
    with pytest.raises(RuntimeError):
        package(master, master.with_name("v.de.mp4"), "broken")
    assert [p.name for p in master.parent.iterdir()] == ["master.mp4"]
