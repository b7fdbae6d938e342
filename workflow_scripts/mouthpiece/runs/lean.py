"""Starts Snakemake without what a run on this machine has no use for.

Usage: python -m mouthpiece.runs.lean snakemake ARGUMENT...

Snakemake imports each plugin that is installed, and that of Slurm imports pandas; Snakemake itself
imports pandas wherever it is installed, to see whether a param is one of its tables. That is a
fifth of the CPU time of a run with nothing to do. Here both seem not to be installed, unless an
argument, a profile or the environment may name an executor.
"""

import os
import pkgutil
import re
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..core.garbage import look_seldom_for_garbage

EXECUTORS = "snakemake_executor_plugin_"
"""How the names of Snakemake's plugins for clusters begin."""

MAY_NAME_ONE = ("-e", "--e", "--pr", "--sl")
"""How the options begin that name an executor, a further profile, or are Slurm's. Options may be
shortened."""

PROFILE = "--workflow-profile"
NAMED_IN_PROFILE = re.compile(r"^\s*['\"]?(executor|slurm)", re.M)


def may_submit(words: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Tell whether Snakemake may need an executor that is a plugin.

    Args:
        words: Snakemake's arguments.
        environment: The environment.

    Returns:
        Whether one is named; also where that is not known.
    """
    if "SNAKEMAKE_PROFILE" in environment:
        return True
    if any(word.startswith(MAY_NAME_ONE) for word in words):
        return True
    return any(_names_executor(Path(profile)) for profile in _profiles(words))


def _profiles(words: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        option, has_value, value = word.partition("=")
        if option == PROFILE:
            yield value if has_value else "".join(words[place + 1 : place + 2])


def _names_executor(profile: Path) -> bool:
    files = [profile] if profile.is_file() else list(profile.glob("*.yaml"))
    texts = [file.read_text("utf-8", "replace") for file in files]
    return not texts or any(NAMED_IN_PROFILE.search(text) for text in texts)


def leave_out_clusters() -> None:
    """Let plugins of clusters, and pandas, seem not to be installed in this process."""
    modules = pkgutil.iter_modules

    def others(path: Any = None, prefix: str = "") -> Iterator[pkgutil.ModuleInfo]:
        return (found for found in modules(path, prefix) if not found.name.startswith(EXECUTORS))

    pkgutil.iter_modules = others
    sys.modules["pandas"] = None  # type: ignore[assignment]


def main(words: Sequence[str]) -> None:
    """Become Snakemake.

    Args:
        words: The module's name, and its arguments.
    """
    look_seldom_for_garbage()
    if not may_submit(words[1:], os.environ):
        leave_out_clusters()
    sys.argv = list(words)
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
