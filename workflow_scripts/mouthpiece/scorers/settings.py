"""The base class of the settings of all scorers.

The rest of the library knows a scorer by its settings class. It holds the thresholds, tells which
weights and memory the scorer needs, and builds the scorer.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from ..config.picture import PictureLimits
from ..config.section import Section, Share
from ..core.plugins import Plugin, load_class
from ..weights import phones
from ..weights.version import weights_version

if TYPE_CHECKING:
    from .base import Scorer
    from .odds import SpeakingOdds


Confidence = Annotated[float, Field(ge=-100, le=100)]
"""LSE-C, or a scorer's like of it. All known scorers stay within -1 and 20."""
Hearing = Literal["phones", "bands"]
"""What hears who speaks in a source: a recognizer's encoder (`phone_sync`), or the scorer."""
Offset = Annotated[int, Field(ge=0, le=100)]
Seconds = Annotated[float, Field(ge=0, le=3600)]


class SpeakingLimits(Section):
    """When the source's own picture and sound show that a face speaks."""

    speaking_confidence: Confidence = 0.0
    """Lowest LSE-C of the source's own picture and sound at which the face speaks."""
    speaking_offset_frames: Offset = 5
    """Largest |offset| at which the face speaks, in frames of 25 fps. With a larger one the cut is
    drafted, and the offset is reported: lips and sound are apart, or not of the same person."""
    silent_confidence: Confidence = 0.0
    """With a lower LSE-C over `silent_speech_s` of speech a face does not speak, and its cut is
    passed through. Between this and `speaking_confidence` it is drafted, and the doubt is reported.
    Of the two limits the lower one counts."""
    speaking_probability: Share = 0.5
    """Lowest probability at which the face speaks, for a scorer that has one (`embedded`); its
    confidence then does not count. The probability is that of a face of which it is as likely as
    not that it speaks, by how well lips and sound match and by how much is said: see
    `docs/scorers.md`."""
    silent_probability: Share = 0.2
    """With a lower probability over `silent_speech_s` of speech a face does not speak, and its cut
    is passed through. Between this and `speaking_probability` it is drafted, and the doubt is
    reported. 0: only nearly still lips tell that a face does not speak."""
    silent_probability_by_phones: Share = 0.25
    """The same, in place of it, where the recognizer's encoder hears the source (column
    `source_hearing` of cuts.tsv): it takes fewer speakers for silent."""
    silent_speech_s: Seconds = 2.0
    """A cut with less speech than this, in seconds, is not passed through for its confidence."""
    speaking_s: Seconds = 2.0
    """In a cut shorter than this, in seconds, the speaker stays unknown."""
    min_speech_s: Seconds = 0.6
    """A cut with less speech than this, in seconds, is `unjudged`."""

    def silent_by(self, score: Mapping[str, Any]) -> float:
        """Choose the limit of the probability under which a face does not speak.

        Args:
            score: A score of a source, as `scorers.speaking` gives it, or a row of cuts.tsv.

        Returns:
            The limit for what heard the source.
        """
        hearing = score.get("hearing") or score.get("source_hearing")
        return self.silent_probability_by_phones if hearing == "phones" else self.silent_probability


class GateLimits(Section):
    """What the gate's verdict on a draft's sync depends on."""

    min_speech_s: Seconds = 0.6
    """A cut with less speech than this, in seconds, is `unjudged`."""
    min_confidence: Confidence
    """Lowest LSE-C for `pass`."""
    fail_confidence: Confidence
    """A cut with a lower LSE-C fails. Between this and `min_confidence`, it goes to review."""
    short_confidence: Confidence | None = None
    """Lowest LSE-C for `pass` of a cut with less than `short_speech_s` of speech, which sound of
    somebody else matches more easily. Null: `min_confidence`; lower than that, it says nothing."""
    short_speech_s: Seconds = 3.0
    """A cut with less speech than this, in seconds, passes by `short_confidence`."""
    max_offset_frames: Offset = 1
    """Largest |offset| for `pass`, in frames of 25 fps."""
    min_source_share: Share = 0.0
    """Lowest confidence for `pass`, as a share of the source's own (its picture with its sound, if
    that passes). 0 turns this off. With the embedded scorer, a quarter of the correct previews have
    less than 0.6: see `docs/scorers.md`."""
    min_judged_s: Seconds = 1.0
    """A cut shorter than this, in seconds, is `unjudged`."""

    def passes_from(self, speech_s: float) -> float:
        """Tell the lowest confidence for `pass`.

        Args:
            speech_s: Speech in the cut, in seconds.

        Returns:
            `min_confidence`, or `short_confidence` where that is higher and the speech is short.
        """
        if self.short_confidence is None or speech_s >= self.short_speech_s:
            return self.min_confidence
        return max(self.min_confidence, self.short_confidence)

    @model_validator(mode="after")
    def _fail_below_pass(self) -> Self:
        if self.fail_confidence > self.min_confidence:
            raise ValueError(
                f"fail_confidence {self.fail_confidence:g} is above min_confidence "
                f"{self.min_confidence:g}; wanted at most that"
            )
        return self


