"""Puts the workflow into the wheel, inside the package, where `core/paths.py` looks for it."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TARGET = "mouthpiece/workflow"

FILES = (
    "Snakefile",
    "workflow/cluster/Snakefile",
    "rules/**/*.smk",
    "workflow_scripts/*.py",
    "profiles/*/*.yaml",
    "envs/*.yaml",
    "requirements/all.lock",
    "report/*.rst",
    "config/README.md",
    "config/schemas/*",
    "models/weights.tsv",
    "models/embedded/*",
    "demo/*.*",
)
"""What the workflow needs, as patterns in the checkout. Each file keeps its place."""


class WorkflowHook(BuildHookInterface):
    """Adds the workflow's files; an editable install finds them in the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files.

        Args:
            version: What is built: "standard" or "editable".
            build_data: What goes into it, by hatchling's names.
        """
        root = Path(self.root)
        for pattern in FILES if version == "standard" else ():
            for path in sorted(root.glob(pattern)):
                target = f"{TARGET}/{path.relative_to(root).as_posix()}"
                build_data["force_include"][str(path)] = target
