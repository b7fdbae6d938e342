"""The section `gate` of the config, with the thresholds of every scorer.

Jobs that judge or show drafts read it by itself: to import the whole config takes them longer.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from ..config.gate import DeliverWhat
from ..config.picture import PictureLimits
from ..config.section import Section
from ..scorers.registry import scorer_settings
from ..scorers.settings import DraftLimits, ScorerSettings
from .registered import with_sections


class ScorerSections(Section):
    """The thresholds of each scorer."""

    def of(self, scorer: str) -> ScorerSettings:
        """Look up a scorer.

        Args:
            scorer: Its name.

        Returns:
            Its thresholds.
        """
        return cast(ScorerSettings, getattr(self, scorer))


if TYPE_CHECKING:
    Scorers: TypeAlias = ScorerSections
    ScorerName: TypeAlias = str
else:
    Scorers = with_sections("Scorers", ScorerSections, scorer_settings())
    ScorerName = Literal[tuple(scorer_settings())]


class Gate(Section):
    """Which drafts are good enough."""

    scorer: ScorerName = "embedded"
    """The scorer that judges drafts; see `docs/scorers.md`."""
    scorers: Scorers = Scorers()
    """The thresholds of each scorer."""
    picture: PictureLimits = PictureLimits()
    """How a draft's picture must look, whatever the scorer."""
    deliver: DeliverWhat = DeliverWhat()
    """What is delivered for each verdict."""

    @property
    def limits(self) -> ScorerSettings:
        """The thresholds of the scorer that judges."""
        return self.scorers.of(self.scorer)

    @property
    def draft_limits(self) -> DraftLimits:
        """All that the verdict on a draft depends on."""
        sync = self.limits.gate_limits.model_dump()
        return DraftLimits(**sync, picture=self.picture)
