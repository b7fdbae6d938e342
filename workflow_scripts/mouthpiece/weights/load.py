"""Loading tensors from weight files."""

import contextlib
import errno
import functools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ..core.errors import Fault, quoted
from ..core.files import atomic, remove, sha256, temporary_folder
from . import table
from .pickles import check_pickled
from .version import fingerprint

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

Array = TypeVar("Array")

NESTS = ("state_dict", "params_ema", "params", "model_state", "model_state_dict")
"""Keys under which a published file may nest its tensors; the first one found is used."""

LONGEST_REASON = 600
"""How much of a library's message is shown, in characters: some name each of 700 tensors."""


def load_tensors(
    path: Path, dtype: "torch.dtype", device: str = "cpu", converted: Path | None = None
) -> "dict[str, torch.Tensor]":
    """Load the tensors of a weight file.

    The file is read once (pickles with `weights_only=True`) and kept as safetensors in the wanted
    precision, under its SHA-256 and that of the copy, from where it loads at the disk's speed. A
    copy with another content is replaced.

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
    folder = converted or table.downloads() / "converted"
    name = f"{fingerprint(path)}.{str(dtype).removeprefix('torch.')}"
    found = _load_converted(folder, name, _torch_reader(device))
    if found is not None:
        return found
    tensors = _read(path, dtype)
    _save_converted(tensors, folder / f"{name}.safetensors")
    return {key: value.to(device) for key, value in tensors.items()}


def load_arrays(path: Path, converted: Path | None = None) -> dict[str, np.ndarray]:
    """Load the tensors of a weight file as arrays.

    PyTorch is imported only where the file was not converted before; see `load_tensors`.

    Args:
        path: The file.
        converted: The folder of converted copies; default `models/downloads/converted`.

    Returns:
        The arrays by key, those of floating-point numbers in float32.

    Raises:
        Fault: If the file cannot be read or there is no room for the copy.
    """
    from safetensors.numpy import load_file

    folder = converted or table.downloads() / "converted"
    found = _load_converted(folder, f"{fingerprint(path)}.float32", load_file)
    if found is not None:
        return found
    import torch

    tensors = load_tensors(path, torch.float32, converted=converted)
    return {key: value.numpy() for key, value in tensors.items()}


def load_sizes(path: Path, name: str) -> dict[str, int]:
    """Read the sizes that a pickled file states beside its tensors.

    Args:
        path: The file; it is read with `weights_only=True`.
        name: The key under which it has them.

    Returns:
        The sizes by name.

    Raises:
        Fault: The file cannot be read, or states none.
    """
    try:
        found = _parse(path)
        stated = found[name] if isinstance(found, dict) else {}
        return {str(key): int(value) for key, value in stated.items()}
    except Exception as error:  # readers raise errors of many kinds at a file that is damaged
        if isinstance(error, OSError) and error.filename:  # the file cannot be opened
            raise
        raise Fault(f"{path}: states no sizes as {name!r}: is it the right file?") from None


def _torch_reader(device: str) -> "Callable[[Path], dict[str, torch.Tensor]]":
    from safetensors.torch import load_file

    return functools.partial(load_file, device=device)


def _load_converted(
    folder: Path, name: str, read: Callable[[Path], dict[str, Array]]
) -> dict[str, Array] | None:
    """What is read of a converted copy; None where no whole copy exists.

    A copy has its own SHA-256 in its name: see `_save_converted`.
    """
    from safetensors import SafetensorError

    for copy in sorted(folder.glob(f"{name}.*.safetensors")):
        try:
            if sha256(copy) == copy.name.split(".")[-2]:
                return read(copy)
            reason = "its content has changed"
        except (SafetensorError, OSError) as error:
            reason = str(error)
        log.warning("%s: is damaged (%s): removed, and converted again", copy, reason)
        with contextlib.suppress(OSError):
            remove(copy)
    return None


def _save_converted(tensors: "dict[str, torch.Tensor]", cached: Path) -> None:
    """Write a converted copy. Raises Fault where there is no room for it."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    try:
        # Its last name is known when it is written: workers may write the same copy at once.
        with temporary_folder(cached) as folder:
            written = folder / cached.name
            save_file(tensors, written)
            with atomic(cached.with_suffix(f".{sha256(written)}.safetensors")) as temporary:
                written.replace(temporary)
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
    import torch

    try:
        found = _parse(path)
        if not isinstance(found, dict):
            raise Fault(f"{path}: holds a {type(found).__name__}, not tensors by name")
        nested = [found[name] for name in NESTS if isinstance(found.get(name), dict)]
        tensors = {
            key: value
            for key, value in (nested[0] if nested else found).items()
            if isinstance(value, torch.Tensor)
        }
        _check_sizes(path, tensors)
        read = {
            key: value.to(dtype if value.is_floating_point() else value.dtype).contiguous().clone()
            for key, value in tensors.items()
        }
        _check_values(path, read)
    except Fault:
        raise
    except MemoryError:
        raise Fault(f"{path}: asks for more memory than there is; is it a weight file?") from None
    except Exception as error:  # readers raise errors of many kinds at a file that is damaged
        if isinstance(error, OSError) and error.filename:  # the file cannot be opened
            raise
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST_REASON]
        raise Fault(f"{path}: not a readable weight file: {reason}") from None
    return read


def _parse(path: Path) -> object:
    import torch
    from safetensors.torch import load_file

    if path.suffix == ".safetensors":
        return load_file(path)
    # Only an archive can be memory-mapped.
    mapped = check_pickled(path)
    return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)


def _check_sizes(path: Path, tensors: "dict[str, torch.Tensor]") -> None:
    """Raise Fault for tensors that are no plain arrays, or that the file is too small for."""
    import torch

    for key, value in tensors.items():
        if not isinstance(key, str):
            raise Fault(f"{path}: not a weight file: its tensors have no names")
        if value.layout != torch.strided or value.device.type != "cpu" or value.is_quantized:
            raise Fault(f"{path}: not a weight file that is known here: {quoted(key)} is no array")
    # Tensors may share their values, and one value may stand for many.
    stated = sum(value.numel() * value.element_size() for value in tensors.values())
    if stated > 2 * path.stat().st_size:
        raise Fault(
            f"{path}: not a weight file: its tensors have {stated:,} bytes, and the file itself "
            f"{path.stat().st_size:,}"
        )


def _check_values(path: Path, tensors: "dict[str, torch.Tensor]") -> None:
    for key, value in tensors.items():
        if value.is_floating_point() and bool(value.isnan().any()):
            raise Fault(f"{path}: damaged: {quoted(key)} has values that are no numbers (NaN)")


def fill(network: "torch.nn.Module", tensors: "dict[str, torch.Tensor]") -> None:
    """Give a network on the meta device its weights, and set it to inference.

    Args:
        network: A module built under `torch.device("meta")`.
        tensors: Its state, by key; they are assigned, not copied.

    Raises:
        Fault: If keys, shapes or kinds of numbers do not match the network's.
    """
    wanted = network.state_dict()
    kinds = [
        key
        for key, value in tensors.items()
        if key in wanted and value.is_floating_point() != wanted[key].is_floating_point()
    ]
    try:
        if kinds:
            raise RuntimeError(f"{', '.join(kinds[:3])}: numbers of another kind")
        network.load_state_dict(tensors, assign=True)
    except (RuntimeError, AttributeError, TypeError) as error:
        reason = " ".join(str(error).split())[:LONGEST_REASON]
        raise Fault(f"{type(network).__name__}: the weight file does not fit: {reason}") from None
    network.eval().requires_grad_(False)
