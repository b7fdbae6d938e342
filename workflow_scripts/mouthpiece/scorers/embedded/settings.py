"""The thresholds of the scorer `embedded`."""

from typing import ClassVar

from ..settings import ScorerSettings


class EmbeddedSettings(ScorerSettings):
    """The thresholds of the embedded network, measured on GRID: `docs/scorers.md`."""

    implementation: ClassVar[str] = "mouthpiece.scorers.embedded.scorer:Embedded"
    needs_pictures: ClassVar[bool] = False
    embedded_weights: ClassVar[tuple[str, ...]] = ("sync.safetensors",)

    speaking_confidence: float = 0.15
    """LSE-C of the source's own picture and sound under which its face does not speak."""
    min_confidence: float = 0.18
    """Least LSE-C for `pass`."""
    fail_confidence: float = 0.10
    """LSE-C under which a cut fails; between the two it goes to review."""
