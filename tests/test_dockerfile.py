"""The image gets what the wheel is built from, and nothing that is not in the project."""

import importlib.util
import re
from pathlib import PurePath

from places import ROOT

TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def copied() -> set[str]:
    """The files and folders of the project that the image is built from."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", TEXT, re.M)
    return {name.rstrip("/") for line in lines for name in line.split()}


def test_it_copies_all_that_the_wheel_holds() -> None:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec and spec.loader
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    needed = {PurePath(pattern).parts[0] for pattern in hook.FILES}
    assert needed | {"pyproject.toml", "hatch_build.py", "README.md", "LICENSE"} <= copied()


def test_what_it_copies_is_sent_to_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line[1:] for line in lines if line.startswith("!")}
    assert copied() == sent
    assert lines[0] == "*" and {"demo/media", "models/downloads"} <= set(lines)


def test_it_does_not_run_as_root() -> None:
    assert re.findall(r"^USER (\S+)$", TEXT, re.M)[-1] == "1000"
