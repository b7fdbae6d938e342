"""Faces in a picture: a detector and a 468-point mesh.

The networks are MediaPipe's BlazeFace (full range, sparse) and Face Mesh, run by LiteRT. Bazarevsky
et al., "BlazeFace", arXiv:1907.05047; Kartynnik et al., "Real-time Facial Surface Geometry",
arXiv:1907.06724. Points are pixels of the picture given, (x, y), pixel centres at integers.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from .weights import verified_weight_path

MESH_POINTS = 468
LEFT_EYE_OUTER, RIGHT_EYE_OUTER = 263, 33
CHIN, BROW = 152, 10
LIPS_OUTER = (
    61,
    185,
    40,
    39,
    37,
    0,
    267,
    269,
    270,
    409,
    291,
    375,
    321,
    405,
    314,
    17,
    84,
    181,
    91,
    146,
)
"""Outer lip contour: from the person's right corner over the upper lip to the left, and back."""
LIPS_INNER = (
    78,
    191,
    80,
    81,
    82,
    13,
    312,
    311,
    310,
    415,
    308,
    324,
    318,
    402,
    317,
    14,
    87,
    178,
    88,
    95,
)
"""Inner lip contour, in the order of `LIPS_OUTER`."""


@dataclass(frozen=True)
class Detection:
    """A face: box (x1, y1, x2, y2) in pixels, score, and the two eyes' centres [2, 2]."""

    box: np.ndarray
    score: float
    eyes: np.ndarray

    @property
    def height_px(self) -> float:
        """The box's height."""
        return float(self.box[3] - self.box[1])


@dataclass(frozen=True)
class Region:
    """A turned square of a picture: centre (x, y), side in pixels, angle in radians."""

    centre: np.ndarray
    side_px: float
    angle: float

    @classmethod
    def of_detection(cls, face: Detection) -> "Region":
        """The mesh's region for a detected face: its box grown by half, eyes level."""
        size = float(max(face.box[2] - face.box[0], face.box[3] - face.box[1]))
        centre = (face.box[:2] + face.box[2:]) / 2
        return cls(centre, 1.5 * size, _angle(face.eyes[0], face.eyes[1]))

    @classmethod
    def of_mesh(cls, points: np.ndarray) -> "Region":
        """The mesh's region for the next frame, from this frame's [468, >=2] points."""
        angle = _angle(points[RIGHT_EYE_OUTER, :2], points[LEFT_EYE_OUTER, :2])
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        level = points[:, :2] @ turn.T
        low, high = level.min(0), level.max(0)
        return cls(turn.T @ ((low + high) / 2), 1.5 * float((high - low).max()), angle)

    def to_picture(self, size_px: int) -> np.ndarray:
        """The affine [2, 3] from a size_px square's pixels to the picture's."""
        scale = self.side_px / size_px
        cos, sin = scale * np.cos(self.angle), scale * np.sin(self.angle)
        matrix = np.array([[cos, -sin], [sin, cos]])
        return np.column_stack([matrix, self.centre - matrix @ np.full(2, (size_px - 1) / 2)])


def _angle(left: np.ndarray, right: np.ndarray) -> float:
    return float(np.arctan2(right[1] - left[1], right[0] - left[0]))


def _interpreter(name: str, threads: int) -> Interpreter:
    path: Path = verified_weight_path(name)
    interpreter = Interpreter(model_path=str(path), num_threads=threads)
    interpreter.allocate_tensors()
    return interpreter


