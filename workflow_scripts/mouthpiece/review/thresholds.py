"""The thresholds that are in force, and what each of them means."""

from dataclasses import dataclass, field
from typing import Self

from ..config.gate import DeliverWhat
from ..config.guard import Guard
from ..config.picture import PictureLimits
from ..project.gate import Gate
from ..scorers.odds import STILL_LIPS
from ..scorers.settings import ScorerSettings

LIMITS = (
    ("guard", "min_score", "Score of a face detection, at least", ""),
    ("guard", "min_presence", "Score of the face mesh, at least", ""),
    ("guard", "min_face_px", "Height of the face, brow to chin, at least", "px"),
    (
        "guard",
        "second_face_share",
        "A second face counts from this share of the first's height",
        "",
    ),
    ("guard", "second_face_frames", "Share of frames with a second face, at most", ""),
    (
        "guard",
        "min_apart",
        "Distance of another face, where several are followed, at least (0: off)",
        "face heights",
    ),
    ("guard", "person_change", "Sharp change of a face: another person, from (2: off)", ""),
    ("guard", "max_yaw_deg", "Turn of the head, at most", "°"),
    ("guard", "max_pitch_deg", "Nod of the head, at most", "°"),
    ("guard", "max_roll_deg", "Tilt of the head, at most", "°"),
    ("guard", "min_seen", "Share of frames in which the face is seen, at least", ""),
    ("guard", "max_gap_frames", "Frames without the face that are bridged, at most", "frames"),
    ("guard", "min_visible", "Share of frames in which the mouth is free, at least", ""),
    ("guard", "max_covered_frames", "Frames with a covered mouth in a row, at most", "frames"),
    ("guard", "min_frames", "Length of a cut, at least", "frames"),
    ("gate", "min_confidence", "Confidence (LSE-C) that passes, from", ""),
    (
        "gate",
        "short_confidence",
        "Confidence (LSE-C) that passes where little is said, from",
        "",
    ),
    ("gate", "short_speech_s", "Little is said: less speech than", "s"),
    ("gate", "fail_confidence", "Confidence (LSE-C) that fails, under", ""),
    ("gate", "max_offset_frames", "Offset that passes, at most ±", "frames of 25 fps"),
    (
        "gate",
        "min_source_share",
        "Share of the source's own confidence that passes, from (0: off)",
        "",
    ),
    (
        "gate",
        "speaking_confidence",
        "Confidence of the source's own sound: its face speaks, from",
        "",
    ),
    (
        "gate",
        "speaking_offset_frames",
        "Offset of the source's own sound: its face speaks, at most ±",
        "frames of 25 fps",
    ),
    (
        "gate",
        "silent_confidence",
        "Confidence of the source's own sound: its face does not speak, under",
        "",
    ),
    (
        "gate",
        "speaking_probability",
        "Probability that a face speaks, where the scorer has one: it speaks, from",
        "",
    ),
    (
        "gate",
        "silent_probability",
        "Probability that a face speaks, where the scorer has one: it does not, under",
        "",
    ),
    (
        "gate",
        "silent_probability_by_phones",
        "The same where the recognizer hears the source: it does not, under",
        "",
    ),
    (
        "gate",
        "silent_speech_s",
        "Speech in a cut of which it is said that its face does not speak, at least",
        "s",
    ),
    ("gate", "speaking_s", "Length of a cut of which it is asked who speaks, at least", "s"),
    ("gate", "min_judged_s", "Length of a cut that is judged, at least", "s"),
    ("gate", "min_speech_s", "Speech in a cut that is judged, at least", "s"),
    (
        "picture",
        "max_mouth_in_silence_s",
        "Time in which the mouth moves while nobody is heard, at most",
        "s",
    ),
    (
        "picture",
        "max_open_in_silence_s",
        "Time in which the mouth is open while nobody is heard, at most",
        "s",
    ),
    ("picture", "min_opening_ratio", "Opening of the mouth, at least", "of the person's own"),
    ("picture", "min_width_ratio", "Spreading of the mouth, at least", "of the person's own"),
    ("picture", "max_asymmetry", "Lopsidedness of the mouth beyond the person's own, at most", ""),
    ("picture", "min_detail", "Sharpness of the mouth, at least", "of the source's"),
    ("picture", "max_shade_step", "Change of shade between two frames, at most", "levels of 255"),
    ("picture", "max_seam", "Slope at the rim of what is drawn, at most", "levels of 255"),
)
"""The thresholds that the page shows: section, key, meaning, unit."""

SHORT = ("short_confidence", "short_speech_s")
"""Those that say nothing where the first of them is null."""


@dataclass(frozen=True)
class Thresholds:
    """The thresholds in force.

    Attributes:
        guard: Those of the guard.
        scorer: The name of the gate's scorer.
        limits: The thresholds of that scorer.
        picture: Those of a draft's picture.
        deliver: What is delivered by the gate's verdict.
    """

    guard: Guard
    scorer: str
    limits: ScorerSettings
    picture: PictureLimits
    deliver: DeliverWhat = field(default_factory=DeliverWhat)

    @classmethod
    def of(cls, guard: Guard, gate: Gate) -> Self:
        """Take the thresholds from two sections of the config.

        Args:
            guard: The guard's section.
            gate: The gate's section.

        Returns:
            The thresholds of the guard, of the gate's scorer and of the picture.
        """
        return cls(guard, gate.scorer, gate.limits, gate.picture, gate.deliver)

    @property
    def delivered(self) -> list[str]:
        """The verdicts of which the draft is delivered where no person decides."""
        actions = {"pass": "lipsync", **self.deliver.model_dump()}
        return [verdict for verdict, action in actions.items() if action == "lipsync"]

    def table(self) -> list[dict[str, str]]:
        """List the thresholds.

        Returns:
            A row each: section, name, meaning, value and unit.
        """
        return [
            {
                "section": section,
                "name": key,
                "meaning": meaning,
                "value": "shown only" if limit is None else f"{limit:g}",
                "unit": unit,
            }
            for section, key, meaning, unit in LIMITS
            for limit in [self.limit(f"{section}.{key}")]
            if key not in SHORT or self.limits.short_confidence is not None
        ]

    @property
    def measure(self) -> str:
        """What tells whether a face speaks: `probability` or `confidence`."""
        return "confidence" if self.limits.speaking_odds is None else "probability"

    def limit(self, name: str) -> float | None:
        """Look up a threshold.

        Args:
            name: Its section and key, as `Wording.limit` has them.

        Returns:
            Its value; None where it is set to none.
        """
        section, _, key = name.partition(".")
        if section == "speaker":
            if key == "still_lips":
                return STILL_LIPS
            section, key = "gate", f"{key}_{self.measure}"
        sections = {"guard": self.guard, "gate": self.limits, "picture": self.picture}
        value = getattr(sections[section], key)
        return None if value is None else float(value)
