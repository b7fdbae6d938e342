from pathlib import Path

import pytest

from mouthpiece.training.prepare import Clip, track

GRID = Path(__file__).resolve().parents[3] / "shared" / "data" / "grid" / "other"
NAMES = ("s2_swwp2s", "M_sbwe5n_sbwe5n")


@pytest.fixture(scope="session")
def strangers() -> list[Clip]:
    """Two speakers of GRID that no network was trained on."""
    paths = [GRID / f"{name}.mpg" for name in NAMES]
    if not all(path.exists() for path in paths):
        pytest.skip(f"GRID's clips are not at {GRID}")
    clips = [track(path) for path in paths]
    return [clip for clip in clips if clip is not None]
