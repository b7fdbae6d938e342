"""Section `cuts`."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from .section import Section, Share


def _max_s(seconds: float) -> float:
    if 0 < seconds < 1:
        raise ValueError("wanted 0 (off), or a number from 1 to 86400")
    return seconds


class Cuts(Section):
    """How cuts are detected; where another person takes over: see `guard.person_change`."""

    detector: Literal["adaptive", "transnetv2"] = "adaptive"
    """The adaptive detector of PySceneDetect, or the TransNetV2 network."""
    adaptive_threshold: Annotated[float, Field(gt=0, le=1000)] = 3.0
    """`adaptive_threshold` of PySceneDetect: a frame's change, as a multiple of its neighbours'."""
    min_content: Annotated[float, Field(ge=0, le=255)] = 15.0
    """`min_content_val` of PySceneDetect: the smallest change that can be a cut."""
    jump_ratio: Annotated[float, Field(gt=1, le=1000)] = 2.2
    """A frame that changes this many times as much as its neighbours is a jump cut."""
    jump_change: Annotated[float, Field(gt=0, le=255)] = 3.0
    """Smallest change (mean luma difference, of 255) of a jump cut."""
    transnetv2_threshold: Share = 0.5
    """Lowest probability of a cut (TransNetV2)."""
    fade_luma: Annotated[float, Field(ge=0, le=255)] = 12.0
    """A picture with at most this mean luma (of 255) is black: a fade through black is a cut."""
    min_frames: Annotated[int, Field(ge=1, le=100_000)] = 8
    """A shorter cut is merged into a neighbour."""
    max_s: Annotated[float, Field(ge=0, le=86400), AfterValidator(_max_s)] = 60.0
    """A longer shot is split where the picture moves least. So a talk in one shot needs bounded
    memory, and is resumed and judged in parts. 0 turns this off. Cuts from a table are not split.
    """

    @property
    def used(self) -> dict[str, Any]:
        """The values that detected cuts depend on, without those of the other detector."""
        common = {"detector", "min_frames", "max_s"}
        if self.detector == "transnetv2":
            return self.model_dump(include=common | {"transnetv2_threshold"})
        return self.model_dump(exclude={"transnetv2_threshold"})
