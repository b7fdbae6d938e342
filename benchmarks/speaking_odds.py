"""Fit and measure how probable a score makes it that a face speaks (`scorers.odds`).

    python benchmarks/speaking_odds.py FOLDER [--held FOLDER] [--scorer embedded]
                                       [--hearing phones] [--keep WORK]

FOLDER holds talking clips of any people; at least 2 s of speech are needed of each. Each person's
face is scored with its own sound and with that of every other person, in pieces of 1 to 12 s that
overlap by half. Prints

- the weights of both models, fitted on FOLDER: people, and lengths of pieces, count alike,
- for each length, of people that the model was not fitted on (each is left out in turn): the share
  of pieces at the probability and `silent_speech_s` in force that are not refused, with their
  own and with other sound; by the offset of the film (of the whole clip), and without it,
- whole clips: of each, the offset of the film, and the verdict that stage `faces` would give with
  its own and with other sound; and of a resting face (frames in which nobody speaks, nearly still
  lips) with the same sounds,
- with --held the same for its people, by the weights in force. None of them is fitted on.

Whether the probability is right is measured by speaking_reliability.py.

--hearing bands leaves out the recognizer's encoder, as a run does where its weights are missing.
"""

import argparse
import logging
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from talking import FRAME_SAMPLES, Clip, Shot, Stopwatch, prepared, shots

from mouthpiece.audio.voice_activity import speech_frames
from mouthpiece.core.timeline import Clock
from mouthpiece.faces.landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER, lip_gap
from mouthpiece.faces.mouth import measures
from mouthpiece.project.gate import Gate
from mouthpiece.scorers.base import SCORE_RATE, Seen, points_of
from mouthpiece.scorers.odds import SpeakingOdds, film_offset, valley
from mouthpiece.scorers.phone_sync import distances, heard_phones
from mouthpiece.scorers.registry import create_scorer, scorer_settings
from mouthpiece.scorers.settings import Hearing
from mouthpiece.scorers.speaker_verdict import judge_in_film

LENGTHS_S = (1, 1.5, 2, 3, 4, 6, 8, 12)
LEAST_SHARE, LEAST_S, LONGEST_S = 0.4, 2.0, 30.0
RIDGE = 2e-4
VIDEOS = {".mp4", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".m4v"}


@dataclass(frozen=True)
class Talker:
    """A face at 25 fps with its sound, the frames in which somebody speaks, and what the
    recognizer's encoder hears, where it is asked.
    """

    person: str
    face: list[Seen]
    samples: np.ndarray
    spoken: np.ndarray
    phones: np.ndarray | None


@dataclass(frozen=True)
class Piece:
    """A piece of a face with some sound."""

    person: str
    own: bool
    length_s: float
    score: dict[str, Any]
    offset_frames: int | None


def main() -> None:
    """Fit, measure, print."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path)
    parser.add_argument("--held", type=Path)
    parser.add_argument("--scorer", default="embedded", help="one that needs no pictures")
    parser.add_argument("--hearing", choices=("phones", "bands"), help="default: as a run would")
    parser.add_argument("--keep", type=Path, help="a folder for what is made ready")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        hearing = options.hearing or scorer_settings()[options.scorer].hearing()
        people = list(talkers(options.folder, work, hearing))
        found = list(pieces(people, options.scorer))
        odds = fitted(found)
        print(f"{options.scorer}, {hearing}: {len(people)} people\n{odds}")
        left_out = {
            person: fitted([piece for piece in found if piece.person != person])
            for person in sorted({piece.person for piece in found})
        }
        report("people left out in turn", found, left_out, options.scorer)
        whole(people, options.scorer)
        if options.held:
            held = list(talkers(options.held, work, hearing))
            in_force = scorer_settings()[options.scorer].odds_by({"hearing": hearing})
            assert in_force
            found = list(pieces(held, options.scorer))
            by_person = dict.fromkeys({piece.person for piece in found}, in_force)
            report(f"held out, weights in force: {len(held)} people", found, by_person,
                   options.scorer)  # fmt: skip
            whole(held, options.scorer)


def talkers(
    folder: Path, work: Path, hearing: Hearing, longest_s: float = LONGEST_S
) -> Iterator[Talker]:
    """The cut of each clip in which a clear face is seen and somebody speaks, as `faces`."""
    for best in faces(folder, work, hearing, longest_s):
        if best.spoken.sum() >= LEAST_S * SCORE_RATE:
            yield best


def faces(folder: Path, work: Path, hearing: Hearing, longest_s: float) -> Iterator[Talker]:
    """The cut of each clip in which a clear face is seen, the one with the most speech."""
    for source in sorted(p for p in folder.iterdir() if p.suffix.lower() in VIDEOS):
        clip = prepared(source, work)
        if clip.speech is None:
            continue
        watched = shots(clip, Stopwatch(), LEAST_S, longest_s)
        seen = [talker(clip, shot, hearing) for shot in watched if shot.tracks]
        if seen:
            yield max(seen, key=lambda one: one.spoken.sum())


def talker(clip: Clip, shot: Shot, hearing: Hearing) -> Talker:
    """A cut of a clip; without a face where the guard found none, as a voice for others."""
    face = shot.face if shot.tracks else []
    frames = max(1, int(shot.clock.frames * SCORE_RATE / shot.clock.rate))
    assert shot.sound
    spoken = speech_frames(shot.sound, Clock(Fraction(SCORE_RATE), 0, frames))
    samples = np.resize(shot.samples, frames * FRAME_SAMPLES)
    phones = heard_phones(shot.sound, frames) if hearing == "phones" else None
    return Talker(clip.person, face, samples, spoken, phones)


def voices(one: Talker, people: list[Talker]) -> Iterator[Talker]:
    """A person's own sound, and those of all other people."""
    return (other for other in people if one is other or one.person != other.person)


