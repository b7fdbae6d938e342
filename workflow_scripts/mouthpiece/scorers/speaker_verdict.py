"""Whether a face speaks, by its score: by itself, and by what its whole film tells.

Nothing here looks or listens; `scorers.speaking` does.
"""

from typing import Any

from .odds import RESTING_LIPS, STILL_LIPS, SURE, USUAL_FRAMES, SpeakingOdds, valley
from .registry import scorer_settings
from .settings import SpeakingLimits

LATE_FRAMES = 2
"""From here on the sound of a film is said to be late or early, in frames of 25 fps. A frame is
within what the scorers can measure."""


def judge_in_film(
    found: dict[str, Any], offset_frames: int | None, limits: SpeakingLimits, scorer: str
) -> dict[str, Any]:
    """Judge a cut's finding by the offset of its whole film.

    Of several faces, the one is chosen that is most likely to speak at that offset.

    Args:
        found: The finding, as `scorers.speaking.choose_speaker` gave it.
        offset_frames: The offset of the film, in frames of 25 fps, which is taken out of the cut's
            own; None: it is not known.
        limits: When a face speaks.
        scorer: The scorer's name.

    Returns:
        The finding with the verdict, reasons and reports that follow; `face` is the number of the
        chosen one among the tracks.
    """
    odds_by = scorer_settings()[scorer].odds_by
    scores = [with_probability(one, offset_frames, odds_by(one)) for one in faces_of(found)]
    face = max(range(len(scores)), key=lambda number: _rank(scores[number], limits))
    score, others = scores[face], scores[:face] + scores[face + 1 :]
    verdict, measured = judge(score, limits), findings(score, limits)
    second_face = found.get("second_face")
    silent, contested = verdict == "not_speaking", second_face is not None
    stops = found.get("mode", "passthrough") == "passthrough"
    withheld = verdict != "speaks" if contested else silent and stops
    reasons = measured if withheld else []
    if withheld and not silent:
        reasons = [{"code": "two_faces", "value": second_face}]
    late = -(offset_frames or 0)
    told = [{"code": "source_late", "value": late}] if score and abs(late) >= LATE_FRAMES else []
    reported = [*([] if withheld else measured), *told]
    judged = {"verdict": verdict, "reasons": reasons, "reported": reported, "score": score}
    return {**found, **judged, "others": others, "face": face}


def faces_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    """List the scores of the faces of a cut.

    Args:
        found: The finding, as `scorers.speaking.choose_speaker` or `judge_in_film` gave it.

    Returns:
        One score for each face, in the order of the tracks.
    """
    scores, face = list(found["others"]), found.get("face", 0)
    return [*scores[:face], found["score"], *scores[face:]]


def score_of(found: dict[str, Any], face: int) -> dict[str, Any]:
    """Get the score of the face that is redrawn: the film may have chosen another than its cut.

    Args:
        found: The finding, as `faces_of` takes it.
        face: The face's number among the tracks.

    Returns:
        Its score; {} where there is none.
    """
    scores = faces_of({"others": [], **found})
    return scores[face] if face < len(scores) else {}


def _rank(score: dict[str, Any], limits: SpeakingLimits) -> tuple[bool, float]:
    """A sort key: higher for a face that is more likely to speak."""
    likelihood = score.get("probability", score.get("confidence", 0.0))
    return judge(score, limits) == "speaks", likelihood


def judge(score: dict[str, Any], limits: SpeakingLimits) -> str:
    """Judge the score of the source's own picture and sound.

    Args:
        score: The score, as `scorers.scoring.score_face` gives it; {} if there is none.
        limits: When a face speaks.

    Returns:
        speaks; not_speaking on clear evidence; else unknown.
    """
    found = findings(score, limits)
    if found and found[0]["code"] in ("not_speaking", "still_lips"):
        return "not_speaking"
    return "speaks" if score and not found else "unknown"


def findings(score: dict[str, Any], limits: SpeakingLimits) -> list[dict[str, Any]]:
    """Tell what speaks against a face that speaks in sync with its sound.

    Args:
        score: The score, as `scorers.scoring.score_face` gives it; {} if there is none.
        limits: When a face speaks.

    Returns:
        Code and value of at most one finding: `not_speaking` and `doubtful_speaker` with the
        probability, or with the confidence where the scorer has none; `still_lips` with the range
        of the lips; `source_offset` with the offset, beyond that of the film, in frames of 25 fps.
        A face that goes well with its sound moved far, in a film whose offset is not known, may be
        the speaker of a late film: it is in doubt.
    """
    if not score:
        return []
    confidence = score["confidence"]
    offset = score["offset_frames"] - score.get("film_offset_frames", 0)
    enough = score["speech_s"] >= limits.silent_speech_s
    value, speaks_from, silent_under = (
        (confidence, limits.speaking_confidence, limits.silent_confidence)
        if (probability := score.get("probability")) is None
        else (probability, limits.speaking_probability, limits.silent_by(score))
    )
    may_be_late = score.get("probability_moved", 0.0) >= SURE
    if value < min(speaks_from, silent_under) and enough and not may_be_late:
        return [{"code": "not_speaking", "value": round(value, 4)}]
    lip_range = score.get("lip_range", STILL_LIPS)
    rest = lip_range < RESTING_LIPS and probability is not None
    matches_from = max(speaks_from, SURE) if rest else speaks_from
    if lip_range < STILL_LIPS and enough and value < matches_from:  # some hardly move their lips
        return [{"code": "still_lips", "value": round(lip_range, 4)}]
    apart = _offset_finding(offset, limits)
    if value < speaks_from and not (apart and may_be_late):
        return [{"code": "doubtful_speaker", "value": round(value, 4)}]
    return apart


def _offset_finding(offset: int, limits: SpeakingLimits) -> list[dict[str, Any]]:
    if abs(offset) <= limits.speaking_offset_frames:
        return []
    return [{"code": "source_offset", "value": offset}]


def with_probability(
    score: dict[str, Any], offset_frames: int | None, odds: SpeakingOdds | None
) -> dict[str, Any]:
    """Add the probability that a face speaks to its score.

    Args:
        score: The score, as `scorers.scoring.score_face` gives it; {} if there is none.
        offset_frames: The offset of the film, in frames of 25 fps; None: it is not known.
        odds: The scorer's odds; None: it has none.

    Returns:
        The score with its `probability`, where it has a curve. Where the offset of the film is
        known, the offset is that of the valley there, and `film_offset_frames` is added. Where it
        is not, and the valley is far from 0, `probability_moved` is that of a film which is as late
        as suits the face best.
    """
    if odds is None or "curve" not in score:
        return score
    curve, speech_s = score["curve"], score["speech_s"]
    probability = odds.probability(curve, speech_s, offset_frames)
    told: dict[str, Any] = {"probability": round(probability, 4)}
    offset = valley(curve, offset_frames)[1]
    if offset_frames is not None:
        told |= {"offset_frames": offset, "film_offset_frames": offset_frames}
    elif abs(offset) > USUAL_FRAMES:
        told["probability_moved"] = round(odds.at_its_valley(curve, speech_s), 4)
    return {key: value for key, value in score.items() if key != "probability_moved"} | told
