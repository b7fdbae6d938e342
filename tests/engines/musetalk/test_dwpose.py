"""DWPose, with a stand-in for its network that finds every point at the brightest place."""

import logging
from pathlib import Path

import numpy as np
import onnxfile
import onnxruntime
import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.engines.musetalk import weight_files
from mouthpiece.engines.musetalk.faces import locate
from mouthpiece.engines.musetalk.generate import Generator
from mouthpiece.engines.musetalk.landmarks import BINS_PER_PX, HEIGHT_PX, WIDTH_PX, Dwpose, bust
from mouthpiece.engines.musetalk.networks import Networks
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.track import Track

KEYPOINTS = 133
BOX = np.array([300.0, 100.0, 420.0, 260.0])


def write_brightest(path: Path, batch: int | str = "N", height_px: int = HEIGHT_PX) -> None:
    """DWPose's input and outputs: the scores of a place are the brightness of its row or column."""
    columns, rows = WIDTH_PX * BINS_PER_PX, height_px * BINS_PER_PX
    spread = [
        np.kron(np.eye(side, dtype=np.float32), np.ones((1, BINS_PER_PX), np.float32))
        for side in (WIDTH_PX, height_px)
    ]
    nodes = [
        onnxfile.node("ReduceMean", "input", "grey", axes=[1], keepdims=0),
        onnxfile.node("ReduceMean", "grey", "column", axes=[1], keepdims=1),
        onnxfile.node("MatMul", "column spread_x", "line_x"),
        onnxfile.node("Expand", "line_x shape_x", "simcc_x"),
        onnxfile.node("ReduceMean", "grey", "row", axes=[2], keepdims=1),
        onnxfile.node("Transpose", "row", "turned", perm=[0, 2, 1]),
        onnxfile.node("MatMul", "turned spread_y", "line_y"),
        onnxfile.node("Expand", "line_y shape_y", "simcc_y"),
    ]
    constants = [
        onnxfile.constant("spread_x", spread[0]),
        onnxfile.constant("spread_y", spread[1]),
        onnxfile.constant("shape_x", np.array([1, KEYPOINTS, 1])),
        onnxfile.constant("shape_y", np.array([1, KEYPOINTS, 1])),
    ]
    outputs = {"simcc_x": [batch, KEYPOINTS, columns], "simcc_y": [batch, KEYPOINTS, rows]}
    onnxfile.write(path, nodes, constants, {"input": [batch, 3, height_px, WIDTH_PX]}, outputs)


def spot(x: int, y: int) -> np.ndarray:
    """A black picture with a white spot."""
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[y - 3 : y + 4, x - 3 : x + 4] = 255
    return picture


@pytest.mark.parametrize("batch", ["N", 1, 2])
def test_a_point_is_found_where_it_is_in_the_picture(batch: int | str, tmp_path: Path) -> None:
    write_brightest(tmp_path / "d.onnx", batch)
    places = [(340, 200), (380, 240), (330, 160)]
    pictures = [spot(*place) for place in places]
    found = list(Dwpose(tmp_path / "d.onnx").locate(pictures, np.stack([BOX] * 3)))
    for (picture, points), given, place in zip(found, pictures, places, strict=True):
        assert picture is given and points.shape == (68, 2)
        np.testing.assert_allclose(points - np.array(place), 0, atol=4 * bust(BOX)[0, 0] + 3)


@pytest.mark.parametrize("content", [b"", b"garbage"])
def test_a_broken_file_is_a_fault_that_names_it(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "d.onnx").write_bytes(content)
    with pytest.raises(Fault, match=r"d\.onnx: not a usable ONNX file"):
        Dwpose(tmp_path / "d.onnx")


def test_another_network_is_a_fault_too(tmp_path: Path) -> None:
    write_brightest(tmp_path / "d.onnx", height_px=256)
    with pytest.raises(Fault, match=r"d\.onnx: not DWPose's network: it takes input"):
        Dwpose(tmp_path / "d.onnx")


def test_a_network_that_cannot_be_run_is_a_fault(tmp_path: Path) -> None:
    write_brightest(tmp_path / "d.onnx")
    with pytest.raises(Fault, match=r"d\.onnx: onnxruntime cannot run it"):
        Dwpose(tmp_path / "d.onnx")._points(np.zeros((1, 3, 8, 8), np.float32))


def test_without_a_gpus_provider_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_brightest(tmp_path / "d.onnx")
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with caplog.at_level(logging.INFO):
        Dwpose(tmp_path / "d.onnx", "cuda")
        Dwpose(tmp_path / "d.onnx", "cpu")
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "cannot use the GPU" in caplog.text


def test_it_is_loaded_once_for_many_cuts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_brightest(tmp_path / weight_files.DWPOSE)
    chosen = MusetalkSettings(models=str(tmp_path), device="cpu", landmarks="dwpose")
    generator = Generator(Networks(chosen), 1)
    points = np.zeros((1, MESH_POINTS, 3), np.float32)
    points[0, :2, :2] = BOX.reshape(2, 2)
    points[0, 2:, :2] = BOX[:2]
    track = Track(points, np.ones(1, bool))
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            (face,) = locate([spot(340, 200)], track, chosen, generator.networks.dwpose)
    np.testing.assert_allclose(face.landmarks[0], (340, 200), atol=8)
    assert caplog.text.count("DWPose runs by") == 1
