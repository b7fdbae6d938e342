"""The settings and presets of the preview engine."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from ...weights import phones
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
    opening_key: ClassVar[str] = "strength"
    opening_step: ClassVar[float] = 0.15

    preset: Literal["standard", "opens_too_little", "opens_too_much"] = "standard"
    """A named set of values for the keys below (`PREVIEW_PRESETS`)."""
    size_px: Literal["auto", 256, 512, 768, 1024] = "auto"
    """Side of a patch, in pixels. `auto`: as many as the picture has there, in steps of 64 from 256
    to 1024, so that a face that fills a 4K picture is not soft."""
    strength: Annotated[float, Field(ge=0, le=2)] = 1.0
    """Scale of the mouth opening."""

    hearing: Literal["auto", "phones", "bands"] = "auto"
    """What hears the speech. `bands`: the embedded network alone. `phones`: the encoder of the
    recognizer Whisper `base`, too, which knows the sounds of a hundred languages: lips follow free
    speech better. `auto`: `phones` where its weights are there (`mouthpiece models fetch --for
    faster_whisper-base`) when a run is planned; the cut's row says which it was. With `live`, it is
    `bands`, which two cores hear in time."""

    live: bool = False
    """Draw as an avatar that talks live does (docs/live.md): a frame hears one second before it and
    .16 s ahead, not the whole cut. The same sound gives the same pictures."""

    def resolved(self) -> Self:
        """See `EngineSettings.resolved`: `auto` becomes `phones` or `bands`."""
        if self.hearing != "auto":
            return self
        if self.live:
            return self.model_copy(update={"hearing": "bands"})
        # Each process that reads a config loads this module; few ask.
        from ...audio.phone_features import has_encoder

        return self.model_copy(update={"hearing": "phones" if has_encoder() else "bands"})

    @property
    def unused_packages(self) -> frozenset[str]:
        """See `EngineSettings.unused_packages`."""
        return frozenset() if self.hears_phones else frozenset({"ctranslate2"})

    @property
    def hears_phones(self) -> bool:
        """Whether the recognizer's encoder is asked."""
        return self.resolved().hearing == "phones"

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `EngineSettings.weight_users`."""
        return phones.USERS if self.hearing == "phones" else ()

    def weights_version(self, stage: Stage) -> str:
        """See `EngineSettings.weights_version`."""
        if stage == "bake":
            return ""
        if not self.hears_phones:
            return weights_version((), embedded=("lips.safetensors",))
        return weights_version(
            phones.USERS, embedded=("lips.safetensors", "phone_lips.safetensors")
        )
