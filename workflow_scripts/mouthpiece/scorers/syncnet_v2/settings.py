"""The thresholds of the scorer `syncnet_v2`."""

from typing import Annotated, ClassVar

from pydantic import Field

from ..settings import ScorerSettings


class SyncnetSettings(ScorerSettings):
    """The thresholds of SyncNet. Not calibrated here, where its weights are not to be had."""

    implementation: ClassVar[str] = "mouthpiece.scorers.syncnet_v2.scorer:SyncnetV2"
    weight_users: ClassVar[tuple[str, ...]] = ("syncnet_v2",)

    speaking_confidence: float = 1.5
    """LSE-C of the source's own picture and sound under which its face does not speak."""
    min_confidence: float = 3.0
    """Least LSE-C for `pass`; LatentSync's makers keep films from 3 on for training, and drafts of
    MuseTalk are reported at 6.5 on average."""
    fail_confidence: float = 2.0
    """LSE-C under which a cut fails; between the two it goes to review. Two thirds of the floor, so
    that what lies just under it reaches a person."""
    min_source_share: Annotated[float, Field(ge=0, le=1)] = 0.6
    """Least share of the source's own LSE-C (its picture with its sound, where that passes) for
    `pass`; 0 is off."""
    min_judged_s: Annotated[float, Field(ge=0)] = 2.0
    """A shorter cut is `unjudged`: under 50 frames SyncNet's word is noise, and its makers leave
    such tracks out."""
