"""The thresholds of the scorer `latentsync`."""

from typing import Annotated, ClassVar

from pydantic import Field

from ..settings import ScorerSettings


class LatentsyncSettings(ScorerSettings):
    """The thresholds of StableSyncNet. Not calibrated here, where its weights are not to be had."""

    implementation: ClassVar[str] = "mouthpiece.scorers.latentsync.scorer:Latentsync"
    weight_users: ClassVar[tuple[str, ...]] = ("latentsync",)

    mem_mb: ClassVar[int] = 6000

    speaking_confidence: float = 0.2
    """Median cosine of the source's own picture and sound under which its face does not speak."""
    min_confidence: float = 0.5
    """Least median cosine for `pass`: what its makers take for sync, 94 % right as they report."""
    fail_confidence: float = 0.3
    """Median cosine under which a cut fails; between the two it goes to review."""
    min_source_share: Annotated[float, Field(ge=0, le=1)] = 0.6
    """Least share of the source's own cosine (its picture with its sound, where that passes) for
    `pass`; 0 is off."""
    min_judged_s: Annotated[float, Field(ge=0)] = 2.0
    """A shorter cut is `unjudged`: one window takes 0.64 s, and offsets to 0.6 s are tried."""
