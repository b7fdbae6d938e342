"""What is imported is declared in pyproject.toml; what is declared is imported and explained."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from places import ROOT

NOT_IMPORTED = {
    "silero-vad": "audio/silero.py runs the network in its wheel; the package imports torch",
}
"""Dependencies that no file of the project imports, and why they are declared."""

INSTALLED_BY_USERS = {"whisper": "openai-whisper"}
"""Modules that a setting needs, of packages that are no dependencies, and these packages."""

PLUGS = {"livekit": "livekit-agents", "pipecat": "pipecat-ai"}
"""Modules of extras that have an environment of their own, and their packages."""


def declared(*extras: str) -> set[str]:
    """The names in pyproject.toml's dependencies and in some of its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    wanted = sum((optional[extra] for extra in extras), project["dependencies"])
    return {normal(re.split(r"[\s\[<>=!~;]", requirement)[0]) for requirement in wanted}


def normal(name: str) -> str:
    """The name of a distribution as package indexes compare it (PEP 503)."""
    return re.sub("[-_.]+", "-", name).lower()


def imported(*folders: str) -> dict[str, set[str]]:
    """The third-party modules that the files below import, each with who distributes it."""
    known = packages_distributions()
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    own = {path.stem for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*")}
    own |= {path.parent.name for path in (ROOT / "workflow_scripts").glob("*/__init__.py")}
    names = {name for path in files for name in modules_of(path)} - own
    return {
        name: {normal(one) for one in known.get(name, [PLUGS.get(name, name)])}
        for name in names - sys.stdlib_module_names
    }


def modules_of(path: Path) -> Iterator[str]:
    """The top-level modules that a file imports."""
    if path.suffix == ".smk":  # no Python, but its imports are lines like Python's
        yield from re.findall(r"^(?:from|import) (\w+)", path.read_text(encoding="utf-8"), re.M)
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]


def test_the_library_imports_only_what_it_declares() -> None:
    names = declared("demo", "talk", "training", *PLUGS)
    found = imported("workflow_scripts", "rules")
    unknown = {module for module, holders in found.items() if not holders & names}
    assert unknown == set(INSTALLED_BY_USERS)


def test_tests_and_benchmarks_import_only_what_is_declared() -> None:
    names = declared("demo", "talk", "training", "test", *PLUGS)
    found = imported("tests", "benchmarks")
    assert {module for module, holders in found.items() if not holders & names} == set()


def test_each_dependency_is_imported() -> None:
    used = set().union(*imported("workflow_scripts", "rules").values())
    assert declared("demo", "talk", "training", *PLUGS) - used == set(NOT_IMPORTED)


def test_each_dependency_is_explained() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    named = {normal(name) for name in re.findall(r"`([\w.-]+)`", text)}
    declared_ones = declared("demo", "talk", "training", "test", *PLUGS)
    assert declared_ones | set(INSTALLED_BY_USERS.values()) <= named
