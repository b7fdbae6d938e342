"""Section `enhance`."""

from typing import Annotated, Literal

from pydantic import Field

from .section import Section, Share


class Enhance(Section):
    """Drafts made better after they are scored, and scored again: `docs/enhance.md`."""

    mode: Literal["off", "final", "close_ups", "all"] = "off"
    """Which cuts are enhanced: none; those that a reviewer marked for the final tier; these and
    close-ups; or all."""
    restore: Literal["off", "close_ups", "all"] = "all"
    """Of these cuts, whose faces are restored by GFPGAN: none; close-ups, and cuts marked for the
    final tier; or all. Needs its weights (`make models ENGINE=gfpgan`), and a GPU to be fast."""
    close_up_px: Annotated[float, Field(ge=0)] = 256.0
    """A face at least this high (brow to chin), in mezzanine pixels, median over the cut, is a
    close-up: what an engine draws at 256 px is enlarged there."""
    strength: Share = 0.5
    """How much of the restored detail is taken."""
    smooth_s: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    """Standard deviation of the smoothing of light and colour over time, against flicker; 0 is
    off."""
    max_drop: Share = 0.1
    """Share of a draft's sync confidence that enhancing it may cost; where it costs more, or the
    gate's verdict, the draft stays as it was."""
    batch_faces: Annotated[int, Field(ge=1, le=256)] = 8
    """Faces restored at once on a GPU; halves by itself when memory runs out."""
    device: Literal["auto", "cuda", "cpu"] = "auto"

    @property
    def gpus(self) -> int:
        """How many GPUs a job wants."""
        return int(self.restore != "off" and self.device != "cpu")

    def takes(self, final: bool) -> bool:
        """Whether there is a job for a cut, which a reviewer marked for the final tier or not."""
        steps = self.restore != "off" or self.smooth_s > 0
        return steps and (self.mode in ("close_ups", "all") or (self.mode == "final" and final))
