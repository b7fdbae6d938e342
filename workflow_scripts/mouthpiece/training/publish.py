"""Writing trained networks where the library finds them."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from torch import nn

from ..core.files import atomic, sha256, write_text
from ..weights.embedded import MANIFEST, checksums


def publish(net: nn.Module, name: str, folder: Path) -> None:
    """Write a network's weights, and its row in the manifest.

    Args:
        net: The network.
        name: The file's name, with the suffix .safetensors.
        folder: Where it goes; see `weights.embedded`.
    """
    tensors = {key: value.detach().numpy() for key, value in net.state_dict().items()}
    write_tensors(tensors, name, folder)


def write_tensors(tensors: Mapping[str, np.ndarray], name: str, folder: Path) -> None:
    """Write weights, and their row in the manifest.

    Args:
        tensors: The weights by key.
        name: The file's name, with the suffix .safetensors.
        folder: Where it goes; see `weights.embedded`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with atomic(folder / name) as temporary:
        save_file({key: np.ascontiguousarray(value) for key, value in tensors.items()}, temporary)
        # safetensors makes files that only their owner can read.
        temporary.chmod(0o644)
    rows = checksums(folder) if (folder / MANIFEST).exists() else {}
    rows[name] = sha256(folder / name)
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(("name", "bytes", "sha256", "licence"))
    for file in sorted(rows):
        writer.writerow((file, (folder / file).stat().st_size, rows[file], "Apache-2.0"))
    write_text(folder / MANIFEST, text.getvalue())
