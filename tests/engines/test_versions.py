"""A replaced weight file makes the results that depend on it stale."""

from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.engines.musetalk import weight_files
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import first_weight_path
from mouthpiece.weights.version import MISSING


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(weight_table, "MODELS", tmp_path / "project")
    folder = tmp_path / "models"
    names = [
        *weight_files.UNETS.values(),
        *weight_files.UNET_CONFIGS.values(),
        weight_files.VAE[0],
        weight_files.VAE_CONFIG,
    ]
    names += [weight_files.WHISPER[0], weight_files.WHISPER_CONFIG]
    for name in [*names, weight_files.PARSER, weight_files.DWPOSE]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def versions(tree: Path, **chosen: str) -> tuple[str, str]:
    settings = MusetalkSettings(models=str(tree), **chosen)
    return settings.weights_version("bake"), settings.weights_version("draft")


@pytest.mark.parametrize(
    ("name", "chosen", "rebaked", "redrafted"),
    [
        (weight_files.UNETS["1.5"], {}, False, True),
        (weight_files.UNETS["1.0"], {}, False, False),
        (weight_files.UNETS["1.0"], {"version": "1.0"}, False, True),
        (weight_files.VAE[0], {}, True, True),
        (weight_files.PARSER, {}, True, False),
        (weight_files.PARSER, {"parsing": "drawn"}, False, False),
        (weight_files.DWPOSE, {}, False, False),
        (weight_files.DWPOSE, {"landmarks": "dwpose"}, True, False),
    ],
)
def test_only_files_that_a_stage_reads_change_its_version(
    tree: Path, name: str, chosen: dict[str, str], rebaked: bool, redrafted: bool
) -> None:
    before = versions(tree, **chosen)
    (tree / name).write_text("another network")
    after = versions(tree, **chosen)
    assert (before[0] != after[0], before[1] != after[1]) == (rebaked, redrafted)


def test_a_missing_file_is_no_error(tree: Path) -> None:
    (tree / weight_files.UNETS["1.5"]).unlink()
    assert versions(tree)[1] == MISSING


def test_a_damaged_download_is_a_fault_only_when_it_is_used(tree: Path, tmp_path: Path) -> None:
    fetched = tmp_path / "project" / "downloads" / weight_files.UNETS["1.5"]
    fetched.parent.mkdir(parents=True)
    (tree / weight_files.UNETS["1.5"]).rename(fetched)
    assert versions(tree)[1] == MISSING
    with pytest.raises(Fault, match=str(fetched)):
        first_weight_path((weight_files.UNETS["1.5"],), tree)
