"""Stage `speaker`: decide whether the visible face speaks.

The lips of a listener are not redrawn, nor those of a person who is seen while a narrator speaks.
The source's picture is scored against the source's sound. Later stages use the track that this
stage writes: the guard's track, or an empty one if the face does not speak.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from ..audio.slices import write_slice
from ..audio.speech import Speech
from ..audio.voice_activity import speech_frames
from ..core.faults import FaultValues, cut_stage
from ..core.files import read_json, temporary_folder, write_json
from ..core.timeline import Clock
from ..faces.track import Track, load_all
from ..media.decode import read_rgb
from ..media.mezzanine import cut_clock
from ..scorers.base import Seen
from ..scorers.registry import scorer_settings
from ..scorers.scoring import score_face
from ..scorers.settings import SpeakingLimits
from .requests import SpeakerRequest

log = logging.getLogger(__name__)

NO_PICTURE = np.zeros((0, 0, 3), np.uint8)


@dataclass(frozen=True)
class Heard:
    """The source's sound during a cut.

    Attributes:
        samples: 16 kHz mono, [N] float32.
        spoken: Which frames contain speech, [T] bool.
    """

    samples: np.ndarray
    spoken: np.ndarray


def _unknown(request: SpeakerRequest, fault: FaultValues) -> None:
    """Write an empty track and the verdict `unknown`, with the fault."""
    Track.empty().save(request.track)
    unknown: dict[str, Any] = {"verdict": "unknown", "reasons": [], "score": {}, "others": []}
    write_json(request.verdict, unknown | {"fault": fault})


@cut_stage(on_fault=_unknown)
def speaker(request: SpeakerRequest) -> None:
    """Find out whether the face of a cut speaks, or which of several faces does.

    Writes the track of that face, and the verdict: JSON {"verdict", "reasons", "reported", "score",
    "others"}. `verdict` is speaks, not_speaking or unknown: no face, too short, too little speech,
    mode off, or a score that proves neither. `reasons` tell why the track is empty. `reported` is
    what was found but does not prevent a track. `score` is the score of the face, as
    `scorers.scoring.score_face` gives it, or {}. `others` are the scores of the faces that were not
    chosen. If the guard found several faces, a track is written only if its face speaks.

    Args:
        request: The cut, the limits and the outputs.
    """
    limits = SpeakingLimits.model_validate(request.limits)
    clock = cut_clock(request.mezzanine, request.cut)
    tracks = load_all(request.faces)
    is_checked = request.mode != "off" and bool(tracks)
    heard = _heard(request, clock, limits) if is_checked else None
    scores = [
        _score(request.mezzanine, clock, track, heard, request.scorer) if heard else {}
        for track in tracks
    ]
    ranked = sorted(zip(scores, tracks, strict=True), key=lambda f: _rank(f[0], limits))
    score, track = ranked[-1] if ranked else ({}, Track.empty())
    verdict = judge(score, limits)
    guarded = read_json(request.guard)
    silent = verdict == "not_speaking"
    withheld = (
        verdict != "speaks" if guarded["contested"] else silent and request.mode == "passthrough"
    )
    measured = findings(score, limits)
    reasons = measured if withheld else []
    if withheld and not silent:
        reasons = [{"code": "two_faces", "value": guarded["measures"]["second_face"]}]
    (Track.empty() if withheld else track).save(request.track)
    write_json(
        request.verdict,
        {
            "verdict": verdict,
            "reasons": reasons,
            "reported": [] if withheld else measured,
            "score": score,
            "others": [other for other, _ in ranked[:-1]],
        },
    )
    log.info("%s %s, of %d face(s)", verdict, score.get("confidence", ""), len(tracks))


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


def _heard(request: SpeakerRequest, clock: Clock, limits: SpeakingLimits) -> Heard | None:
    """The source's sound during the cut; None if it is too short or has too little speech."""
    if clock.frames / clock.rate < limits.speaking_s:
        return None
    with temporary_folder(request.track) as folder:
        write_slice(request.speech, clock, folder / "cut.wav")
        sound = Speech.load(folder / "cut.wav")
    frames = speech_frames(sound, clock, limits.min_speech_s)
    enough = frames.sum() / clock.rate >= limits.min_speech_s
    return Heard(sound.cut_samples(clock), frames) if enough else None


def _score(
    mezzanine: Path, clock: Clock, track: Track, heard: Heard, scorer_name: str
) -> dict[str, Any]:
    """Score how well a face matches the source's sound."""
    seen = _seen(mezzanine, clock, track, scorer_name)
    return score_face(scorer_name, seen, clock, heard.samples, heard.spoken)


def _seen(mezzanine: Path, clock: Clock, track: Track, scorer_name: str) -> Iterator[Seen]:
    """The face as the guard tracked it, with pictures only if the scorer needs them."""
    needs_pictures = scorer_settings()[scorer_name].needs_pictures
    pictures = read_rgb(mezzanine, clock) if needs_pictures else repeat(NO_PICTURE, clock.frames)
    for picture, points in zip(pictures, track.points, strict=True):
        yield Seen(picture, points)
