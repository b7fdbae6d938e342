"""What judges and draws for benchmarks/people.py, and what it tells of a source."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from people_figures import LENGTHS_S, SHIFTS, Pieces
from people_gate import Draft
from speaking_odds import Talker, scored, talker
from talking import FRAME_SAMPLES, Shot, Stopwatch, piece, speech_s

from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.engines.registry import create_engine
from mouthpiece.faces.detector import FaceDetector
from mouthpiece.faces.mesh import FaceMesh
from mouthpiece.project.gate import Gate
from mouthpiece.scorers.base import SCORE_RATE, Seen
from mouthpiece.scorers.odds import film_offset
from mouthpiece.scorers.registry import create_scorer
from mouthpiece.scorers.speaker_verdict import judge as judge_speaker
from mouthpiece.scorers.speaker_verdict import judge_in_film, with_probability
from mouthpiece.scorers.speaking import Scene, SpeakerCheck, find_speaker


class Bench:
    """What judges and draws, and what was found so far.

    Args:
        scorer: The scorer's name.
        folder: Where avatars go.
    """

    def __init__(self, scorer: str, folder: Path) -> None:
        self.scorer_name, self.folder = scorer, folder
        self.scorer = create_scorer(scorer)
        gate = Gate(scorer=scorer)
        self.limits, self.draft_limits = gate.limits, gate.draft_limits
        self.preview = create_engine(PreviewSettings())
        FaceDetector(), FaceMesh()  # weights that are missing are no fault of a clip
        self.stopwatch, self.found = Stopwatch(), Pieces()
        self.talkers: dict[str, Talker] = {}

    def emptied(self) -> tuple[Pieces, Stopwatch]:
        """What was found and timed since the last call."""
        found = self.found, self.stopwatch
        self.found, self.stopwatch = Pieces(), Stopwatch()
        return found

    def speaker(self, shot: Shot) -> dict[str, Any]:
        """What a run finds of who speaks, of the cut by itself."""
        assert shot.clip.speech
        scene = Scene(shot.clip.mezzanine, shot.clock, shot.clip.speech)
        check = SpeakerCheck(
            "passthrough",
            self.scorer_name,
            self.limits.speaking_limits,
            self.limits.hearing(),
        )
        with self.stopwatch.times("speaker", shot.clock.frames):
            return find_speaker(scene, shot.tracks[:1], check)[0]

    def source(self, shot: Shot, others: list[Shot], offset_frames: int | None) -> None:
        """Score the clip as filmed, in pieces, against all sounds, as a run does in a film whose
        offset is this.
        """
        own, *wrong = (self._talker(one) for one in (shot, *others))
        for length_s in LENGTHS_S:
            for start_s in starts(shot.duration_s, length_s):
                first = round(start_s * SCORE_RATE)
                part = slice(first, min(first + length_s * SCORE_RATE, len(own.face)))
                for sound, heard in _talkers(own, wrong):
                    score = scored(self.scorer, own.face[part], heard, part)
                    if score is not None:
                        self._note(length_s, sound, own.person, score, offset_frames)

    def _talker(self, shot: Shot) -> Talker:
        """The shot with what is heard in it, which is heard once."""
        if shot.name not in self.talkers:
            self.talkers[shot.name] = talker(shot.clip, shot, self.limits.hearing())
        return self.talkers[shot.name]

    def _note(
        self,
        length_s: int,
        sound: str,
        person: str,
        score: dict[str, Any],
        offset_frames: int | None,
    ) -> None:
        odds = type(self.limits).odds_by(score)
        told = with_probability(score | {"scorer": self.scorer_name}, offset_frames, odds)
        self.found.scores[length_s, sound][person].append(told["probability"])
        self.found.confidences[length_s, sound][person].append(told["confidence"])
        if length_s == LENGTHS_S[0]:
            refused = judge_speaker(told, self.limits.speaking_limits) == "not_speaking"
            self.found.refused[sound][person].append(float(refused))

    def who(self, cut: dict[str, Any], offset_frames: int | None) -> dict[str, Any]:
        """What a run says of who speaks, by a cut's finding and the offset of its film."""
        speaker = judge_in_film(cut, offset_frames, self.limits.speaking_limits, self.scorer_name)
        found = speaker["reasons"] + speaker["reported"]
        return {
            "speaker": speaker["verdict"],
            "speaker_reasons": ";".join(f"{r['code']}={r['value']:.3g}" for r in found),
            "confidence": speaker["score"].get("confidence"),
            "source_offset": speaker["score"].get("offset_frames"),
            "film_offset": offset_frames,
        }

    def offset(self, cuts: list[dict[str, Any]]) -> int | None:
        """By how much a clip's sound comes before the lips, as a run finds it from its cuts."""
        odds = type(self.limits).odds_by(cuts[0]["score"]) if cuts else None
        return film_offset([cut["score"] for cut in cuts], odds) if odds else None

    def scored(
        self,
        person: str,
        sound: str,
        face: list[Seen],
        samples: np.ndarray,
        start_s: float,
        length_s: float,
        least_s: float = 0.0,
    ) -> Draft | None:
        """Score a piece as a cut; None where too little is said in it."""
        heard_s = speech_s(samples, start_s, length_s)
        if heard_s < max(least_s, self.limits.min_speech_s):
            return None
        part = piece(face, start_s, length_s, SCORE_RATE)
        found = self.scorer.score(part, piece(samples, start_s, length_s, SAMPLE_RATE))
        return Draft(person, sound, length_s, heard_s, found.confidence, found.offset_frames)


def sounds_of(
    right: np.ndarray, other: np.ndarray | None = None
) -> Iterator[tuple[str, np.ndarray]]:
    """The sounds that a face is scored against, the right one first."""
    yield "right", right
    if other is not None:
        yield "swapped", other
    for index, frames in enumerate(SHIFTS):
        yield f"shifted_{frames}", np.roll(right, (-1) ** index * frames * FRAME_SAMPLES)


def starts(duration_s: float, length_s: float) -> np.ndarray:
    """Where pieces start, half their length apart."""
    return np.arange(0, duration_s - length_s + 0.04, length_s / 2)


def _talkers(own: Talker, others: list[Talker]) -> Iterator[tuple[str, Talker]]:
    """As `sounds_of`, with what is heard in them; each sound as long as the face."""
    yield "right", own
    for other in others:
        yield "swapped", _moved(other, 0, len(own.face))
    for index, frames in enumerate(SHIFTS):
        yield f"shifted_{frames}", _moved(own, (-1) ** index * frames, len(own.face))


def _moved(sound: Talker, by_frames: int, frames: int) -> Talker:
    """A sound, later by so many frames, repeated where it is too short."""
    at = (np.arange(frames) - by_frames) % len(sound.spoken)
    samples = sound.samples.reshape(-1, FRAME_SAMPLES)[at].reshape(-1)
    phones = None if sound.phones is None else sound.phones[at]
    return replace(sound, samples=samples, spoken=sound.spoken[at], phones=phones)
