"""Loading tensors from weight files."""

import errno
import logging
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import Fault
from ..core.files import atomic, remove
from . import table
from .version import fingerprint

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

NESTS = ("state_dict", "params_ema", "params")
"""Keys under which a published file may nest its tensors; the first one found is used."""


def load_tensors(
    path: Path, dtype: "torch.dtype", device: str = "cpu", converted: Path | None = None
) -> "dict[str, torch.Tensor]":
    """Load the tensors of a weight file.

    The file is read once (pickles with `weights_only=True`) and kept as safetensors in the wanted
    precision, under its SHA-256, from where it loads at the disk's speed. A damaged copy is
    replaced.

    Args:
        path: A `.safetensors`, `.pth`, `.pt` or `.bin` file. Its tensors may be nested under one
            of `NESTS`.
        dtype: The precision of the returned floating-point tensors; others keep theirs.
        device: Where the tensors are put, as PyTorch names it.
        converted: The folder of converted copies; default `models/downloads/converted`.

    Returns:
        The tensors by key.

    Raises:
        Fault: If the file cannot be read or there is no room for the copy.
    """
    name = str(dtype).removeprefix("torch.")
    folder = converted or table.downloads() / "converted"
    cached = folder / f"{fingerprint(path)}.{name}.safetensors"
    cached_tensors = _load_converted(cached, device)
    if cached_tensors is not None:
        return cached_tensors
    tensors = _read(path, dtype)
    _save_converted(tensors, cached)
    return {key: value.to(device) for key, value in tensors.items()}


def _load_converted(cached: Path, device: str) -> "dict[str, torch.Tensor] | None":
    """The tensors of a converted copy; None where no readable copy exists."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not cached.is_file():
        return None
    try:
        return load_file(cached, device=device)
    except SafetensorError as error:
        log.warning("%s: is damaged (%s): removed, and converted again", cached, error)
        remove(cached)
        return None


def _save_converted(tensors: "dict[str, torch.Tensor]", cached: Path) -> None:
    """Write a converted copy. Raises Fault where there is no room for it."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    try:
        with atomic(cached) as temporary:
            temporary.touch()  # raises OSError for a folder that cannot be written
            save_file(tensors, temporary)
    except SafetensorError as error:
        raise Fault(
            f"{cached.parent}: cannot write converted weights there ({error}); is the disk full?"
        ) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Fault(
                f"{cached.parent}: no room for converted weights: the disk is full"
            ) from None
        log.warning(
            "%s: cannot keep converted weights (%s); loading stays slow", cached.parent, error
        )


def _read(path: Path, dtype: "torch.dtype") -> "dict[str, torch.Tensor]":
    import pickle

    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        if path.suffix == ".safetensors":
            tensors = load_file(path)
        else:
            # Only zip archives, PyTorch's format since 2020, can be memory-mapped.
            mapped = zipfile.is_zipfile(path)
            tensors = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        raise Fault(f"{path}: not a readable weight file: {error}") from None
    if not isinstance(tensors, dict):
        raise Fault(f"{path}: holds a {type(tensors).__name__}, not tensors by name")
    nested = [tensors[name] for name in NESTS if isinstance(tensors.get(name), dict)]
    tensors = dict(nested[0]) if nested else tensors
    return {
        key: value.to(dtype if value.is_floating_point() else value.dtype).contiguous().clone()
        for key, value in tensors.items()
        if isinstance(value, torch.Tensor)
    }


def fill(network: "torch.nn.Module", tensors: "dict[str, torch.Tensor]") -> None:
    """Give a network on the meta device its weights, and set it to inference.

    Args:
        network: A module built under `torch.device("meta")`.
        tensors: Its state, by key; they are assigned, not copied.

    Raises:
        Fault: If keys or shapes do not match the network's.
    """
    try:
        network.load_state_dict(tensors, assign=True)
    except RuntimeError as error:
        raise Fault(f"{type(network).__name__}: the weight file does not fit: {error}") from None
    network.eval().requires_grad_(False)
