"""The face embedding: read out of dlib's format, and computed as dlib computes it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from face_weights import write_embedding
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.faces.chip import CORNERS, MARGIN, SIDE_PX, TEMPLATE, chip
from mouthpiece.faces.embedding import WEIGHTS, FaceEmbedding
from mouthpiece.weights.find import find_weight


def chips(number: int) -> np.ndarray:
    chance = np.random.default_rng(0)
    noise = chance.random((number, SIDE_PX, SIDE_PX, 3)) * 255
    return np.stack([cv2.GaussianBlur(one, (0, 0), 5) for one in noise]).astype(np.uint8)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("embedding") / WEIGHTS
    write_embedding(path)
    return path


def test_each_face_is_described_by_itself(seeded: Path) -> None:
    embed, faces = FaceEmbedding(seeded), chips(3)
    found = embed(faces)
    assert found.shape == (3, 128) and found.dtype == np.float32
    np.testing.assert_allclose(found[1:2], embed(faces[1:2]), atol=1e-5)
    assert np.linalg.norm(found[0] - found[1]) > 10 * np.linalg.norm(
        found[1] - embed(faces[1:2])[0]
    )


def test_a_file_that_is_not_whole_is_a_fault(seeded: Path, tmp_path: Path) -> None:
    data = seeded.read_bytes()
    for content in (
        b"",
        b"nothing",
        data[:-5000],
        data.replace(b"con_4\x01\x02", b"con_4\x01\x03", 1),
    ):
        (tmp_path / "w.dat").write_bytes(content)
        with pytest.raises(Fault, match="is not a whole network of dlib's"):
            FaceEmbedding(tmp_path / "w.dat")


def test_a_face_is_cut_out_where_its_eyes_and_nose_are() -> None:
    """A dot at each of the five points lies where the template has it, of a turned face, too."""
    template = (TEMPLATE + MARGIN) / (1 + 2 * MARGIN) * SIDE_PX
    turned = 1.3 * np.array([[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]])
    points = np.zeros((468, 3))
    points[list(CORNERS), :2] = template @ turned.T + (120, 40)
    picture = np.zeros((420, 420, 3), np.uint8)
    for x, y in points[list(CORNERS), :2]:
        cv2.circle(picture, (round(x), round(y)), 4, (255, 255, 255), -1)
    face = chip(picture, points)
    for x, y in template:
        assert face[round(y), round(x)].min() > 200


def test_it_is_what_dlib_computes() -> None:
    """The first numbers that dlib 20.0.1 gives for these pictures, on the published weights."""
    try:
        _, path = find_weight((WEIGHTS,))
    except InputError:
        pytest.skip("the weights are not fetched")
    found = FaceEmbedding(path)(chips(2))
    np.testing.assert_allclose(found[:, :4], DLIB, atol=1e-6)


DLIB = [
    [-0.0386860, 0.0570417, 0.0366654, -0.0203993],
    [-0.0457531, 0.1007796, 0.0566503, -0.0004056],
]
