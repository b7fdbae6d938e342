"""The thresholds of the scorer `latentsync`."""

from typing import ClassVar

from ...config.section import Share
from ..settings import Confidence, ScorerSettings, Seconds


class LatentsyncSettings(ScorerSettings):
    """The thresholds of StableSyncNet. Not calibrated: its weights were not available."""

    implementation: ClassVar[str] = "mouthpiece.scorers.latentsync.scorer:Latentsync"
    weight_users: ClassVar[tuple[str, ...]] = ("latentsync",)

    mem_mb: ClassVar[int] = 6000

    speaking_confidence: Confidence = 0.2
    """Lowest median cosine of the source's own picture and sound at which the face speaks."""
    silent_confidence: Confidence = 0.13
    """With a lower median cosine over `silent_speech_s` of speech a face does not speak, and its
    cut is passed through. Between this and `speaking_confidence` it is drafted, and the doubt is
    reported. Of the two limits the lower one counts."""
    min_confidence: Confidence = 0.5
    """Lowest median cosine for `pass`: its authors' threshold, right in 94 % of cases by their
    report."""
    fail_confidence: Confidence = 0.3
    """A cut with a lower median cosine fails. Between this and `min_confidence`, it goes to review.
    """
    min_source_share: Share = 0.6
    """Lowest cosine for `pass`, as a share of the source's own (its picture with its sound, if that
    passes). 0 turns this off."""
    min_judged_s: Seconds = 2.0
    """A cut shorter than this, in seconds, is `unjudged`: one window takes 0.64 s, and offsets up
    to 0.6 s are tried."""
