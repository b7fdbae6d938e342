"""What a project's work cost, and from how much film on that is less than a hosted service asks."""

import math
from dataclasses import dataclass

from ..config.overview import Overview
from .timings import Timing

HOUR_S = 3600


@dataclass(frozen=True)
class Cost:
    """Costs in the configured currency.

    shared: of what is done once for all languages. language: of what each language adds.
    minutes: finished film, all languages together. runs: films times languages, each finished one
    counted. hosted_per_minute, hosted_per_run: 0 where none is configured.
    """

    shared: float
    language: float
    minutes: float
    runs: int
    hosted_per_minute: float = 0.0
    hosted_per_run: float = 0.0

    @property
    def total(self) -> float:
        """All of it."""
        return self.shared + self.language

    @property
    def per_minute(self) -> float:
        """Of a minute of finished film; 0 where there is none."""
        return self.total / self.minutes if self.minutes else 0.0

    @property
    def hosted(self) -> float:
        """What the hosted service would have asked for as much film, by the minute."""
        return self.hosted_per_minute * self.minutes

    @property
    def per_run(self) -> float:
        """Of a finished run; 0 where there is none."""
        return self.total / self.runs if self.runs else 0.0

    @property
    def hosted_runs(self) -> float:
        """What the hosted service would have asked for as many runs."""
        return self.hosted_per_run * self.runs

    @property
    def break_even_minutes(self) -> float | None:
        """Finished minutes from which on the project costs no more than the hosted service.

        The shared work is paid once, each finished minute (of another language) adds its own.
        None where such a minute costs more than the service asks, or there is none.
        """
        return self._break_even(self.minutes, self.hosted_per_minute)

    @property
    def break_even_runs(self) -> int | None:
        """Finished runs from which on, likewise, by the price of a run."""
        runs = self._break_even(self.runs, self.hosted_per_run)
        return None if runs is None else math.ceil(round(runs, 6))

    def _break_even(self, done: float, hosted: float) -> float | None:
        """The same in whatever the service counts; done: how much of it is finished."""
        if not done:
            return None
        saved = hosted - self.language / done
        return self.shared / saved if saved > 0 else None


def price(timing: Timing, prices: Overview) -> float:
    """What a stage's jobs cost; those without a timing cost nothing here."""
    return (
        timing.gpu_s * prices.gpu_price_per_hour + timing.core_s * prices.cpu_price_per_hour
    ) / HOUR_S


def cost_of(
    shared: Timing, language: Timing, minutes: float, runs: int, prices: Overview
) -> Cost | None:
    """The cost of work; None where no price of a machine is configured."""
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
