"""Section `overview`."""

from typing import Annotated

from pydantic import Field

from .section import Section


class Overview(Section):
    """The project's overview page; what a price of 0 leaves out is not shown."""

    gpu_price_per_hour: Annotated[float, Field(ge=0)] = 0.0
    """Price of an hour of a GPU, with the machine around it."""
    cpu_price_per_hour: Annotated[float, Field(ge=0)] = 0.0
    """Price of an hour of a core; a job without a GPU keeps one busy, or more."""
    hosted_price_per_minute: Annotated[float, Field(ge=0)] = 0.0
    """What a hosted service asks for a minute of finished film, to compare with."""
    hosted_price_per_run: Annotated[float, Field(ge=0)] = 0.0
    """What a hosted service asks for a run, that is, for one film in one language, to compare with."""
    currency: Annotated[str, Field(min_length=1, max_length=8)] = "EUR"
    """What the prices are in."""
