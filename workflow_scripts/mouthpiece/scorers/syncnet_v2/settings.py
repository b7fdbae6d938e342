"""The thresholds of the scorer `syncnet_v2`."""

from typing import ClassVar

from ...config.section import Share
from ..settings import Confidence, ScorerSettings, Seconds


class SyncnetSettings(ScorerSettings):
    """The thresholds of SyncNet. Not calibrated: its weights were not available."""

    implementation: ClassVar[str] = "mouthpiece.scorers.syncnet_v2.scorer:SyncnetV2"
    weight_users: ClassVar[tuple[str, ...]] = ("syncnet_v2",)

    speaking_confidence: Confidence = 1.5
    """Lowest LSE-C of the source's own picture and sound at which the face speaks."""
    silent_confidence: Confidence = 1.0
    """With a lower LSE-C over `silent_speech_s` of speech a face does not speak, and its cut is
    passed through. Between this and `speaking_confidence` it is drafted, and the doubt is reported.
    Of the two limits the lower one counts."""
    min_confidence: Confidence = 3.0
    """Lowest LSE-C for `pass`. LatentSync's authors keep films of 3 or more for training; drafts of
    MuseTalk are reported at 6.5 on average."""
    fail_confidence: Confidence = 2.0
    """A cut with a lower LSE-C fails. Between this and `min_confidence`, it goes to review. Two
    thirds of `min_confidence`, so that a person sees what just misses it."""
    min_source_share: Share = 0.6
    """Lowest LSE-C for `pass`, as a share of the source's own (its picture with its sound, if that
    passes). 0 turns this off."""
    min_judged_s: Seconds = 2.0
    """A cut shorter than this, in seconds, is `unjudged`: SyncNet's score of less than 50 frames is
    noise, and its authors leave such tracks out."""
