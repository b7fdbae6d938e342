"""The examples of docs/live-plugs.md compile, and what they import is there."""

import ast
import importlib
import re

import pytest

from places import ROOT

EXAMPLES = re.findall(
    r"^```python\n(.*?)^```", (ROOT / "docs/live-plugs.md").read_text(encoding="utf-8"), re.M | re.S
)


@pytest.mark.parametrize("example", EXAMPLES, ids=["livekit", "pipecat"])
def test_an_example_imports_what_there_is(example: str) -> None:
    for node in ast.walk(ast.parse(example)):
        if isinstance(node, ast.ImportFrom) and node.module != "pipecat.runner.run":
            pytest.importorskip(
                node.module.partition(".")[0], reason="an extra: `make test-plugs` has it"
            )
            module = importlib.import_module(str(node.module))
            assert all(hasattr(module, name.name) for name in node.names), node.module
