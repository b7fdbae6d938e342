"""What a project's work cost, and from how much film on that is less than a hosted service asks."""

from dataclasses import dataclass

from .settings import Overview
from .timings import Timing

HOUR_S = 3600


@dataclass(frozen=True)
class Cost:
    """Costs in the configured currency.

    shared: of what is done once for all languages. language: of what each language adds.
    minutes: finished film, all languages together. hosted_per_minute: 0 where none is configured.
    """

    shared: float
    language: float
    minutes: float
    hosted_per_minute: float

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
        """What the hosted service would have asked for as much film."""
        return self.hosted_per_minute * self.minutes

    @property
    def break_even_minutes(self) -> float | None:
        """Finished minutes from which on the project costs no more than the hosted service.

        The shared work is paid once, each finished minute (of another language) adds its own.
        None where such a minute costs more than the service asks, or there is none.
        """
        if not self.minutes:
            return None
        saved_per_minute = self.hosted_per_minute - self.language / self.minutes
        return self.shared / saved_per_minute if saved_per_minute > 0 else None


def price(timing: Timing, prices: Overview) -> float:
    """What a stage's jobs cost; those without a timing cost nothing here."""
    return (
        timing.gpu_s * prices.gpu_price_per_hour + timing.core_s * prices.cpu_price_per_hour
    ) / HOUR_S


def cost_of(shared: Timing, language: Timing, minutes: float, prices: Overview) -> Cost | None:
    """The cost of work; None where no price of a machine is configured."""
    if not prices.gpu_price_per_hour and not prices.cpu_price_per_hour:
        return None
    return Cost(
        price(shared, prices), price(language, prices), minutes, prices.hosted_price_per_minute
    )
