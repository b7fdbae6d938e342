"""Seeded LatentSync weights in upstream's layout, and what upstream's code computes with them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from mouthpiece.engines.latentsync.generate import Generator
from mouthpiece.engines.latentsync.networks import Networks
from mouthpiece.engines.latentsync.settings import LatentSyncSettings
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE
from once import LATENTSYNC


@pytest.fixture(scope="session")
def golden() -> dict[str, np.ndarray]:
    """Upstream's results by name; see `tests/parity/latentsync/README.md`."""
    with np.load(LATENTSYNC / "golden.npz") as data:
        return dict(data)


@pytest.fixture(scope="module")
def tree(seeded_latentsync: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder laid out as upstream's; converted copies stay out of `models/`."""
    folder = tmp_path_factory.mktemp("latentsync")
    shutil.copytree(seeded_latentsync, folder / "upstream")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weight_table, "MODELS", folder / "project")
        patch.delenv(TREE_VARIABLE, raising=False)
        torch.set_num_threads(1)  # small layers: more threads only wait for each other
        yield folder / "upstream"


@pytest.fixture(scope="module")
def chosen(tree: Path) -> LatentSyncSettings:
    """Settings that agree with upstream, on a CPU."""
    return LatentSyncSettings(preset="upstream", models=str(tree), device="cpu")


@pytest.fixture(scope="module")
def networks(chosen: LatentSyncSettings) -> Networks:
    """The networks with the seeded weights, fp32."""
    return Networks(chosen)


@pytest.fixture(scope="module")
def generator(networks: Networks, chosen: LatentSyncSettings) -> Generator:
    """These networks at work."""
    return Generator(networks, chosen)


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """scikit-image's portrait, RGB [512, 512, 3]."""
    data = pytest.importorskip("skimage.data", reason="scikit-image has the portrait")
    return np.asarray(data.astronaut())


@pytest.fixture(scope="session")
def pictures(astronaut: np.ndarray) -> list[np.ndarray]:
    """The portrait, moved by (3, 2) pixels a frame: the ten frames of `run.*`."""
    shifts = [np.array([[1, 0, 3.0 * i], [0, 1, 2.0 * i]]) for i in range(10)]
    return [
        cv2.warpAffine(astronaut, shift, (512, 512), borderMode=cv2.BORDER_REFLECT)
        for shift in shifts
    ]
