"""What the stage `score` looks at of each picture."""

import sys

import av
import numpy as np

from mouthpiece.faces.detector import FaceDetector
from mouthpiece.faces.mesh import FaceMesh
from mouthpiece.faces.region import Region
from mouthpiece.faces.track import Track
from mouthpiece.scorers.silent_mouth import regions_beside
from mouthpiece.stages import score as scoring
from places import ROOT

sys.path.append(str(ROOT / "benchmarks"))

from drawn_face import Pose, draw


def test_the_mesh_is_located_as_in_the_whole_picture() -> None:
    pictures = [draw(Pose(opening=share)) for share in (0.0, 0.5, 1.0)]
    (face,) = FaceDetector().detect(pictures[0])
    points, _ = FaceMesh().locate(pictures[0], Region.of_detection(face))
    track = Track(np.stack([points, points + [9, -4, 0], points - [7, 5, 0]]), np.ones(3, bool))
    frames = [av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format="yuv420p")
              for rgb in pictures]  # fmt: skip
    part = scoring._meshed(track.points)
    whole = list(scoring.faces_in(scoring._converted(frames, None), track))
    found = list(scoring.faces_in(scoring._converted(frames, part), track))
    for all_of_it, some, frame, own in zip(whole, found, frames, track.points, strict=True):
        np.testing.assert_array_equal(some.points, all_of_it.points)
        for region in regions_beside(Region.of_mesh(own)):  # where a doubtful mouth is seen again
            again, wanted = (FaceMesh().locate(one.picture, region)[0] for one in (some, all_of_it))
            np.testing.assert_array_equal(again, wanted)
        assert some.picture.shape == (frame.height, frame.width, 3)
        assert not some.picture[:, :40].any() and all_of_it.picture[:, :40].any()


def test_a_face_beside_the_picture_is_looked_for_all_the_same() -> None:
    points = np.random.default_rng(0).uniform(0, 60, (2, 468, 3)) + [900.0, -300.0, 0.0]
    frame = av.VideoFrame.from_ndarray(draw(Pose()), "rgb24").reformat(format="yuv420p")
    part = scoring._meshed(points)
    (picture,) = scoring._converted([frame], part)
    assert picture.shape == (frame.height, frame.width, 3)
