"""Malformed weight files end in a sentence, in bounded time and memory."""

import json
import pickle
import random
import resource
import struct
import time
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from mouthpiece.api.avatar import load_avatar
from mouthpiece.core.errors import Fault
from mouthpiece.engines.musetalk.landmarks import Dwpose
from mouthpiece.faces.track import Track
from mouthpiece.patches.patch import Patch
from mouthpiece.patches.patch_set import PatchReader, write_patches
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.load import fill, load_tensors
from mouthpiece.weights.pickles import MOST_STEPS

from .mutations import mutated

FILES = 300
LONGEST_S = 5.0
"""Of this process, whatever else the machine does."""
MOST_BYTES = 500 << 20


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight_table, "MODELS", tmp_path / "models")


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def network() -> torch.nn.Module:
    with torch.device("meta"):
        return torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3))


def state() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3)).state_dict()


def legacy(tensors: object, path: Path) -> None:
    torch.save(tensors, path, _use_new_zipfile_serialization=False)


def outcome(path: Path) -> str:
    """What loading a file says; empty: it is loaded. Anything but a Fault is raised."""
    began, before = time.process_time(), peak_bytes()
    try:
        fill(network(), load_tensors(path, torch.float32))
        said = ""
    except Fault as fault:
        said = str(fault)
    assert time.process_time() - began < LONGEST_S
    assert peak_bytes() - before < MOST_BYTES
    assert len(said) < 1500 and "Traceback" not in said
    return said


@pytest.mark.parametrize(
    ("suffix", "save"), [("safetensors", save_file), ("pth", torch.save), ("pt", legacy)]
)
def test_damaged_files_are_a_sentence(
    suffix: str, save: Callable[[object, Path], None], tmp_path: Path
) -> None:
    path, rng = tmp_path / f"net.{suffix}", random.Random(suffix)
    save(state(), path)
    whole = path.read_bytes()
    assert outcome(path) == ""
    outcomes = []
    for _ in range(FILES // 3):
        path.write_bytes(mutated(rng, whole))
        outcomes.append(outcome(path))
    assert sum(map(bool, outcomes)) > FILES // 6


def header(text: str | bytes, length: int | None = None, data: bytes = b"") -> bytes:
    """A safetensors file."""
    encoded = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(encoded) if length is None else length) + encoded + data


def told(*offsets: object, shape: object = (1,), kind: str = "F32") -> str:
    return json.dumps({"0.weight": {"dtype": kind, "shape": shape, "data_offsets": offsets}})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 7,
        header("{}", 1 << 63),
        header("{}", 90 << 20),
        header("{" * 100_000),
        header("[" * 100_000 + "]" * 100_000),
        header(told(-4, 0), data=bytes(4)),
        header(told(0, 1 << 62, shape=[1 << 60])),
        header(told(0, 4, shape=[-1]), data=bytes(4)),
        header(told(0, 4, shape=[1 << 40, 1 << 40]), data=bytes(4)),
        header(told(4, 0), data=bytes(4)),
        header(told(0, 4, kind="X"), data=bytes(4)),
        header(told("a", None), data=bytes(4)),
        header(b"\xff\xfe{}"),
        header(
            '{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},'
            ' "b": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}',
            data=bytes(4),
        ),
    ],
)
def test_a_safetensors_file_that_lies(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "net.safetensors").write_bytes(content)
    assert "not a readable weight file" in outcome(tmp_path / "net.safetensors")


class Call:
    """Pickles as a call."""

    def __init__(self, name: str, *arguments: object) -> None:
        self.name, self.arguments = name, arguments

    def __reduce__(self) -> tuple[object, ...]:
        return getattr(__import__("builtins"), self.name), self.arguments


