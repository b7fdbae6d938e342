"""What a cut costs at a service, in millionths of a dollar, so that sums are exact."""

import math
from dataclasses import dataclass

MILLION = 10**6


@dataclass(frozen=True)
class Prices:
    """A service's price, as config names it.

    Attributes:
        per_run_usd: US dollars for each cut.
        per_minute_usd: US dollars for each minute of a cut.
    """

    per_run_usd: float
    per_minute_usd: float

    def micro_usd(self, length_s: float) -> int:
        """Work out what a cut costs; a part of a millionth counts as a whole one.

        Args:
            length_s: How long the cut is, in seconds.

        Returns:
            Millionths of a US dollar.
        """
        usd = self.per_run_usd + self.per_minute_usd * length_s / 60
        return math.ceil(round(usd * MILLION, 3))


def dollars(micro_usd: int) -> str:
    """Write an amount.

    Args:
        micro_usd: Millionths of a US dollar.

    Returns:
        Such as "0.042 USD".
    """
    text = f"{micro_usd / MILLION:.6f}".rstrip("0")
    whole, _, part = text.partition(".")
    return f"{whole}.{part:0<2} USD"
