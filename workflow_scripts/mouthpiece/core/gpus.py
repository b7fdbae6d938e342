"""Which GPU a job uses, if there are several."""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from .errors import Fault
from .files import digest
from .locks import holder_of, holder_text, lock_file
from .processes import is_stopped
from .user_folder import private_folder

VISIBLE = "CUDA_VISIBLE_DEVICES"
SLURM_STEP = ("SLURM_JOB_ID", "SLURM_STEP_ID")
"""On Slurm each step sees its own GPUs, with the same numbers as those of other steps."""
DEVICES = Path("/dev")
POLL_S = 0.05
"""How long a job waits before it looks again for a free GPU."""
LOOK_S = 3.0
"""How often a job that waits looks whether those that it waits for are stopped."""
STOPPED_LOOKS = 2
"""How many times in turn it must find them stopped."""
WAIT_S = 6 * 3600.0
"""How long a job waits for a GPU: longer than others use one for a cut."""


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


class StoppedHolderError(Fault):
    """Each process that holds what this one waits for is stopped."""


@contextlib.contextmanager
def first_free(locks: Sequence[Path], limit_s: float = WAIT_S) -> Iterator[int]:
    """Take the first free one of several lock files, and hold it.

    Args:
        locks: The lock files, of this machine.
        limit_s: How long to wait, in seconds.

    Yields:
        The index of the lock.

    Raises:
        StoppedHolderError: All holders are stopped, and so no lock gets free.
        Fault: None gets free within `limit_s`.
    """
    began = time.monotonic()
    next_look, stopped_looks = began + LOOK_S, 0
    while True:
        for index, lock in enumerate(locks):
            with lock_file(lock, wait=False) as held:
                if held:
                    yield index
                    return
        if time.monotonic() > next_look:
            next_look = time.monotonic() + LOOK_S
            stopped_looks = stopped_looks + 1 if _are_stopped(locks) else 0
            if stopped_looks == STOPPED_LOOKS:
                raise StoppedHolderError(f"{_holders(locks)}: stopped (kill -CONT continues it)")
        if time.monotonic() > began + limit_s:
            raise Fault(
                f"waited {limit_s:g} s for a GPU, held by {_holders(locks)}; end that "
                "process if it hangs"
            )
        time.sleep(POLL_S)


def _are_stopped(locks: Sequence[Path]) -> bool:
    holders = [holder_of(lock) for lock in locks]
    return all(holder is not None and is_stopped(holder.pid) for holder in holders)


def _holders(locks: Sequence[Path]) -> str:
    return ", ".join(holder_text(lock) for lock in locks)


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
