"""benchmarks/scale.py plans all jobs of a film whose cuts are found."""

import sys
from pathlib import Path

import pytest

from .conftest import ROOT

sys.path.append(str(ROOT / "benchmarks"))

import scale

OF_A_CUT = 2  # bake, original
OF_A_DRAFT = 3  # draft, score, lipsync
OF_A_FILM = 6  # sound, gate, cut_table, film, package, review
OF_ALL = 3  # source_clips, overview, all


def test_a_dry_run_plans_each_job(tmp_path: Path) -> None:
    cost = scale.plan(scale.Size(1, 3, 2), tmp_path, profiled=False)
    assert cost.jobs == 3 * (OF_A_CUT + 2 * OF_A_DRAFT) + 2 * OF_A_FILM + OF_ALL


def test_a_stand_in_that_is_missing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lay_all_but_one(size: scale.Size, folder: Path) -> None:
        lay(size, folder)
        (folder / "results" / "v000" / "_shared" / "sync.json").unlink()

    lay = scale.lay_results
    monkeypatch.setattr(scale, "lay_results", lay_all_but_one)
    with pytest.raises(SystemExit, match="faces"):
        scale.plan(scale.Size(1, 1, 1), tmp_path, profiled=False)
