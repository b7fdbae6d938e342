"""Section `worker`."""

from typing import Annotated, Literal

from pydantic import Field

from .section import Section


class Worker(Section):
    """The process that keeps an engine's networks loaded between jobs: see `docs/worker.md`."""

    mode: Literal["auto", "off"] = "auto"
    """`auto`: the jobs of an engine with large networks (musetalk) share a worker on each machine.
    `off`: each job loads the networks itself."""
    idle_s: Annotated[int, Field(ge=1, le=86400)] = 60
    """An idle worker ends after this time, in seconds, and frees its GPU memory."""
