"""`mouthpiece doctor`: what is there, what is missing and what for, and its exit code."""

import json
import os
from pathlib import Path

import pytest

from mouthpiece.cli.app import main
from mouthpiece.runs import installation
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE

GUARD = ("face_detection_full_range_sparse.tflite", "face_landmark.tflite")


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Downloads with the weights that every run needs; an empty working folder."""
    monkeypatch.setattr(weight_table, "MODELS", tmp_path / "models")
    monkeypatch.delenv(TREE_VARIABLE, raising=False)
    folder = tmp_path / "models" / "downloads"
    folder.mkdir(parents=True)
    for name in GUARD:
        (folder / name).touch()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return folder


def test_where_all_is_there_the_code_is_0(capsys) -> None:
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for word in ("snakemake", "torch", "ffmpeg", "av", "onnxruntime", "python", "GB free"):
        assert word in out
    assert "All that runs need is there." in out
    assert "mouthpiece models fetch --for syncnet_v2 (0.055 GB)" in out
    assert "Traceback" not in out


def checks(capsys, code: int) -> dict[str, dict[str, str]]:
    assert main(["doctor", "--json"]) == code
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is (code == 0)
    return {check["name"]: check for check in found["checks"]}


def test_a_missing_weight_says_what_for_and_how_to_get_it(models: Path, capsys) -> None:
    (models / GUARD[0]).unlink()
    found = checks(capsys, 1)["guard"]
    assert (found["state"], found["found"]) == ("missing", "1 of 2 files")
    assert found["purpose"] == "finding faces, in every run"
    assert found["remedy"] == "mouthpiece models fetch --for guard (0.00068 GB)"
    assert main(["doctor"]) == 1
    assert "1 thing missing." in capsys.readouterr().out


def test_what_the_folder_s_project_asks_for_is_required(models: Path, capsys) -> None:
    for name, text in {
        "v.mp4": "",
        "de.wav": "",
        "videos.tsv": "video\tpath\tconsent\nv\tv.mp4\tby letter\n",
        "dubs.tsv": "video\tlanguage\taudio\nv\tde\tde.wav\n",
        "config.yaml": "videos: videos.tsv\ndubs: dubs.tsv\ngate: {scorer: syncnet_v2}\n",
    }.items():
        Path(name).write_text(text)
    found = checks(capsys, 1)
    assert found["syncnet_v2"]["state"] == "missing"
    assert found["latentsync"]["state"] == "optional"


def test_a_missing_package_or_program_says_what_for(
    monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setitem(installation.PACKAGES, "no-such-package", "nothing")
    monkeypatch.setitem(installation.OPTIONAL_PACKAGES, "no-such-extra", "less than nothing")
    monkeypatch.setitem(installation.PROGRAMS, ("no-such-program",), "tests")
    found = checks(capsys, 1)
    assert found["no-such-package"]["state"] == "missing"
    assert found["no-such-package"]["remedy"] == "pip install no-such-package"
    assert found["no-such-extra"]["state"] == found["no-such-program"]["state"] == "optional"
    assert main(["doctor"]) == 1
    assert "for: less than nothing" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "build", "state", "found"),
    [
        ("NVIDIA H100, 81559 MiB\\nNVIDIA H100, 81559 MiB\\n", "2.14.1+cu130", "ok", "H100"),
        ("NVIDIA H100, 81559 MiB\\n", "2.14.1+cpu", "optional", "H100"),
        (None, "2.14.1+cpu", "optional", ""),
    ],
)
def test_gpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys,
    answer: str | None, build: str, state: str, found: str,
) -> None:  # fmt: skip
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\nprintf '{answer}'\n" if answer else "#!/bin/sh\nexit 9\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(installation, "_version", lambda package: build)
    gpu = checks(capsys, 0)["GPU"]
    assert gpu["state"] == state and found in gpu["found"]
    assert ("without CUDA" in gpu["remedy"]) is (answer is not None and "+cpu" in build)


def test_a_full_disk_and_an_old_python_are_missing(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(installation, "LEAST_DISK_GB", 1e9)
    monkeypatch.setattr(installation, "LEAST_PYTHON", (4, 0))
    found = checks(capsys, 1)
    assert found["python"]["state"] == found["disk, downloads"]["state"] == "missing"
