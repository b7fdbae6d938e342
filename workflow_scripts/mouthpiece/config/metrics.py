"""Section `metrics`."""

from pathlib import PurePath
from typing import Annotated

from pydantic import Field, field_validator

from .section import Section


class Metrics(Section):
    """What a run tells monitoring: see `docs/observability.md`. No result depends on it."""

    prometheus_file: Annotated[str, Field(max_length=4096)] = ""
    """A file that is kept up to date with the run's counters, in Prometheus' text format; relative
    to the folder in which the run works. Empty: none is written."""
    interval_s: Annotated[float, Field(ge=1, le=3600)] = 15.0
    """How often it is renewed at most, in seconds."""
    keep_runs: Annotated[int, Field(ge=1, le=10_000)] = 50
    """Of how many runs the events are kept in `logs/events/`."""

    @field_validator("prometheus_file")
    @classmethod
    def _is_a_file(cls, value: str) -> str:
        if value and PurePath(value).name in ("", ".."):
            raise ValueError("is no name of a file")
        return value
