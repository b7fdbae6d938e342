"""How cuts are bought in a run: prices, limits, and for how long one is waited for."""

from dataclasses import dataclass

from .prices import Prices


@dataclass(frozen=True)
class Terms:
    """How a cut is bought.

    Attributes:
        prices: What it costs.
        budget_micro_usd: What a run may spend.
        most_at_work: How many requests may be at work at once.
        deadline_s: How long a cut may take.
        poll_s: The longest wait between two looks at a request.
        label: What a person knows the cut by.
        run: The run.
    """

    prices: Prices
    budget_micro_usd: int
    most_at_work: int
    deadline_s: float
    poll_s: float
    run: str
    label: str = ""
