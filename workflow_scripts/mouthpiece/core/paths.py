"""Paths of the project's own files, in a checkout or in an installed package."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
"""The folder of the library."""


def _workflow() -> Path:
    checkout = PACKAGE.parents[1]
    return checkout if (checkout / "Snakefile").is_file() else PACKAGE / "workflow"


WORKFLOW = _workflow()
"""The folder of the Snakefile, the rules, the schemas and the embedded weights."""
