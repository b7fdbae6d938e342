"""Measure how the embedded engine hears: lips that a clip's own sound asks for, against its own.

    python benchmarks/articulation.py FOLDER [--hearing phones] [--seconds 20] [--least 0.1]

FOLDER has talking clips of any people. Of each cut that shows one face all the time, the controls
that its own sound asks for are compared with those of its face mesh where somebody speaks: opening,
width and protrusion, correlation and range ratio (5 to 95 %). Where the scorer finds the sound
early or late, it is moved to its place. A cut whose sound the scorer does not find to belong to the
lips (a confidence below --least) is printed, and not counted: it may be music, or somebody else's.
What is drawn in the end, in the person's own range, is measured by `benchmarks/people.py`.
"""

import argparse
import logging
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from talking import Stopwatch, prepared, shots

from mouthpiece.audio.silence import silence
from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.engines.preview.lip_network import LipPredictor
from mouthpiece.faces.articulation import likeness
from mouthpiece.faces.mouth import measures
from mouthpiece.scorers.base import SCORE_RATE
from mouthpiece.scorers.registry import create_scorer
from mouthpiece.training.targets import film_controls

COLUMNS = {"opening": 0, "width": 1, "protrusion": 5}


def main() -> None:
    """Open each clip, compare, print a table."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hearing", choices=("phones", "bands"), default="phones")
    parser.add_argument("--seconds", type=float, default=20, help="longest part of a clip")
    parser.add_argument("--least", type=float, default=0.1, help="least confidence of the scorer")
    options = parser.parse_args()
    predictor, scorer = LipPredictor(options.hearing == "phones"), create_scorer("embedded")
    rows, hearing_s, heard_s = [], 0.0, 0.0
    print("clip\toffset\tconfidence\t" + "\t".join(f"{c} r\t{c} range" for c in COLUMNS))
    with tempfile.TemporaryDirectory() as temporary:
        clips = (prepared(path, Path(temporary)) for path in sorted(options.folder.iterdir()))
        for shot in (s for c in clips for s in shots(c, Stopwatch(), 2.0, options.seconds)):
            if shot.sound is None or len(shot.tracks) != 1:
                print(f"{shot.name}\tno sound, or not one face")
                continue
            score = scorer.score(shot.face, shot.samples)
            late = round(score.offset_frames * SAMPLE_RATE / SCORE_RATE)
            speech = replace(shot.sound, start=shot.sound.start - late)
            began = time.perf_counter()
            told = predictor.predict(speech, shot.clock).values
            hearing_s += time.perf_counter() - began
            heard_s += len(speech.samples) / SAMPLE_RATE
            own = film_controls(measures(shot.tracks[0].points))
            spoken = ~silence(speech, shot.clock)
            found = [likeness(told[spoken, c], own[spoken, c]) for c in COLUMNS.values()]
            figures = [x for one in found for x in (one.correlation, one.range_ratio)]
            counted = score.confidence >= options.least
            rows += [figures] if counted else []
            texts = "\t".join(f"{x:.2f}" for x in figures) + ("" if counted else "\tnot counted")
            print(f"{shot.name}\t{score.offset_frames}\t{score.confidence:.2f}\t{texts}")
    texts = "\t".join(f"{x:.2f}" for x in np.median(rows, axis=0))
    print(f"median of {len(rows)}\t\t\t{texts}")
    print(f"hearing took {1000 * hearing_s / heard_s:.0f} ms for a second of sound")


if __name__ == "__main__":
    main()
