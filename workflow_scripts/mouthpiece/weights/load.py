"""Tensors out of weight files."""

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
"""Where in a published file its tensors lie, if not at its top; the first that is there."""


def load_tensors(
    path: Path, dtype: "torch.dtype", device: str = "cpu", converted: Path | None = None
) -> "dict[str, torch.Tensor]":
    """The tensors of a weight file by key, floating ones in `dtype`, on `device`.

    A pickled file (`.pth`, `.bin`, `.pt`) is read once with `weights_only=True` and kept as
    safetensors in `converted` (default `models/downloads/converted`) under its SHA-256, from where
    it loads at the disk's speed; a damaged copy is made anew. A safetensors file of another
    precision likewise. Tensors nested under one of `NESTS` are found there. Raises Fault where the
    file cannot be read, and where there is no room for the copy.
    """
    name = str(dtype).removeprefix("torch.")
    folder = converted or table.MODELS / "downloads" / "converted"
    cached = folder / f"{fingerprint(path)}.{name}.safetensors"
    kept = _load_kept(cached, device)
    if kept is not None:
        return kept
    tensors = _read(path, dtype)
    _keep(tensors, cached)
    return {key: value.to(device) for key, value in tensors.items()}


def _load_kept(cached: Path, device: str) -> "dict[str, torch.Tensor] | None":
    """The tensors of a converted file; None where there is none that can be read."""
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


def _keep(tensors: "dict[str, torch.Tensor]", cached: Path) -> None:
    """Write converted tensors. Raises Fault where there is no room for them."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    try:
        with atomic(cached) as temporary:
            temporary.touch()  # a folder that cannot be written says so here, as OSError
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
            # Files of before 2020 are no zip archives, and only those can be mapped.
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
    """Make a network that was laid out on the meta device ready to run. Raises Fault on misfit."""
    try:
        network.load_state_dict(tensors, assign=True)
    except RuntimeError as error:
        raise Fault(f"{type(network).__name__}: the weight file does not fit: {error}") from None
    network.eval().requires_grad_(False)
