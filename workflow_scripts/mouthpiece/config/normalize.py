"""Section `normalize`."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from ..core.timeline import parse_rate
from .section import Crf, Section, X264Preset

FINEST = 1_000_000
"""The largest denominator of a frame rate."""


def _frame_rate(text: str) -> str:
    if text != "source" and parse_rate(text).denominator > FINEST:
        raise ValueError(f"{text!r} has too many digits; write it as a fraction, as in 30000/1001")
    return text


class Normalize(Section):
    """How a source is turned into the mezzanine."""

    frame_rate: Annotated[str, AfterValidator(_frame_rate)] = "25"
    """Frames/s: "25", "30000/1001", ...; or "source": the exact rate of a constant-rate source."""
    crf: Crf = 4
    """x264 quality of the all-intra mezzanine. 0 is lossless."""
    preset: X264Preset = "veryfast"
    """x264 preset of the mezzanine."""
    hdr: Literal["tonemap", "refuse"] = "tonemap"
    """What happens to a PQ or HLG source: it is tone-mapped to BT.709, or refused."""
    damaged: Literal["refuse", "keep"] = "refuse"
    """What happens to a source that is cut short, or of which more than a few frames cannot be
    decoded: it is refused, or what there is is kept."""
    sound_late_ms: Annotated[float, Field(ge=-10_000, le=10_000)] = 0.0
    """By how many milliseconds the source's sound comes too late; below 0: too early. It is moved
    by as much, wherever it is heard: in the film, the mix, the transcript, and where it is asked
    who speaks. A note of the film says what was measured. For one video: a row of overrides.tsv. A
    given dub is not moved."""
    still_s: Annotated[float, Field(gt=0, le=60)] = 4.0
    """Length, in seconds, of the film that a still picture becomes. By default it loops."""
    still_px: Annotated[int, Field(ge=64, le=8192)] = 1920
    """A larger still picture is scaled down to this longer side."""

    def used_for(self, *, still: bool) -> dict[str, Any]:
        """Select the values that a mezzanine depends on.

        Args:
            still: Whether the source is a still picture.

        Returns:
            The values by key, without those that only the other kind of source reads, and without
            `sound_late_ms` where nothing is moved.
        """
        unused = {"hdr", "damaged"} if still else {"still_s", "still_px"}
        if still or not self.sound_late_ms:
            unused.add("sound_late_ms")
        return self.model_dump(exclude=unused)
