"""What a project's work cost, and from how much film on it is cheaper than a hosted service."""

import math
from dataclasses import dataclass

from ..config.overview import Overview
from .timings import Timing

HOUR_S = 3600


@dataclass(frozen=True)
class Cost:
    """Costs in the configured currency.

    Attributes:
        shared: The cost of what is done once for all languages.
        language: The cost of what each language adds, all together.
        minutes: The length of the finished films in minutes, all languages together.
        runs: How many films are finished; each language of a video counts.
        hosted_per_minute: The price of a minute at a hosted service; 0: it is not configured.
        hosted_per_run: The price of a run there; 0: it is not configured.
    """

    shared: float
    language: float
    minutes: float
    runs: int
    hosted_per_minute: float = 0.0
    hosted_per_run: float = 0.0

    @property
    def total(self) -> float:
        """The whole cost."""
        return self.shared + self.language

    @property
    def per_minute(self) -> float:
        """The cost of a finished minute; 0 where there is none."""
        return self.total / self.minutes if self.minutes else 0.0

    @property
    def hosted(self) -> float:
        """The price of as many minutes at the hosted service."""
        return self.hosted_per_minute * self.minutes

    @property
    def per_run(self) -> float:
        """The cost of a finished run; 0 where there is none."""
        return self.total / self.runs if self.runs else 0.0

    @property
    def hosted_runs(self) -> float:
        """The price of as many runs at the hosted service."""
        return self.hosted_per_run * self.runs

    @property
    def break_even_minutes(self) -> float | None:
        """Finished minutes from which on the project costs no more than the hosted service.

        The shared work is paid once; each finished minute, of another language, adds its own cost.
        None where such a minute costs more than at the service, or where none is finished.
        """
        return self._break_even(self.minutes, self.hosted_per_minute)

    @property
    def break_even_runs(self) -> int | None:
        """Finished runs from which on it costs no more, by the price of a run; see above."""
        runs = self._break_even(self.runs, self.hosted_per_run)
        return None if runs is None else math.ceil(round(runs, 6))

    def _break_even(self, done: float, hosted: float) -> float | None:
        """The break-even in the unit that the service counts; done: how much of it is finished."""
        if not done:
            return None
        saved = hosted - self.language / done
        return self.shared / saved if saved > 0 else None


def price(timing: Timing, prices: Overview) -> float:
    """Compute what jobs cost.

    Args:
        timing: What they took; jobs without a timing cost nothing here.
        prices: The overview's section of the config.

    Returns:
        The cost in the configured currency.
    """
    return (
        timing.gpu_s * prices.gpu_price_per_hour + timing.core_s * prices.cpu_price_per_hour
    ) / HOUR_S


def cost_of(
    shared: Timing, language: Timing, minutes: float, runs: int, prices: Overview
) -> Cost | None:
    """Compute what a project cost.

    Args:
        shared: What the jobs took that serve all languages.
        language: What the jobs of the languages took.
        minutes: The length of the finished films in minutes, all languages together.
        runs: How many films are finished; each language of a video counts.
        prices: The overview's section of the config.

    Returns:
        The cost; None where no price of a machine is configured.
    """
    if not prices.gpu_price_per_hour and not prices.cpu_price_per_hour:
        return None
    return Cost(
        price(shared, prices),
        price(language, prices),
        minutes,
        runs,
        prices.hosted_price_per_minute,
        prices.hosted_price_per_run,
    )
