"""Measure who speaks: real faces scored against their own sound, and against other sound.

    python benchmarks/speaker.py GRID [--scorer embedded] [--clips 65]

GRID is a folder of the GRID corpus with `s1/*.mpg` and `other/*.mpg`; of s1 only the clips are
taken that the embedded networks were not trained on. For pieces of 1, 2 and 3 s it prints the
confidence of

- own: a face with its own sound, and `others`: those of speakers that were not trained on,
- babble: the same with four other voices under the sound, together 10 dB lower,
- another's: a face that speaks, with another clip's sound (a speaker off screen while lips move;
  GRID's sentences have the same rhythm, so this is hard),
- listener: a face that does not speak, with a clip's sound: the frames before it speaks, forward
  and in reverse;

for each pair of limits the share of each that is under the confidence or above the |offset|; the
share of each that stage `guard` finds to speak, to be in doubt, to be apart by an offset, and not
to speak, at the scorer's limits and by its probability (lips at rest are not looked at); and how
often, of two moving faces, the one that belongs to the sound has the higher confidence. Since no
clip has the 2 s of speech that it takes to find that a face does not speak, there are pieces of
5 s, too: of two clips of a speaker, one after the other.
"""

import argparse
import logging
import tempfile
from collections import defaultdict
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from talking import grid_paths, opened, piece, spoken_in

from mouthpiece.audio.loudness import frame_energy
from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.media.decode import read_rgb
from mouthpiece.project.gate import Gate
from mouthpiece.scorers.base import SCORE_RATE, Score, Seen
from mouthpiece.scorers.odds import SpeakingOdds
from mouthpiece.scorers.registry import create_scorer, scorer_settings
from mouthpiece.scorers.settings import SpeakingLimits
from mouthpiece.scorers.speaker_verdict import findings, with_probability

LENGTHS_S = (1, 2, 3, 5)
STEP_S = 0.5
FINDINGS = ("speaks", "doubtful_speaker", "source_offset", "not_speaking")
KINDS = ("own", "others", "babble", "another's", "listener")
CONFIDENCES = (0.0, 0.05, 0.10, 0.12, 0.15, 0.18, 0.20, 0.22, 0.25)
OFFSETS = (3, 5, 15)
BABBLE_DB = -10.0
QUIET_FRAMES = 6
"""The least number of frames before the first sound that make a listener."""


@dataclass(frozen=True)
class Judged:
    """A piece's score, the frames of it in which somebody speaks, and its scorer's odds."""

    score: Score
    spoken: np.ndarray
    odds: SpeakingOdds | None

    def code(self, limits: SpeakingLimits) -> str:
        """What stage `guard` finds, by the probability where the scorer has one."""
        values = asdict(self.score) | {"speech_s": float(self.spoken.sum() / SCORE_RATE)}
        table = values.pop("table")
        if table is not None:
            values["curve"] = list(table[self.spoken].mean(0))
        found = findings(with_probability(values, None, self.odds), limits)
        return found[0]["code"] if found else "speaks"


@dataclass(frozen=True)
class Clip:
    """A clip's face at 25 fps, and its 16 kHz sound."""

    trained: bool
    face: list[Seen]
    samples: np.ndarray


