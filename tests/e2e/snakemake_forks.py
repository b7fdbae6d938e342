"""Runs of `python -m snakemake` as forks of a process that has imported it.

Two thirds of the CPU time of a dry run are Snakemake's imports, and the tests run it some two
hundred times. A fork becomes the command: it has its arguments, folder, environment and output, and
ends as a process of Python does.
"""

import functools
import json
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path


@functools.cache
def _parent(library: str) -> "subprocess.Popen[str]":
    """The process to fork. It ends with this one, which holds its stdin."""
    return subprocess.Popen(
        [sys.executable, __file__],
        env=os.environ | {"PYTHONPATH": library},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def run_snakemake(
    arguments: list[str], folder: Path, library: str, environment: dict[str, str]
) -> tuple[int, str]:
    """Run the command; one at a time.

    Args:
        arguments: What follows its name.
        folder: Where it runs.
        library: The folder of the package `mouthpiece`.
        environment: Its whole environment.

    Returns:
        Its exit code; what it wrote to stdout, then what it wrote to stderr.
    """
    parent = _parent(library)
    assert parent.stdin and parent.stdout
    with tempfile.TemporaryDirectory() as name:
        outputs = [Path(name) / stream for stream in ("stdout", "stderr")]
        asked = arguments, str(folder), environment, [str(path) for path in outputs]
        parent.stdin.write(json.dumps(asked) + "\n")
        parent.stdin.flush()
        code = int(parent.stdout.readline())
        return code, "".join(path.read_text() for path in outputs)


def _serve() -> None:
    """Fork for each line of stdin, and tell the exit code of the fork."""
    from snakemake.cli import get_argument_parser

    get_argument_parser()  # imports the plugins, too
    for line in sys.stdin:
        child = os.fork()
        if not child:
            return _become_snakemake(*json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become_snakemake(
    arguments: list[str], folder: str, environment: dict[str, str], outputs: list[str]
) -> None:
    for number, path in enumerate((os.devnull, *outputs)):
        with Path(path).open("ab" if number else "rb") as file:
            os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[0], sys.argv[1:] = folder, arguments
    runpy.run_module("snakemake", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve()
