"""JavaScript modules as one script, to be put into a page that fetches nothing.

Each module becomes a function that is called once and returns what the module exports, so the names
of one module are unknown to the others. Understood is what the pages' modules use: `import { a, b }
from "./file.mjs";` and `export` before a function, a class or a constant.
"""

import re
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

IMPORT = re.compile(
    r"^import\s*\{(?P<names>[^}]*)\}\s*from\s*\"\./(?P<file>[\w-]+\.mjs)\";\n", re.M
)

EXPORT = re.compile(
    r"^export (?P<declaration>(?:async )?(?:function\*?|class|const) (?P<name>\w+))", re.M
)

UNKNOWN = re.compile(r"^(?:import|export)\b.*", re.M)
"""Forms of import and export that are left once the known ones are replaced."""


def bundle(entry: Path) -> str:
    """Join a module and all that it imports, each once, in the order of their imports.

    Args:
        entry: The module that is run, an .mjs file; what it imports lies beside it.

    Returns:
        A script without imports and exports.

    Raises:
        ValueError: A module uses another form of import or export, or modules import one another.
    """
    texts: dict[str, str] = {}
    imports: dict[str, Sequence[str]] = {}
    pending = [entry.name]
    while pending:
        name = pending.pop()
        if name not in texts:
            texts[name] = entry.with_name(name).read_text(encoding="utf-8")
            imports[name] = [found["file"] for found in IMPORT.finditer(texts[name])]
            pending += imports[name]
    try:
        order = list(TopologicalSorter(imports).static_order())
    except CycleError as error:
        raise ValueError(f"modules import one another: {' -> '.join(error.args[1])}") from None
    scripts = "\n".join(_wrapped(name, texts[name]) for name in order)
    return f'"use strict";\n(() => {{\n{scripts}}})();\n'


def _wrapped(name: str, text: str) -> str:
    """A module as a constant: the object of its exports."""
    exported = [found["name"] for found in EXPORT.finditer(text)]
    text = IMPORT.sub(lambda m: f"const {{{m['names']}}} = {_constant(m['file'])};\n", text)
    text = EXPORT.sub(lambda m: m["declaration"], text)
    if left := UNKNOWN.search(text):
        raise ValueError(f"{name}: cannot be bundled: {left[0]}")
    return (
        f"// {name}\n"
        f"const {_constant(name)} = (() => {{\n{text}return {{ {', '.join(exported)} }};\n}})();\n"
    )


def _constant(name: str) -> str:
    return f"module_{Path(name).stem}"
