"""What all scorers' thresholds share."""

from typing import Annotated, ClassVar

from pydantic import Field

from ..config.section import Section


class SpeakingLimits(Section):
    """When a face is taken for the one that speaks: its source picture with the source's sound."""

    speaking_confidence: float = 0.0
    """LSE-C of the source's own picture and sound under which its face does not speak."""
    speaking_offset_frames: Annotated[int, Field(ge=0)] = 5
    """Nor does it where the |offset| is larger than this, in frames of 25 fps: lips and sound that
    do not belong together fit best at any offset."""
    speaking_s: Annotated[float, Field(ge=0)] = 2.0
    """Of a shorter cut it is not known who speaks."""
    min_speech_s: Annotated[float, Field(ge=0)] = 0.6
    """A cut with less speech is `unjudged`."""


class ScorerSettings(SpeakingLimits):
    """The thresholds of one sync scorer; scores of different scorers are never compared."""

    mem_mb: ClassVar[int] = 1500
    """Memory that a job of the scorer wants."""

    min_confidence: float
    """Least LSE-C for `pass`."""
    fail_confidence: float
    """LSE-C under which a cut fails; between the two it goes to review."""
    max_offset_frames: Annotated[int, Field(ge=0)] = 1
    """Largest |offset| for `pass`, in frames of 25 fps."""
    min_source_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Least share of the source's own confidence (its picture with its sound, where that passes)
    for `pass`; 0 is off. Of a preview that is right the embedded scorer gives a quarter under
    0.6: `docs/scorers.md`."""
    min_judged_s: Annotated[float, Field(ge=0)] = 1.0
    """A shorter cut is `unjudged`."""
