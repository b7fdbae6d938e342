"""Weight files are found, checked, and converted once."""

import hashlib
import os
import re
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.files import sha256
from mouthpiece.weights import load, version
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE, first_weight_path, weight_path
from mouthpiece.weights.load import load_arrays, load_tensors
from mouthpiece.weights.table import Weight, read_table, select
from mouthpiece.weights.version import _sha256, fingerprint
from places import ROOT

HEADER = "name\tsource\tmember\tbytes\tsha256\tlicence\tneeded_by\n"
ROW = Weight("net.bin", "url:https://example.org/net.bin", "-", 3, "0" * 64, "MIT", ("engine",))


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project's `models/`."""
    monkeypatch.setattr(weight_table, "MODELS", tmp_path / "models")
    monkeypatch.setattr(weight_table, "TABLE", tmp_path / "weights.tsv")
    (tmp_path / "weights.tsv").write_text(HEADER)
    monkeypatch.delenv(TREE_VARIABLE, raising=False)
    return tmp_path / "models"


def test_the_project_s_table_is_read_and_has_every_licence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = read_table(ROOT / "models" / "weights.tsv")
    assert all(row.licence and row.needed_by for row in table.values())
    needed = {row.name for row in select(table, [], ["musetalk"])}
    assert {"musetalkV15/unet.pth", "sd-vae/config.json", "face-parse-bisent/79999_iter.pth"} <= (
        needed
    )
    drawn = {row.name for row in select(table, [], ["musetalk-drawn"])}
    assert "face-parse-bisent/79999_iter.pth" not in drawn


def test_a_bad_row_is_named(tmp_path: Path) -> None:
    table = tmp_path / "weights.tsv"
    table.write_text(HEADER + "a\tftp:x\t-\t1\t-\tMIT\tx\n")
    with pytest.raises(InputError, match="line 2"):
        read_table(table)


GOOD_ROW = ("a/b.bin", "url:https://example.org/b.bin", "-", "1", "0" * 64, "MIT", "x")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (0, "../b.bin"),
        (0, "/b.bin"),
        (0, "a\\b"),
        (0, "converted/x"),
        (1, "url:http://example.org/b.bin"),
        (1, "url:file:///etc/passwd"),
        (1, "url:https://user@example.org/b"),
        (1, "pypi:--index-url=https://evil.example"),
        (1, "pypi:../x==1"),
        (1, "hf:../x@main"),
        (1, "hf:a/b"),
        (2, "../x"),
        (2, "a//b"),
        (2, "/etc/passwd"),
        (2, "a\\..\\b"),
        (3, "-1"),
        (3, "1_0"),
        (3, "9" * 5000),
        (3, "nan"),
        (4, "0" * 63),
        (4, "g" * 64),
    ],
)
def test_a_row_that_could_do_harm_is_named(tmp_path: Path, column: int, value: str) -> None:
    row = [*GOOD_ROW]
    row[column] = value
    table = tmp_path / "weights.tsv"
    table.write_text(HEADER + "\t".join(GOOD_ROW) + "\n")
    assert list(read_table(table)) == ["a/b.bin"]
    table.write_text(HEADER + "\t".join(row) + "\n")
    with pytest.raises(InputError, match="line 2") as refused:
        read_table(table)
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize("other", ["a/B.bin", "A/b.bin", "a/b.bin", "a", "a/b.bin/c"])
def test_two_names_of_one_place_are_refused(tmp_path: Path, other: str) -> None:
    rows = ["\t".join(GOOD_ROW), "\t".join([other, *GOOD_ROW[1:]])]
    (tmp_path / "weights.tsv").write_text(HEADER + "\n".join(rows) + "\n")
    with pytest.raises(InputError, match=r"line 3: .* takes the place of a/b\.bin"):
        read_table(tmp_path / "weights.tsv")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match="engine"):
        select({"net.bin": ROW}, [], ["nobody"])


def test_a_missing_file_says_what_to_do() -> None:
    with pytest.raises(InputError, match=r"`mouthpiece models fetch a/b\.pth`"):
        weight_path("a/b.pth")


