"""The GPUs that a job may use, and which of them it takes."""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from .files import digest
from .locks import lock_file
from .user_folder import private_folder

VISIBLE = "CUDA_VISIBLE_DEVICES"
SLURM_STEP = ("SLURM_JOB_ID", "SLURM_STEP_ID")
"""On Slurm each step sees GPUs of its own, by the same numbers as other steps."""
DEVICES = Path("/dev")
LOOK_S = 0.05
"""How long a job waits before it looks again for a GPU that is free."""


def visible_gpus() -> tuple[str, ...]:
    """List the GPUs that a job may choose from.

    Returns:
        What `CUDA_VISIBLE_DEVICES` may be set to, one value for each of several GPUs. Where there
        is one GPU, or none, nothing need be set: one empty name.
    """
    named = os.environ.get(VISIBLE)
    if named is None:
        found = [str(i) for i, _ in enumerate(DEVICES.glob("nvidia[0-9]*"))]
    else:
        found = [name.strip() for name in named.split(",") if name.strip()]
    return tuple(found) if len(found) > 1 else ("",)


@contextlib.contextmanager
def first_free(locks: Sequence[Path]) -> Iterator[int]:
    """Hold one of several lock files, the first that is free.

    Args:
        locks: The lock files.

    Yields:
        The index of the lock that is held.
    """
    if len(locks) == 1:
        with lock_file(locks[0]):
            yield 0
        return
    while True:
        for index, lock in enumerate(locks):
            with lock_file(lock, wait=False) as held:
                if held:
                    yield index
                    return
        time.sleep(LOOK_S)


@contextlib.contextmanager
def occupied_gpu(stage: str) -> Iterator[None]:
    """Of several GPUs, show this process one that no other job of the stage uses.

    To be entered before anything is asked of CUDA.

    Args:
        stage: The stage.
    """
    gpus = visible_gpus()
    if len(gpus) == 1:
        yield
        return
    step = [os.environ.get(name, "") for name in SLURM_STEP]
    keys = [digest([stage, gpu, *step])[:16] for gpu in gpus]
    with first_free([private_folder() / f"{key}.lock" for key in keys]) as index:
        os.environ[VISIBLE] = gpus[index]
        yield
