from pathlib import Path

import pytest

from mouthpiece.core import codeversion
from mouthpiece.core.codeversion import code_version, module_closure, package_versions


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {
        "guard.py": 'from .faces import find\nTEMPLATES = "templates"\n',
        "faces.py": "import numpy\nimport cv2\nfrom . import clock\n",
        "clock.py": "",
        "draft.py": "from .engines import engine\n",
        "engines/__init__.py": "def engine():\n    from .preview import Preview\n",
        "engines/preview.py": "from ..clock import Clock\nfrom ..core.errors import Fault\n",
        "engines/settings.py": "",
        "core/errors.py": "",
        "templates/guard.html.j2": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(codeversion, "PACKAGE", tmp_path)
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    caches = ("code_version", "_package_versions", "module_closure", "_sha256", "_imports")
    for function in (*caches, "_path", "_text"):
        getattr(codeversion, function).cache_clear()


@pytest.mark.parametrize(
    ("edited", "changed"),
    [
        ("guard.py", {"guard"}),
        ("faces.py", {"guard"}),
        ("templates/guard.html.j2", {"guard"}),
        ("clock.py", {"guard", "draft"}),
        ("engines/preview.py", {"draft"}),
        ("engines/__init__.py", {"draft"}),
        ("engines/settings.py", set()),
        ("core/errors.py", set()),
    ],
)
def test_an_edit_changes_the_version_of_the_stages_that_use_it(
    package: Path, edited: str, changed: set[str]
) -> None:
    stages = {"guard": ("guard",), "draft": ("draft", "engines.preview")}
    before = {name: code_version(*modules) for name, modules in stages.items()}
    (package / edited).write_text((package / edited).read_text() + "# edited\n")
    forget()
    after = {name: code_version(*modules) for name, modules in stages.items()}
    assert {name for name in stages if before[name] != after[name]} == changed


def test_a_package_stands_for_all_its_modules(package: Path) -> None:
    """Including modules that are only imported inside functions."""
    (package / "engines" / "musetalk").mkdir()
    for name in ("__init__", "generate"):
        (package / "engines" / "musetalk" / f"{name}.py").write_text("")
    before = [code_version("draft", f"engines.{name}") for name in ("preview", "musetalk")]
    (package / "engines" / "musetalk" / "generate.py").write_text("# edited")
    forget()
    after = [code_version("draft", f"engines.{name}") for name in ("preview", "musetalk")]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False]


def test_the_packages_that_compute_a_result_are_listed(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codeversion, "_version", lambda name: f"version of {name}")
    assert package_versions("guard") == {
        "opencv-python-headless": "version of opencv-python-headless"
    }
    assert package_versions("draft") == {}


def test_the_code_of_another_package_counts(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "elsewhere" / "an_engine"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("from . import lips\n")
    (other / "lips.py").write_text("from mouthpiece.clock import Clock\n")
    monkeypatch.syspath_prepend(str(other.parent))
    assert module_closure("an_engine") == ("an_engine", "an_engine.lips", "mouthpiece.clock")
    before = code_version("an_engine")
    (other / "lips.py").write_text("")
    forget()
    assert code_version("an_engine") != before
