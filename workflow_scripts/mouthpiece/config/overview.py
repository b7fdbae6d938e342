"""Section `overview`."""

from typing import Annotated

from pydantic import Field

from .section import Section

Price = Annotated[float, Field(ge=0, le=1_000_000)]


class Overview(Section):
    """Prices for the project's overview page. Costs with a price of 0 are not shown."""

    gpu_price_per_hour: Price = 0.0
    """Price of one hour of a GPU, including its machine."""
    cpu_price_per_hour: Price = 0.0
    """Price of one hour of a CPU core. A job without a GPU uses one core or more."""
    hosted_price_per_minute: Price = 0.0
    """Price of one minute of finished film at a hosted service, for comparison."""
    hosted_price_per_run: Price = 0.0
    """Price of one run (one film in one language) at a hosted service, for comparison."""
    currency: Annotated[str, Field(min_length=1, max_length=8)] = "EUR"
    """The currency of all prices."""