class FaceDetector:
    """BlazeFace, full range: finds the faces of pictures of any size.

    The network sees 192x192 pixels. A wide or tall picture is also searched square by square, for
    faces that are small in the whole: down to about a sixteenth of its shorter side.
    """

    SIDE_PX, CELLS = 192, 48
    OVERLAP = 0.3

    def __init__(self, min_score: float = 0.5, threads: int = 1) -> None:
        self._net = _interpreter("face_detection_full_range_sparse.tflite", threads)
        self._min_score = min_score
        grid = (np.arange(self.CELLS) + 0.5) / self.CELLS
        self._anchors = np.stack(np.meshgrid(grid, grid), -1).reshape(-1, 2)

    def detect(self, picture: np.ndarray) -> list[Detection]:
        """The faces of an RGB picture [H, W, 3] uint8, the best score first."""
        height, width = picture.shape[:2]
        found = [self._search(picture)]
        for x, y, side in _squares(width, height):
            boxes, scores, eyes = self._search(picture[y : y + side, x : x + side])
            boxes, eyes = boxes + [x, y, x, y], eyes + [x, y]
            margin = side / 64
            whole = np.all(
                boxes[:, :2] > np.array([x, y]) + margin * (np.array([x, y]) > 0), axis=1
            )
            ends = np.array([x + side, y + side])
            whole &= np.all(boxes[:, 2:] < ends - margin * (ends < [width, height]), axis=1)
            found.append((boxes[whole], scores[whole], eyes[whole]))
        return self._suppress(*(np.concatenate(part) for part in zip(*found, strict=True)))

    def _search(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Boxes [N, 4], scores [N] and eyes [N, 2, 2] above the least score, unsuppressed."""
        height, width = picture.shape[:2]
        scale = self.SIDE_PX / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        square = np.zeros((self.SIDE_PX, self.SIDE_PX, 3), np.float32)
        square[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        boxes, logits = self._run(square / 127.5 - 1)
        scores = _sigmoid(logits)
        kept = scores >= self._min_score
        values = boxes[kept].reshape(-1, 8, 2) / self.SIDE_PX
        anchors = self._anchors[kept]
        centre = values[:, 0] + anchors
        half = values[:, 1] / 2
        corners = np.concatenate([centre - half, centre + half], 1)
        unit = max(height, width)
        return corners * unit, scores[kept], (values[:, 2:4] + anchors[:, None]) * unit

    def _run(self, square: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self._net.set_tensor(self._net.get_input_details()[0]["index"], square[None])
        self._net.invoke()
        outputs = [self._net.get_tensor(o["index"])[0] for o in self._net.get_output_details()]
        boxes, logits = sorted(outputs, key=lambda o: -o.shape[-1])
        return boxes, logits[:, 0]

    def _suppress(self, boxes: np.ndarray, scores: np.ndarray, eyes: np.ndarray) -> list[Detection]:
        """Join overlapping detections into their score-weighted mean, as BlazeFace's paper does."""
        faces = []
        left = np.argsort(-scores, kind="stable")
        while len(left):
            near = iou(boxes[left[0]], boxes[left]) > self.OVERLAP
            near[0] = True
            group, left = left[near], left[~near]
            weight = scores[group] / scores[group].sum()
            faces.append(
                Detection(
                    (boxes[group] * weight[:, None]).sum(0),
                    float(scores[group[0]]),
                    (eyes[group] * weight[:, None, None]).sum(0),
                )
            )
        return faces


class FaceMesh:
    """Face Mesh: 468 points of the face in a region."""

    SIDE_PX = 192

    def __init__(self, threads: int = 1) -> None:
        self._net = _interpreter("face_landmark.tflite", threads)

    def locate(self, picture: np.ndarray, region: Region) -> tuple[np.ndarray, float]:
        """The mesh of the face in a region of an RGB picture, and its presence.

        Returns points [468, 3] float32: x, y in pixels, z in pixels towards the back of the head
        (relative); and the network's probability that a face is there at all.
        """
        affine = region.to_picture(self.SIDE_PX)
        square = cv2.warpAffine(
            picture,
            affine,
            (self.SIDE_PX, self.SIDE_PX),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
        )
        self._net.set_tensor(
            self._net.get_input_details()[0]["index"], square[None].astype(np.float32) / 255
        )
        self._net.invoke()
        outputs = [self._net.get_tensor(o["index"]).ravel() for o in self._net.get_output_details()]
        raw, flag = sorted(outputs, key=lambda o: -o.size)
        points = raw.reshape(MESH_POINTS, 3)
        scale = region.side_px / self.SIDE_PX
        placed = np.column_stack(
            [points[:, :2] @ affine[:, :2].T + affine[:, 2], points[:, 2] * scale]
        )
        return placed.astype(np.float32), float(_sigmoid(flag)[0])


def _squares(width: int, height: int) -> list[tuple[int, int, int]]:
    """Overlapping squares (x, y, side) along the longer side; none for a nearly square picture."""
    side, length = min(width, height), max(width, height)
    if length < 1.25 * side:
        return []
    count = int(np.ceil((length - side) / (0.75 * side))) + 1
    starts = np.linspace(0, length - side, count).round().astype(int)
    return [(int(s), 0, side) if width > height else (0, int(s), side) for s in starts]


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -80, 80)))


def iou(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Intersection over union of a box [4] with boxes [N, 4]."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    inner = np.prod(np.clip(high - low, 0, None), axis=1)
    area = np.prod(box[2:] - box[:2])
    return inner / np.maximum(area + np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) - inner, 1e-9)


def head_angles(points: np.ndarray) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees of a mesh [468, 3]: turn, nod and tilt; 0 is frontal.

    The head's axes are the line between the outer eye corners and the one from brow to chin.
    """
    across = _unit(points[LEFT_EYE_OUTER] - points[RIGHT_EYE_OUTER])
    down = points[CHIN] - points[BROW]
    down = _unit(down - across * (down @ across))
    yaw = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    pitch = np.degrees(np.arcsin(np.clip(down[2], -1, 1)))
    roll = np.degrees(np.arctan2(across[1], across[0]))
    return float(yaw), float(pitch), float(roll)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
