"""Why a cut was held back, in words: each reason with its value and the limit that it broke."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..config.guard import Guard
from ..project.settings import Gate
from ..scorers.settings import ScorerSettings

Limits = Mapping[str, float]
"""By reason code: the limit that stood where it was broken, if it is not that of the config."""

NO_LIMITS: Limits = MappingProxyType({})


@dataclass(frozen=True)
class Wording:
    """How a reason is put.

    sentence, brief: what the page says at length, and in its list; "" says nothing. {value} is what
    was measured, {limit} what it broke; {frames}, {way} and {late} are an offset's. form: how both
    numbers are written: decimals, and f or %. limit: the threshold, section and key.
    """

    sentence: str
    brief: str = ""
    form: str = "0f"
    limit: str = ""


REASONS = {
    # the guard
    "short": Wording(
        "The cut has {value} frames; the guard wants at least {limit}.",
        "{value} frames < {limit}",
        limit="guard.min_frames",
    ),
    "no_face": Wording("No face is seen.", "no face"),
    "two_faces": Wording(
        "A second face is seen in {value} of the frames searched; the limit is {limit}.",
        "second face {value} > {limit}",
        "0%",
        "guard.second_face_frames",
    ),
    "faces_cross": Wording(
        "Another face comes as near as {value} face heights (0: both were out of sight at once), "
        "so one may be taken for the other; the guard wants {limit}.",
        "faces {value} < {limit} apart",
        "2f",
        "guard.min_apart",
    ),
    "face_lost": Wording(
        "The face is seen in {value} of the frames; the guard wants {limit}.",
        "face seen {value} < {limit}",
        "0%",
        "guard.min_seen",
    ),
    "gap": Wording(
        "The face is gone for {value} frames in a row; up to {limit} are bridged.",
        "face gone {value} > {limit} frames",
        limit="guard.max_gap_frames",
    ),
    "small_face": Wording(
        "The face is {value} px high; the guard wants {limit} px.",
        "face {value} < {limit} px",
        limit="guard.min_face_px",
    ),
    "turned": Wording(
        "The head is turned by {value}°; the limit is {limit}°.",
        "turned {value}° > {limit}°",
        limit="guard.max_yaw_deg",
    ),
    "nodded": Wording(
        "The head is nodded by {value}°; the limit is {limit}°.",
        "nodded {value}° > {limit}°",
        limit="guard.max_pitch_deg",
    ),
    "tilted": Wording(
        "The head is tilted by {value}°; the limit is {limit}°.",
        "tilted {value}° > {limit}°",
        limit="guard.max_roll_deg",
    ),
    "hidden": Wording(
        "The mouth is free in {value} of the frames; the guard wants {limit}.",
        "mouth free {value} < {limit}",
        "0%",
        "guard.min_visible",
    ),
    "not_speaking": Wording(
        "The face does not speak here: its lips do not go with the source's sound (confidence "
        "{value}; a speaker's is {limit} or more, off by {off_frames} frames at most).",
        "not the speaker",
        "2f",
        "gate.speaking_confidence",
    ),
    # the gate
    "low_confidence": Wording(
        "The sync confidence is {value}; under {limit} a draft fails.",
        "{value} < {limit}",
        "2f",
        "gate.fail_confidence",
    ),
    "off_sync": Wording(
        "The lips are {frames} {way} the voice (at 25 fps); the limit is {limit}.",
        "{frames} {late}",
        limit="gate.max_offset_frames",
    ),
    "doubtful": Wording(
        "The sync confidence is {value}; {limit} would pass.",
        "{value} < {limit}",
        "2f",
        "gate.min_confidence",
    ),
    "silent": Wording(
        "The dub has {value} s of speech here; under {limit} s nothing can be judged.",
        "speech {value} < {limit} s",
        "2f",
        "gate.min_speech_s",
    ),
    "too_short": Wording(
        "The cut lasts {value} s; under {limit} s nothing can be judged.",
        "{value} < {limit} s",
        "2f",
        "gate.min_judged_s",
    ),
    "below_source": Wording(
        "The sync confidence is {value} of the source's own; from {limit} on a draft passes.",
        "{value} of the source < {limit}",
        "0%",
        "gate.min_source_share",
    ),
    # the enhancement
    "no_close_up": Wording("The face is {value} px high: no close-up, so it is not restored."),
    "sync_lost": Wording(
        "The enhancement was taken back: it cost {value} of the sync confidence.", form="0%"
    ),
    "verdict_lost": Wording(
        "The enhancement was taken back: with it, the sync confidence of {value} would have got a "
        "worse verdict.",
        form="2f",
    ),
    # what was delivered
    "in_sync": Wording("The lips follow the dub."),
    "decided": Wording("A person decided so.", "a person decided so"),
    "no_draft": Wording("The engine made no draft.", "no draft"),
    "fault": Wording(
        "The machine failed here, and its retries are used up: the original is delivered, and the "
        "next run tries again."
    ),
}
"""Reason code -> its wording."""

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
    ("guard", "max_yaw_deg", "Turn of the head, at most", "°"),
    ("guard", "max_pitch_deg", "Nod of the head, at most", "°"),
    ("guard", "max_roll_deg", "Tilt of the head, at most", "°"),
    ("guard", "min_seen", "Share of frames in which the face is seen, at least", ""),
    ("guard", "max_gap_frames", "Frames without the face that are bridged, at most", "frames"),
    ("guard", "min_visible", "Share of frames in which the mouth is free, at least", ""),
    ("guard", "min_frames", "Length of a cut, at least", "frames"),
    ("gate", "min_confidence", "Confidence (LSE-C) that passes, from", ""),
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
    ("gate", "speaking_s", "Length of a cut of which it is asked who speaks, at least", "s"),
    ("gate", "min_judged_s", "Length of a cut that is judged, at least", "s"),
    ("gate", "min_speech_s", "Speech in a cut that is judged, at least", "s"),
)
"""The thresholds that the page shows: section, key, meaning, unit."""


@dataclass(frozen=True)
class Thresholds:
    """The limits in force."""

    guard: Guard
    scorer: str
    limits: ScorerSettings

    @classmethod
    def of(cls, guard: Guard, gate: Gate) -> "Thresholds":
        """The limits of the guard and of the gate's scorer."""
        return cls(guard, gate.scorer, gate.limits)

    def table(self) -> list[dict[str, str]]:
        """Each limit with section, name, meaning, value and unit."""
        sections = {"guard": self.guard, "gate": self.limits}
        return [
            {
                "section": section,
                "name": key,
                "meaning": meaning,
                "value": f"{getattr(sections[section], key):g}",
                "unit": unit,
            }
            for section, key, meaning, unit in LIMITS
        ]

    def limit(self, name: str) -> float:
        """A limit by section and key, as `Wording.limit` names it."""
        section, _, key = name.partition(".")
        return float(getattr({"guard": self.guard, "gate": self.limits}[section], key))


