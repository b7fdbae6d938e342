"""Seeded MuseTalk weights in upstream's layout, and what upstream's code computes with them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from mouthpiece.engines.musetalk.generate import Generator
from mouthpiece.engines.musetalk.networks import Networks
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE
from places import ROOT

PARITY = ROOT / "tests" / "parity"


@pytest.fixture(scope="session")
def golden() -> dict[str, np.ndarray]:
    """Upstream's results by name; see `tests/parity/README.md`."""
    with np.load(PARITY / "golden.npz") as data:
        return dict(data)


@pytest.fixture(scope="module")
def tree(seeded_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A tree of weights as upstream downloads it; converted copies stay out of `models/`."""
    folder = tmp_path_factory.mktemp("musetalk")
    shutil.copytree(seeded_weights, folder / "models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weight_table, "MODELS", folder / "project")
        patch.delenv(TREE_VARIABLE, raising=False)
        torch.set_num_threads(1)  # small layers: more threads only wait for each other
        yield folder / "models"


@pytest.fixture(scope="module")
def chosen(tree: Path) -> MusetalkSettings:
    """Settings that agree with upstream, on a CPU."""
    return MusetalkSettings(
        preset="upstream", landmarks="mesh", models=str(tree), device="cpu", batch_frames=4
    )


@pytest.fixture(scope="module")
def generator(chosen: MusetalkSettings) -> Generator:
    """The networks with the seeded weights, fp32."""
    return Generator(Networks(chosen), chosen.batch_frames)


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """scikit-image's portrait, RGB [512, 512, 3]."""
    data = pytest.importorskip("skimage.data", reason="scikit-image has the portrait")
    return np.asarray(data.astronaut())


@pytest.fixture(scope="session")
def pictures(astronaut: np.ndarray) -> list[np.ndarray]:
    """The portrait, moved by (3, 2) pixels a frame: the three frames of `bake.*`."""
    shifts = [np.array([[1, 0, 3.0 * i], [0, 1, 2.0 * i]]) for i in range(3)]
    return [
        cv2.warpAffine(astronaut, shift, (512, 512), borderMode=cv2.BORDER_REFLECT)
        for shift in shifts
    ]
