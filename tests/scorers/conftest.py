"""Speakers of GRID, and published weight files with seeded values."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from published import PARITY, Publish

from mouthpiece.training.prepare import Clip, track
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE
from mouthpiece.weights.table import MODELS
from places import ROOT

GRID = ROOT.parent / "shared" / "data" / "grid" / "other"
NAMES = ("s2_swwp2s", "M_sbwe5n_sbwe5n")


@pytest.fixture(scope="session")
def strangers() -> list[Clip]:
    """Two speakers of GRID that no network was trained on."""
    paths = [GRID / f"{name}.mpg" for name in NAMES]
    if not all(path.exists() for path in paths):
        pytest.skip(f"GRID's clips are not at {GRID}")
    clips = [track(path) for path in paths]
    return [clip for clip in clips if clip is not None]


@pytest.fixture(scope="session")
def golden() -> dict[str, np.ndarray]:
    """What the published code of the sync networks computes; see `tests/parity/README.md`."""
    with np.load(PARITY / "golden_sync.npz") as data:
        return dict(data)


@pytest.fixture(scope="module")
def publish(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publish]:
    """Lays a weight file into a downloaded tree, and its hash into the project's table.

    The other weights of the project stay where they are.
    """
    folder = tmp_path_factory.mktemp("weights")
    own = MODELS
    table = folder / "project" / "weights.tsv"
    (folder / "project" / "downloads").mkdir(parents=True)
    for file in (own / "downloads").glob("*.tflite"):
        (folder / "project" / "downloads" / file.name).symlink_to(file)
    table.write_text((own / "weights.tsv").read_text(encoding="utf-8"), encoding="utf-8")

    def lay(name: str, state: Any, **options: Any) -> Path:
        path = folder / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(state, path, **options)
        rows = [row.split("\t") for row in table.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            if row[0] == name:
                row[rows[0].index("sha256")] = hashlib.sha256(path.read_bytes()).hexdigest()
        table.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
        return path

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weight_table, "MODELS", folder / "project")
        patch.setattr(weight_table, "TABLE", table)
        patch.setenv(TREE_VARIABLE, str(folder / "tree"))
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        yield lay
        torch.set_num_threads(threads)
