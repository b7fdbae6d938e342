"""The modules in the key of each stage's results are those in `closures.json` beside this file.

With a larger closure, users redo results after edits that cannot change them. So the list is only
changed on purpose: `python tests/core/test_closures.py` writes it.
"""

import ast
import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "workflow_scripts"))

from mouthpiece.core import codeversion  # noqa: E402
from mouthpiece.core.codeversion import module_closure, package_versions  # noqa: E402
from mouthpiece.engines.registry import engine_settings  # noqa: E402
from mouthpiece.recognition.registry import recognizer_settings  # noqa: E402
from mouthpiece.scorers.registry import scorer_settings  # noqa: E402
from mouthpiece.separation.registry import separator_settings  # noqa: E402
from mouthpiece.translation.registry import translator_settings  # noqa: E402
from mouthpiece.voices.registry import synthesizer_settings  # noqa: E402

SNAPSHOT = Path(__file__).with_name("closures.json")
LAZY = {
    "mouthpiece.stages.cuts": {"mouthpiece.faces.people", "mouthpiece.media.shots"},
    "mouthpiece.stages.draft": {"mouthpiece.stages.retry"},
    "mouthpiece.stages.enhance": {"mouthpiece.faces.embedding", "mouthpiece.networks.restorer"},
    "mouthpiece.stages.separate": {"mouthpiece.separation.given"},
    "mouthpiece.stages.preflight": {"mouthpiece.translation.given_script"},
    "mouthpiece.stages.translate": {"mouthpiece.translation.given_script"},
    "mouthpiece.stages.sound": {"mouthpiece.audio.film_loudness"},
    "mouthpiece.media.shots": {"mouthpiece.media.transnet"},
    "mouthpiece.stages.package": {"mouthpiece.provenance.marks"},
    "mouthpiece.recognition.speaker_turns": {"mouthpiece.audio.voiceprint"},
    "mouthpiece.stages.deliverable": {"mouthpiece.provenance.marks"},
    "mouthpiece.stages.multilingual": {"mouthpiece.provenance.marks"},
    "mouthpiece.stages.stems": {"mouthpiece.provenance.marks"},
}
"""Imports inside functions, for modules that are loaded only under a setting. The rules name these
modules under that setting."""
WITH_ENGINE_OR_SCORER = ("guard", "bake", "draft", "retry", "score", "enhance")


def stage_names() -> list[str]:
    folder = ROOT / "workflow_scripts" / "mouthpiece" / "stages"
    return sorted(p.stem for p in folder.glob("*.py") if p.stem not in ("__init__", "requests"))


def stages() -> dict[str, tuple[str, ...]]:
    """The roots of each stage, with each engine and scorer."""
    plain = [name for name in stage_names() if name not in WITH_ENGINE_OR_SCORER]
    found: dict[str, tuple[str, ...]] = {name: (f"stages.{name}",) for name in plain}
    for name, engine in engine_settings().items():
        found[f"bake with {name}"] = ("stages.bake", engine.package())
        found[f"draft with {name}"] = ("stages.draft", engine.package())
    for name, scorer in scorer_settings().items():
        found[f"score with {name}"] = ("stages.score", scorer.package())
    for name, recognizer in recognizer_settings().items():
        roots = ("stages.transcribe", "audio.voiceprint", recognizer.package())
        found[f"transcribe with {name}"] = roots
    for name, translator in translator_settings().items():
        found[f"translate with {name}"] = ("stages.translate", translator.package())
    for name, synthesizer in synthesizer_settings().items():
        found[f"speak with {name}"] = ("stages.speak", *synthesizer().modules)
    for name, separator in separator_settings().items():
        found[f"separate with {name}"] = ("stages.separate", separator.package())
    found["separate, given"] = ("stages.separate", "separation.given")
    embedded = scorer_settings()["embedded"].package()
    for name in ("guard", "enhance", "retry"):
        found[f"{name} with embedded"] = (f"stages.{name}", embedded)
    found["sound of a mix"] = ("stages.sound", "audio.film_loudness")
    found["cuts, detected"] = ("stages.cuts", "media.shots")
    found["cuts, of one person"] = ("stages.cuts", "media.shots", "faces.people")
    found["cuts, by TransNetV2"] = ("stages.cuts", "media.shots", "media.transnet")
    found["translate, given"] = ("stages.translate", "translation.given_script")
    found["steps of enhance"] = ("patches.deflicker", "patches.restore", "networks.restorer")
    found["enhance, restored"] = ("stages.enhance", "faces.embedding", embedded)
    found["package with marks"] = ("stages.package", "provenance.marks")
    return found


def snapshot(name: str) -> dict[str, list[str]]:
    roots = stages()[name]
    modules = [module.removeprefix("mouthpiece.") for module in module_closure(*roots)]
    return {"modules": modules, "packages": sorted(package_versions(*roots))}


@pytest.mark.parametrize("name", stages())
def test_the_closure_of_a_stage_is_as_recorded(name: str) -> None:
    known = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert snapshot(name) == known.get(name), "`python tests/core/test_closures.py` writes it"


def test_every_stage_is_recorded() -> None:
    assert set(json.loads(SNAPSHOT.read_text(encoding="utf-8"))) == set(stages())


@pytest.mark.parametrize("stage", ["segment", "film"])
def test_the_cut_table_is_not_in_the_key_of_a_segment_or_film(stage: str) -> None:
    assert "mouthpiece.core.cut_table" not in module_closure(f"stages.{stage}")


@pytest.mark.parametrize("name", stages())
def test_the_words_of_notes_are_in_the_keys_of_pages_alone(name: str) -> None:
    closure = module_closure(*stages()[name])
    assert ("mouthpiece.reports.note_wordings" in closure) == (name in ("review", "overview"))


@pytest.mark.parametrize("name", stages())
def test_error_messages_and_the_command_line_are_in_no_key(name: str) -> None:
    for module in module_closure(*stages()[name]):
        assert not module.startswith(("mouthpiece.cli", "mouthpiece.worker", "mouthpiece.config"))
        assert module != "mouthpiece.core.errors"


@pytest.mark.parametrize("name", stages())
def test_an_import_inside_a_function_is_in_the_closure_or_listed(name: str) -> None:
    closure = module_closure(*stages()[name])
    for module in closure:
        path = codeversion._path(module)
        assert path is not None
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.level or node in tree.body:
                continue
            for target in codeversion._targets(node, package):
                if codeversion._path(target):
                    counted = target in closure or codeversion._is_irrelevant(target)
                    assert counted or target in LAZY.get(module, ()), f"{module} imports {target}"


def test_the_rules_name_all_stages() -> None:
    text = "".join(path.read_text() for path in (ROOT / "rules").rglob("*.smk"))
    named = set(re.findall(r'"stages\.([a-z_]+)"', text))
    assert named == set(stage_names()) - {"drawing", "preflight", "warm_up"}  # a check is in no key


def test_the_rules_have_the_packages_of_all_stages_that_compute_with_some() -> None:
    text = "".join(path.read_text() for path in (ROOT / "rules").rglob("*.smk"))
    bare = set(re.findall(r'code_version\(\s*"stages\.([a-z_]+)"', text))
    with_packages = set(re.findall(r'package_versions\(\s*"stages\.([a-z_]+)"', text))
    assert {name for name in bare if package_versions(f"stages.{name}")} <= with_packages


if __name__ == "__main__":
    found = {name: snapshot(name) for name in stages()}
    SNAPSHOT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