def main() -> None:
    """Track, score, print a table."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("grid", type=Path)
    parser.add_argument("--clips", type=int, default=65)
    parser.add_argument("--scorer", default="embedded")
    options = parser.parse_args()
    paths = grid_paths(options.grid)[: options.clips]
    clips = [clip for path in paths if (clip := watched(path)) is not None]
    print(f"{options.scorer}; {len(clips)} clips of {len(paths)} passed the guard")
    judge = create_scorer(options.scorer)
    limits = getattr(Gate().scorers, options.scorer).speaking_limits
    least_s = limits.min_speech_s
    odds = scorer_settings()[options.scorer].speaking_odds
    singles, pairs = clips, paired(clips)
    for length_s in LENGTHS_S:
        scores: dict[str, list[Judged]] = defaultdict(list)
        chosen = []
        clips, whole_s = (singles, 3) if length_s <= 3 else (pairs, 6)
        for i, clip in enumerate(clips):
            other, third = clips[(i + 5) % len(clips)], clips[(i + 11) % len(clips)]
            for start in np.arange(0, whole_s - length_s + 0.01, STEP_S):
                sound = piece(clip.samples, start, length_s, SAMPLE_RATE)
                face = piece(clip.face, start, length_s, SCORE_RATE)
                heard = spoken_in(clip.samples, start, length_s)
                if len(face) < length_s * SCORE_RATE or heard.sum() < least_s * SCORE_RATE:
                    continue
                own = judge.score(face, sound)
                scores["own"].append(Judged(own, heard, odds))
                if not clip.trained:
                    scores["others"].append(Judged(own, heard, odds))
                noisy = sound + piece(babble(clips, i), start, length_s, SAMPLE_RATE)
                scores["babble"].append(Judged(judge.score(face, noisy), heard, odds))
                wrong = piece(other.samples, start, length_s, SAMPLE_RATE)
                others = spoken_in(other.samples, start, length_s)
                if others.sum() >= least_s * SCORE_RATE:
                    scores["another's"].append(Judged(judge.score(face, wrong), others, odds))
                beside = piece(third.face, start, length_s, SCORE_RATE)
                if len(beside) == len(face):
                    chosen.append(own.confidence > judge.score(beside, sound).confidence)
                still = listening(clip, len(face))
                if still:
                    scores["listener"].append(Judged(judge.score(still, sound), heard, odds))
        report(length_s, scores, limits)
        print(f"  of two faces, the one that speaks has more: {np.mean(chosen):.3f}"
              f" of {len(chosen)}")  # fmt: skip


def report(length_s: int, scores: dict[str, list[Judged]], limits: SpeakingLimits) -> None:
    """Print percentiles, the shares that limits would hold back, and what the stage finds."""
    print(f"\n{length_s} s")
    for kind in KINDS:
        values = [found.score.confidence for found in scores[kind]]
        near = np.mean([abs(found.score.offset_frames) <= 1 for found in scores[kind]])
        steps = np.percentile(values, [1, 5, 50, 95, 99]).round(3)
        print(f"  {kind:10} {len(values):4} pieces, confidence 1/5/50/95/99 %: {steps}, "
              f"|offset| <= 1: {near:.2f}")  # fmt: skip
    print("  share under a confidence or above an |offset|:")
    print("  under above " + "".join(f"{kind:>11}" for kind in KINDS))
    for confidence in CONFIDENCES:
        for offset in OFFSETS:
            shares = [
                np.mean(
                    [
                        found.score.confidence < confidence
                        or abs(found.score.offset_frames) > offset
                        for found in scores[kind]
                    ]
                )
                for kind in KINDS
            ]
            print(f"  {confidence:.2f}   {offset:2d}   " + "".join(f"{s:11.3f}" for s in shares))
    print("  share for which the stage finds:")
    for code in FINDINGS:
        shares = [np.mean([found.code(limits) == code for found in scores[kind]]) for kind in KINDS]
        print(f"  {code:16}" + "".join(f"{s:11.3f}" for s in shares))


def paired(clips: list[Clip]) -> list[Clip]:
    """Each clip with the next one of its group after it, 6 s in all."""
    return [
        Clip(
            one.trained,
            [*piece(one.face, 0, 3, SCORE_RATE), *piece(two.face, 0, 3, SCORE_RATE)],
            np.concatenate([piece(c.samples, 0, 3, SAMPLE_RATE) for c in (one, two)]),
        )
        for one, two in pairwise(clips)
        if one.trained == two.trained
    ]


def babble(clips: list[Clip], of: int) -> np.ndarray:
    """Four other voices, at `BABBLE_DB` relative to the clip's."""
    own = clips[of].samples
    total = np.zeros_like(own)
    for step in (3, 7, 13, 17):
        voice = clips[(of + step) % len(clips)].samples[: len(own)]
        total[: len(voice)] += voice
    level = np.sqrt(np.mean(own**2) / np.mean(total**2)) * 10 ** (BABBLE_DB / 20)
    return np.asarray(total * level)


def listening(clip: Clip, frames: int) -> list[Seen]:
    """A face at rest, from the frames before a clip's first sound; empty if they are too few."""
    loud = frame_energy(clip.samples, SCORE_RATE, len(clip.face)) > 0.3
    quiet = clip.face[: max(0, int(np.argmax(loud)) - 3)]
    if len(quiet) < QUIET_FRAMES:
        return []
    to_and_fro = [*quiet, *quiet[-2:0:-1]]
    return [to_and_fro[i % len(to_and_fro)] for i in range(frames)]


def watched(source: Path) -> Clip | None:
    """A clip's face and its sound; None where the guard refuses it."""
    with tempfile.TemporaryDirectory() as temporary:
        shot = opened(source, Path(temporary))
        if shot.verdict.reasons:
            return None
        pictures = read_rgb(shot.clip.mezzanine, shot.clock)
        face = list(map(Seen, pictures, shot.tracks[0].points))
        return Clip(source.parent.name == "s1", face, shot.samples)


if __name__ == "__main__":
    main()
