"""The review page of a film: each cut's verdict, why, its scores, and its clips side by side.

The page is one file (`index.html`) with a folder `clips/` beside it; it opens from disk and fetches
nothing from elsewhere. What is known of a cut is a row of cuts.tsv; columns this module does not
know are shown as they are.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import jinja2
import numpy as np

from .clips import SOUND_RATE, Sound, levels, speech_level, speech_spans, write_clip
from .clock import Clock
from .colours import DARK, LIGHT, variables
from .files import atomic, read_json, write_text
from .settings import Gate, Guard, Scorer

log = logging.getLogger(__name__)

TEMPLATES = Path(__file__).resolve().parent / "templates"

VERDICTS = {
    "fault": ("Fault", "The machine failed; the original is delivered, the next run tries again."),
    "fail": ("Gated out", "The gate found the draft out of sync or too weak."),
    "review": ("Doubtful", "The gate could not tell; a person should look."),
    "unjudged": ("Not judged", "Too short or too silent for the gate to judge."),
    "passthrough": ("Passed through", "No draft was made; the original is delivered."),
    "pass": ("In sync", "The gate passed the draft."),
}
"""Verdict -> its name and what it means, in the order a reviewer wants to see the cuts."""

REASONS = {
    # the guard
    "short": "The cut has {value:.0f} frames; the guard wants at least {guard.min_frames}.",
    "no_face": "No face is seen.",
    "two_faces": "A second face is seen in {value:.0%} of the frames searched; the limit is "
    "{guard.second_face_frames:.0%}.",
    "faces_cross": "Another face comes as near as {value:.2f} face heights (0: both were out of "
    "sight at once), so one may be taken for the other; the guard wants {guard.min_apart:.2f}.",
    "face_lost": "The face is seen in {value:.0%} of the frames; the guard wants "
    "{guard.min_seen:.0%}.",
    "gap": "The face is gone for {value:.0f} frames in a row; up to {guard.max_gap_frames} are "
    "bridged.",
    "small_face": "The face is {value:.0f} px high; the guard wants {guard.min_face_px:.0f} px.",
    "turned": "The head is turned by {value:.0f}°; the limit is {guard.max_yaw_deg:.0f}°.",
    "nodded": "The head is nodded by {value:.0f}°; the limit is {guard.max_pitch_deg:.0f}°.",
    "tilted": "The head is tilted by {value:.0f}°; the limit is {guard.max_roll_deg:.0f}°.",
    "hidden": "The mouth is free in {value:.0%} of the frames; the guard wants "
    "{guard.min_visible:.0%}.",
    "not_speaking": "The face does not speak here: its lips do not go with the source's sound "
    "(confidence {value:.2f}; a speaker's is {limits.speaking_confidence:.2f} or more, off by "
    "{limits.speaking_offset_frames} frames at most).",
    # the gate
    "low_confidence": "The sync confidence is {value:.2f}; under {limits.fail_confidence:.2f} a "
    "draft fails.",
    "off_sync": "The lips are {frames} the voice (at 25 fps); the limit is "
    "{limits.max_offset_frames}.",
    "doubtful": "The sync confidence is {value:.2f}; {limits.min_confidence:.2f} would pass.",
    "silent": "The dub has {value:.2f} s of speech here; under {limits.min_speech_s:.2f} s nothing "
    "can be judged.",
    "too_short": "The cut lasts {value:.2f} s; under {limits.min_judged_s:.2f} s nothing can be "
    "judged.",
    "below_source": "The sync confidence is {value:.0%} of the source's own; from "
    "{limits.min_source_share:.0%} on a draft passes.",
    # the enhancement
    "no_close_up": "The face is {value:.0f} px high: no close-up, so it is not restored.",
    "sync_lost": "The enhancement was taken back: it cost {value:.0%} of the sync confidence.",
    "verdict_lost": "The enhancement was taken back: with it, the sync confidence of {value:.2f} "
    "would have got a worse verdict.",
    # what was delivered
    "in_sync": "The lips follow the dub.",
    "decided": "A person decided so.",
    "no_draft": "The engine made no draft.",
    "fault": "The machine failed here, and its retries are used up: the original is delivered, and "
    "the next run tries again.",
}
"""Reason code -> a sentence; `value` is what was measured, the rest are the limits in force."""

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

REVIEWED = ("fail", "review")
"""The verdicts that queue a cut for review: those that want a person's word."""

DECISIONS = ("approve", "passthrough", "retry")
"""The decisions that a run obeys."""

PART = 100
"""How many cuts the page lists at a time: rows cost a browser time and memory."""

NO_PRESETS: Mapping[str, Sequence[str]] = MappingProxyType({})


@dataclass(frozen=True)
class Film:
    """Whose page it is."""

    video: str
    language: str
    rate: Fraction


