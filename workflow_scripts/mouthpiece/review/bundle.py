"""JavaScript modules as one script, to be put into a page that fetches nothing.

Each module becomes a function that is called once and returns what the module exports, so the names
of one module are unknown to the others. Understood is what the pages' modules use: `import { a, b }
from "./file.mjs";`, also from a folder beside (`"../folder/file.mjs"`), and `export` before a
function, a class or a constant. Files of different folders have different names.
"""

import re
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

IMPORT = re.compile(
    r"^import\s*\{(?P<names>[^}]*)\}\s*from\s*\"(?P<path>\.\.?/(?:[\w-]+/)?[\w-]+\.mjs)\";\n", re.M
)

EXPORT = re.compile(
    r"^export (?P<declaration>(?:async )?(?:function\*?|class|const) (?P<name>\w+))", re.M
)

UNKNOWN = re.compile(r"^(?:import|export)\b.*", re.M)
"""Forms of import and export that are left once the known ones are replaced."""


def bundle(entry: Path) -> str:
    """Join a module and all that it imports, each once, in the order of their imports.

    Args:
        entry: The module that is run, an .mjs file.

    Returns:
        A script without imports and exports.

    Raises:
        ValueError: A module uses another form of import or export, two files have one name, or
            modules import one another.
    """
    texts: dict[str, str] = {}
    imports: dict[str, Sequence[str]] = {}
    paths: dict[str, Path] = {}
    pending = [entry.resolve()]
    while pending:
        path = pending.pop()
        if paths.setdefault(path.name, path) != path:
            raise ValueError(f"two modules have one name: {paths[path.name]}, {path}")
        if path.name not in texts:
            texts[path.name] = path.read_text(encoding="utf-8")
            found = [
                (path.parent / one["path"]).resolve() for one in IMPORT.finditer(texts[path.name])
            ]
            imports[path.name] = [one.name for one in found]
            pending += found
    try:
        order = list(TopologicalSorter(imports).static_order())
    except CycleError as error:
        raise ValueError(f"modules import one another: {' -> '.join(error.args[1])}") from None
    scripts = "\n".join(_wrapped(name, texts[name]) for name in order)
    return f'"use strict";\n(() => {{\n{scripts}}})();\n'


def _wrapped(name: str, text: str) -> str:
    """A module as a constant: the object of its exports."""
    exported = [found["name"] for found in EXPORT.finditer(text)]
    text = IMPORT.sub(lambda m: f"const {{{m['names']}}} = {_constant(m['path'])};\n", text)
    text = EXPORT.sub(lambda m: m["declaration"], text)
    if left := UNKNOWN.search(text):
        raise ValueError(f"{name}: cannot be bundled: {left[0]}")
    return (
        f"// {name}\n"
        f"const {_constant(name)} = (() => {{\n{text}return {{ {', '.join(exported)} }};\n}})();\n"
    )


def _constant(name: str) -> str:
    return f"module_{Path(name).stem}"
