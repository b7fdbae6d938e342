"""Damaged weights of engines and of the restorer: one sentence that names the file, each time."""

import json
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from face_weights import write_gfpgan
from mouthpiece.core.errors import Fault
from mouthpiece.engines.latentsync.networks import Networks
from mouthpiece.engines.latentsync.settings import LatentSyncSettings
from mouthpiece.engines.wav2lip.model_cache import ModelCache
from mouthpiece.engines.wav2lip.settings import Wav2LipSettings
from mouthpiece.networks import restorer
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE

Load = Callable[[Path], object]


def latentsync(network: str) -> Load:
    return lambda tree: getattr(
        Networks(LatentSyncSettings(models=str(tree), device="cpu")), network
    )


def wav2lip(tree: Path) -> object:
    chosen = Wav2LipSettings(models=str(tree), research_use=True, device="cpu")
    return ModelCache().generator(chosen)


def gfpgan(tree: Path) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(restorer, "verified_weight_path", lambda name: tree / name)
        return restorer.Gfpgan("cpu", 1)


FILES: dict[str, Load] = {
    "checkpoints/latentsync_unet.pt": latentsync("unet"),
    "checkpoints/whisper/tiny.pt": latentsync("encoder"),
    "sd-vae-ft-mse/diffusion_pytorch_model.safetensors": latentsync("vae"),
    "checkpoints/wav2lip_gan.pth": wav2lip,
    restorer.WEIGHTS: gfpgan,
}
"""The files that are damaged, and what loads each."""


@pytest.fixture(scope="module")
def whole(
    seeded_latentsync: Path, seeded_wav2lip: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with all of them. Link its files, and change none."""
    tree = tmp_path_factory.mktemp("whole") / "tree"
    shutil.copytree(seeded_latentsync, tree)
    shutil.copytree(seeded_wav2lip, tree / "checkpoints", dirs_exist_ok=True)
    write_gfpgan(tree / restorer.WEIGHTS)
    return tree


@pytest.fixture
def tree(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Links to these files; converted copies stay out of `models/`."""
    monkeypatch.setattr(weight_table, "MODELS", tmp_path / "project")
    monkeypatch.delenv(TREE_VARIABLE, raising=False)
    torch.set_num_threads(1)
    return shutil.copytree(whole, tmp_path / "tree", copy_function=os.link)


class Call:
    """A pickle of it makes a folder when it is read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._folder),)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def with_code(path: Path) -> None:
    torch.save({"state_dict": Call(path.with_name("called"))}, path)


def of_other_shapes(path: Path) -> None:
    def grown(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: grown(one) for key, one in value.items()}
        return torch.zeros(3, *value.shape) if isinstance(value, torch.Tensor) else value

    if path.suffix == ".safetensors":
        save_file(grown(load_file(path)), path)
    else:
        torch.save(grown(torch.load(path, weights_only=True)), path)


def with_no_tensors(path: Path) -> None:
    torch.save({}, path) if path.suffix != ".safetensors" else save_file({}, path)


def with_a_header_that_lies(path: Path) -> None:
    told = {"w": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}}
    header = json.dumps(told).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_can_be_used(name: str, tree: Path) -> None:
    assert FILES[name](tree)


@pytest.mark.parametrize(
    "damage",
    [truncated, emptied, with_code, of_other_shapes, with_no_tensors, with_a_header_that_lies],
)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_one_sentence(
    name: str, damage: Callable[[Path], None], tree: Path
) -> None:
    path = tree / name
    own = shutil.copy(path, path.with_name("own"))
    Path(own).replace(path)  # in the place of the link
    damage(path)
    with pytest.raises(Fault) as raised:
        FILES[name](tree)
    said = str(raised.value)
    assert "\n" not in said and len(said) < 1000, said
    assert not list(tree.rglob("called")), "no code of a file is run"


@pytest.mark.parametrize(
    ("published", "name", "load"),
    [
        (
            "latentsync-1.6/latentsync_unet.pt",
            "checkpoints/latentsync_unet.pt",
            lambda: Networks(LatentSyncSettings(device="cpu")).unet,
        ),
        (
            "wav2lip/wav2lip_gan.pth",
            "checkpoints/wav2lip_gan.pth",
            lambda: ModelCache().generator(Wav2LipSettings(research_use=True, device="cpu")),
        ),
        (restorer.WEIGHTS, restorer.WEIGHTS, lambda: restorer.Gfpgan("cpu", 1)),
    ],
)
def test_a_download_with_another_hash_is_one_sentence(
    published: str, name: str, load: Callable[[], object], tree: Path
) -> None:
    path = weight_table.downloads() / published
    path.parent.mkdir(parents=True)
    shutil.copy(tree / name, path)
    for folder in ("configs", "sd-vae-ft-mse"):
        shutil.copytree(tree / folder, weight_table.MODELS / folder)
    with pytest.raises(Fault, match=r"is not the file that weights\.tsv names; delete it, and"):
        load()