@dataclass(frozen=True)
class Clips:
    """A cut's clips, as paths relative to the page (empty: none), and the dub's level a frame."""

    original: str = ""
    draft: str = ""
    levels: tuple[int, ...] = ()
    course: tuple[float, ...] = ()
    """The score over time; see `scorers.Score`."""


@dataclass(frozen=True)
class Thresholds:
    """The limits in force."""

    guard: Guard
    scorer: str
    limits: Scorer

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


def review(
    *,
    video: str,
    language: str,
    clocks: Sequence[Clock],
    table: Path,
    originals: Sequence[Path],
    lipsynced: Sequence[Path],
    scores: Sequence[Path],
    source_audio: Path,
    dub: Path,
    guard: Guard,
    gate: Gate,
    presets: Mapping[str, Sequence[str]],
    folder: Path,
) -> None:
    """Write a film's review page into `folder`, whole or not at all.

    clocks, originals, lipsynced and scores: the frames, the segments, and the drafts' scores, in
    the order of the table's rows; an empty file, or {}, where a cut has no draft. presets: the
    names of each engine's presets. Raises Fault where a sound cannot be read.
    """
    film = Film(video, language, clocks[0].rate)
    rows = read_table(table)
    with atomic(folder) as temporary:
        clips = write_clips(temporary, rows, clocks, originals, lipsynced, source_audio, dub)
        for row, score in zip(rows, scores, strict=True):
            course = tuple(read_json(score).get("course", ()))
            clips[row["cut"]] = replace(clips[row["cut"]], course=course)
        write_page(temporary, film, rows, Thresholds.of(guard, gate), clips, presets)
    log.info("%d cuts, %d with a draft", len(rows), sum(bool(c.draft) for c in clips.values()))


def read_table(table: Path) -> list[dict[str, str]]:
    """The rows of cuts.tsv, whatever columns it has."""
    lines = table.read_text(encoding="utf-8").split("\n")
    names = lines[0].split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines[1:] if line]


def write_clips(
    folder: Path,
    rows: Sequence[Mapping[str, str]],
    clocks: Sequence[Clock],
    originals: Sequence[Path],
    lipsynced: Sequence[Path],
    source_audio: Path,
    dub: Path,
) -> dict[str, Clips]:
    """Write `clips/` below `folder`: each original with its own sound, each draft with the dub.

    Returns the clips by cut. The rows, and what goes with them, are in the order of the film.
    """
    clips = {}
    with Sound(source_audio) as heard, Sound(dub) as dubbed:
        for row, clock, original, lipsync in zip(rows, clocks, originals, lipsynced, strict=True):
            cut, voice = row["cut"], dubbed.take(clock)
            names: dict[str, Any] = {"original": f"clips/{cut}.original.mp4"}
            write_clip(original, own_sound(heard, clock), clock.rate, folder / names["original"])
            if lipsync.stat().st_size:
                names["draft"] = f"clips/{cut}.draft.mp4"
                write_clip(lipsync, voice, clock.rate, folder / names["draft"])
            clips[cut] = Clips(**names, levels=tuple(levels(voice, clock)))
    return clips


def own_sound(heard: Sound, clock: Clock) -> np.ndarray:
    """The source's sound of a cut, [channels, N]; silence where a looped film shows it again."""
    first, end = clock.samples(SOUND_RATE)
    again = clock.first_frame != clock.source.first_frame
    return heard.silence(end - first) if again else heard.take(clock)


def write_page(
    folder: Path,
    film: Film,
    rows: Sequence[Mapping[str, str]],
    thresholds: Thresholds,
    clips: Mapping[str, Clips],
    presets: Mapping[str, Sequence[str]] = NO_PRESETS,
) -> None:
    """Write `folder/index.html`.

    rows: those of cuts.tsv, in the order of the film; clips: by cut, may lack some; presets: the
    names of each engine's presets.
    """
    cuts = [_cut(row, film, thresholds, clips.get(row["cut"], Clips())) for row in rows]
    order = list(VERDICTS)
    page = (
        environment()
        .get_template("review.html.j2")
        .render(
            film={
                "video": film.video,
                "language": film.language,
                "rate": [film.rate.numerator, film.rate.denominator],
                "rate_text": f"{float(film.rate):.6g}",
                "frames": max((c["first_frame"] + c["frames"] for c in cuts), default=0),
            },
            part=PART,
            cuts=sorted(cuts, key=lambda c: (order.index(c["verdict"]), c["first_frame"])),
            summary=summary(cuts, film),
            verdicts=VERDICTS,
            limits=thresholds.table(),
            scorer=thresholds.scorer,
            gate={
                "pass": thresholds.limits.min_confidence,
                "fail": thresholds.limits.fail_confidence,
                "offset": thresholds.limits.max_offset_frames,
                "speech_s": thresholds.limits.min_speech_s,
            },
            presets={engine: list(names) for engine, names in presets.items()},
            decisions=DECISIONS,
        )
    )
    write_text(folder / "index.html", page)


