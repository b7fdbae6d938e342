"""Seeded Wav2Lip weights, and what upstream's code computes with them."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from mouthpiece.engines.wav2lip.generate import Generator
from mouthpiece.engines.wav2lip.model_cache import ModelCache
from mouthpiece.engines.wav2lip.settings import Wav2LipSettings
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE
from once import WAV2LIP

FRAMES = 12


@pytest.fixture(scope="session")
def golden() -> dict[str, np.ndarray]:
    """Upstream's results by name; see `tests/parity/wav2lip/README.md`."""
    with np.load(WAV2LIP / "golden.npz") as data:
        return dict(data)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for downloads and converted copies, apart from the project's `models/`."""
    folder = tmp_path_factory.mktemp("wav2lip")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weight_table, "MODELS", folder)
        patch.delenv(TREE_VARIABLE, raising=False)
        torch.set_num_threads(1)
        yield folder


@pytest.fixture(scope="module")
def settings(seeded_wav2lip: Path, project: Path) -> Wav2LipSettings:
    """Settings that agree with upstream, on a CPU."""
    return Wav2LipSettings(
        preset="upstream", research_use=True, models=str(seeded_wav2lip), device="cpu"
    )


@pytest.fixture(scope="module")
def loaded() -> ModelCache:
    """What engines of a module load."""
    return ModelCache()


@pytest.fixture(scope="module")
def generator(settings: Wav2LipSettings, loaded: ModelCache) -> Generator:
    """The network with the seeded weights, fp32."""
    return loaded.generator(settings)


@pytest.fixture(scope="session")
def pictures() -> list[np.ndarray]:
    """scikit-image's portrait, RGB, moved by (3, 2) pixels a frame: the frames of `run.*`."""
    data = pytest.importorskip("skimage.data", reason="scikit-image has the portrait")
    portrait = np.asarray(data.astronaut())
    shifts = [np.array([[1, 0, 3.0 * i], [0, 1, 2.0 * i]]) for i in range(FRAMES)]
    return [
        cv2.warpAffine(portrait, shift, (512, 512), borderMode=cv2.BORDER_REFLECT)
        for shift in shifts
    ]
