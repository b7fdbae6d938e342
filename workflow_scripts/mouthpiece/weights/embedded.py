"""The networks that the project trains itself and ships in `models/embedded/`.

`manifest.tsv` there names each file with its SHA-256; a file that does not match is not used.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file

from ..core.errors import Fault
from ..core.files import sha256
from .manifest import FOLDER, MANIFEST, checksums


def load(name: str, folder: Path = FOLDER) -> dict[str, torch.Tensor]:
    """The tensors of an embedded weight file. Raises Fault where it is missing or was changed."""
    path = folder / name
    if not path.is_file():
        raise Fault(f"{path} is missing: the installation is incomplete; install the project anew")
    if sha256(path) != checksums(folder).get(name):
        raise Fault(f"{path} is not the file that {MANIFEST} names; install the project anew")
    return load_file(path)