def environment() -> jinja2.Environment:
    """What fills in a template: values are escaped, and one that is not given is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"light": variables(LIGHT), "dark": variables(DARK)}
    return made


def _cut(
    row: Mapping[str, str], film: Film, thresholds: Thresholds, clips: Clips
) -> dict[str, Any]:
    """What the page shows of a cut, as JSON values."""
    first, frames = int(row["first_frame"]), int(row["frames"])
    said, _, decision = row.get("decision", "").rpartition(" ")
    return {
        "cut": row["cut"],
        "first_frame": first,
        "frames": frames,
        "start": timecode(first, film.rate),
        "length_s": f"{float(frames / film.rate):.2f}",
        "verdict": verdict(row),
        "action": row["action"],
        "reason": row["reason"],
        "sentences": _sentences(row, thresholds),
        "confidence": _number(row.get("confidence", "")),
        "distance": _number(row.get("distance", "")),
        "offset": _number(row.get("offset_frames", "")),
        "draft": row.get("draft", ""),
        "decision": decision,
        "decision_state": said,
        "preset": row.get("preset", ""),
        "drafted_with": _drafted_with(row),
        "tier": row.get("tier", ""),
        "note": row.get("note", ""),
        "original_clip": quote(clips.original),
        "draft_clip": quote(clips.draft),
        "levels": list(clips.levels),
        "course": list(clips.course),
        "speech": speech_spans(clips.levels),
        "speech_level": round(speech_level(clips.levels), 1),
        "row": dict(row),
    }


def _sentences(row: Mapping[str, str], thresholds: Thresholds) -> list[str]:
    """What became of a cut and why, in words."""
    if row.get("fault"):
        return [explain("fault", thresholds), row["fault"]]

    def codes(column: str) -> list[str]:
        return [code for code in row.get(column, "").split(";") if code]

    held = codes("guard_reasons") + codes("gate_reasons") or [row["reason"]]
    told = [explain(code, thresholds) for code in held + codes("enhance_reasons") if code]
    return told + [_reported(code, thresholds) for code in codes("reported")]


def _drafted_with(row: Mapping[str, str]) -> str:
    """The preset among the settings of a cut's draft."""
    try:
        settings = json.loads(row.get("settings", ""))
    except ValueError:
        return ""
    return str(settings.get("preset", "")) if isinstance(settings, dict) else ""


def verdict(row: Mapping[str, str]) -> str:
    """A key of VERDICTS: the gate's word, passthrough where it had nothing to judge, or fault."""
    if row.get("fault"):
        return "fault"
    return row["gate"] if row["gate"] in VERDICTS else "passthrough"


def explain(reason: str, thresholds: Thresholds) -> str:
    """A reason ("two_faces=0.4") as a sentence; a code that is not in REASONS as it is."""
    code, _, measured = reason.partition("=")
    value = _number(measured)
    sentence = REASONS.get(code)
    if sentence is None or ("{" in sentence and value is None):
        return reason.replace("_", " ")
    number = value or 0.0
    return sentence.format(
        value=number,
        frames=f"{abs(number):.0f} {'frame' if abs(number) == 1 else 'frames'} "
        f"{'behind' if number > 0 else 'ahead of'}",
        guard=thresholds.guard,
        limits=thresholds.limits,
    )


def _reported(reason: str, thresholds: Thresholds) -> str:
    """A reason that holds nothing back, as a sentence."""
    said = explain(reason, thresholds)
    return f"Reported only, and drafted all the same: {said[:1].lower()}{said[1:]}"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def timecode(frame: int, rate: Fraction) -> str:
    """A frame as HH:MM:SS:FF, counted without drops (SMPTE ST 12-1) at the nearest whole rate."""
    base = max(1, round(rate))
    seconds, frames = divmod(frame, base)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}"


def summary(cuts: Iterable[dict[str, Any]], film: Film) -> dict[str, Any]:
    """How many cuts and frames were lip-synced, and why the others were not."""
    cuts = list(cuts)
    synced = [cut for cut in cuts if cut["action"] == "lipsync"]
    others = Counter(
        "decided" if cut["reason"] == "decided" else cut["reason"].partition("=")[0]
        for cut in cuts
        if cut["action"] != "lipsync"
    )
    frames = sum(cut["frames"] for cut in cuts)
    synced_frames = sum(cut["frames"] for cut in synced)
    return {
        "cuts": len(cuts),
        "length": timecode(frames, film.rate),
        "synced": len(synced),
        "passed": len(cuts) - len(synced),
        "share": f"{synced_frames / frames:.0%}" if frames else "0%",
        "verdicts": {name: sum(cut["verdict"] == name for cut in cuts) for name in VERDICTS},
        "why": [(code.replace("_", " "), count) for code, count in others.most_common()],
    }
