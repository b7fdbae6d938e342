"""Section `sound_gate`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from .section import Section, Share

Seconds = Annotated[float, Field(ge=0, le=60)]


class SoundGate(Section):
    """Which lines of a dub that is made here are good enough. It stops no film: each line gets a
    verdict and its reasons, which a reviewer reads.
    """

    hear: bool = True
    """Whether the recognizer of `transcribe` hears each take back, and searches the background for
    the source's words. It costs about 1.5 s of a core a line."""
    review_heard_error: Annotated[float, Field(ge=0, le=2)] = 0.25
    """The character error rate of a take that is heard back, against its text, from which on a
    person should listen. See docs/sound-gate.md for how often good takes reach it."""
    fail_heard_error: Annotated[float, Field(ge=0, le=2)] = 0.6
    """The rate from which on a take fails: most of it is not what should be said."""
    review_overrun_s: Seconds = 0.08
    """How far a take may go beyond its slot and the pause after it, in seconds: two frames, which
    is not seen."""
    fail_overrun_s: Seconds = 0.5
    """How far it goes when it fails: it is spoken over the next line."""
    slowest: Annotated[float, Field(gt=0, le=1)] = 0.75
    """The slowest comfortable pace of a line, as a share of the voice's own, stretch included."""
    fastest: Annotated[float, Field(ge=1, le=4)] = 1.4
    """The fastest comfortable pace. `speak.fit` allows 1.3 by the voice's own rate, and 1.49 with
    the stretch: a line that needs so much of it should be heard, or be given a shorter text."""
    clipped_samples: Annotated[int, Field(ge=1, le=100_000)] = 4
    """So many samples in a row at full scale are clipping. A voice touches full scale for one or
    two."""
    background_share: Share = 0.34
    """The share of a line's source words that are heard in the background at its time, from which
    on the source is still audible. Below it are words that a recognizer finds in music."""
    background_words: Annotated[int, Field(ge=1, le=100)] = 2
    """So many of its words must be heard for that."""
    mouth_motion: Annotated[float, Field(ge=0, le=1)] = 0.007
    """How much a mouth moves in a cut that is not redrawn for a line under it to be doubtful:
    standard deviation of the opening of the lips, in face heights. See docs/sound-gate.md."""

    @model_validator(mode="after")
    def _review_before_fail(self) -> Self:
        for name in ("heard_error", "overrun_s"):
            review, fail = (getattr(self, f"{verdict}_{name}") for verdict in ("review", "fail"))
            if fail < review:
                raise ValueError(
                    f"fail_{name} {fail:g} is below review_{name} {review:g}; wanted at least that"
                )
        return self
