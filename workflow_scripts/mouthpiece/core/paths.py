"""Where the project's own files lie: in a checkout, or inside an installed package."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
"""The library."""


def _workflow() -> Path:
    checkout = PACKAGE.parents[1]
    return checkout if (checkout / "Snakefile").is_file() else PACKAGE / "workflow"


WORKFLOW = _workflow()
"""The folder of Snakefile, rules, schemas and embedded weights."""
