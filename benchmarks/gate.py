"""Measure the gate on rendered previews: right sound against another clip's, and against a shift.

    python benchmarks/gate.py GRID [--clips 30] [--scorer embedded] [--seconds 2] [--labels L.tsv]

GRID is a folder of the GRID corpus with `s1/*.mpg` and `other/*.mpg`; of s1 only the clips are
taken that the embedded networks were not trained on. Each clip's mouth is redrawn by the preview
engine to fit the sound of another clip, composited, tracked again and scored against the sound it
was drawn for (right), against a third clip's (swapped), and against the right one moved by 3, 5, 8
or 12 frames (shifted), each apart. With --seconds each is scored in overlapping pieces of that
length, as if they were cuts. Prints confidences, the share that passes at the thresholds in force
with its interval over people (all clips of s1 are of one), and the share that a right draft has of
its source's confidence.
Writes every score with its label (right is good, swapped and shifted are bad) as a table that
`mouthpiece calibrate --labels L.tsv` reads.
"""

import argparse
import logging
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from av.video.reformatter import VideoReformatter
from shares import over_people
from talking import (
    FRAME_SAMPLES,
    Stopwatch,
    driven,
    grid_paths,
    opened,
    piece,
    sound_of,
    speech_s,
)

from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.calibration.labels import Labelled, write_labels
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.engines.registry import create_engine
from mouthpiece.media.decode import read_rgb, to_rgb
from mouthpiece.patches.composite import composited
from mouthpiece.project.gate import Gate
from mouthpiece.scorers.base import SCORE_RATE, Seen
from mouthpiece.scorers.registry import create_scorer
from mouthpiece.scorers.verdict import judge
from mouthpiece.stages.score import faces_in

SHIFTS = (3, 5, 8, 12)
KINDS = ("right", "swapped", *(f"shifted by {frames}" for frames in SHIFTS))
VERDICTS = ("pass", "review", "fail", "unjudged")


@dataclass(frozen=True)
class Scene:
    """A face as drawn and as filmed, at 25 fps, and three sounds, 16 kHz: the one it was drawn for,
    another clip's, and the one it was filmed with.
    """

    drawn: list[Seen]
    filmed: list[Seen]
    right: np.ndarray
    wrong: np.ndarray
    own: np.ndarray

    @property
    def duration_s(self) -> float:
        """The clip's length."""
        return len(self.drawn) / SCORE_RATE


@dataclass
class Found:
    """All scores by kind, with labels, and right drafts' shares of their source's confidence."""

    scores: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {k: [] for k in KINDS})
    passed: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    labelled: list[Labelled] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)


