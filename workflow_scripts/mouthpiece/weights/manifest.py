"""What the embedded networks in `models/embedded/` are: names and SHA-256."""

import csv
from pathlib import Path

from ..core.paths import WORKFLOW

FOLDER = WORKFLOW / "models" / "embedded"
MANIFEST = "manifest.tsv"


def checksums(folder: Path = FOLDER) -> dict[str, str]:
    """Read the manifest.

    Args:
        folder: Where the manifest and the files are.

    Returns:
        The SHA-256 of each file, in hex, by name.
    """
    with (folder / MANIFEST).open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["sha256"] for row in csv.DictReader(file, delimiter="\t")}
