"""The face of the pictures in docs/ is drawn, says so, and is a face to the guard."""

import sys

import numpy as np

from mouthpiece.faces.detector import FaceDetector
from places import ROOT

sys.path.append(str(ROOT / "benchmarks"))

from drawn_face import HEIGHT, Pose, draw


def test_it_is_found_once_and_talks() -> None:
    shut, wide = draw(Pose()), draw(Pose(opening=1.0))
    detector = FaceDetector()
    for picture in (shut, wide, draw(Pose(opening=0.4), 1.5, True)):
        (found,) = detector.detect(picture)
        assert found.score > 0.7
    rows, columns = np.nonzero(np.abs(shut.astype(int) - wide).max(2) > 40)
    assert 320 < rows.mean() < 420 and 300 < columns.mean() < 404, "its mouth moves"
    assert detector.detect(draw(None)) == []


def test_each_frame_says_that_nobody_is_shown() -> None:
    label = draw(Pose())[HEIGHT - 34 :]
    assert label.max() > 200 and np.array_equal(label, draw(None)[HEIGHT - 34 :])
    assert np.array_equal(label, draw(Pose(), 1.5, True)[HEIGHT - 34 :])
