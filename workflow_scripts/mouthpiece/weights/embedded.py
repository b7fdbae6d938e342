"""The networks that the project trains itself and ships in `models/embedded/`.

`manifest.tsv` there lists each file with its SHA-256. A file that does not match is not loaded.
"""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import Fault
from ..core.files import sha256
from ..core.paths import WORKFLOW

if TYPE_CHECKING:
    import numpy as np  # which who asks for checksums need not import

FOLDER = WORKFLOW / "models" / "embedded"

MANIFEST = "manifest.tsv"


def checksums(folder: Path = FOLDER) -> dict[str, str]:
    """Read the manifest.

    Args:
        folder: The folder of the embedded networks.

    Returns:
        The SHA-256 of each file in hex, by name.
    """
    with (folder / MANIFEST).open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["sha256"] for row in csv.DictReader(file, delimiter="\t")}


def load(name: str, folder: Path = FOLDER) -> "dict[str, np.ndarray]":
    """Load an embedded weight file.

    Args:
        name: The file's name in the manifest.
        folder: The folder of the embedded networks.

    Returns:
        The tensors by key.

    Raises:
        Fault: If the file is missing or is not the one that the manifest lists.
    """
    from safetensors.numpy import load_file

    path = folder / name
    if not path.is_file():
        raise Fault(f"{path} is missing: the installation is incomplete; reinstall mouthpiece")
    if sha256(path) != checksums(folder).get(name):
        raise Fault(f"{path} is not the file that {MANIFEST} names; reinstall mouthpiece")
    return load_file(path)
