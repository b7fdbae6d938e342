"""Section `worker`."""

from typing import Annotated, Literal

from pydantic import Field

from .section import Section


class Worker(Section):
    """The process that keeps an engine's networks loaded from cut to cut: see `docs/worker.md`."""

    mode: Literal["auto", "off"] = "auto"
    """The jobs of an engine that loads much (musetalk) share a worker on each machine; `off`: each
    job loads for itself."""
    idle_s: Annotated[int, Field(ge=1, le=86400)] = 60
    """A worker that has had nothing to do for so long ends, and frees its GPU memory."""
