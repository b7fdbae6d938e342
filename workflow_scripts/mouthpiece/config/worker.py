"""Section `worker`."""

from typing import Annotated, Literal

from pydantic import Field

from .section import Section


class Worker(Section):
    """The processes that run the jobs of a run one after another: see `docs/worker.md`."""

    mode: Literal["auto", "off"] = "auto"
    """`auto`: jobs are done by a pool of workers on each machine, which have the library and the
    networks loaded. `off`: each job is a process of its own, which loads what it needs. The results
    are the same."""
    count: Annotated[int, Field(ge=0, le=1024)] = 0
    """How many workers without a GPU there may be at once; 0: one for each core of the machine, or
    of what Slurm gives. GPUs have workers besides."""
    jobs_per_gpu: Annotated[int, Field(ge=1, le=16)] = 1
    """How many jobs a GPU may do at once, each in a worker with its own networks in the GPU's
    memory. With 2, one cut is read and written while another one is drawn. How many run is up to
    Snakemake, too: `--resources gpu=2` for two jobs on one GPU."""
    idle_s: Annotated[int, Field(ge=1, le=86400)] = 60
    """An idle pool ends after this time, in seconds, and frees its memory and GPUs."""
    memory_mb: Annotated[int, Field(ge=100, le=10_000_000)] = 1500
    """A worker that holds more memory after a job than this, in MB, ends, and a new one takes its
    place."""
    device_memory_mb: Annotated[int, Field(ge=100, le=10_000_000)] = 16000
    """The same for the worker of a GPU, or of an engine with large networks."""
    total_memory_mb: Annotated[int, Field(ge=0, le=100_000_000)] = 0
    """Where all workers of the machine together hold more than this after a job, in MB, idle ones
    end, the largest first; 0: half of the machine's memory, or of what Slurm gives."""
