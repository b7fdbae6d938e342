"""The thresholds of the scorer `aperture`."""

from typing import Annotated, ClassVar

from pydantic import Field

from ..settings import ScorerSettings


class ApertureSettings(ScorerSettings):
    """The thresholds of the embedded scorer of lip opening against loudness."""

    implementation: ClassVar[str] = "mouthpiece.scorers.aperture.scorer:Aperture"
    needs_pictures: ClassVar[bool] = False

    speaking_offset_frames: Annotated[int, Field(ge=0)] = 15
    """As far as is looked: this scorer cannot tell who speaks, and takes every face for a speaker.
    A limit of 5 would lose a third of the speakers in 2 s."""
    min_confidence: float = 0.25
    """Least LSE-C for `pass`."""
    fail_confidence: float = 0.12
    """LSE-C under which a cut fails; between the two it goes to review."""
