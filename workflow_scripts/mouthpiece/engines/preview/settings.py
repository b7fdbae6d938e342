"""The settings and presets of the preview engine."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ...weights.version import weights_version
from ..settings import EngineSettings, Stage

PREVIEW_PRESETS: dict[str, dict[str, Any]] = {
    "standard": {},
    "opens_too_little": {"strength": 1.35},
    "opens_too_much": {"strength": 0.7},
}
"""The defaults that each preset changes. A key that is set beside `preset` wins."""


class PreviewSettings(EngineSettings):
    """The embedded engine, which warps the person's own picture. No download, no GPU."""

    implementation: ClassVar[str] = "mouthpiece.engines.preview.engine:Preview"
    baked: ClassVar[frozenset[str]] = frozenset({"size_px"})
    presets: ClassVar[dict[str, dict[str, Any]]] = PREVIEW_PRESETS

    preset: Literal["standard", "opens_too_little", "opens_too_much"] = "standard"
    """A named set of values for the keys below (`PREVIEW_PRESETS`)."""
    size_px: Literal["auto", 256, 512, 768, 1024] = "auto"
    """Side of a patch, in pixels. `auto`: as many as the picture has there, in steps of 64 from 256
    to 1024, so that a face that fills a 4K picture is not soft."""
    strength: Annotated[float, Field(ge=0, le=2)] = 1.0
    """Scale of the mouth opening."""
    lip_offset_frames: Annotated[int, Field(ge=-50, le=50)] = 0
    """Moves the lips later (+) or earlier (-) than the dub, in frames of the film, to correct a dub
    that is out of sync."""

    def weights_version(self, stage: Stage) -> str:
        """See `EngineSettings.weights_version`."""
        return "" if stage == "bake" else weights_version((), embedded=("lips.safetensors",))
