"""Section `speak.fit`."""

from typing import Annotated

from pydantic import Field

from .section import Section


class Fit(Section):
    """How a line that is spoken is fitted to the time that it has in the source.

    In this order: the rate of the voice, a stretch that keeps the pitch, the pause that follows. A
    line that is still too long is spoken to its end all the same, and marked `overrun`.
    """

    slowest: Annotated[float, Field(ge=0.5, le=1)] = 0.85
    """The slowest rate of a voice, as a share of its own: more slowly, it sounds tired."""
    fastest: Annotated[float, Field(ge=1, le=2)] = 1.3
    """The fastest rate of a voice: faster than this, words are swallowed."""
    stretch_only: Annotated[float, Field(ge=0, le=0.5)] = 0.05
    """A line that is too long or too short by no more than this share is stretched alone: that is
    not heard, and saves speaking it again."""
    most_squeezed: Annotated[float, Field(ge=0.5, le=1)] = 0.87
    """The shortest that a line may become by stretching, as a share of its length: below it, a
    voice begins to sound processed."""
    most_stretched: Annotated[float, Field(ge=1, le=2)] = 1.12
    """The longest that a line may become by stretching, as a share of its length. A line that stays
    too short all the same is not stretched."""
    gap_s: Annotated[float, Field(ge=0, le=5)] = 0.1
    """The silence that is left before the next line, in seconds, where a line takes the pause after
    it: two sentences without any sound like one."""
