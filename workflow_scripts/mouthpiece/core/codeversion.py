"""The code version of a stage: what it imports of this library, hashed.

Snakemake hashes no imported module, so each rule names its stage's version as a param: an edit of a
stage's code, or of what it uses, makes that stage's results stale, and no others.
"""

import ast
import functools
import hashlib
from pathlib import Path

from .paths import PACKAGE

IRRELEVANT = frozenset(
    {
        "core.errors",
        "core.jobs",
        "core.faults",
        "core.codeversion",
        "core.paths",
        "config",
        "project",
    }
)
"""Modules whose edits change no result: settings reach a rule by value, as params of their own."""


def code_version(*stages: str) -> str:
    """The version, 12 hex digits, of modules ("guard", "engines.preview") and all they import.

    A package is all its modules, whether it imports them or leaves that to others.
    """
    modules: set[str] = set()
    pending = [module for stage in stages for module in (stage, *_inside(stage))]
    while pending:
        module = pending.pop()
        if module in modules or not IRRELEVANT.isdisjoint((module, module.partition(".")[0])):
            continue
        modules.add(module)
        pending += _imports(module)
    files = [file for module in sorted(modules) for file in (_file(module), *_templates(module))]
    text = "".join(f"{file.relative_to(PACKAGE)} {_sha256(file)}\n" for file in files)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _file(module: str) -> Path:
    path = PACKAGE.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _inside(module: str) -> list[str]:
    """The modules of a package; none of a module that is a file."""
    folder = PACKAGE.joinpath(*module.split("."))
    return [f"{module}.{path.stem}" for path in folder.glob("*.py") if path.stem != "__init__"]


def _templates(module: str) -> list[Path]:
    """The templates that a module fills in; they bear its name."""
    return sorted((PACKAGE / "templates").glob(f"{module}.*"))


@functools.cache
def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@functools.cache
def _imports(module: str) -> list[str]:
    """The modules of this library that a module imports by relative imports at its top level."""
    file = _file(module)
    parts = module.split(".")
    package = parts if file.name == "__init__.py" else parts[:-1]
    found: list[str] = []
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        base = package[: len(package) - node.level + 1]
        target = base + (node.module.split(".") if node.module else [])
        names = [target] + [[*target, alias.name] for alias in node.names]
        found += [".".join(name) for name in names if name and _file(".".join(name)).is_file()]
    return found
