"""Measure the gate on rendered previews: right sound against another clip's, and against a shift.

    python benchmarks/gate.py GRID [--clips 30] [--scorer embedded] [--labels labels.tsv]

GRID is a folder of the GRID corpus with `s1/*.mpg` and `other/*.mpg`; of s1 only the clips are
taken that the embedded networks were not trained on. Each clip's mouth is redrawn
by the preview engine to fit the sound of another clip, composited, tracked anew and scored against
the sound it was drawn for (right), against a third clip's (swapped), and against the right one
moved by 3 to 12 frames (shifted). Prints confidences, and the passes at the thresholds in force;
writes every score with its label (right is good, swapped and shifted are bad) as a table that
`python -m mouthpiece.calibrate --labels labels.tsv` reads.
"""

import argparse
import logging
import random
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
from av.video.reformatter import VideoReformatter

from mouthpiece.composite import composited
from mouthpiece.engines import engine
from mouthpiece.guard import watch
from mouthpiece.labels import Labelled, write_labels
from mouthpiece.loudness import speech_s
from mouthpiece.normalize import normalize
from mouthpiece.picture import facts, read_rgb, to_rgb
from mouthpiece.policy import judge
from mouthpiece.score import faces_in
from mouthpiece.scorers import scorer
from mouthpiece.settings import Engines, Gate, Guard, Normalize
from mouthpiece.speech import SAMPLE_RATE, Speech, write_slice, write_speech
from speaker import clip_paths

SHIFTS = (3, 5, 8, 12)


def main() -> None:
    """Draw, score, print a table."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("grid", type=Path)
    parser.add_argument("--clips", type=int, default=30)
    parser.add_argument("--scorer", default="embedded")
    parser.add_argument("--labels", type=Path, help="write every score with its label here")
    options = parser.parse_args()
    chooser = random.Random(5)
    clips = clip_paths(options.grid)
    faces, sounds = clips[: options.clips], clips[::-1]
    preview, judged = engine("preview", Engines()), scorer(options.scorer)
    settings = Gate(scorer=options.scorer)
    scores: dict[str, list[dict[str, float]]] = {"right": [], "swapped": [], "shifted": []}
    labelled = []
    drawn_s = drawn_frames = scored_s = 0.0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for index, face in enumerate(faces):
            mezzanine = folder / "mezzanine.mp4"
            normalize(face, mezzanine, folder / "a.flac", folder / "a.json", Normalize())
            clock = facts(mezzanine).clock
            verdict, tracks = watch(read_rgb(mezzanine, clock), clock, Guard())
            if verdict.reasons:
                print(f"{face.name}: {[r.code for r in verdict.reasons]}")
                continue
            speech, another = (
                _speech(sounds[(index + step) % len(sounds)], clock, folder) for step in (0, 7)
            )
            preview.prepare(read_rgb(mezzanine, clock), tracks[0], folder / "avatar.zip")
            began = time.perf_counter()
            patches = preview.render(folder / "avatar.zip", speech, clock)
            drawn_s += time.perf_counter() - began
            drawn_frames += clock.frames
            reformatter = VideoReformatter()
            frames = composited(mezzanine, clock, patches)
            drawn = list(faces_in((to_rgb(frame, reformatter) for frame in frames), tracks[0]))
            own, wrong = (s.samples[s.start :][: clock.frames * 640] for s in (speech, another))
            began = time.perf_counter()
            trials = [("right", own), ("swapped", wrong)]
            trials += [("shifted", np.roll(own, k * chooser.choice((-640, 640)))) for k in SHIFTS]
            for kind, samples in trials:
                score = {
                    "scorer": options.scorer,
                    **asdict(judged.score(drawn, samples)),
                    "speech_s": speech_s(samples),
                    "duration_s": clock.frames / 25,
                }
                scores[kind].append(score)
                cut = f"000000-{clock.frames - 1:06d}"
                labelled.append(Labelled(face.stem, "en", cut, kind == "right", score, kind))
            scored_s += time.perf_counter() - began
    if options.labels:
        write_labels(labelled, options.labels)
    print(f"{len(scores['right'])} clips of 3 s; preview {drawn_frames / drawn_s:.0f} frames/s, "
          f"scorer {drawn_frames * (2 + len(SHIFTS)) / scored_s:.0f} frames/s "
          "(landmarks not counted)")  # fmt: skip
    right = np.array([score["confidence"] for score in scores["right"]])
    for kind, found in scores.items():
        confidence = np.array([score["confidence"] for score in found])
        verdicts = [judge(score, settings)[0] for score in found]
        print(
            f"{kind:8} confidence 5/50/95 %: {np.percentile(confidence, [5, 50, 95]).round(3)}"
            f"  AUC against right {np.mean(right[:, None] > confidence[None]):.3f}"
            f"  |offset| <= 1: {np.mean([abs(s['offset_frames']) <= 1 for s in found]):.3f}"
            f"  pass/review/fail/unjudged: "
            + "/".join(str(verdicts.count(v)) for v in ("pass", "review", "fail", "unjudged"))
        )

    print("least confidence, |offset| <= 1: share of right and of swapped drafts that pass")
    for least in (0.1, 0.12, 0.14, 0.16, 0.17, 0.18, 0.19, 0.2, 0.22, 0.25):
        shares = [
            np.mean([s["confidence"] >= least and abs(s["offset_frames"]) <= 1 for s in scores[k]])
            for k in ("right", "swapped")
        ]
        print(f"  {least:.2f}  {shares[0]:.2f}  {shares[1]:.2f}")


def _speech(clip: Path, clock: object, folder: Path) -> Speech:
    write_speech(clip, folder / "speech.wav")
    write_slice(folder / "speech.wav", clock, folder / "cut.wav")
    return Speech.load(folder / "cut.wav")


if __name__ == "__main__":
    assert SAMPLE_RATE == 16000
    main()
