"""How probable it is that a face speaks, by the curve of a scorer over the offsets.

While somebody speaks, the mean distance of lips and sound has a valley at the offset of the film if
the face is the speaker's. Its depth below the median is weighed by how much speech it was measured
on: a second of free speech says little, eight say nearly all. Two logistic models are fitted, one
for an offset that is known from the whole film, and one for an offset that is not: any wrong sound
has a valley somewhere. `benchmarks/speaking_odds.py` fits both; faces with their own and with other
sound count alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np

from .lse import MAX_OFFSET_FRAMES, OFFSETS

Curve = Sequence[float] | np.ndarray
"""The mean distance at each offset, [31] float, as in `lse.OFFSETS`."""

ENOUGH_S = 8.0
"""More speech of one cut than this adds no certainty: what is left is the person's own manner."""

KNOWN_FRAMES = 1
"""How far the valley of a cut may lie from the offset of its film."""

USUAL_FRAMES = 3
"""The |offset| up to which a film is not unusual."""

STILL_LIPS = 0.022
"""Lips are nearly still where their opening stays within this span for 80 % of the time, in
distances of the outer eye corners. Of 2 s of strangers who speak freely, hardly any stays within
0.018. A calm speaker may: where lips and sound match all the same, the face speaks."""

RESTING_LIPS = STILL_LIPS / 2
"""Lips within this span rest. No 2 s of a speaker do (the least is 0.014), half of the listeners
do: a match with what is heard must then be `SURE`, or it is by chance."""

CONFIDENT = 0.5
"""A cut from this probability on tells the offset of its film."""

SURE = 0.8
"""One cut alone, or all cuts together where none is confident, tell the offset of the film from
this probability on."""

LEAST_SPEECH_S = 2.0
"""An offset of a film is told from no less speech, in seconds."""

AGREEING_SHARE = 0.5
"""The offset of a film is that of more than this share of the speech that tells one."""

AGREEING_CUTS = 2
"""So many cuts must agree on an offset, or one must be sure by itself: with 31 offsets to choose
from, any wrong sound fits somewhere."""


@dataclass(frozen=True)
class SpeakingOdds:
    """The weights of the two models.

    With x for the depth of the valley and s for the seconds of speech, at most `ENOUGH_S`, they
    weigh 1, x sqrt(s), sqrt(s) and x s; that of an unknown offset also sqrt(s) where the valley is
    more than `USUAL_FRAMES` from 0.

    Attributes:
        known: Those where the offset is known, 4 of them.
        free: Those where it is not, 5 of them.
        alone: The probability, as if the offset of the valley were known, from which a valley by
            itself tells the offset of its film, however far it is. The model of an unknown offset
            takes a far valley for next to impossible: it was fitted on people in sync.
    """

    known: tuple[float, float, float, float]
    free: tuple[float, float, float, float, float]
    alone: float = 0.95

    def probability(self, curve: Curve, speech_s: float, offset_frames: int | None = None) -> float:
        """Tell how probable it is that a face speaks.

        Args:
            curve: The mean distance at each offset, [31] float, as in `lse.OFFSETS`.
            speech_s: The speech that it was measured on, in seconds.
            offset_frames: The offset of the film, in frames of 25 fps; None: it is not known.

        Returns:
            The probability, if half of such faces speak.
        """
        values, second = valley(curve, offset_frames), float(np.sqrt(min(speech_s, ENOUGH_S)))
        depth, at = values
        features = [1.0, depth * second, second, depth * second**2]
        if offset_frames is None:
            features.append(second * (abs(at) > USUAL_FRAMES))
        weights = self.known if offset_frames is not None else self.free
        return float(1 / (1 + np.exp(-np.dot(weights, features))))

    def at_its_valley(self, curve: Curve, speech_s: float) -> float:
        """Tell how probable it is that a face speaks, were its film as late as suits it best.

        Args:
            curve: The mean distance at each offset, [31] float, as in `lse.OFFSETS`.
            speech_s: The speech that it was measured on, in seconds.

        Returns:
            The probability; 0 where the curve falls towards the end of what was tried, which is no
            valley.
        """
        offset = valley(curve)[1]
        is_inside = abs(offset) < MAX_OFFSET_FRAMES
        return self.probability(curve, speech_s, offset) if is_inside else 0.0


