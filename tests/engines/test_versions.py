"""A weight file that is replaced makes what was made from it stale."""

from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.engines.musetalk import files
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import first_weight_path
from mouthpiece.weights.version import MISSING


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(weight_table, "MODELS", tmp_path / "project")
    folder = tmp_path / "models"
    names = [*files.UNETS.values(), *files.UNET_CONFIGS.values(), files.VAE[0], files.VAE_CONFIG]
    names += [files.WHISPER[0], files.WHISPER_CONFIG, files.WHISPER_MEL]
    for name in [*names, files.PARSER, files.DWPOSE]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def versions(tree: Path, **chosen: str) -> tuple[str, str]:
    settings = MusetalkSettings(models=str(tree), **chosen)
    return settings.weights_version("bake"), settings.weights_version("draft")


@pytest.mark.parametrize(
    ("name", "chosen", "rebaked", "redrafted"),
    [
        (files.UNETS["1.5"], {}, False, True),
        (files.UNETS["1.0"], {}, False, False),
        (files.UNETS["1.0"], {"version": "1.0"}, False, True),
        (files.VAE[0], {}, True, True),
        (files.PARSER, {}, True, False),
        (files.PARSER, {"parsing": "drawn"}, False, False),
        (files.DWPOSE, {}, False, False),
        (files.DWPOSE, {"landmarks": "dwpose"}, True, False),
    ],
)
def test_only_what_a_stage_reads_changes_its_version(
    tree: Path, name: str, chosen: dict[str, str], rebaked: bool, redrafted: bool
) -> None:
    before = versions(tree, **chosen)
    (tree / name).write_text("another network")
    after = versions(tree, **chosen)
    assert (before[0] != after[0], before[1] != after[1]) == (rebaked, redrafted)


def test_a_file_that_is_not_there_yet_is_no_error(tree: Path) -> None:
    (tree / files.UNETS["1.5"]).unlink()
    assert versions(tree)[1] == MISSING


def test_a_damaged_download_is_no_error_yet_and_a_fault_when_it_is_used(
    tree: Path, tmp_path: Path
) -> None:
    fetched = tmp_path / "project" / "downloads" / files.UNETS["1.5"]
    fetched.parent.mkdir(parents=True)
    (tree / files.UNETS["1.5"]).rename(fetched)
    assert versions(tree)[1] == MISSING
    with pytest.raises(Fault, match=str(fetched)):
        first_weight_path((files.UNETS["1.5"],), tree)
