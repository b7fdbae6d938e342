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
    still_s: Annotated[float, Field(gt=0, le=60)] = 4.0
    """Length, in seconds, of the film that a still picture becomes. By default it loops."""
    still_px: Annotated[int, Field(ge=64, le=8192)] = 1920
    """A larger still picture is scaled down to this longer side."""

    def used_for(self, *, still: bool) -> dict[str, Any]:
        """Select the values that a mezzanine depends on.

        Args:
            still: Whether the source is a still picture.

        Returns:
            The values by key, without those that only the other kind of source reads.
        """
        return self.model_dump(exclude={"hdr", "damaged"} if still else {"still_s", "still_px"})
