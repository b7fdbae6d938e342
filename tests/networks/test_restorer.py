"""The restorer: values, batches, the published file at its full size, and its errors."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.networks import restorer
from mouthpiece.networks.restorer import WEIGHTS, Gfpgan, load_restorer
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of downloads, and a table of the one weight."""
    monkeypatch.setattr(weight_table, "MODELS", tmp_path / "models")
    monkeypatch.setattr(weight_table, "TABLE", tmp_path / "models" / "weights.tsv")
    monkeypatch.delenv(TREE_VARIABLE, raising=False)
    (tmp_path / "models" / "downloads").mkdir(parents=True)
    return tmp_path / "models"


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def publish(models: Path, content: Any) -> None:
    """Write a weight file, and its hash into the table."""
    path = models / "downloads" / WEIGHTS
    torch.save(content, path)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    columns = ("name", "source", "member", "bytes", "sha256", "licence", "needed_by")
    row = (WEIGHTS, "url:https://example.org/w", "-", "-", found, "none", "gfpgan")
    (models / "weights.tsv").write_text("\t".join(columns) + "\n" + "\t".join(row) + "\n")


SIDE_PX = 512


def faces(number: int) -> np.ndarray:
    chance = np.random.default_rng(3)
    return chance.integers(0, 256, (number, SIDE_PX, SIDE_PX, 3)).astype(np.uint8)


class Mirror(torch.nn.Module):
    """Stands in for the network: darker, and no larger than a batch that fits."""

    fits = 8

    def __init__(self) -> None:
        super().__init__()
        self.tried: list[int] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.tried.append(len(x))
        if len(x) > self.fits:
            raise torch.OutOfMemoryError("no room")
        return x - 0.5


@pytest.fixture
def mirror(models: Path, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    publish(models, {"params_ema": {"a": torch.zeros(1)}})
    found = Mirror()
    monkeypatch.setattr(restorer, "built", lambda tensors: found)
    return found


@pytest.mark.slow
def test_the_published_network_is_used_at_its_full_size(models: Path) -> None:
    """Its stored noise is added, and no other: if that is strong, faces are black and white."""
    from spandrel.architectures.GFPGAN import GFPGAN

    torch.manual_seed(4)
    drawn = GFPGAN().state_dict()
    assert drawn["conv_body_first.weight"].shape == (32, 3, 1, 1)
    for name, value in drawn.items():
        if name.startswith("stylegan_decoder.style_convs") and value.shape == (1,):
            value.fill_(0.5)  # how much noise counts: nothing, before training
    drawn["stylegan_decoder.noises.noise14"].fill_(1e6)
    publish(models, {"params_ema": drawn})

    restored = Gfpgan("cpu", 4)(faces(1))
    assert restored.shape == (1, SIDE_PX, SIDE_PX, 3) and restored.dtype == np.uint8
    assert ((restored == 0) | (restored == 255)).mean() > 0.99


def test_values_are_scaled_to_the_range_of_the_network_and_back(mirror: Mirror) -> None:
    face = faces(1)
    wanted = np.clip(face.astype(float) - 0.5 * 127.5, 0, 255)
    assert np.abs(Gfpgan("cpu", 4)(face) - wanted).max() <= 1


def test_a_batch_that_does_not_fit_is_halved_and_remembered(mirror: Mirror) -> None:
    restorer = Gfpgan("cpu", 8)
    assert restorer.batches.frames == 1  # a CPU's
    assert restorer.facts() == {}
    restorer.batches.frames = 4
    mirror.fits = 2
    wanted = np.clip(faces(5).astype(float) - 0.5 * 127.5, 0, 255)
    assert np.abs(restorer(faces(5)) - wanted).max() <= 1
    assert mirror.tried[0] > 2 and set(mirror.tried[1:]) <= {1, 2}
    assert restorer.facts() == {"halved_to": {"batch_faces": restorer.batches.frames}}
    mirror.fits = 0
    with pytest.raises(Fault, match="out of memory at a batch of one frame"):
        restorer(faces(2))


def test_missing_weights_say_how_to_get_them() -> None:
    with pytest.raises(InputError, match=r"GFPGANv1\.4\.pth is missing.*mouthpiece models fetch "):
        Gfpgan("cpu", 1)


def test_another_file_is_a_fault(models: Path) -> None:
    publish(models, {"params_ema": {"a": torch.zeros(1)}})
    with pytest.raises(Fault, match="does not fit"):
        Gfpgan("cpu", 1)
    with (models / "downloads" / WEIGHTS).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(Fault, match=r"is not the file that weights\.tsv names"):
        Gfpgan("cpu", 1)


def test_the_network_stays_loaded_until_its_file_is_another(
    models: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_restorer("cpu", 4)
    assert load_restorer("cpu", 4) is first
    assert load_restorer("cpu", 2) is not first
    publish(models, {"params_ema": {"a": torch.ones(1)}})
    assert load_restorer("cpu", 2) is not first


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_a_fault(models: Path) -> None:
    with pytest.raises(Fault, match="no CUDA GPU"):
        Gfpgan("cuda", 1)
