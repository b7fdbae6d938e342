"""Who speaks: is it the face that is seen? A listener's lips, or a narrator's, are not redrawn.

The source's picture is scored against the source's sound. What later stages work on is the track
that this one hands on: the guard's, or none where the face does not speak.
"""

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .clock import Clock
from .files import write_json
from .loudness import speech_s
from .picture import read_rgb
from .scorers import Seen, at_score_rate, scorer
from .settings import Scorer
from .speech import SAMPLE_RATE, Speech, write_slice
from .track import Track
from .voice import voiced_s

log = logging.getLogger(__name__)


def speaker(
    mezzanine: Path,
    clock: Clock,
    track: Path,
    speech: Path,
    mode: str,
    scorer_name: str,
    limits: Scorer,
    verdict: Path,
    spoken: Path,
) -> None:
    """Say whether the face of a cut speaks, and hand on its track if so.

    speech: the source's sound, 16 kHz mono, of the whole film. mode: see `settings.Speaker`.
    verdict: JSON {"verdict", "reasons", "score"}, the verdict speaks, not_speaking or unknown (no
    face, too short, too little speech, or mode off), `score` as `score.measure` writes it, or {}.
    """
    face = Track.load(track)
    score = _score(mezzanine, clock, face, speech, scorer_name, limits) if mode != "off" else {}
    found = judge(score, limits)
    silent = found == "not_speaking"
    (Track.empty() if silent and mode == "passthrough" else face).save(spoken)
    reasons = [{"code": found, "value": round(score["confidence"], 4)}] if silent else []
    write_json(verdict, {"verdict": found, "reasons": reasons, "score": score})
    log.info("%s %s", found, score.get("confidence", ""))


def judge(score: dict[str, Any], limits: Scorer) -> str:
    """The verdict on the source's score; unknown where there is none."""
    if not score:
        return "unknown"
    apart = abs(score["offset_frames"]) > limits.speaking_offset_frames
    weak = score["confidence"] < limits.speaking_confidence
    return "not_speaking" if apart or weak else "speaks"


def _score(
    mezzanine: Path,
    clock: Clock,
    track: Track,
    speech: Path,
    scorer_name: str,
    limits: Scorer,
) -> dict[str, Any]:
    """The source's score, {} where it would say nothing."""
    duration_s = float(clock.frames / clock.rate)
    if not track.frames or duration_s < limits.speaking_s:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        write_slice(speech, clock, Path(folder) / "cut.wav")
        sound = Speech.load(Path(folder) / "cut.wav")
    first, end = clock.samples(SAMPLE_RATE)
    samples = sound.samples[sound.start : sound.start + end - first]
    if speech_s(samples) < limits.min_speech_s:  # by level alone, which costs nothing
        return {}
    spoken_s = voiced_s(samples)
    if spoken_s < limits.min_speech_s:
        return {}
    face = at_score_rate(_faces(mezzanine, clock, track), clock.rate, clock.frames)
    return {
        "scorer": scorer_name,
        **asdict(scorer(scorer_name).score(face, samples)),
        "duration_s": duration_s,
        "speech_s": spoken_s,
    }


def _faces(mezzanine: Path, clock: Clock, track: Track) -> Iterator[Seen]:
    for picture, points in zip(read_rgb(mezzanine, clock), track.points, strict=True):
        yield Seen(picture, points)
