"""What the settings of all scorers share.

A scorer's settings class is how the rest of the library knows the scorer: it has the thresholds,
says which weights and memory the scorer wants, and builds it.
"""

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from ..config.section import Section
from ..core.plugins import load_class
from ..weights.version import weights_version

if TYPE_CHECKING:
    from .base import Scorer


class SpeakingLimits(Section):
    """When a face is taken for the one that speaks: its source picture with the source's sound."""

    speaking_confidence: float = 0.0
    """LSE-C of the source's own picture and sound under which its face does not speak."""
    speaking_offset_frames: Annotated[int, Field(ge=0)] = 5
    """Nor does it where the |offset| is larger than this, in frames of 25 fps: lips and sound that
    do not belong together fit best at any offset."""
    speaking_s: Annotated[float, Field(ge=0)] = 2.0
    """Of a shorter cut it is not known who speaks."""
    min_speech_s: Annotated[float, Field(ge=0)] = 0.6
    """A cut with less speech is `unjudged`."""


class GateLimits(Section):
    """What the gate's verdict on a draft depends on."""

    min_speech_s: Annotated[float, Field(ge=0)] = 0.6
    """A cut with less speech is `unjudged`."""
    min_confidence: float
    """Least LSE-C for `pass`."""
    fail_confidence: float
    """LSE-C under which a cut fails; between the two it goes to review."""
    max_offset_frames: Annotated[int, Field(ge=0)] = 1
    """Largest |offset| for `pass`, in frames of 25 fps."""
    min_source_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Least share of the source's own confidence (its picture with its sound, where that passes)
    for `pass`; 0 is off. Of a preview that is right the embedded scorer gives a quarter under
    0.6: `docs/scorers.md`."""
    min_judged_s: Annotated[float, Field(ge=0)] = 1.0
    """A shorter cut is `unjudged`."""


class ScorerSettings(GateLimits, SpeakingLimits):
    """The thresholds of one sync scorer; scores of different scorers are never compared."""

    implementation: ClassVar[str]
    """The scorer's class, `package.module:Class`."""
    mem_mb: ClassVar[int] = 1500
    """Memory that a job of the scorer wants, in MB."""
    needs_pictures: ClassVar[bool] = True
    """Whether it looks at pictures. Where the mesh is known, none are decoded for one that does
    not."""
    weight_users: ClassVar[tuple[str, ...]] = ()
    """The words of `needed_by` in models/weights.tsv that it asks for."""
    embedded_weights: ClassVar[tuple[str, ...]] = ()
    """The files of models/embedded that it loads."""

    @property
    def gate_limits(self) -> GateLimits:
        """What the gate's verdict depends on."""
        return GateLimits.model_validate(self.model_dump(include=set(GateLimits.model_fields)))

    @property
    def speaking_limits(self) -> SpeakingLimits:
        """When a face is taken for the one that speaks."""
        fields = set(SpeakingLimits.model_fields)
        return SpeakingLimits.model_validate(self.model_dump(include=fields))

    @classmethod
    def weights_version(cls) -> str:
        """Tell the weights that the scorer loads from others.

        Returns:
            12 hex digits; empty where it loads nothing.
        """
        return weights_version(cls.weight_users, cls.embedded_weights)

    @classmethod
    def package(cls) -> str:
        """Name the package of the scorer, whose code is in the key of its results.

        Returns:
            The dotted name; of a module that stands alone, its own.
        """
        return cls.__module__.rpartition(".")[0] or cls.__module__

    @classmethod
    def build(cls) -> "Scorer":
        """Build the scorer, which loads its weights.

        Returns:
            The scorer.

        Raises:
            InputError: Its weights are not there.
        """
        made: Scorer = load_class(cls.implementation)()
        return made
