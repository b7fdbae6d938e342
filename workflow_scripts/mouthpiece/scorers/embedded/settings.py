"""The thresholds of the scorer `embedded`."""

from ..settings import ScorerSettings


class EmbeddedSettings(ScorerSettings):
    """The thresholds of the embedded network, measured on GRID: `docs/scorers.md`."""

    speaking_confidence: float = 0.15
    """LSE-C of the source's own picture and sound under which its face does not speak."""
    min_confidence: float = 0.18
    """Least LSE-C for `pass`."""
    fail_confidence: float = 0.10
    """LSE-C under which a cut fails; between the two it goes to review."""
