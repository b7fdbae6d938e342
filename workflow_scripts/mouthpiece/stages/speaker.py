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
from ..core.files import read_json, write_json
from ..core.timeline import Clock
from ..faces.track import Track, load_all
from ..media.decode import read_rgb
from ..scorers.base import SEES_POINTS_ONLY, Seen
from ..scorers.scoring import score_face
from ..scorers.settings import SpeakingLimits

log = logging.getLogger(__name__)

NO_PICTURE = np.zeros((0, 0, 3), np.uint8)


@dataclass(frozen=True)
class Heard:
    """The source's sound under a cut, [N] float32 at 16 kHz; the frames [T] bool with speech."""

    samples: np.ndarray
    spoken: np.ndarray


def speaker(
    mezzanine: Path,
    clock: Clock,
    guard: Path,
    faces: Path,
    speech: Path,
    mode: str,
    scorer_name: str,
    limits: SpeakingLimits,
    verdict: Path,
    spoken: Path,
) -> None:
    """Say whether the face of a cut speaks, or which does, and hand on its track.

    guard, faces: the guard's verdict and tracks. speech: the source's sound, 16 kHz mono, of the
    whole film. mode: see `settings.Speaker`. verdict: JSON {"verdict", "reasons", "reported",
    "score", "others"}: the verdict speaks, not_speaking or unknown (no face, too short, too little
    speech, or mode off); why no track is handed on; what was found and holds nothing back; `score`
    as `score.measure` writes it, or {}; `others` those of the faces that were not chosen. Where
    faces contest, none is handed on unless it speaks.
    """
    tracks = load_all(faces)
    heard = _heard(speech, clock, limits) if mode != "off" and tracks else None
    scores = [_score(mezzanine, clock, t, heard, scorer_name) if heard else {} for t in tracks]
    ranked = sorted(zip(scores, tracks, strict=True), key=lambda f: _rank(f[0], limits))
    score, track = ranked[-1] if ranked else ({}, Track.empty())
    found = judge(score, limits)
    said = read_json(guard)
    silent = found == "not_speaking"
    withheld = found != "speaks" if said["contested"] else silent and mode == "passthrough"
    measured = [{"code": found, "value": round(score["confidence"], 4)}] if silent else []
    reasons = measured if withheld else []
    if withheld and not silent:
        reasons = [{"code": "two_faces", "value": said["measures"]["second_face"]}]
    (Track.empty() if withheld else track).save(spoken)
    others = [other for other, _ in ranked[:-1]]
    write_json(
        verdict,
        {
            "verdict": found,
            "reasons": reasons,
            "reported": [] if withheld else measured,
            "score": score,
            "others": others,
        },
    )
    log.info("%s %s, of %d", found, score.get("confidence", ""), len(tracks))


def forgo(fault: dict[str, Any], verdict: Path, spoken: Path) -> None:
    """Leave the outcome of a cut of which a fault keeps unknown who speaks: no track."""
    Track.empty().save(spoken)
    nothing: dict[str, Any] = {"verdict": "unknown", "reasons": [], "score": {}, "others": []}
    write_json(verdict, nothing | {"fault": fault})


def judge(score: dict[str, Any], limits: SpeakingLimits) -> str:
    """The verdict on the source's score; unknown where there is none."""
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
    blind = scorer_name in SEES_POINTS_ONLY
    pictures = repeat(NO_PICTURE, clock.frames) if blind else read_rgb(mezzanine, clock)
    for picture, points in zip(pictures, track.points, strict=True):
        yield Seen(picture, points)
