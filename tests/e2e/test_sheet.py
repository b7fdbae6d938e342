"""Contact sheets of a finished film, through the command."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from face_weights import write_gfpgan
from mouthpiece.cli.app import main
from mouthpiece.core.cut_table import read_rows
from mouthpiece.networks import restorer
from mouthpiece.patches.patch_set import write_patches
from mouthpiece.reports.contact_sheet import LINE_PX, TILE_PX, SheetOptions, write_sheet

from .conftest import Job

GOOD, CAT = "000000-000049", "000050-000069"


@pytest.fixture
def here(finished: Job, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the finished job; sheets go elsewhere."""
    monkeypatch.chdir(finished.folder)
    return finished.folder


def sheet(tmp_path: Path, *arguments: str) -> int:
    return main(
        ["sheet", "v", "en", "--out", str(tmp_path / "s"), "--config", "job.yaml", *arguments]
    )


def rows_of(path: Path) -> np.ndarray:
    """The rows of a sheet without their names, [rows, TILE_PX, width, 3]."""
    picture = cv2.imread(str(path)).astype(int)
    return picture[LINE_PX:].reshape(-1, LINE_PX + TILE_PX, *picture.shape[1:])[:, LINE_PX:]


def test_each_drafted_cut_has_a_sheet(
    here: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert sheet(tmp_path, "--moments", "4") == 0
    folder = tmp_path / "s" / "v" / "en"
    none = "without a sheet: 1 cut: not drafted (no face)"
    assert caplog.messages == [f"1 sheet in {folder}", none]
    assert [path.name for path in (tmp_path / "s").rglob("*.*")] == [f"{GOOD}.png"]
    filmed, drafted = rows_of(tmp_path / "s" / "v" / "en" / f"{GOOD}.png")
    assert filmed.shape == (TILE_PX, 4 * TILE_PX, 3)
    changed = np.abs(filmed - drafted).max(-1) > 4
    assert 0.01 < changed.mean() < 0.9, "the lips are drawn, and not all of the picture"


def test_the_draft_is_restored_with_each_strength(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_gfpgan(tmp_path / restorer.WEIGHTS)
    monkeypatch.setattr(restorer, "verified_weight_path", lambda name: tmp_path / name)
    wanted = ("--cut", GOOD, "--faces", "--device", "cpu", "--moments", "2")
    assert sheet(tmp_path, *wanted, "--strength", "0.2", "--strength", "0.8") == 0
    _, drafted, weak, strong = rows_of(tmp_path / "s" / "v" / "en" / f"{GOOD}.png")
    little, much = (np.abs(row - drafted).mean() for row in (weak, strong))
    assert 0 < little < 0.5 * much


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["v", "de"], "the project has no film 'v de'; it has v en"),
        (["../v", "en"], "the project has no film '../v en'"),
        (["v", "en", "--cut", "000000-000001"], "has no cut '000000-000001'"),
        (["v", "en", "--cut", "../x"], "has no cut '../x'"),
    ],
)
def test_what_is_not_there_is_one_message(
    here: Path, tmp_path: Path, arguments: list[str], message: str, caplog: pytest.LogCaptureFixture
) -> None:
    code = main(["sheet", *arguments, "--config", "job.yaml", "--out", str(tmp_path / "s")])
    assert code == 1 and message in caplog.text
    assert not (tmp_path / "s").exists()


def test_a_cut_without_a_draft_has_no_sheet(
    here: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert sheet(tmp_path, "--cut", CAT) == 0
    assert not (tmp_path / "s").exists()
    assert caplog.messages == ["no sheets", "without a sheet: 1 cut: not drafted (no face)"]


def test_a_final_whose_draft_could_not_be_made_has_a_sheet(finished: Job, tmp_path: Path) -> None:
    job = finished.copy(tmp_path / "job")
    cut = job.folder / "results" / "v" / "en" / "cuts" / GOOD
    (cut / "final").mkdir()
    (cut / "draft.zip").rename(cut / "final" / "draft.zip")
    write_patches(cut / "draft.zip", (), "preview")
    found = next(one for one in read_rows(cut.parents[1] / "cuts.tsv") if one.cut == GOOD)
    shown, path = SheetOptions(2, False, [], None), tmp_path / "sheet.png"
    row = replace(found, final="latentsync")
    assert write_sheet(job.folder / "results", "v", "en", row, shown, path)
    assert len(rows_of(path)) == 2, "as filmed, and the final"
    (cut / "final" / "draft.zip").unlink()
    write_patches(cut / "final" / "draft.zip", (), "preview")
    assert not write_sheet(job.folder / "results", "v", "en", row, shown, path)
