"""What became of the finals of a film's cuts, and what services were paid, counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from ..review.draft_facts import final_engine


@dataclass(frozen=True)
class FinalCounts:
    """The finals of a film, and its purchases.

    Attributes:
        taken: How many finals took the place of their drafts.
        worse: How many were worse.
        failed: How many could not be made.
        bought: How many cuts a service was paid for.
        paid_usd: What for all of them, in US dollars.
    """

    taken: int = 0
    worse: int = 0
    failed: int = 0
    bought: int = 0
    paid_usd: float = 0.0

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, str]]) -> Self:
        """Count the cuts of a film.

        Args:
            rows: Its rows of cuts.tsv.

        Returns:
            The counts.
        """
        rows = list(rows)
        finals = [row for row in rows if final_engine(row)]
        failed = sum(bool(row["final_fault"]) for row in finals)
        taken = sum(row["final"] == final_engine(row) for row in finals)
        prices = [float(price) for row in rows if (price := row.get("price_usd"))]
        return cls(taken, len(finals) - taken - failed, failed, len(prices), sum(prices))

    @property
    def finals(self) -> int:
        """How many cuts were drawn once more, or should have been."""
        return self.taken + self.worse + self.failed