def main() -> None:
    """Draw, score, print a table."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("grid", type=Path)
    parser.add_argument("--clips", type=int, default=30)
    parser.add_argument("--scorer", default="embedded")
    parser.add_argument("--seconds", type=float, help="length of a piece; left out: the whole clip")
    parser.add_argument("--labels", type=Path, help="write every score with its label here")
    options = parser.parse_args()
    settings, chooser = Gate(scorer=options.scorer), random.Random(5)
    judged, found, stopwatch = create_scorer(options.scorer), Found(), Stopwatch()

    def score(face: list[Seen], samples: np.ndarray, start_s: float) -> dict[str, Any]:
        part = piece(face, start_s, length_s, SCORE_RATE)
        with stopwatch.times("score", len(part)):
            scored = judged.score(part, piece(samples, start_s, length_s, SAMPLE_RATE))
        spoken = {"speech_s": speech_s(samples, start_s, length_s), "duration_s": length_s}
        return {"scorer": options.scorer, **asdict(scored), **spoken}

    for person, name, scene in scenes(options.grid, options.clips, stopwatch):
        length_s = options.seconds or scene.duration_s
        for start_s in np.arange(0, scene.duration_s - length_s + 0.01, length_s / 2):
            first, frames = round(start_s * SCORE_RATE), round(length_s * SCORE_RATE)
            cut = f"{first:06d}-{first + frames - 1:06d}"
            for kind, samples in trials(scene, chooser):
                scored = score(scene.drawn, samples, start_s)
                found.scores[kind].append(scored)
                passes = judge(scored, settings.limits)[0] == "pass"
                found.passed[kind][person].append(float(passes))
                found.labelled.append(Labelled(name, "en", cut, kind == "right", scored, kind))
                if kind == "right":
                    right = scored["confidence"]
            source = score(scene.filmed, scene.own, start_s)
            if judge(source, settings.limits)[0] == "pass":
                found.shares.append(right / source["confidence"])
    if options.labels:
        write_labels(found.labelled, options.labels)
    print(
        f"{len(found.scores['right'])} pieces of {length_s:g} s; preview"
        f" {stopwatch.rate('draw'):.0f} frames/s, scorer {stopwatch.rate('score'):.0f} frames/s"
        " (landmarks not counted)"
    )
    report(found, settings)


def scenes(grid: Path, clips: int, stopwatch: Stopwatch) -> Iterator[tuple[str, str, Scene]]:
    """Clips by person and name, each drawn for another's sound; prints those that are refused."""
    paths = grid_paths(grid)
    faces, sounds = paths[:clips], paths[::-1]
    preview, reformatter = create_engine(PreviewSettings()), VideoReformatter()
    for index, face in enumerate(faces):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            shot = opened(face, folder)
            if shot.verdict.reasons:
                print(f"{face.name}: {[r.code for r in shot.verdict.reasons]}")
                continue
            mezzanine, clock, track = shot.clip.mezzanine, shot.clock, shot.tracks[0]
            right, wrong = (
                sound_of(sounds[(index + step) % len(sounds)], clock, folder) for step in (0, 7)
            )
            preview.prepare(read_rgb(mezzanine, clock), track, folder / "avatar.zip")
            patches = driven(shot, folder / "avatar.zip", right, preview, stopwatch)
            frames = composited(mezzanine, clock, patches)
            drawn = list(faces_in((to_rgb(frame, reformatter) for frame in frames), track))
            filmed = list(map(Seen, read_rgb(mezzanine, clock), track.points))
            heard = (right.cut_samples(clock), wrong.cut_samples(clock), shot.samples)
            person = face.parent.name if face.parent.name == "s1" else face.stem
            yield person, face.stem, Scene(drawn, filmed, *heard)


def trials(scene: Scene, chooser: random.Random) -> Iterator[tuple[str, np.ndarray]]:
    """The sounds that a drawn face is scored against, the right one first."""
    yield "right", scene.right
    yield "swapped", scene.wrong
    for frames in SHIFTS:
        shift = frames * chooser.choice((-FRAME_SAMPLES, FRAME_SAMPLES))
        yield f"shifted by {frames}", np.roll(scene.right, shift)


def report(found: Found, settings: Gate) -> None:
    """Confidences, passes, shares of the source."""
    right = np.array([score["confidence"] for score in found.scores["right"]])
    for kind, scores in found.scores.items():
        confidence = np.array([score["confidence"] for score in scores])
        verdicts = [judge(score, settings.limits)[0] for score in scores]
        print(
            f"{kind:13} confidence 5/50/95 %: {np.percentile(confidence, [5, 50, 95]).round(3)}"
            f"  AUC against right {np.mean(right[:, None] > confidence[None]):.3f}"
            f"  |offset| <= 1: {np.mean([abs(s['offset_frames']) <= 1 for s in scores]):.3f}"
            f"  {'/'.join(VERDICTS)}: {'/'.join(str(verdicts.count(v)) for v in VERDICTS)}"
        )
    for kind in KINDS:
        share = over_people(found.passed[kind])
        passed = f"{share['value']:.3f} {share['interval_95']}"
        print(f"{kind:13} pass {passed}, {share['pieces']} pieces, {share['clips']} people")
    steps = np.percentile(found.shares, [1, 5, 25, 50, 95]).round(2)
    print(
        f"share of its source's confidence that a right draft has, of {len(found.shares)} whose"
        f" source passes, 1/5/25/50/95 %: {steps}"
    )
    print("least confidence, |offset| <= 1: share of right and of swapped drafts that pass")
    for least in (0.1, 0.12, 0.14, 0.16, 0.17, 0.18, 0.19, 0.2, 0.22, 0.25):
        passing = [
            np.mean([
                score["confidence"] >= least and abs(score["offset_frames"]) <= 1
                for score in found.scores[kind]
            ])
            for kind in ("right", "swapped")
        ]  # fmt: skip
        print(f"  {least:.2f}  {passing[0]:.2f}  {passing[1]:.2f}")


if __name__ == "__main__":
    main()
