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
from ..faces.landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER, lip_gap
from ..faces.mouth import measures
from ..faces.track import Track
from ..media.decode import read_rgb
from .base import SCORE_RATE, Seen, at_score_rate, points_of
from .odds import SpeakingOdds, valley
from .phone_sync import distances, heard_phones
from .registry import scorer_settings
from .scoring import curve_of, score_face
from .settings import Hearing, SpeakingLimits
from .speaker_verdict import findings as findings
from .speaker_verdict import judge, judge_in_film, with_probability

log = logging.getLogger(__name__)

NO_PICTURE = np.zeros((0, 0, 3), np.uint8)

NOT_SPEAKING = "not_speaking"
"""The verdict, and the mode by which a person gives it."""


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
        hearing: What hears the source, where the scorer has odds for it.
    """

    mode: str
    scorer: str
    limits: SpeakingLimits
    hearing: Hearing = "bands"


@dataclass(frozen=True)
class Heard:
    """The source's sound during a cut.

    Attributes:
        samples: 16 kHz mono, [N] float32.
        spoken: Which frames contain speech, [T] bool.
        phones: What the recognizer's encoder hears, as `phone_sync.heard_phones` gives it; None
            where it is not asked.
    """

    samples: np.ndarray
    spoken: np.ndarray
    phones: np.ndarray | None = None


def nothing_known() -> dict[str, Any]:
    """Make the finding where nobody was looked for.

    Returns:
        What `find_speaker` gives; the verdict is `unknown`.
    """
    found = {"verdict": "unknown", "reasons": [], "reported": []}
    return found | {"score": {}, "others": [], "face": 0}


def said_not_speaking() -> dict[str, Any]:
    """Make the finding where a person says that the face of a cut does not speak.

    Returns:
        What `find_speaker` gives; the verdict is `not_speaking`.
    """
    reasons = [{"code": "said_not_speaking", "value": 1}]
    return nothing_known() | {"verdict": NOT_SPEAKING, "reasons": reasons}


def find_speaker(
    scene: Scene, tracks: Sequence[Track], check: SpeakerCheck, second_face: float | None = None
) -> tuple[dict[str, Any], Track]:
    """Find out whether the face of a cut speaks, or which of several faces does.

    The cut is judged by itself: its film may be late as a whole (`judge_in_film`).

    Args:
        scene: The cut.
        tracks: The faces that may be redrawn; may be empty.
        check: How they are judged.
        second_face: Where several faces are seen and the sound must show which one speaks, the
            share of the frames with a second one: then there is a track only if its face speaks.

    Returns:
        The finding, as `choose_speaker` gives it, and the track that may be redrawn, which is empty
        if there are reasons against it.
    """
    found, kept = choose_speaker(scene, tracks, check, second_face)
    return found, kept[found["face"]] if kept and not found["reasons"] else Track.empty()


def choose_speaker(
    scene: Scene, tracks: Sequence[Track], check: SpeakerCheck, second_face: float | None = None
) -> tuple[dict[str, Any], list[Track]]:
    """Find out whether the face of a cut speaks, so that it can be judged again in its film.

    Args:
        scene: The cut.
        tracks: The faces that may be redrawn; may be empty.
        check: How they are judged.
        second_face: See `find_speaker`.

    Returns:
        The finding, JSON {"verdict", "reasons", "reported", "score", "others", "face"}, with the
        mode and `second_face` for `judge_in_film`; and the tracks, of which `face` is the number of
        the one that it is about. There are none where no offset of the film can make any of the
        faces the speaker's. `verdict` is speaks,
        not_speaking or unknown: no face, too short, too little speech, mode off, or a score that
        proves neither. `reasons` tell why the face is not redrawn. `reported` is what was found but
        does not prevent that. `score` is the score of the face, as `scorers.scoring.score_face`
        gives it, with its `probability` and `lip_range`; or {}. `others` are the scores of the
        faces that were not chosen, in the order of the tracks. In the mode `not_speaking` nothing
        is scored, and there are no tracks.
    """
    if tracks and check.mode == NOT_SPEAKING:
        return said_not_speaking(), []
    limits, odds_by = check.limits, scorer_settings()[check.scorer].odds_by
    is_checked = check.mode != "off" and bool(tracks)
    heard = _heard(scene, check) if is_checked else None
    scores = [_score(scene, track, heard, check.scorer) if heard else {} for track in tracks]
    found = nothing_known()
    if scores:
        found |= {"score": scores[0], "others": scores[1:]}
    if heard:
        found["mode"] = check.mode
    if second_face is not None:
        found["second_face"] = second_face
    found = judge_in_film(found, None, limits, check.scorer)
    log.info("%s %s, of %d face(s)", found["verdict"], _shown(found["score"]), len(tracks))
    at_best = [judge(_at_best(score, odds_by(score)), limits) for score in scores]
    hopeless = all(verdict == "not_speaking" for verdict in at_best)
    return found, [] if hopeless and found["reasons"] else list(tracks)


def _at_best(score: dict[str, Any], odds: SpeakingOdds | None) -> dict[str, Any]:
    """A score as if the offset of the film were the one that suits it best."""
    best = valley(score["curve"])[1] if "curve" in score else None
    return with_probability(score, best, odds)


def _shown(score: dict[str, Any]) -> float | str:
    return score.get("probability", score.get("confidence", ""))


def _heard(scene: Scene, check: SpeakerCheck) -> Heard | None:
    """The source's sound during the cut; None if it is too short or has too little speech."""
    clock, limits = scene.clock, check.limits
    if clock.frames / clock.rate < limits.speaking_s:
        return None
    sound = speech_of(scene.speech, clock)
    frames = speech_frames(sound, clock, limits.min_speech_s)
    if frames.sum() / clock.rate < limits.min_speech_s:
        return None
    asks = check.hearing == "phones" and scorer_settings()[check.scorer].phone_odds is not None
    phones = heard_phones(sound, _scored_frames(clock)) if asks else None
    return Heard(sound.cut_samples(clock), frames, phones)


