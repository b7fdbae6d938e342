"""Which GPU a job uses, if there are several."""

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
"""On Slurm each step sees its own GPUs, with the same numbers as those of other steps."""
DEVICES = Path("/dev")
POLL_S = 0.05
"""How long a job waits before it looks again for a free GPU."""


def visible_gpus() -> tuple[str, ...]:
    """List the GPUs that a job can choose from.

    Returns:
        A value of `CUDA_VISIBLE_DEVICES` for each GPU. With one GPU or none there is nothing to
        choose: a single empty string.
    """
    named = os.environ.get(VISIBLE)
    if named is None:
        found = [str(i) for i, _ in enumerate(DEVICES.glob("nvidia[0-9]*"))]
    else:
        found = [name.strip() for name in named.split(",") if name.strip()]
    return tuple(found) if len(found) > 1 else ("",)


@contextlib.contextmanager
def first_free(locks: Sequence[Path]) -> Iterator[int]:
    """Take the first free one of several lock files, and hold it.

    Args:
        locks: The lock files.

    Yields:
        The index of the lock.
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
        time.sleep(POLL_S)


@contextlib.contextmanager
def occupied_gpu(stage: str) -> Iterator[None]:
    """Give this process a GPU that no other job of the stage uses, if there are several.

    Enter this context before CUDA is initialized.

    Args:
        stage: The stage.

    Yields:
        Nothing.
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
