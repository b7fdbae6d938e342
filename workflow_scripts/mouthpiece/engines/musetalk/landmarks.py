"""The 68 landmarks of a face: from the guard's mesh, or by DWPose.

DWPose: Yang et al., arXiv:2307.15880, its keypoints 23 to 90; points by SimCC, Li et al.,
arXiv:2107.03332.
"""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from ...core.chunks import chunks
from ...core.errors import Fault

log = logging.getLogger(__name__)

JAW = (127, 234, 93, 132, 58, 172, 136, 150, 152, 379, 365, 397, 288, 361, 323, 454, 356)

BROWS = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300)

NOSE = (168, 197, 5, 4, 75, 97, 2, 326, 305)

EYES = (33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380)

LIPS_OUTER = (61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181)

LIPS_INNER = (78, 82, 13, 312, 308, 317, 14, 87)

MESH_OF_68 = JAW + BROWS + NOSE + EYES + LIPS_OUTER + LIPS_INNER
"""The mesh point that lies nearest each of the 68 points of the 300-W scheme (iBUG)."""

FACE_KEYPOINTS = slice(23, 91)

WIDTH_PX, HEIGHT_PX = 288, 384
"""The picture that DWPose takes."""

MEAN = np.array([123.675, 116.28, 103.53], np.float32)

DEVIATION = np.array([58.395, 57.12, 57.375], np.float32)

BINS_PER_PX = 2

BUST = 3.0
"""Height of the picture that DWPose sees, in face heights: it was trained on people, not faces."""


def from_mesh(points: np.ndarray) -> np.ndarray:
    """Pick the landmarks of meshes.

    Args:
        points: [T, 468, 2 or 3].

    Returns:
        [T, 68, 2].
    """
    return points[:, MESH_OF_68, :2]


class Dwpose:
    """DWPose's ONNX file: whole-body keypoints of a person; of these, the face's.

    Where onnxruntime has no provider for the GPU, it runs on the CPU, and says so in the log.
    """

    def __init__(self, model: Path, device: str = "cpu", threads: int = 1) -> None:
        """Load the network.

        Args:
            model: The ONNX file.
            device: "cuda" or "cpu".
            threads: Cores that it runs on, on a CPU.

        Raises:
            Fault: The file is broken, or is another network's.
        """
        import onnxruntime

        self._model = model
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        wanted = ["CUDAExecutionProvider"] if device == "cuda" else []
        there = onnxruntime.get_available_providers()
        providers = [name for name in wanted if name in there] + ["CPUExecutionProvider"]
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, providers=providers)
        except Exception as error:  # onnxruntime's errors have no class in common
            raise Fault(f"{model}: not a usable ONNX file: {error}; fetch it again") from None
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1 or list(inputs[0].shape[1:]) != [3, HEIGHT_PX, WIDTH_PX]:
            taken = ", ".join(f"{one.name} {one.shape}" for one in inputs)
            raise Fault(f"{model}: not DWPose's network: it takes {taken}")
        if len(outputs) < 2:
            raise Fault(f"{model}: not DWPose's network: it gives {outputs[0].name} alone")
        used = self._session.get_providers()[0]
        lacking = device == "cuda" and used == "CPUExecutionProvider"
        log.log(
            logging.WARNING if lacking else logging.INFO,
            "DWPose runs by %s%s",
            used,
            ": this onnxruntime cannot use the GPU; onnxruntime-gpu can" if lacking else "",
        )
        first = inputs[0]
        self._input = first.name
        self._batch = first.shape[0] if isinstance(first.shape[0], int) else 16

    def locate(
        self, pictures: Iterable[np.ndarray], boxes: np.ndarray
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Find the landmarks of the face in each picture.

        Args:
            pictures: T of them, RGB, [H, W, 3] uint8.
            boxes: Where the face is, [T, 4].

        Yields:
            Each picture, and the landmarks, [68, 2] float32, in its pixels.

        Raises:
            Fault: The network cannot be run.
        """
        for batch in chunks(zip(pictures, boxes, strict=True), self._batch):
            regions = [bust(box) for _, box in batch]
            seen = [_see(p, region) for (p, _), region in zip(batch, regions, strict=True)]
            seen += [np.zeros_like(seen[0])] * (self._batch - len(seen))
            points = self._points(np.stack(seen))[: len(batch)]
            for (picture, _), found, region in zip(batch, points, regions, strict=True):
                yield picture, (found @ region[:, :2].T + region[:, 2]).astype(np.float32)

    def _points(self, seen: np.ndarray) -> np.ndarray:
        """The face's points [N, 68, 2] in the pixels of pictures [N, 3, 384, 288] float32."""
        try:
            across, down = self._session.run(None, {self._input: seen})[:2]
        except Exception as error:
            raise Fault(f"{self._model}: onnxruntime cannot run it: {error}") from None
        return decode(across, down)[:, FACE_KEYPOINTS]


def bust(box: np.ndarray) -> np.ndarray:
    """Choose what DWPose sees of a picture: head and shoulders around a face.

    Args:
        box: The face's box, [4].

    Returns:
        The affine from DWPose's picture to the picture, [2, 3].
    """
    scale = BUST * float(box[3] - box[1]) / HEIGHT_PX
    centre = (box[:2] + box[2:]) / 2
    middle = np.array([(WIDTH_PX - 1) / 2, (HEIGHT_PX - 1) / 2])
    return np.column_stack([np.eye(2) * scale, centre - scale * middle])


def decode(across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Read points from SimCC scores.

    Args:
        across: [N, K, 2 * width].
        down: [N, K, 2 * height].

    Returns:
        [N, K, 2], in pixels.
    """
    return np.stack([across.argmax(-1), down.argmax(-1)], -1) / BINS_PER_PX


def _see(picture: np.ndarray, region: np.ndarray) -> np.ndarray:
    crop = cv2.warpAffine(
        picture, region, (WIDTH_PX, HEIGHT_PX), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    return ((crop - MEAN) / DEVIATION).transpose(2, 0, 1)
