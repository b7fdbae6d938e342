"""Engines and scorers of other packages are found by their entry points."""

import subprocess
import sys
from pathlib import Path

import pytest

from mouthpiece.core.plugins import load_plugins
from places import ROOT

ENGINE = """
from typing import Annotated, Any, ClassVar

from pydantic import Field

from mouthpiece.engines.settings import EngineSettings


class ToySettings(EngineSettings):
    '''Draws nothing.'''

    baked: ClassVar[frozenset[str]] = frozenset({"size_px"})
    presets: ClassVar[dict[str, dict[str, Any]]] = {"standard": {}, "loud": {"volume": 2.0}}

    implementation: ClassVar[str] = "toy_engine.drawing:Toy"

    preset: str = "standard"
    '''A named set of keys.'''
    size_px: int = 64
    '''Side of a patch.'''
    volume: Annotated[float, Field(ge=0)] = 1.0
    '''How much.'''
"""
DRAWING = """
import jinja2


class Toy:
    def __init__(self, settings):
        self.volume = settings.volume
"""
SCORER = """
from typing import ClassVar

from mouthpiece.scorers.settings import ScorerSettings


class ToyScorerSettings(ScorerSettings):
    '''Passes everything.'''

    min_confidence: float = 0.1
    implementation: ClassVar[str] = "toy_scorer:Judge"

    fail_confidence: float = 0.0


class Judge:
    pass
"""
ENTRY_POINTS = """
[mouthpiece.engines]
toy = toy_engine.settings:ToySettings

[mouthpiece.scorers]
lenient = toy_scorer:ToyScorerSettings
"""
USE = """
from pathlib import Path
from mouthpiece.core.codeversion import code_version, module_closure, package_versions
from mouthpiece.engines.registry import create_engine, preset_names
from mouthpiece.project.docs import tables
from mouthpiece.project.config_file import read_config
from mouthpiece.project.project import Project
from mouthpiece.project.required_weights import missing_weights
from mouthpiece.scorers.registry import create_scorer

project = Project.open(read_config([Path("job.yaml")]), [Path("job.yaml")])
chosen = project.settings_for("v", "en", "000000-000009").chosen_engine
assert create_engine(chosen).volume == 2.0
assert type(create_scorer(project.settings.gate.scorer)).__name__ == "Judge"
assert project.settings.gate.limits.gate_limits.min_confidence == 0.1
assert preset_names("toy") == ("standard", "loud")
assert "syncnet" not in missing_weights(project, [])
assert "toy_engine.settings" not in module_closure("stages.draft", chosen.package())
assert "toy_engine.drawing" in module_closure("stages.draft", chosen.package())
assert code_version("stages.draft", chosen.package()) != code_version("stages.draft")
assert "jinja2" in {name.lower() for name in package_versions("toy_engine")}
assert "jinja2" not in {name.lower() for name in package_versions("stages.draft")}
assert "`engines.toy.volume`" in tables()
"""
JOB = {
    "job.yaml": "videos: videos.tsv\ndubs: dubs.tsv\nengine: toy\ngate: {scorer: lenient}\n",
    "videos.tsv": "video\tpath\tconsent\nv\tv.mp4\tthe tests\n",
    "dubs.tsv": "video\tlanguage\taudio\nv\ten\tv.mp4\n",
    "overrides.tsv": (
        "video\tlanguage\tcut\tsetting\tvalue\nv\ten\t000000-000009\tengines.toy.preset\tloud\n"
    ),
    "v.mp4": "",
}


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Another distribution, as installed by pip."""
    for name, text in {
        "toy_engine/__init__.py": '"""A toy."""\n',
        "toy_engine/settings.py": ENGINE,
        "toy_engine/drawing.py": DRAWING,
        "toy_scorer.py": SCORER,
        "toy-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n",
        "toy-1.0.dist-info/entry_points.txt": ENTRY_POINTS,
    }.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "site"


def test_an_engine_and_a_scorer_of_another_package(packages: Path, tmp_path: Path) -> None:
    for name, text in JOB.items():
        (tmp_path / name).write_text(text)
    paths = f"{ROOT / 'workflow_scripts'}:{packages}"
    done = subprocess.run(
        [sys.executable, "-c", USE],
        cwd=tmp_path, env={"PYTHONPATH": paths}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_built_in_name_cannot_be_replaced(
    monkeypatch: pytest.MonkeyPatch, packages: Path
) -> None:
    monkeypatch.syspath_prepend(str(packages))
    with pytest.raises(ValueError, match="'toy' is taken"):
        load_plugins({"toy": "pathlib:Path"}, "mouthpiece.engines")


@pytest.mark.parametrize("kind", ["engines", "scorers"])
def test_no_module_outside_its_folder_imports_an_engine_or_scorer(kind: str) -> None:
    """The registry names them in a string. Benchmarks, training and the demo are not part of the
    workflow.
    """
    library = ROOT / "workflow_scripts" / "mouthpiece"
    names = [path.name for path in (library / kind).iterdir() if path.is_dir()]
    for path in library.rglob("*.py"):
        module = path.relative_to(library)
        for name in names:
            if module.parts[:2] == (kind, name) or module.parts[0] == "training":
                continue
            lines = path.read_text(encoding="utf-8").splitlines()
            imports = [line for line in lines if "import" in line and f"{kind}.{name}" in line]
            assert imports == [], module
