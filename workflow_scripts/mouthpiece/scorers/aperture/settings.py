"""The thresholds of the scorer `aperture`."""

from typing import ClassVar

from ..settings import Confidence, Offset, ScorerSettings


class ApertureSettings(ScorerSettings):
    """The thresholds of the embedded scorer that compares lip opening with loudness."""

    implementation: ClassVar[str] = "mouthpiece.scorers.aperture.scorer:Aperture"
    needs_pictures: ClassVar[bool] = False

    speaking_offset_frames: Offset = 15
    """The largest offset that is tried: this scorer cannot tell who speaks, and takes every face
    for a speaker. With a limit of 5 it would miss a third of the speakers in cuts of 2 s."""
    min_confidence: Confidence = 0.25
    """Lowest LSE-C for `pass`."""
    fail_confidence: Confidence = 0.12
    """A cut with a lower LSE-C fails. Between this and `min_confidence`, it goes to review."""