def valley(curve: Curve, offset_frames: int | None = None) -> tuple[float, int]:
    """Find the valley of a curve.

    Args:
        curve: The mean distance at each offset, [31] float, as in `lse.OFFSETS`.
        offset_frames: Where it is looked for, within `KNOWN_FRAMES`; None: anywhere.

    Returns:
        Its depth below the median, and its offset in frames of 25 fps.
    """
    values = np.asarray(curve, float)
    looked_at = np.ones(len(OFFSETS), bool)
    if offset_frames is not None:
        looked_at = np.abs(OFFSETS - offset_frames) <= KNOWN_FRAMES
    at = np.flatnonzero(looked_at)[values[looked_at].argmin()]
    return float(np.median(values) - values[at]), int(OFFSETS[at])


@dataclass(frozen=True)
class _Vote:
    """What a cut tells of its film: an offset, how probable it is that its face speaks, how much
    its speech counts, and whether it is sure by itself.
    """

    offset: int
    probability: float
    weight_s: float
    is_sure: bool


def film_offset(scores: Sequence[dict[str, Any]], odds: SpeakingOdds) -> int | None:
    """Find by how much the sound of a film is late or early, from the scores of its cuts.

    The order of the cuts does not matter, and no cut counts for more than `ENOUGH_S` of speech.

    Args:
        scores: The cuts' own scores with `curve` and `speech_s`, as `scoring.score_face` gives
            them; others say nothing.
        odds: The scorer's odds.

    Returns:
        The offset in frames of 25 fps, positive where the sound comes before the lips: the one that
        most of the speech in confident cuts agrees on, or else the one of all cuts together. None:
        nothing is sure.
    """
    told = sorted(
        (score for score in scores if score.get("curve")),
        key=lambda score: (list(score["curve"]), score["speech_s"]),
    )
    votes = [_vote(score["curve"], score["speech_s"], odds) for score in told]
    if _speech_s(votes) < LEAST_SPEECH_S:
        return None
    weights = [vote.weight_s for vote in votes]
    pooled = np.average([score["curve"] for score in told], axis=0, weights=weights)
    together = _vote(pooled, sum(weights), odds)
    confident = [vote for vote in votes if vote.probability >= CONFIDENT]
    if _speech_s(confident) >= LEAST_SPEECH_S:
        return _agreed(confident, together)
    near = [vote for vote in votes if _agree(vote, together.offset)]
    is_sure = together.is_sure or (together.probability >= SURE and len(near) >= AGREEING_CUTS)
    return together.offset if is_sure else None


def _vote(curve: Curve, speech_s: float, odds: SpeakingOdds) -> _Vote:
    """A curve that falls towards the end of what was tried has no valley: it tells nothing."""
    offset, weight_s = valley(curve)[1], min(speech_s, ENOUGH_S)
    at_valley = odds.at_its_valley(curve, speech_s)
    if not at_valley:
        return _Vote(offset, 0.0, weight_s, False)
    probability = odds.probability(curve, speech_s)
    is_sure = at_valley >= odds.alone
    if is_sure:
        probability = max(probability, at_valley)
    is_usual = abs(offset) <= USUAL_FRAMES
    return _Vote(offset, probability, weight_s, is_sure or (is_usual and probability >= SURE))


def _agreed(votes: Sequence[_Vote], together: _Vote) -> int | None:
    """The offset that more than `AGREEING_SHARE` of the speech agrees on, and so many cuts, or one
    that is sure by itself, or all cuts together.
    """

    def rank(offset: int) -> tuple[float, float, int, int]:
        here = _speech_s([vote for vote in votes if vote.offset == offset])
        near = _speech_s([vote for vote in votes if _agree(vote, offset)])
        return near, here, -abs(offset), offset

    best = max({vote.offset for vote in votes}, key=rank)
    agreeing = [vote for vote in votes if _agree(vote, best)]
    if _speech_s(agreeing) <= AGREEING_SHARE * _speech_s(votes):
        return None
    witnesses = [*agreeing, together] if _agree(together, best) else agreeing
    is_held = len(agreeing) >= AGREEING_CUTS or any(vote.is_sure for vote in witnesses)
    return best if is_held else None


def _agree(vote: _Vote, offset: int) -> bool:
    return abs(vote.offset - offset) <= KNOWN_FRAMES


def _speech_s(votes: Sequence[_Vote]) -> float:
    return fsum(vote.weight_s for vote in votes)
