"""The thresholds of the scorer `embedded`."""

from typing import ClassVar

from ..odds import SpeakingOdds
from ..settings import Confidence, ScorerSettings


class EmbeddedSettings(ScorerSettings):
    """The thresholds of the embedded network, of GRID and people: see `docs/scorers.md`."""

    implementation: ClassVar[str] = "mouthpiece.scorers.embedded.scorer:Embedded"
    needs_pictures: ClassVar[bool] = False
    embedded_weights: ClassVar[tuple[str, ...]] = ("sync.safetensors",)
    speaking_odds: ClassVar[SpeakingOdds | None] = SpeakingOdds(
        known=(0.016, 7.621, -1.864, 3.661),
        free=(1.269, 2.499, -3.019, 7.754, -1.545),
        alone=0.99,
    )
    phone_odds: ClassVar[SpeakingOdds | None] = SpeakingOdds(
        known=(1.824, 8.172, -3.010, 4.176),
        free=(3.553, 0.0, -3.068, 5.247, -1.918),
    )

    speaking_confidence: Confidence = 0.15
    """Lowest LSE-C of the source's own picture and sound at which the face speaks."""
    silent_confidence: Confidence = 0.10
    """With a lower LSE-C over `silent_speech_s` of speech a face does not speak, and its cut is
    passed through. Between this and `speaking_confidence` it is drafted, and the doubt is reported.
    Of the two limits the lower one counts."""
    min_confidence: Confidence = 0.10
    """Lowest LSE-C for `pass`."""
    short_confidence: Confidence | None = 0.16
    """Lowest LSE-C for `pass` of a cut with less than `short_speech_s` of speech, which sound of
    somebody else matches more easily. Null: `min_confidence`; lower than that, it says nothing."""
    fail_confidence: Confidence = 0.08
    """A cut with a lower LSE-C fails. Between this and `min_confidence`, it goes to review."""
