"""Section `cuts`."""

from typing import Annotated, Any, Literal

from pydantic import Field

from .section import Section, Share


class Cuts(Section):
    """How cuts are found."""

    detector: Literal["adaptive", "transnetv2"] = "adaptive"
    """PySceneDetect's adaptive detector, or the TransNetV2 network."""
    adaptive_threshold: Annotated[float, Field(gt=0)] = 3.0
    """PySceneDetect's adaptive_threshold: a frame's change against its neighbours'."""
    min_content: Annotated[float, Field(ge=0)] = 15.0
    """PySceneDetect's min_content_val: the least change that may be a cut."""
    jump_ratio: Annotated[float, Field(gt=1)] = 3.5
    """A frame whose change is this many times its neighbours' is a jump cut."""
    jump_change: Annotated[float, Field(gt=0, le=255)] = 3.0
    """Least change (mean luma difference, of 255) of a jump cut."""
    transnetv2_threshold: Share = 0.5
    """Least probability of a cut (TransNetV2)."""
    fade_luma: Annotated[float, Field(ge=0, le=255)] = 12.0
    """Mean luma (of 255) at or under which a picture has faded to black; a cut falls there."""
    min_frames: Annotated[int, Field(ge=1)] = 8
    """A shorter cut is joined to its neighbour."""
    max_s: Annotated[float, Field(ge=0)] = 60.0
    """A longer shot is parted where its picture is stillest, so that a talk in one shot is made in
    bounded memory, resumed and judged part by part; 0 is off. Cuts of a table stay as they are."""

    @property
    def used(self) -> dict[str, Any]:
        """The values that detected cuts depend on: without those of the other detector."""
        common = {"detector", "min_frames", "max_s"}
        if self.detector == "transnetv2":
            return self.model_dump(include=common | {"transnetv2_threshold"})
        return self.model_dump(exclude={"transnetv2_threshold"})