def bomb(path: Path) -> None:
    """Many zeros in few bytes."""
    torch.save(state(), path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("net/data/99", bytes(1 << 25))


def overlapping(path: Path) -> None:
    torch.save({"0.weight": torch.zeros(10_000)}, path)
    content = path.read_bytes()
    path.write_bytes(
        content.replace((40_000).to_bytes(4, "little"), (1 << 31).to_bytes(4, "little"))
    )


def program(path: Path) -> None:
    """TorchScript's layout, whose members may be compressed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("net/data.pkl", pickle.dumps({}, 2))
        archive.writestr("net/code/__torch__.py", "def forward(self, x): return x\n" * 9)


def many_steps(path: Path) -> None:
    path.write_bytes(b"\x80\x02" + b"N0" * (MOST_STEPS // 2 + 1) + b"N.")


def repeated(make: bytes) -> Callable[[Path], None]:
    """Many objects of one long list, each as long as the list itself."""

    def save(path: Path) -> None:
        pairs = b"(" + b"U\x01aN\x86" * 50_000 + b"e"
        start = b"\x80\x02ccollections\nOrderedDict\nq\x00]q\x01" + pairs
        named_pickle(start + b"0\x85q\x020]q\x03(" + make * 20_000 + b"e.")(path)

    return save


def named_pickle(value: object) -> Callable[[Path], None]:
    def save(path: Path) -> None:
        torch.save({}, path)
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                is_pickle = name.endswith("data.pkl")
                made = value if isinstance(value, bytes) else pickle.dumps(value, 2)
                archive.writestr(name, made if is_pickle else content)

    return save


def saved(value: object) -> Callable[[Path], None]:
    return lambda path: torch.save(value, path)


def saved_with(**changes: torch.Tensor) -> Callable[[Path], None]:
    return saved(state() | {name.replace("_", ".", 1): value for name, value in changes.items()})


WEIGHT = torch.ones(3, 4)
NAN = torch.full((3, 4), float("nan"))


@pytest.mark.parametrize(
    ("save", "message"),
    [
        (lambda path: path.write_bytes(b""), "not a readable weight file"),
        (lambda path: path.write_bytes(b"\x80\x02" * 1000), "not a readable weight file"),
        (bomb, "its members are compressed"),
        (program, "it is a program"),
        (overlapping, "not a readable weight file"),
        (many_steps, "more instructions"),
        (repeated(b"h\x00h\x01\x85R"), "more instructions"),
        (repeated(b"h\x00(h\x01tR"), "more instructions"),
        (repeated(b"h\x00h\x02R"), "more instructions"),
        (repeated(b"h\x00)Rh\x01b"), "more instructions"),
        (named_pickle(Call("bytearray", 1 << 34)), "it asks for"),
        (named_pickle(Call("eval", "1/0")), "not a readable weight file"),
        (named_pickle([[]] * 2), "holds a list"),
        (saved(torch.ones(1)), "holds a Tensor"),
        (saved({1: WEIGHT}), "no names"),
        (saved({"0.weight": torch.zeros(1).expand(1 << 40)}), "its tensors have"),
        (saved(OrderedDict((str(i), torch.zeros(1000).expand(9, 1000)) for i in range(9))), "have"),
        (saved({"0.weight": WEIGHT.to_sparse()}), "is no array"),
        (saved({"0.weight": torch.ones(3, 4, device="meta")}), "is no array"),
        (saved({}), "does not fit"),
        (saved({"state_dict": {}}), "does not fit"),
        (saved_with(**{"0_weight": NAN}), "no numbers"),
        (saved_with(**{"0_weight": WEIGHT.int()}), "numbers of another kind"),
        (saved_with(**{"0_weight": WEIGHT.bool()}), "numbers of another kind"),
        (saved_with(**{"0_weight": WEIGHT.cfloat()}), "numbers of another kind"),
        (saved_with(**{"1_num_batches_tracked": torch.tensor(0.5)}), "numbers of another kind"),
        (saved_with(**{"0_weight": WEIGHT.T}), "size mismatch"),
        (saved_with(**{"0_weight": torch.ones(3, 4, 1)}), "size mismatch"),
        (saved_with(more=WEIGHT), "Unexpected key"),
        (saved({"0.weight": WEIGHT}), "Missing key"),
    ],
)
def test_a_pickled_file_that_lies(
    save: Callable[[Path], None], message: str, tmp_path: Path
) -> None:
    save(tmp_path / "net.pth")
    assert message in outcome(tmp_path / "net.pth")


def test_other_files_that_are_none(tmp_path: Path) -> None:
    rng = random.Random(1)
    Track(np.zeros((3, 468, 3), np.float32), np.ones(3, bool)).save(tmp_path / "track.npz")
    whole, path = (tmp_path / "track.npz").read_bytes(), tmp_path / "damaged"
    faults = 0
    for _ in range(60):
        path.write_bytes(mutated(rng, whole))
        try:
            Track.load(path)
        except Fault as fault:
            faults += 1
            assert str(path) in str(fault)
    assert faults > 30
    for content in (b"", b"\x08\x07", rng.randbytes(5000)):
        path.write_bytes(content)
        with pytest.raises(Fault, match="not a usable ONNX file"):
            Dwpose(path, "cpu", 1)


def test_patch_sets_that_are_damaged(tmp_path: Path) -> None:
    rng, path = random.Random(2), tmp_path / "a.zip"
    patches = [
        Patch(
            np.full((16, 16, 3), 9, np.uint8), np.full((16, 16), 255, np.uint8), np.eye(2, 3), 1.0
        )
    ] * 3
    write_patches(path, patches, "preview")
    whole, outcomes = path.read_bytes(), []
    for _ in range(100):
        path.write_bytes(mutated(rng, whole))
        began = time.process_time()
        try:
            outcomes.append(len(list(PatchReader(path))))
        except Fault as fault:
            outcomes.append(0)
            assert str(path) in str(fault)
        assert time.process_time() - began < LONGEST_S
    assert outcomes.count(0) > 30


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_an_avatar_that_unpacks_to_a_gigabyte_is_refused(kind: int, tmp_path: Path) -> None:
    before = peak_bytes()
    with zipfile.ZipFile(tmp_path / "avatar.zip", "w", kind) as archive:
        archive.writestr("meta.json", b" " * (1 << 24) + b"{}")
    with pytest.raises(Fault, match="a member is compressed"):
        load_avatar(tmp_path / "avatar.zip")
    assert peak_bytes() - before < MOST_BYTES
