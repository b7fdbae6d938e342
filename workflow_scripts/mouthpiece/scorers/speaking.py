"""Who speaks in a cut: whether a face that is seen goes with the source's own sound.

The lips of a listener are not redrawn, nor those of a person who is seen while a narrator speaks.
The source's picture is scored against the source's sound.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from ..audio.slices import speech_of
from ..audio.voice_activity import speech_frames
from ..core.timeline import Clock
from ..faces.track import Track
from ..media.decode import read_rgb
from .base import Seen
from .registry import scorer_settings
from .scoring import score_face
from .settings import SpeakingLimits

log = logging.getLogger(__name__)

NO_PICTURE = np.zeros((0, 0, 3), np.uint8)


@dataclass(frozen=True)
class Scene:
    """A cut of the source, as it is seen and heard.

    Attributes:
        mezzanine: The video's mezzanine.
        clock: The frames of the cut.
        speech: The sound of the whole source, WAV, 16 kHz mono, 16 bit.
    """

    mezzanine: Path
    clock: Clock
    speech: Path


@dataclass(frozen=True)
class SpeakerCheck:
    """How it is found out who speaks.

    Attributes:
        mode: The key `mode` of the config section `speaker`.
        scorer: The scorer's name.
        limits: When a face speaks.
    """

    mode: str
    scorer: str
    limits: SpeakingLimits


@dataclass(frozen=True)
class Heard:
    """The source's sound during a cut.

    Attributes:
        samples: 16 kHz mono, [N] float32.
        spoken: Which frames contain speech, [T] bool.
    """

    samples: np.ndarray
    spoken: np.ndarray


def nothing_known() -> dict[str, Any]:
    """Make the finding where nobody was looked for.

    Returns:
        What `find_speaker` gives; the verdict is `unknown`.
    """
    return {"verdict": "unknown", "reasons": [], "reported": [], "score": {}, "others": []}


def find_speaker(
    scene: Scene, tracks: Sequence[Track], check: SpeakerCheck, second_face: float | None = None
) -> tuple[dict[str, Any], Track]:
    """Find out whether the face of a cut speaks, or which of several faces does.

    Args:
        scene: The cut.
        tracks: The faces that may be redrawn; may be empty.
        check: How they are judged.
        second_face: Where several faces are seen and the sound must show which one speaks, the
            share of the frames with a second one: then there is a track only if its face speaks.

    Returns:
        The finding, JSON {"verdict", "reasons", "reported", "score", "others"}, and the track that
        may be redrawn, which is empty if the face does not speak. `verdict` is speaks, not_speaking
        or unknown: no face, too short, too little speech, mode off, or a score that proves neither.
        `reasons` tell why the track is empty. `reported` is what was found but does not prevent a
        track. `score` is the score of the face, as `scorers.scoring.score_face` gives it, or {}.
        `others` are the scores of the faces that were not chosen.
    """
    limits = check.limits
    is_checked = check.mode != "off" and bool(tracks)
    heard = _heard(scene, limits) if is_checked else None
    scores = [_score(scene, track, heard, check.scorer) if heard else {} for track in tracks]
    ranked = sorted(zip(scores, tracks, strict=True), key=lambda f: _rank(f[0], limits))
    score, track = ranked[-1] if ranked else ({}, Track.empty())
    verdict = judge(score, limits)
    silent, contested = verdict == "not_speaking", second_face is not None
    withheld = verdict != "speaks" if contested else silent and check.mode == "passthrough"
    measured = findings(score, limits)
    reasons = measured if withheld else []
    if withheld and not silent:
        reasons = [{"code": "two_faces", "value": second_face}]
    log.info("%s %s, of %d face(s)", verdict, score.get("confidence", ""), len(tracks))
    found = nothing_known() | {
        "verdict": verdict,
        "reasons": reasons,
        "reported": [] if withheld else measured,
        "score": score,
        "others": [other for other, _ in ranked[:-1]],
    }
    return found, Track.empty() if withheld else track


def judge(score: dict[str, Any], limits: SpeakingLimits) -> str:
    """Judge the score of the source's own picture and sound.

    Args:
        score: The score, as `scorers.scoring.score_face` gives it; {} if there is none.
        limits: When a face speaks.

    Returns:
        speaks; not_speaking on clear evidence; else unknown.
    """
    found = findings(score, limits)
    if found and found[0]["code"] == "not_speaking":
        return "not_speaking"
    return "speaks" if score and not found else "unknown"


def findings(score: dict[str, Any], limits: SpeakingLimits) -> list[dict[str, Any]]:
    """Tell what speaks against a face that speaks in sync with its sound.

    Args:
        score: The score, as `scorers.scoring.score_face` gives it; {} if there is none.
        limits: When a face speaks.

    Returns:
        Code and value of at most one finding: `not_speaking` and `doubtful_speaker` with the
        confidence, `source_offset` with the offset in frames of 25 fps.
    """
    if not score:
        return []
    confidence, offset = score["confidence"], score["offset_frames"]
    if confidence < limits.speaking_confidence:
        silent = confidence < limits.silent_confidence
        clear = silent and score["speech_s"] >= limits.silent_speech_s
        code = "not_speaking" if clear else "doubtful_speaker"
        return [{"code": code, "value": round(confidence, 4)}]
    if abs(offset) > limits.speaking_offset_frames:
        return [{"code": "source_offset", "value": offset}]
    return []


def _rank(score: dict[str, Any], limits: SpeakingLimits) -> tuple[bool, float]:
    """A sort key: higher for a face that is more likely to speak."""
    return judge(score, limits) == "speaks", score.get("confidence", 0.0)


def _heard(scene: Scene, limits: SpeakingLimits) -> Heard | None:
    """The source's sound during the cut; None if it is too short or has too little speech."""
    clock = scene.clock
    if clock.frames / clock.rate < limits.speaking_s:
        return None
    sound = speech_of(scene.speech, clock)
    frames = speech_frames(sound, clock, limits.min_speech_s)
    enough = frames.sum() / clock.rate >= limits.min_speech_s
    return Heard(sound.cut_samples(clock), frames) if enough else None


def _score(scene: Scene, track: Track, heard: Heard, scorer: str) -> dict[str, Any]:
    """Score how well a face matches the source's sound."""
    return score_face(scorer, _seen(scene, track, scorer), scene.clock, heard.samples, heard.spoken)


def _seen(scene: Scene, track: Track, scorer: str) -> Iterator[Seen]:
    """The face as the guard tracked it, with pictures only if the scorer needs them."""
    needs_pictures = scorer_settings()[scorer].needs_pictures
    clock = scene.clock
    pictures = (
        read_rgb(scene.mezzanine, clock) if needs_pictures else repeat(NO_PICTURE, clock.frames)
    )
    for picture, points in zip(pictures, track.points, strict=True):
        yield Seen(picture, points)
