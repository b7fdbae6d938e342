from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from mouthpiece.core.errors import Fault
from mouthpiece.faces.detector import FaceDetector, iou
from mouthpiece.faces.landmarks import (
    LEFT_EYE_OUTER,
    LIPS_INNER,
    LIPS_OUTER,
    RIGHT_EYE_OUTER,
    head_angles,
)
from mouthpiece.faces.mesh import FaceMesh
from mouthpiece.faces.region import Region
from mouthpiece.weights.find import TREE_VARIABLE


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    return data.astronaut()


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector()


@pytest.fixture(scope="module")
def mesh() -> FaceMesh:
    return FaceMesh()


def test_one_face_is_found_once(portrait: np.ndarray, detector: FaceDetector) -> None:
    (face,) = detector.detect(portrait)
    assert face.score > 0.8
    centre = (face.box[:2] + face.box[2:]) / 2
    assert np.abs(centre - [222, 118]).max() < 15


@pytest.mark.parametrize("picture", [data.chelsea(), data.coffee()])
def test_no_face_in_a_cat_or_a_cup(picture: np.ndarray, detector: FaceDetector) -> None:
    assert detector.detect(picture) == []


def test_a_small_face_in_a_wide_picture(portrait: np.ndarray, detector: FaceDetector) -> None:
    wide = np.full((540, 1600, 3), 90, np.uint8)
    wide[100:356, 1200:1456] = cv2.resize(portrait, (256, 256), interpolation=cv2.INTER_AREA)
    faces = detector.detect(wide)
    assert len(faces) == 1
    assert 1250 < faces[0].box[0] < 1320


def test_two_faces(portrait: np.ndarray, detector: FaceDetector) -> None:
    pair = np.hstack([portrait[:, :400], portrait[:, 100:450]])
    assert len(detector.detect(pair)) == 2


def test_the_mesh_follows_a_turned_and_shifted_picture(
    portrait: np.ndarray, detector: FaceDetector, mesh: FaceMesh
) -> None:
    (face,) = detector.detect(portrait)
    first, presence = mesh.locate(portrait, Region.of_detection(face))
    points, _ = mesh.locate(portrait, Region.of_mesh(first))
    assert presence > 0.9
    turn = cv2.getRotationMatrix2D((222, 118), 20, 1.0) + np.array([[0, 0, 30], [0, 0, 12]])
    turned = cv2.warpAffine(portrait, turn, (512, 512))
    expected = points[:, :2] @ turn[:, :2].T + turn[:, 2]
    found, _ = mesh.locate(turned, Region.of_mesh(np.column_stack([expected, points[:, 2]])))
    size = np.linalg.norm(points[LEFT_EYE_OUTER] - points[RIGHT_EYE_OUTER])
    assert np.median(np.linalg.norm(found[:, :2] - expected, axis=1)) < 0.04 * size
    roll = head_angles(found)[2] - head_angles(points)[2]
    assert roll == pytest.approx(-20, abs=3)


def test_there_is_no_face_in_noise(mesh: FaceMesh) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    _, presence = mesh.locate(noise, Region(np.array([100.0, 100.0]), 150.0, 0.0))
    assert presence < 0.5


def test_lip_contours_run_the_same_way(
    portrait: np.ndarray, detector: FaceDetector, mesh: FaceMesh
) -> None:
    (face,) = detector.detect(portrait)
    points, _ = mesh.locate(portrait, Region.of_detection(face))
    outer, inner = points[list(LIPS_OUTER), :2], points[list(LIPS_INNER), :2]
    assert len(outer) == len(inner) == 20
    assert cv2.contourArea(outer) > cv2.contourArea(inner)
    assert np.linalg.norm(outer[0] - inner[0]) < np.linalg.norm(outer[0] - inner[10])


def test_a_network_that_was_changed_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "face_landmark.tflite"
    (tmp_path / name).write_bytes(b"not the network")
    monkeypatch.setenv(TREE_VARIABLE, str(tmp_path))
    with pytest.raises(Fault, match=r"is not the file that weights\.tsv names"):
        FaceMesh()


def test_iou() -> None:
    boxes = np.array([[0, 0, 2, 2], [1, 1, 3, 3], [5, 5, 6, 6]])
    np.testing.assert_allclose(iou(np.array([0, 0, 2, 2]), boxes), [1, 1 / 7, 0])


def test_a_mirrored_region_shows_the_mirror_image() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (80, 121, 3), dtype=np.uint8)
    region = Region(np.array([50.3, 41.0]), 60.0, 0.2)
    found = region.mirrored(121).cut_out(np.ascontiguousarray(picture[:, ::-1]), 32)
    apart = np.abs(found[:, ::-1].astype(int) - region.cut_out(picture, 32))
    assert apart.mean() < 1.5 and apart.max() < 16, "but for the rounding of places"