def test_an_existing_tree_is_used(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (tmp_path / "by config", tmp_path / "by variable", project / "downloads"):
        folder.mkdir(parents=True)
        (folder / "a.bin").touch()
    tree = tmp_path / "by config"
    assert weight_path("a.bin").parent == project / "downloads"
    monkeypatch.setenv(TREE_VARIABLE, str(tmp_path / "by variable"))
    assert weight_path("a.bin").parent == tmp_path / "by variable"
    assert first_weight_path(("absent", "a.bin"), tree).parent == tree
    (project / "downloads" / "a.safetensors").touch()
    assert first_weight_path(("a.safetensors", "a.bin"), tree).parent == tree


def pin(name: str, content: bytes) -> None:
    """Give the table a row."""
    row = (name, "url:https://example.org/", "-", "-", hashlib.sha256(content).hexdigest(), "MIT")
    weight_table.TABLE.write_text(HEADER + "\t".join(row) + "\tengine\n")


def test_a_download_with_another_content_is_not_used(project: Path) -> None:
    pin("net/a.pth", b"published")
    path = project / "downloads" / "net" / "a.pth"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"published")
    assert weight_path("net/a.pth") == path
    path.write_bytes(b"pubLished")
    for names in (("net/a.pth",), ("absent", "net/a.pth")):
        with pytest.raises(Fault, match=rf"{path} is not the file that weights\.tsv names"):
            first_weight_path(names)


def test_a_user_s_own_network_is_used_with_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pin("a.pth", b"published")
    (tmp_path / "tree").mkdir()
    path = tmp_path / "tree" / "a.pth"
    path.write_bytes(b"published")
    assert weight_path("a.pth", tmp_path / "tree") == path
    assert caplog.text == ""
    path.write_bytes(b"fine-tuned")
    for _ in range(2):
        assert weight_path("a.pth", tmp_path / "tree") == path
    assert caplog.text.count(f"{path}: not the published file") == 1


