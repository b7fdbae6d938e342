"""Config section `gate.picture`."""

from typing import Annotated, Literal

from pydantic import Field

from .section import Section, Share

PictureFault = Literal[
    "mouth_in_silence",
    "open_in_silence",
    "small_opening",
    "small_width",
    "lopsided",
    "blurred",
    "shade_step",
    "seam",
]
"""What may be wrong with a draft's picture, as the gate's reasons name it."""

Seconds = Annotated[float, Field(ge=0, le=3600)]
Ratio = Annotated[float, Field(ge=0, le=10)]
Levels = Annotated[float, Field(ge=0, le=255)]


class PictureLimits(Section):
    """How the picture of a draft must look. No network is asked. A limit that is null is none: what
    was measured is shown only. See `docs/scorers.md`.
    """

    judged: tuple[PictureFault, ...] = (
        "mouth_in_silence",
        "open_in_silence",
        "lopsided",
        "blurred",
    )
    """The faults that make a draft doubtful. The others, where a limit of theirs is broken, are in
    the column `reported` of cuts.tsv, and hold nothing back."""
    max_mouth_in_silence_s: Seconds | None = 0.4
    """How long the mouth may move or be open while the dub is silent, in seconds. Of 28 GRID
    talkers of 3 s with their own voices none moves for 0.4; with the sound muted, 27 do. In a cut
    with long silences, a tenth of them may be moved in: people breathe and swallow."""
    max_open_in_silence_s: Seconds | None = 0.1
    """How long the lips may be further apart than the person's own at rest while the dub is silent,
    in seconds, however long the silences are: two frames. A mouth has 0.12 s to shut."""
    min_opening_ratio: Ratio | None = 0.4
    """How far the mouth must open at least, as a share of how far the person's own does in the
    cut."""
    min_width_ratio: Ratio | None = 0.4
    """How far the mouth must spread and narrow at least, as a share of how far the person's own
    does in the cut."""
    max_asymmetry: Share | None = 0.115
    """How much less alike the two halves of the drawn mouth may be than those of the person's own,
    0 to 1, in a quarter of the frames."""
    min_detail: Ratio | None = 0.7
    """How sharp the drawn mouth must be at least, as a share of the source's sharpness there."""
    max_shade_step: Levels | None = 4.0
    """How much the shade of the drawn skin may change from a frame to the next, beyond the
    source's own change, in levels of 255."""
    max_seam: Levels | None = 2.0
    """How steeply the draft may depart from the picture at its rim, in levels of 255 for each 32nd
    of the distance between the outer eye corners."""