def _scored_frames(clock: Clock) -> int:
    """How many frames a cut is scored in."""
    return max(1, int(clock.frames * SCORE_RATE / clock.rate))


def _score(scene: Scene, track: Track, heard: Heard, scorer: str) -> dict[str, Any]:
    """Score how well a face matches the source's sound."""
    face = _seen(scene, track, scorer)
    score = score_face(scorer, face, scene.clock, heard.samples, heard.spoken)
    by_phones = _by_phones(scene, track, heard)
    return score | by_phones | _lip_range(track.points[heard.spoken])


def _by_phones(scene: Scene, track: Track, heard: Heard) -> dict[str, Any]:
    """What replaces the scorer's curve and offset where the recognizer's encoder hears."""
    if heard.phones is None:
        return {}
    unpictured = map(Seen, repeat(NO_PICTURE), track.points)
    points = points_of(at_score_rate(unpictured, scene.clock.rate, scene.clock.frames))
    curve = curve_of(distances(measures(points), heard.phones), scene.clock, heard.spoken)
    return {"curve": curve, "offset_frames": valley(curve)[1], "hearing": "phones"}


def _lip_range(points: np.ndarray) -> dict[str, float]:
    """The span of the lips' opening for 80 % of some frames, in distances of the eyes."""
    eyes = np.linalg.norm(points[:, LEFT_EYE_OUTER] - points[:, RIGHT_EYE_OUTER], axis=1)
    if not eyes.all():
        return {}
    low, high = np.percentile(lip_gap(points) / eyes, [10, 90])
    return {"lip_range": round(float(high - low), 5)}


def _seen(scene: Scene, track: Track, scorer: str) -> Iterator[Seen]:
    """The face as the guard tracked it, with pictures only if the scorer needs them."""
    needs_pictures = scorer_settings()[scorer].needs_pictures
    clock = scene.clock
    pictures = (
        read_rgb(scene.mezzanine, clock) if needs_pictures else repeat(NO_PICTURE, clock.frames)
    )
    for picture, points in zip(pictures, track.points, strict=True):
        yield Seen(picture, points)
