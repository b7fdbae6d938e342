"""What trackers take for a face."""

import numpy as np
import pytest

from mouthpiece.config.guard import Guard
from mouthpiece.faces import tracker
from mouthpiece.faces.landmarks import BROW, CHIN, LEFT_EYE_OUTER, MESH_POINTS, RIGHT_EYE_OUTER
from mouthpiece.faces.region import Detection, Region

PICTURE = np.zeros((400, 800, 3), np.uint8)
FACE, HAND = np.array([250.0, 200.0]), np.array([600.0, 220.0])
FACE_PX, HAND_PX = 80.0, 120.0


def detection(centre: np.ndarray, side_px: float) -> Detection:
    half = side_px / 2
    eyes = centre + np.array([[-half / 2, -half / 3], [half / 2, -half / 3]])
    return Detection(np.concatenate([centre - half, centre + half]), 0.9, eyes)


def mesh_at(centre: np.ndarray) -> np.ndarray:
    points = np.zeros((MESH_POINTS, 3), np.float32)
    points[:, :2] = centre
    half = FACE_PX / 2
    for number, x, y in (
        (LEFT_EYE_OUTER, half / 2, -half / 3),
        (RIGHT_EYE_OUTER, -half / 2, -half / 3),
        (CHIN, 0, half),
        (BROW, 0, -half),
    ):
        points[number, :2] = centre + np.array([x, y])
    return points


class Detector:
    """Takes a hand for a face, a larger one."""

    def __init__(self, *_: object) -> None: ...

    def detect(self, picture: np.ndarray) -> list[Detection]:
        return [detection(HAND, HAND_PX), detection(FACE, FACE_PX)]


class Mesh:
    """Sees that the hand is none."""

    def __init__(self, *_: object) -> None: ...

    def locate(self, picture: np.ndarray, region: Region) -> tuple[np.ndarray, float]:
        is_face = np.linalg.norm(region.centre - FACE) < 60
        return mesh_at(FACE if is_face else HAND), 1.0 if is_face else 0.05


@pytest.fixture(autouse=True)
def networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker, "FaceDetector", Detector)
    monkeypatch.setattr(tracker, "FaceMesh", Mesh)


def test_a_hand_is_no_second_face_and_not_the_one_that_is_tracked() -> None:
    found = tracker.FaceTracker(Guard(), 2)
    seen = [found.track(PICTURE) for _ in range(6)]
    assert [len(faces) for faces in found.faces] == [1, 1, 1]
    assert all(one is not None for one in seen)


def test_among_several_faces_a_hand_is_none() -> None:
    found = tracker.MultiFaceTracker(Guard(), 2)
    for _ in range(6):
        found.track(PICTURE)
    assert [len(faces) for faces in found.faces] == [1, 1, 1] and len(found.tracklets) == 1


class CloseUp(Detector):
    """Takes the nostrils and the mouth of a face for another one."""

    def detect(self, picture: np.ndarray) -> list[Detection]:
        return [detection(FACE, FACE_PX), detection(FACE + [0, 18], 0.5 * FACE_PX)]


def test_a_part_of_a_face_that_fills_the_picture_is_no_second_face(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tracker, "FaceDetector", CloseUp)
    one, several = tracker.FaceTracker(Guard(), 2), tracker.MultiFaceTracker(Guard(), 2)
    for _ in range(6):
        one.track(PICTURE)
        several.track(PICTURE)
    assert [len(faces) for faces in one.faces] == [1, 1, 1] and len(several.tracklets) == 1
    assert len(one.meshes(PICTURE)) == 1


def test_a_face_beside_a_larger_one_is_a_second_face(monkeypatch: pytest.MonkeyPatch) -> None:
    class Beside(Detector):
        def detect(self, picture: np.ndarray) -> list[Detection]:
            return [detection(FACE, FACE_PX), detection(FACE + [36, 20], 0.5 * FACE_PX)]

    monkeypatch.setattr(tracker, "FaceDetector", Beside)
    found = tracker.FaceTracker(Guard(), 2)
    found.track(PICTURE)
    assert [len(faces) for faces in found.faces] == [2]
