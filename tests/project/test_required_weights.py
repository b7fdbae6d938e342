"""Which weights a config requires, and the message about missing ones."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mouthpiece.core.errors import InputError
from mouthpiece.engines.latentsync.weight_files import draft_files
from mouthpiece.engines.musetalk import weight_files
from mouthpiece.project.project import Project
from mouthpiece.project.required_weights import (
    check_folders,
    missing_for,
    missing_weights,
    required_weights,
    to_fetch,
)
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE

GUARD = {"face_detection_full_range_sparse.tflite", "face_landmark.tflite"}
V15 = {weight_files.UNETS["1.5"], weight_files.UNET_CONFIGS["1.5"]}
V10 = {weight_files.UNETS["1.0"], weight_files.UNET_CONFIGS["1.0"]}
RESTORE = {"GFPGANv1.4.pth", "dlib_face_recognition_resnet_model_v1.dat"}
COMMON = {
    weight_files.VAE[0],
    weight_files.VAE_CONFIG,
    weight_files.WHISPER[0],
    weight_files.WHISPER_CONFIG,
}
LATENTSYNC = {"latentsync-1.6/latentsync_unet.pt", "whisper/tiny.pt"}
OVERRIDES = "video\tlanguage\tcut\tsetting\tvalue\n"
CUT = "000000-000049"

Open = Callable[..., Project]


@pytest.fixture(autouse=True)
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The empty downloads folder of a project that uses the published table."""
    monkeypatch.setattr(weight_table, "MODELS", tmp_path / "models")
    monkeypatch.delenv(TREE_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "models" / "downloads"


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Open a project of one film in two languages, with the given config and tables."""

    def make(overrides: str = "", decisions: str = "", **config: Any) -> Project:
        (tmp_path / "a.mp4").touch()
        (tmp_path / "de.wav").touch()
        config = {"videos": "videos.tsv", "dubs": "dubs.tsv", **config}
        for name, text in {
            "videos.tsv": "video\tpath\tconsent\na\ta.mp4\tby letter\n",
            "dubs.tsv": "video\tlanguage\taudio\na\tde\tde.wav\na\tfr\tde.wav\n",
            "overrides.tsv": OVERRIDES + overrides,
            "decisions.tsv": "video\tlanguage\tcut\tpreset\n" + decisions,
            "job.yaml": yaml.safe_dump(config),
        }.items():
            (tmp_path / name).write_text(text)
        return Project.open(config, [tmp_path / "job.yaml"])

    return make


def names(project: Project) -> set[str]:
    return {required.weight.name for required in required_weights(project)}


def musetalk(**values: Any) -> dict[str, Any]:
    return {"engine": "musetalk", "engines": {"musetalk": values}}


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, set()),
        (musetalk(), V15 | COMMON | {weight_files.PARSER}),
        (musetalk(parsing="drawn"), V15 | COMMON),
        (musetalk(version="1.0"), V10 | COMMON | {weight_files.PARSER}),
        (musetalk(version="1.0", parsing="drawn"), V10 | COMMON),
        (musetalk(preset="upstream"), V15 | COMMON | {weight_files.PARSER, weight_files.DWPOSE}),
        (
            musetalk() | {"retry": {"presets": ["upstream"]}},
            V15 | COMMON | {weight_files.PARSER, weight_files.DWPOSE},
        ),
        ({"engine": "wav2lip"}, {"wav2lip/wav2lip_gan.pth"}),
        ({"engine": "latentsync"}, LATENTSYNC | {group[0] for group in draft_files("1.6")}),
        ({"final": {"engine": "musetalk", "of": "off"}}, set()),
        ({"final": {"engine": "musetalk"}}, V15 | COMMON | {weight_files.PARSER}),
        ({"gate": {"scorer": "syncnet_v2"}}, {"auxiliary/syncnet_v2.model"}),
        ({"gate": {"scorer": "latentsync"}}, {"stable_syncnet.pt"}),
        ({"gate": {"scorer": "aperture"}}, set()),
        ({"enhance": {"mode": "final"}}, RESTORE),
        ({"enhance": {"mode": "all", "restore": "off", "smooth_s": 0.1}}, set()),
    ],
)
def test_a_config_requires_the_weights_of_what_it_uses(
    opened: Open, config: dict[str, Any], expected: set[str]
) -> None:
    assert names(opened(**config)) == GUARD | expected


def test_overrides_require_weights(opened: Open) -> None:
    """Including overrides that require a file only in combination."""
    overrides = (
        f"a\t*\t{CUT}\tengine\tmusetalk\n"
        "a\t*\t*\tengines.musetalk.parsing\tdrawn\n"
        "a\tde\t*\tenhance.mode\tall\n"
    )
    assert names(opened(overrides)) == GUARD | V15 | COMMON | RESTORE


def test_a_reviewer_s_preset_requires_its_weights(opened: Open) -> None:
    project = opened(decisions=f"a\tde\t{CUT}\tupstream\n", **musetalk(parsing="drawn"))
    assert names(project) == GUARD | V15 | COMMON | {weight_files.DWPOSE}


def test_files_in_the_user_s_own_folder_are_not_downloaded(
    opened: Open, tmp_path: Path, downloads: Path
) -> None:
    tree = tmp_path / "tree"
    touch(tree, *V15, weight_files.VAE[1], weight_files.VAE_CONFIG, weight_files.WHISPER[1])
    touch(downloads, *GUARD)
    project = opened(**musetalk(models=str(tree), parsing="drawn"))
    fetched = {weight.name for weight in to_fetch(project)}
    assert fetched == GUARD | {weight_files.WHISPER_CONFIG}


def test_upstream_s_own_folder_serves_latentsync(opened: Open, tmp_path: Path) -> None:
    tree = tmp_path / "LatentSync"
    touch(tree, *(draft_files("1.6")[number][1] for number in (0, 3, 4, 5)))
    project = opened(engine="latentsync", engines={"latentsync": {"models": str(tree)}})
    fetched = {weight.name for weight in to_fetch(project)}
    assert fetched == GUARD | {"sd-vae/diffusion_pytorch_model.safetensors", "sd-vae/config.json"}


def test_missing_weights_are_reported_with_the_command_that_downloads_them(
    opened: Open, downloads: Path
) -> None:
    project = opened(gate={"scorer": "syncnet_v2"})
    touch(downloads, "face_landmark.tflite")
    message = missing_weights(project, [Path("job.yaml")])
    assert "auxiliary/syncnet_v2.model, face_detection_full_range_sparse.tflite" in message
    assert "face_landmark" not in message
    assert "`mouthpiece models fetch --config job.yaml`" in message
    assert "`mouthpiece models fetch`" in missing_weights(project, [])
    touch(downloads, *names(project))
    assert missing_weights(project, []) == ""


def test_a_missing_folder_of_weights_is_named(opened: Open, tmp_path: Path) -> None:
    files = [tmp_path / "job.yaml"]
    project = opened(**musetalk(models="/no/such/folder"))
    with pytest.raises(InputError, match=r"job\.yaml: engines\.musetalk\.models: .*/no/such"):
        check_folders(project, files)
    with pytest.raises(InputError, match=r"^config: engines\.musetalk\.models"):
        check_folders(project, [])
    check_folders(opened(**musetalk(models=str(tmp_path))), files)
    check_folders(opened(engines={"musetalk": {"models": "/no/such/folder"}}), files)
    overridden = opened("a\t*\t*\tengines.musetalk.models\t/no/such/folder\n", **musetalk())
    with pytest.raises(InputError, match=r"overrides\.tsv, row 2, column value: .*/no/such"):
        check_folders(overridden, files)


def test_a_given_dub_requires_no_weights_of_sound(opened: Open) -> None:
    assert names(opened()) == GUARD


@pytest.mark.parametrize(
    ("dub", "video", "wanted", "unwanted"),
    [
        ("\t\t", "\t\t", {"spleeter/2stems/model.index", "resemblyzer/pretrained.pt"}, set()),
        ("\t\t", "\t\t1", {"spleeter/2stems/model.index"}, {"resemblyzer/pretrained.pt"}),
        ("\t\t", "\tme.wav\t", {"resemblyzer/pretrained.pt"}, {"spleeter/2stems/model.index"}),
        (
            "de.wav\tdialogue\t",
            "\t\t",
            {"spleeter/2stems/model.index"},
            {"resemblyzer/pretrained.pt"},
        ),
    ],
)
def test_what_is_made_requires_the_weights_that_make_it(
    dub: str, video: str, wanted: set[str], unwanted: set[str], opened: Open, tmp_path: Path
) -> None:
    project = opened()
    (tmp_path / "me.wav").touch()
    (tmp_path / "videos.tsv").write_text(
        f"video\tpath\tconsent\tscript\tbackground\tspeakers\na\ta.mp4\tby letter\t{video}\n"
    )
    (tmp_path / "dubs.tsv").write_text(f"video\tlanguage\taudio\tkind\tscript\na\tpt-BR\t{dub}\n")
    project = Project.open({"videos": "videos.tsv", "dubs": "dubs.tsv"}, [tmp_path / "job.yaml"])
    assert wanted <= names(project) and not unwanted & names(project)
    assert "spleeter" not in missing_for(project, [], "other")


@pytest.mark.parametrize(
    ("of", "decided", "is_refused"),
    [
        ("all", "", True),
        ("close_ups", "", True),
        ("approved", "", False),
        ("approved", "approve\t", True),
        ("marked", "\tfinal", True),
        ("approved", "passthrough\t", False),
        ("off", "approve\tfinal", False),
    ],
)
def test_a_video_whose_finals_are_asked_for_is_refused_without_their_weights(
    opened: Open, downloads: Path, tmp_path: Path, of: str, decided: str, is_refused: bool
) -> None:
    """Before any work on it, and not when its drafts are done."""
    touch(downloads, *GUARD)
    project = opened(final={"engine": "latentsync", "of": of})
    if decided:
        table = f"video\tlanguage\tcut\tdecision\ttier\na\tde\t{CUT}\t{decided}\n"
        (tmp_path / "decisions.tsv").write_text(table)
        project = Project.open(
            {
                "videos": "videos.tsv",
                "dubs": "dubs.tsv",
                "final": {"engine": "latentsync", "of": of},
            },
            [tmp_path / "job.yaml"],
        )
    assert ("latentsync_unet.pt" in missing_for(project, [], "a")) == is_refused
