"""Section `enhance`."""

from typing import Annotated, Literal

from pydantic import Field

from .section import Section, Share


class Enhance(Section):
    """Improves scored drafts, and scores them again: see `docs/enhance.md`."""

    mode: Literal["off", "final", "close_ups", "all"] = "off"
    """Which cuts are enhanced: none, those that a reviewer marked for the final tier, these and
    close-ups, or all."""
    restore: Literal["off", "close_ups", "all"] = "all"
    """Which of these cuts have their faces restored by GFPGAN: none, close-ups and cuts marked for
    the final tier, or all. GFPGAN needs its weights (`mouthpiece models fetch`), and a GPU to be
    fast."""
    close_up_px: Annotated[float, Field(ge=0, le=10_000)] = 256.0
    """A cut is a close-up if its face is at least this high (brow to chin, median over the cut), in
    mezzanine pixels. There, what an engine draws at 256 px is enlarged."""
    strength: Share = 0.5
    """How much of the restored detail is blended in."""
    smooth_s: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    """Standard deviation, in seconds, of the deflicker: light and colour are smoothed over time. 0
    turns it off."""
    max_drop: Share = 0.1
    """The largest share of a draft's sync confidence that enhancing may cost. If it costs more, or
    makes the gate's verdict worse, the draft stays as it was."""
    max_flicker_gain: Annotated[float, Field(ge=0, le=10)] = 0.0
    """How much more a face may flicker after it is enhanced than before, as a share of its warp
    error. If it is more, the draft stays as it was."""
    max_identity_loss: Annotated[float, Field(ge=0, le=2)] = 0.05
    """How much further from the filmed face a restored face may be than the drawn one, as the
    distance of dlib's face embedding; two people are 0.6 apart. If it is more, the draft stays as
    it was."""
    batch_faces: Annotated[int, Field(ge=1, le=256)] = 8
    """Faces restored at once on a GPU. Halved automatically when memory runs out."""
    threads: Annotated[int, Field(ge=1, le=256)] = 8
    """CPU cores that a job which restores uses: it decodes, cuts faces out and brings them back."""
    device: Literal["auto", "cuda", "cpu"] = "auto"
    """Where faces are restored. `auto` is the GPU, if there is one."""

    @property
    def gpus(self) -> int:
        """How many GPUs a job needs."""
        return int(self.restore != "off" and self.device != "cpu")

    @property
    def cores(self) -> int:
        """How many cores a job uses."""
        return self.threads if self.restore != "off" else 1

    def applies(self, final: bool) -> bool:
        """Tell whether a cut needs a job of this stage.

        Args:
            final: Whether a reviewer marked the cut for the final tier.

        Returns:
            Whether it does.
        """
        steps = self.restore != "off" or self.smooth_s > 0
        return steps and (self.mode in ("close_ups", "all") or (self.mode == "final" and final))