def pieces(
    people: list[Talker], scorer: str, lengths_s: Sequence[float] = LENGTHS_S
) -> Iterator[Piece]:
    """Pieces of all faces with all sounds."""
    judge = create_scorer(scorer)
    for one in people:
        offset = own_offset(one, scorer)
        for other in voices(one, people):
            length = min(len(one.face), len(other.spoken))
            for length_s in lengths_s:
                frames = round(length_s * SCORE_RATE)
                for first in range(0, length - frames + 1, max(1, frames // 2)):
                    part = slice(first, first + frames)
                    score = scored(judge, one.face[part], other, part)
                    if score:
                        yield Piece(one.person, one is other, length_s, score, offset)


def scored(judge: Any, face: list[Seen], sound: Talker, part: slice) -> dict[str, Any] | None:
    """The score of a face with a part of a sound; None where too little is said."""
    spoken = sound.spoken[part]
    if spoken.sum() < max(0.6 * SCORE_RATE, LEAST_SHARE * len(spoken)):
        return None
    samples = sound.samples[part.start * FRAME_SAMPLES : part.stop * FRAME_SAMPLES]
    found = judge.score(face, samples)
    points = np.stack([seen.points for seen in face])[spoken]
    eyes = np.linalg.norm(points[:, LEFT_EYE_OUTER] - points[:, RIGHT_EYE_OUTER], axis=1)
    low, high = np.percentile(lip_gap(points) / eyes, [10, 90])
    return {
        "scorer": "",
        "confidence": found.confidence,
        "offset_frames": found.offset_frames,
        "speech_s": float(spoken.sum() / SCORE_RATE),
        "lip_range": float(high - low),
        "curve": list(found.table[spoken].mean(0)),
        **by_phones(face, sound, part),
    }


def by_phones(face: list[Seen], sound: Talker, part: slice) -> dict[str, Any]:
    """What replaces a scorer's curve and offset where the recognizer's encoder hears."""
    if sound.phones is None:
        return {"hearing": "bands"}
    table = distances(measures(points_of(face)), sound.phones[part])
    curve = list(table[sound.spoken[part]].mean(0))
    return {"curve": curve, "offset_frames": valley(curve)[1], "hearing": "phones"}


def own_offset(one: Talker, scorer: str) -> int | None:
    """The offset of a person's whole clip."""
    score = scored(create_scorer(scorer), one.face, one, slice(0, len(one.face)))
    odds = scorer_settings()[scorer].odds_by(score or {})
    assert odds
    return film_offset([score], odds) if score else None


def fitted(found: list[Piece]) -> SpeakingOdds:
    """Fit both models. Where the film tells no offset, the valley of the whole clip is unknown."""
    weights = balance(found)
    own = np.array([piece.own for piece in found], float)
    known = regression(np.stack([features(p, p.offset_frames or 0) for p in found]), own, weights)
    free = regression(np.stack([features(p, None) for p in found]), own, weights)
    return SpeakingOdds(tuple(known.round(3).tolist()), tuple(free.round(3).tolist()))


def features(piece: Piece, offset_frames: int | None) -> np.ndarray:
    """What the models weigh: the odds' own features, read off one at a time."""
    curve, speech_s = piece.score["curve"], piece.score["speech_s"]
    size = 5 if offset_frames is None else 4
    logits = []
    for at in range(size):
        one = tuple(float(at == i) for i in range(size))
        zeros = (0.0,) * (9 - size)
        odds = SpeakingOdds(zeros, one) if offset_frames is None else SpeakingOdds(one, zeros)
        probability = odds.probability(curve, speech_s, offset_frames)
        logits.append(np.log(probability / (1 - probability)))
    return np.array(logits)


def balance(found: list[Piece]) -> np.ndarray:
    """Weights by which people, lengths, and own and other sound count alike."""
    count = Counter((p.person, p.length_s, p.own) for p in found)
    return np.array([1 / count[p.person, p.length_s, p.own] for p in found])


def regression(values: np.ndarray, is_own: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A logistic regression, by Newton's steps."""
    found = np.zeros(values.shape[1])
    ridge = 2 * RIDGE * np.diag([0.0, *np.ones(values.shape[1] - 1)])
    for _ in range(30):
        p = 1 / (1 + np.exp(-values @ found))
        slope = values.T @ (weights * (p - is_own)) + ridge @ found
        found = found - np.linalg.solve(
            (values * (weights * p * (1 - p))[:, None]).T @ values + ridge, slope
        )
    return found


def report(title: str, found: list[Piece], odds: dict[str, SpeakingOdds], scorer: str) -> None:
    """Print which pieces are not refused."""
    limits = getattr(Gate().scorers, scorer).speaking_limits
    weights = balance(found)
    under = limits.silent_by(found[0].score) if found else 0.0
    print(f"\n{title}; not refused under {under}:")
    print("   s   own pieces  by film    alone    other pieces  by film    alone")
    for length_s in LENGTHS_S:
        row = f"{length_s:5}"
        for own in (True, False):
            at = [i for i, p in enumerate(found) if p.length_s == length_s and p.own == own]
            row += f"{len(at):10}"
            for by_film in (True, False):
                kept = []
                for i in at:
                    piece, score = found[i], found[i].score
                    offset = piece.offset_frames if by_film else None
                    likely = odds[piece.person].probability(score["curve"], score["speech_s"],
                                                            offset)  # fmt: skip
                    short = score["speech_s"] < limits.silent_speech_s
                    kept.append(short or likely >= under)
                row += f"{np.average(kept, weights=weights[at]) if at else np.nan:10.3f}"
        print(row)


def whole(people: list[Talker], scorer: str) -> None:
    """Print the verdicts on whole clips, at the weights and limits in force."""
    limits = getattr(Gate().scorers, scorer).speaking_limits
    judge, counts = create_scorer(scorer), Counter[tuple[str, str]]()
    for one in people:
        offset = own_offset(one, scorer)
        for other in voices(one, people):
            length = min(len(one.face), len(other.spoken))
            quiet = np.flatnonzero(~one.spoken)
            there_and_back = np.append(quiet, quiet[::-1])
            resting = [one.face[i] for i in np.resize(there_and_back, length if len(quiet) else 0)]
            kinds = {"own" if one is other else "other": one.face[:length]}
            kinds |= {"resting": resting} if len(quiet) >= SCORE_RATE // 4 else {}
            for kind, face in kinds.items():
                score = scored(judge, face, other, slice(0, length))
                if not score or score["speech_s"] < limits.silent_speech_s:
                    continue
                finding = {"score": score, "others": [], "mode": "passthrough"}
                by = offset if kind != "resting" else None
                verdict = judge_in_film(finding, by, limits, scorer)["verdict"]
                counts[kind, verdict] += 1
                if kind == "own":
                    depth, at = valley(score["curve"])
                    print(f"  {one.person}: {score['speech_s']:.1f} s of speech, film offset "
                          f"{offset}, valley {depth:.3f} at {at}: {verdict}")  # fmt: skip
    for kind in ("own", "other", "resting"):
        print(f"  {kind}:", {v: n for (k, v), n in sorted(counts.items()) if k == kind})


if __name__ == "__main__":
    main()
