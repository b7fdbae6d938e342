"""The beginning of the shell command of each job: the client, and the pool that it asks."""

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from ..config.worker import Worker
from ..core.user_folder import private_folder
from .endpoint import CLIENT_VARIABLES, Endpoint, Limits

NO_POOL = "-"
"""In place of a socket: the job is a process of its own."""


PRELOADED = (
    *("guard", "bake", "draft", "score", "final", "enhance", "segment", "speech", "slices", "gate"),
    *("normalize", "preflight", "cuts", "dub", "cut_table", "sound", "film", "package", "review"),
    *("source_clips", "overview"),
)
"""The stages of which a pool imports the modules. Those of others are imported by the worker that
needs them."""
ALONE = (NO_POOL, NO_POOL, "0")
"""What describes no pool."""


def client_environment(pool: Sequence[str]) -> dict[str, str]:
    """Tell a job's shell command, `rules/lib/worker.smk`, by environment variables what to run.

    A command would be another one after each edit, and Snakemake would redo its job.

    Args:
        pool: What `pool_words` gives.

    Returns:
        The variables: the interpreter, the client, and the pool's socket and description.
    """
    client = str(Path(__file__).with_name("client.py"))
    return dict(zip(CLIENT_VARIABLES, (_python(), client, *pool[:2]), strict=True))


def pool_words(settings: Worker, modules: Sequence[str] = ()) -> list[str]:
    """Describe the pool to a client.

    Args:
        settings: The config section `worker`.
        modules: Further modules that all workers need.

    Returns:
        The first words of `client`.

    Raises:
        Fault: The user's private folder is not private.
    """
    if settings.mode == "off":
        return list(ALONE)
    limits = Limits(
        workers=settings.count or len(os.sched_getaffinity(0)),
        idle_s=settings.idle_s,
        memory_mb=settings.memory_mb,
        device_memory_mb=settings.device_memory_mb,
        jobs_per_gpu=settings.jobs_per_gpu,
        total_memory_mb=settings.total_memory_mb or _most_memory_mb(),
        preload=(*(f"mouthpiece.stages.{stage}" for stage in PRELOADED), *modules),
    )
    endpoint = Endpoint.of(private_folder(), limits)
    return [str(endpoint.socket), endpoint.text, "0"]


def _most_memory_mb() -> int:
    """Half of the machine's memory, or of what Slurm gives."""
    given = os.environ.get("SLURM_MEM_PER_NODE", "")
    machine_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    return (int(given) if given.isdecimal() else machine_mb) // 2


def _python() -> str:
    """The interpreter; Snakemake may hold it quoted for a shell."""
    return sys.executable if Path(sys.executable).exists() else shlex.split(sys.executable)[0]