def explain(reason: str, thresholds: Thresholds, limits: Limits = NO_LIMITS) -> str:
    """A reason ("two_faces=0.4") as a sentence; a code that is not in REASONS as it is."""
    wording = REASONS.get(reason.partition("=")[0])
    return _filled(wording.sentence if wording else None, reason, thresholds, limits)


def in_brief(reason: str, thresholds: Thresholds, limits: Limits = NO_LIMITS) -> str:
    """A reason in a few words."""
    wording = REASONS.get(reason.partition("=")[0])
    return _filled(wording.brief if wording else None, reason, thresholds, limits)


def reported(reason: str, thresholds: Thresholds, limits: Limits = NO_LIMITS) -> str:
    """A reason that holds nothing back, as a sentence."""
    said = explain(reason, thresholds, limits)
    return f"Reported only, and drafted all the same: {said[:1].lower()}{said[1:]}"


def _filled(text: str | None, reason: str, thresholds: Thresholds, limits: Limits) -> str:
    code, _, measured = reason.partition("=")
    if text is None or "{" not in text:
        return reason.replace("_", " ") if text is None else text
    try:
        number = float(measured)
    except ValueError:
        return reason.replace("_", " ")
    wording = REASONS[code]
    standing = limits.get(code, thresholds.limit(wording.limit)) if wording.limit else number
    value, limit = _apart(number, standing, wording.form)
    late = number > 0
    return text.format(
        value=value,
        limit=limit,
        frames=f"{abs(number):.0f} {'frame' if abs(number) == 1 else 'frames'}",
        way="behind" if late else "ahead of",
        late="late" if late else "early",
        off_frames=thresholds.limits.speaking_offset_frames,
    )


def _apart(value: float, limit: float, form: str) -> tuple[str, str]:
    """Both numbers as text; with up to two decimals more where they would read alike."""
    decimals, kind = int(form[0]), form[1]
    for more in range(3):
        texts = f"{value:.{decimals + more}{kind}}", f"{limit:.{decimals + more}{kind}}"
        if texts[0] != texts[1]:
            return texts
    return f"{value:.{decimals}{kind}}", f"{limit:.{decimals}{kind}}"
