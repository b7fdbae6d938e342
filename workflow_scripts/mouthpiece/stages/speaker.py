"""Who speaks: is it the face that is seen? A listener's lips, or a narrator's, are not redrawn.

The source's picture is scored against the source's sound. What later stages work on is the track
that this one hands on: the guard's, or none where the face does not speak.
"""

import logging
import tempfile
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
from ..core.files import read_json, write_json
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
    """The source's sound under a cut, [N] float32 at 16 kHz; the frames [T] bool with speech."""

    samples: np.ndarray
    spoken: np.ndarray


def _unknown(request: SpeakerRequest, fault: FaultValues) -> None:
    """Leave no track, and a verdict that does not know, with the fault in it."""
    Track.empty().save(request.track)
    nothing: dict[str, Any] = {"verdict": "unknown", "reasons": [], "score": {}, "others": []}
    write_json(request.verdict, nothing | {"fault": fault})


@cut_stage(on_fault=_unknown)
def speaker(request: SpeakerRequest) -> None:
    """Find out whether the face of a cut speaks, or which one does, and hand on its track.

    The verdict is JSON {"verdict", "reasons", "reported", "score", "others"}. `verdict` is speaks,
    not_speaking or unknown (no face, too short, too little speech, or mode off). `reasons` say why
    no track is handed on, `reported` what was found and does not prevent it. `score` is the score
    of the face, as `score.score` writes it, or {}; `others` are those of the faces that were not
    chosen. Where several faces may be the speaker, none is handed on unless it speaks.

    Args:
        request: What to look at, and the limits.
    """
    limits = SpeakingLimits.model_validate(request.limits)
    clock = cut_clock(request.mezzanine, request.cut)
    tracks = load_all(request.faces)
    listen = request.mode != "off" and bool(tracks)
    heard = _heard(request.speech, clock, limits) if listen else None
    scores = [
        _score(request.mezzanine, clock, track, heard, request.scorer) if heard else {}
        for track in tracks
    ]
    ranked = sorted(zip(scores, tracks, strict=True), key=lambda f: _rank(f[0], limits))
    score, track = ranked[-1] if ranked else ({}, Track.empty())
    found = judge(score, limits)
    guarded = read_json(request.guard)
    silent = found == "not_speaking"
    withheld = (
        found != "speaks" if guarded["contested"] else silent and request.mode == "passthrough"
    )
    measured = [{"code": found, "value": round(score["confidence"], 4)}] if silent else []
    reasons = measured if withheld else []
    if withheld and not silent:
        reasons = [{"code": "two_faces", "value": guarded["measures"]["second_face"]}]
    (Track.empty() if withheld else track).save(request.track)
    write_json(
        request.verdict,
        {
            "verdict": found,
            "reasons": reasons,
            "reported": [] if withheld else measured,
            "score": score,
            "others": [other for other, _ in ranked[:-1]],
        },
    )
    log.info("%s %s, of %d", found, score.get("confidence", ""), len(tracks))


def judge(score: dict[str, Any], limits: SpeakingLimits) -> str:
    """Judge the source's own score.

    Args:
        score: As `scorers.scoring.score_face` gives it; {} where there is none.
        limits: When a face is taken for the one that speaks.

    Returns:
        speaks, not_speaking, or unknown where there is no score.
    """
    if not score:
        return "unknown"
    apart = abs(score["offset_frames"]) > limits.speaking_offset_frames
    weak = score["confidence"] < limits.speaking_confidence
    return "not_speaking" if apart or weak else "speaks"


def _rank(score: dict[str, Any], limits: SpeakingLimits) -> tuple[bool, float]:
    """More for a face that rather speaks."""
    return judge(score, limits) == "speaks", score.get("confidence", 0.0)


def _heard(speech: Path, clock: Clock, limits: SpeakingLimits) -> Heard | None:
    """The source's sound under the cut; None where nothing can be told from it."""
    if clock.frames / clock.rate < limits.speaking_s:
        return None
    with tempfile.TemporaryDirectory() as folder:
        write_slice(speech, clock, Path(folder) / "cut.wav")
        sound = Speech.load(Path(folder) / "cut.wav")
    frames = speech_frames(sound, clock, limits.min_speech_s)
    enough = frames.sum() / clock.rate >= limits.min_speech_s
    return Heard(sound.cut_samples(clock), frames) if enough else None


def _score(
    mezzanine: Path, clock: Clock, track: Track, heard: Heard, scorer_name: str
) -> dict[str, Any]:
    """How well a face goes with the source's sound."""
    seen = _seen(mezzanine, clock, track, scorer_name)
    return score_face(scorer_name, seen, clock, heard.samples, heard.spoken)


def _seen(mezzanine: Path, clock: Clock, track: Track, scorer_name: str) -> Iterator[Seen]:
    """The face as the guard tracked it; with pictures only where the scorer looks at them."""
    looks = scorer_settings()[scorer_name].needs_pictures
    pictures = read_rgb(mezzanine, clock) if looks else repeat(NO_PICTURE, clock.frames)
    for picture, points in zip(pictures, track.points, strict=True):
        yield Seen(picture, points)
