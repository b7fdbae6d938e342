"""A job whose log cannot be written still says one thing, and no more."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from places import ROOT

JOB = """
import logging, sys
sys.path.insert(0, {library!r})
from mouthpiece.core.errors import Fault
from mouthpiece.core.jobs import job
with job({log!r}):
    logging.getLogger("x").info("a line")
    raise Fault("the disk is full")
"""


@pytest.mark.parametrize(
    ("log", "message"),
    [
        ("log", "mouthpiece: the disk is full\n"),
        ("full", "mouthpiece: the disk is full\n"),
        ("file/log", "mouthpiece: the log cannot be written: "),
        ("x" * 300, "mouthpiece: the log cannot be written: the name is too long"),
    ],
)
def test_an_error_is_one_message_whatever_the_log(tmp_path: Path, log: str, message: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "full").symlink_to("/dev/full")
    program = JOB.format(library=str(ROOT / "workflow_scripts"), log=str(tmp_path / log))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(message) and done.stderr.count("\n") == 1
    assert logging.raiseExceptions
