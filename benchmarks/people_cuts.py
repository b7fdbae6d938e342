"""What benchmarks/people.py measures of a cut: who speaks, and drafts of it."""

import logging
import random
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from people_figures import (
    CUT_S,
    CUT_SPEECH_S,
    LENGTHS_S,
    SHIFTS,
    SHORT_S,
    Pieces,
    alike,
    lag,
)
from people_gate import Draft, passing
from speaking_odds import Talker, scored, talker
from talking import (
    FRAME_SAMPLES,
    Drawn,
    Shot,
    Stopwatch,
    at_25,
    driven,
    laid_in,
    meshes,
    muted,
    piece,
    speech_s,
    spoken,
)

from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.audio.voice_activity import speech_frames
from mouthpiece.core.errors import InputError
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.engines.registry import create_engine
from mouthpiece.faces.articulation import Span, articulation
from mouthpiece.faces.landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from mouthpiece.faces.mouth import LEFT_CORNER, RIGHT_CORNER
from mouthpiece.media.decode import read_rgb
from mouthpiece.project.gate import Gate
from mouthpiece.scorers.base import SCORE_RATE, Seen
from mouthpiece.scorers.odds import film_offset
from mouthpiece.scorers.registry import create_scorer
from mouthpiece.scorers.silent_mouth import mouth_in_silence, openings, opens_from
from mouthpiece.scorers.speaker_verdict import judge as judge_speaker
from mouthpiece.scorers.speaker_verdict import judge_in_film, with_probability
from mouthpiece.scorers.speaking import Scene, SpeakerCheck, find_speaker
from mouthpiece.training.dataset import padded
from mouthpiece.training.synth import Voice, speak
from mouthpiece.training.texts import NEW_VARIANTS, SENTENCES
from mouthpiece.training.voice_metrics import shut_at

EASED_FRAMES = 3
UPPER_LIP = 0
DRAFTS = frozenset(("dub", "own", "closed"))
Parts = frozenset[str]