class DraftLimits(GateLimits):
    """All that the gate's verdict on a draft depends on."""

    picture: PictureLimits = PictureLimits()
    """How its picture must look."""


class ScorerSettings(GateLimits, SpeakingLimits, Plugin):
    """The thresholds of one sync scorer. Scores of different scorers are never compared."""

    mem_mb: ClassVar[int] = 1500
    """Memory that a job of the scorer needs, in MB."""
    needs_pictures: ClassVar[bool] = True
    """Whether it needs pictures, or only the face mesh. If the mesh is known, no pictures are
    decoded for a scorer that does not need them."""
    weight_users: ClassVar[tuple[str, ...]] = ()
    """The users (column `needed_by` of models/weights.tsv) whose weights it needs."""
    embedded_weights: ClassVar[tuple[str, ...]] = ()
    """The files of models/embedded that it loads."""

    speaking_odds: ClassVar["SpeakingOdds | None"] = None
    """How probable a score makes it that a face speaks; None where that is not known."""
    phone_odds: ClassVar["SpeakingOdds | None"] = None
    """The same where a recognizer's encoder hears the source (`scorers.phone_sync`); None where it
    is not asked."""

    @property
    def gate_limits(self) -> GateLimits:
        """What the gate's verdict on sync depends on."""
        return GateLimits.model_validate(self.model_dump(include=set(GateLimits.model_fields)))

    @property
    def speaking_limits(self) -> SpeakingLimits:
        """When a face speaks."""
        fields = set(SpeakingLimits.model_fields)
        return SpeakingLimits.model_validate(self.model_dump(include=fields))

    @classmethod
    def weights_version(cls) -> str:
        """Identify the weights that the scorer loads.

        Returns:
            12 hex digits; empty if it loads no weights.
        """
        return weights_version(cls.weight_users, cls.embedded_weights)

    @classmethod
    def hearing(cls) -> Hearing:
        """Tell what hears a source, as it is when a run is planned.

        Returns:
            `phones` where the recognizer's encoder is here, and the scorer has odds for it.
        """
        if cls.phone_odds is None:
            return "bands"
        # Each process that reads a config loads this module; few ask.
        from ..audio.phone_features import has_encoder

        return "phones" if has_encoder() else "bands"

    @classmethod
    def hearing_weights_version(cls, hearing: Hearing) -> str:
        """Identify the weights that hear who speaks in a source, beside the scorer's own.

        Args:
            hearing: What hears it.

        Returns:
            12 hex digits; empty where the scorer hears alone.
        """
        if hearing == "bands":
            return ""
        return weights_version(phones.USERS, ("phone_sync.safetensors",))

    @classmethod
    def odds_by(cls, score: Mapping[str, Any]) -> "SpeakingOdds | None":
        """Choose the odds that belong to a score.

        Args:
            score: A score of a source, as `scorers.speaking` gives it.

        Returns:
            The odds by what heard the source; None where there are none.
        """
        return cls.phone_odds if score.get("hearing") == "phones" else cls.speaking_odds

    @classmethod
    def build(cls) -> "Scorer":
        """Build the scorer and load its weights.

        Returns:
            The scorer.

        Raises:
            InputError: Its weights are missing.
        """
        made: Scorer = load_class(cls.implementation)()
        return made
