"""Where networks run, how precisely, and what is said where they cannot."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from ..core.batches import is_out_of_memory
from ..core.errors import Fault

DTYPES = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}


def chosen_device(wanted: str, key: str) -> str:
    """Choose where networks run.

    Args:
        wanted: "auto", "cuda" or "cpu"; "auto" is the GPU, if there is one.
        key: The key of the config that says so.

    Returns:
        "cuda" or "cpu".

    Raises:
        Fault: A GPU is asked for that is not there.
    """
    found = torch.cuda.is_available()
    if wanted == "cuda" and not found:
        raise Fault(f"{key} is cuda, but no CUDA GPU can be used")
    return "cuda" if found and wanted != "cpu" else "cpu"


def chosen_dtype(precision: str, device: str) -> torch.dtype:
    """Choose how precisely networks run.

    Args:
        precision: "auto" or a key of `DTYPES`; "auto" is fp16 on a GPU and fp32 on a CPU.
        device: "cuda" or "cpu".

    Returns:
        The precision.
    """
    if precision == "auto":
        precision = "fp16" if device == "cuda" else "fp32"
    return DTYPES[precision]


def free_gpu_bytes() -> int:
    """Find how much of the GPU's memory this process may still take.

    Returns:
        Bytes: what is free, and what PyTorch holds and does not use.
    """
    free, total = torch.cuda.mem_get_info()
    reserved = torch.cuda.memory_reserved()
    allowed = int(torch.cuda.get_per_process_memory_fraction() * total) - reserved
    return min(free, allowed) + reserved - torch.cuda.memory_allocated()


@contextmanager
def usable(config: Path) -> Iterator[None]:
    """Raise Fault where the block cannot use a config file.

    Args:
        config: The file, for the message.

    Yields:
        Nothing.

    Raises:
        Fault: See above.
    """
    try:
        yield
    except Exception as error:  # libraries raise errors of many kinds at a config that is wrong
        reason = f"{type(error).__name__}: {error}"
        raise Fault(f"{config}: not a usable config ({reason}); fetch it again") from None


@contextmanager
def room(what: Path | str) -> Iterator[None]:
    """Raise Fault where the block finds no memory for what it loads.

    Args:
        what: What is loaded, for the message.

    Yields:
        Nothing.

    Raises:
        Fault: See above.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise Fault(f"{what}: out of memory while it is loaded: {error}") from None