def test_a_file_is_read_once_for_its_hash(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.pth"
    path.write_bytes(b"net")
    monkeypatch.setattr(version, "FRESH_S", 0)
    found = fingerprint(path)
    assert len(list((project / "downloads" / ".hashes").iterdir())) == 1
    _sha256.cache_clear()  # as another process begins
    monkeypatch.setattr(version, "sha256", lambda path: pytest.fail("read again"))
    assert fingerprint(path) == found


@pytest.mark.parametrize("fresh_s", [0, 2.0])
def test_a_file_of_the_same_size_and_time_has_its_own_hash(
    fresh_s: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version, "FRESH_S", fresh_s)
    path = tmp_path / "net.pth"
    path.write_bytes(b"net")
    before, status = fingerprint(path), path.stat()
    time.sleep(0.02)
    path.write_bytes(b"ten")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert fingerprint(path) == hashlib.sha256(b"ten").hexdigest() != before


@pytest.mark.parametrize("memo", ["", "{", "7", '"x"', '["a"]', "\xff"])
def test_a_damaged_note_of_a_hash_is_not_believed(
    memo: str, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version, "FRESH_S", 0)
    path = tmp_path / "net.pth"
    path.write_bytes(b"net")
    found = fingerprint(path)
    (note,) = (project / "downloads" / ".hashes").iterdir()
    note.write_text(memo, encoding="latin-1")
    _sha256.cache_clear()
    assert fingerprint(path) == found


def test_embedded_files_have_a_version_by_content(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"a.safetensors": "0" * 64, "b.safetensors": "1" * 64, "c.safetensors": "2" * 64}
    monkeypatch.setattr(version, "checksums", lambda: rows)

    def version_of(*names: str) -> str:
        return version.weights_version((), names)

    before = version_of("a.safetensors", "b.safetensors")
    assert re.fullmatch("[0-9a-f]{12}", before)
    assert version_of("b.safetensors", "a.safetensors") == before
    assert version_of("a.safetensors") != before
    assert version_of() == ""
    rows["c.safetensors"] = "3" * 64
    assert version_of("a.safetensors", "b.safetensors") == before
    rows["b.safetensors"] = "3" * 64
    assert version_of("a.safetensors", "b.safetensors") != before


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_tensors_are_converted_once(suffix: str, tmp_path: Path, project: Path) -> None:
    path = tmp_path / f"net{suffix}"
    tensors = {"a": torch.linspace(0, 1, 6).reshape(2, 3), "count": torch.tensor(3)}
    if suffix == ".pth":
        torch.save(tensors, path)
    else:
        save_file(tensors, path)
    for _ in range(2):
        found = load_tensors(path, torch.float16)
        assert found["a"].dtype == torch.float16 and found["count"].dtype == torch.int64
        torch.testing.assert_close(found["a"], tensors["a"].half())
    assert len(list((project / "downloads" / "converted").iterdir())) == 1


def test_two_workers_convert_the_same_file_at_once(
    tmp_path: Path,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = tmp_path / "net.pth"
    torch.save({"a": torch.ones(3)}, path)
    others: list[int] = [1]

    def slow(file: Path) -> str:  # the other one writes its copy meanwhile
        while others:
            others.pop()
            load_tensors(path, torch.float16)
        return sha256(file)

    monkeypatch.setattr(load, "sha256", slow)
    load_tensors(path, torch.float16)
    assert "cannot keep" not in caplog.text
    assert len(list((project / "downloads" / "converted").iterdir())) == 1


def test_weights_load_where_a_converted_copy_cannot_be_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "net.pth"
    torch.save({"a": torch.ones(3)}, path)
    (tmp_path / "a file").touch()
    found = load_tensors(path, torch.float16, converted=tmp_path / "a file")
    assert found["a"].dtype == torch.float16 and "cannot keep" in caplog.text


def test_arrays_are_those_of_the_converted_copy(tmp_path: Path) -> None:
    path, converted = tmp_path / "weights.pt", tmp_path / "converted"
    torch.save({"state_dict": {"a": torch.arange(6.0).reshape(2, 3), "n": torch.tensor(3)}}, path)
    for _ in range(2):  # converted, then read
        found = load_arrays(path, converted)
        assert found["a"].dtype.name == "float32" and found["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
        assert found["n"] == 3
    assert len(list(converted.iterdir())) == 1


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file may grow beyond a few kilobytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_without_room_for_the_converted_copy_is_a_fault(
    tmp_path: Path, project: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "net.pth"
    torch.save({"a": torch.ones(100_000)}, path)
    request.getfixturevalue("small_disk")
    with pytest.raises(Fault, match="cannot write converted weights"):
        load_tensors(path, torch.float16)
    assert list((project / "downloads" / "converted").iterdir()) == []


def test_a_damaged_converted_copy_is_replaced(
    tmp_path: Path, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "net.pth"
    torch.save({"a": torch.ones(1000)}, path)
    load_tensors(path, torch.float16)
    (copy,) = (project / "downloads" / "converted").iterdir()
    whole = copy.read_bytes()
    assert copy.name.split(".")[-2] == hashlib.sha256(whole).hexdigest()
    other = whole[:-4] + b"\x00\x3c\x00\x00"  # a whole file, with one other value
    assert len(other) == len(whole) and other != whole
    for damaged in (whole[:100], b"", b"x" * len(whole), other):
        copy.write_bytes(damaged)
        assert load_tensors(path, torch.float16)["a"].sum() == 1000
        assert copy.read_bytes() == whole
        assert f"{copy}: is damaged" in caplog.text
        caplog.clear()


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("pwned"),))


def test_a_pickle_that_runs_code_or_is_cut_short_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "evil.pth"
    torch.save({"a": Evil()}, path)
    with pytest.raises(Fault, match="not a readable weight file"):
        load_tensors(path, torch.float32)
    torch.save({"a": torch.zeros(1000)}, path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(Fault, match="not a readable weight file"):
        load_tensors(path, torch.float32)
    assert not Path("pwned").exists()


class Net(torch.nn.Sequential):
    """A network of 70 tensors, some of them counters."""

    def __init__(self) -> None:
        blocks = ((torch.nn.Conv2d(2, 2, 1), torch.nn.BatchNorm2d(2)) for _ in range(10))
        super().__init__(*(layer for block in blocks for layer in block))


def checkpoint(net: Net) -> dict[str, Any]:
    """What a training saves: the losses of 160,000 steps, and the state of its optimizer."""
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.ones(2, 2, 1, 1)).sum().backward()
    optimizer.step()
    history = {"steps": list(range(160_000)), "losses": [0.5] * 160_000}
    return {"state_dict": net.state_dict(), "optimizer": optimizer.state_dict(), **history}


@pytest.mark.parametrize("archive", [True, False], ids=["archive", "legacy"])
@pytest.mark.parametrize(
    "saved",
    [
        Net.state_dict,
        lambda net: {"params": net.state_dict(), "params_ema": net.state_dict()},
        lambda net: dict(net.named_parameters()) | dict(net.named_buffers()),
        checkpoint,
    ],
    ids=["state", "nested", "parameters", "checkpoint"],
)
def test_files_as_trainings_save_them_are_read(
    tmp_path: Path, saved: Callable[[Net], Any], archive: bool
) -> None:
    net = Net()
    path = tmp_path / "net.pth"
    torch.save(saved(net), path, _use_new_zipfile_serialization=archive)
    assert load_tensors(path, torch.float32).keys() == net.state_dict().keys()


def test_the_source_s_content_chooses_the_converted_copy(tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    torch.save({"a": torch.ones(1000)}, path)
    load_tensors(path, torch.float16)
    status = path.stat()
    torch.save({"a": torch.zeros(1000)}, path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    assert load_tensors(path, torch.float16)["a"].sum() == 0