class Bench:
    """What judges and draws, and what was found so far.

    Args:
        scorer: The scorer's name.
        folder: Where avatars go.
    """

    def __init__(self, scorer: str, folder: Path) -> None:
        self.scorer_name, self.folder = scorer, folder
        self.scorer = create_scorer(scorer)
        self.limits = Gate(scorer=scorer).limits
        self.preview = create_engine(PreviewSettings())
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
            for start_s in _starts(shot.duration_s, length_s):
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

    def dub(self, shot: Shot, avatar: Path, sounds: list[np.ndarray]) -> dict[str, str]:
        """Judge a draft by each of two other persons' sounds, in pieces of a cut's length, and
        score shorter pieces.
        """
        found: list[Draft] = []
        for right, wrong in (sounds[:2], sounds[1::-1]):
            patches = driven(shot, avatar, spoken(right), self.preview, self.stopwatch)
            face = at_25(laid_in(shot, patches, self.stopwatch).points, shot.clock)
            for length_s, least_s in ((CUT_S, CUT_SPEECH_S), (SHORT_S, 0.0)):
                for start_s in _starts(shot.duration_s, length_s):
                    for sound, samples in _sounds(right, wrong):
                        draft = self.scored(
                            shot.clip.person, sound, face, samples, start_s, length_s, least_s
                        )
                        found += [draft] if draft else []
        self.found.drafts += found
        cuts = [draft for draft in found if draft.duration_s == CUT_S]
        passed = passing(cuts, self.limits.gate_limits)
        verdicts = {sound: people[shot.clip.person] for sound, people in passed.items()}
        row = {f"dub_{sound}": f"{sum(v):.0f}/{len(v)}" for sound, v in verdicts.items()}
        confidences = [f"{draft.confidence:.2f}" for draft in cuts if draft.sound == "right"]
        return row | ({"dub_confidences": ";".join(confidences)} if confidences else {})

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

    def own(self, shot: Shot, avatar: Path, offset_frames: int) -> dict[str, float]:
        """Compare a draft that is driven by the clip's own sound to the person's own track."""
        assert shot.sound
        at_lips = shot.sound.later(offset_frames * FRAME_SAMPLES, shot.clock)
        sound, first, end = muted(replace(shot, sound=at_lips))
        heard = speech_frames(sound, shot.clock)
        silent = ~heard
        silent[first:end] = True
        patches = driven(shot, avatar, sound, self.preview, self.stopwatch)
        drawn = laid_in(shot, patches, self.stopwatch, silent)
        margin = round(0.3 * shot.clock.rate)
        outside = np.ones(shot.clock.frames, bool)
        outside[max(0, first - margin) : end + margin] = False
        mouth, person = articulation(drawn.points), articulation(shot.tracks[0].points)
        row = alike(mouth, person, outside, speech_frames(at_lips, shot.clock))
        row |= lag(mouth[:, 0], person[:, 0], outside)
        row["beside"] = float(_beside(drawn.points, meshes(shot)).max())
        own = Span.of(person[:, 0])
        within = mouth[first + EASED_FRAMES : end - EASED_FRAMES, 0]
        beyond = (within - own.rest) / max(own.range, 1e-6)
        row["open_in_silence"] = float(np.mean(within > opens_from(own))) if len(within) else 0.0
        row["open_in_silence_by"] = float(np.max(beyond)) if len(beyond) else 0.0
        still = openings(shot.tracks[0].points)
        row |= mouth_in_silence(openings(drawn.points), heard, float(shot.clock.rate), still)
        return row | _pictures(drawn)

    def closures(self, shot: Shot, avatar: Path, number: int) -> dict[str, float]:
        """Whether the mouth of a draft shuts at the p, b and m of a sentence."""
        languages = sorted(SENTENCES)
        language = languages[number % len(languages)]
        texts, timbre = SENTENCES[language], NEW_VARIANTS[number % len(NEW_VARIANTS)]
        try:
            said = speak(texts[number // len(languages) % len(texts)], Voice(language + timbre))
        except InputError as error:
            logging.warning("%s", error)
            return {}
        samples, phones = padded(said.samples, said.phones, random.Random(number))
        heard = np.resize(samples, round(shot.duration_s * SAMPLE_RATE))
        heard[len(samples) :] = 0
        patches = driven(shot, avatar, spoken(heard), self.preview, self.stopwatch)
        opening = articulation(laid_in(shot, patches, self.stopwatch).points)[:, 0]
        own = Span.of(articulation(shot.tracks[0].points)[:, 0])
        shut = opening <= opens_from(own)
        closed = shut_at(shut, phones, float(shot.clock.rate))
        self.found.closed[shot.clip.person] += closed
        return {"closed": float(np.mean(closed))} if closed else {}

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


def measured(
    shot: Shot,
    others: list[Shot],
    bench: Bench,
    offset_frames: int | None,
    number: int,
    parts: Parts,
) -> dict[str, Any]:
    """What can be measured of a face with sound, of the parts that are asked for."""
    row: dict[str, Any] = {}
    if "source" in parts:
        bench.source(shot, others, offset_frames)
    sounds = [np.resize(other.samples, len(shot.samples)) for other in others]
    person, whole_s = shot.clip.person, shot.duration_s
    for sound, samples in _sounds(shot.samples, sounds[0]):
        found = bench.scored(person, sound, shot.face, samples, 0.0, whole_s)
        row[f"source_{sound}"] = found and found.confidence
    if not parts & DRAFTS:
        return row
    avatar = bench.folder / "avatar.zip"
    with bench.stopwatch.times("bake", shot.clock.frames):
        pictures = read_rgb(shot.clip.mezzanine, shot.clock)
        bench.preview.prepare(pictures, shot.tracks[0], avatar)
    if "dub" in parts:
        row |= bench.dub(shot, avatar, sounds)
    if "own" in parts:
        row |= bench.own(shot, avatar, offset_frames or 0)
    return row | (bench.closures(shot, avatar, number) if "closed" in parts else {})


def _sounds(right: np.ndarray, other: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The sounds that a face is scored against, the right one first."""
    yield "right", right
    yield "swapped", other
    for index, frames in enumerate(SHIFTS):
        yield f"shifted_{frames}", np.roll(right, (-1) ** index * frames * FRAME_SAMPLES)


def _starts(duration_s: float, length_s: float) -> np.ndarray:
    """Where pieces start, half their length apart."""
    return np.arange(0, duration_s - length_s + 0.04, length_s / 2)


def _talkers(own: Talker, others: list[Talker]) -> Iterator[tuple[str, Talker]]:
    """As `_sounds`, with what is heard in them; each sound as long as the face."""
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


def _beside(drawn: np.ndarray, own: np.ndarray) -> np.ndarray:
    """How far drawn mouths are from where the person's own is, whatever they do, [T]."""
    at = [UPPER_LIP, UPPER_LIP, RIGHT_CORNER, LEFT_CORNER]
    away = np.linalg.norm((drawn - own)[:, at, :2].mean(1), axis=1)
    eyes = np.linalg.norm((own[:, LEFT_EYE_OUTER] - own[:, RIGHT_EYE_OUTER])[:, :2], axis=1)
    return np.asarray(away / np.median(eyes))


def _pictures(drawn: Drawn) -> dict[str, float]:
    """What the picture looks like."""
    return {
        name: value for name, value in asdict(drawn.looks.summary()).items() if value is not None
    }
