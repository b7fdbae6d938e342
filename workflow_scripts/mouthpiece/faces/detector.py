"""Finding the faces in a picture.

The network is MediaPipe's BlazeFace (full range, sparse), run by LiteRT. Source: Bazarevsky et al.,
"BlazeFace", arXiv:1907.05047. Points are (x, y) in pixels of the given picture, pixel centres at
integers.
"""

import cv2
import numpy as np

from .network import interpreter, sigmoid
from .region import Detection


class FaceDetector:
    """BlazeFace, full range: finds the faces in pictures of any size.

    The network sees 192x192 pixels. A wide or tall picture is also searched square by square, to
    find faces down to about a sixteenth of its shorter side.

    Args:
        min_score: The least score of a face, in [0, 1].
        threads: CPU threads of the network.

    Raises:
        InputError: If the network's file is missing.
        Fault: If it is not the published one.
    """

    SIDE_PX, CELLS = 192, 48
    OVERLAP = 0.3

    def __init__(self, min_score: float = 0.5, threads: int = 1) -> None:
        self._net = interpreter("face_detection_full_range_sparse.tflite", threads)
        self._min_score = min_score
        grid = (np.arange(self.CELLS) + 0.5) / self.CELLS
        self._anchors = np.stack(np.meshgrid(grid, grid), -1).reshape(-1, 2)

    def detect(self, picture: np.ndarray) -> list[Detection]:
        """Find faces.

        Args:
            picture: RGB, [H, W, 3] uint8.

        Returns:
            The faces, the best score first.
        """
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
        """Boxes [N, 4], scores [N] and eyes [N, 2, 2] above the least score, with overlaps."""
        height, width = picture.shape[:2]
        scale = self.SIDE_PX / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        square = np.zeros((self.SIDE_PX, self.SIDE_PX, 3), np.float32)
        square[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        boxes, logits = self._run(square / 127.5 - 1)
        scores = sigmoid(logits)
        kept = scores >= self._min_score
        values = boxes[kept].reshape(-1, 8, 2) / self.SIDE_PX
        anchors = self._anchors[kept]
        centre = values[:, 0] + anchors
        half = values[:, 1] / 2
        corners = np.concatenate([centre - half, centre + half], 1)
        unit = max(height, width)
        return corners * unit, scores[kept], (values[:, 2:4] + anchors[:, None]) * unit

    def _run(self, square: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The network's raw boxes [CELLS * CELLS, 16] and logits [CELLS * CELLS]."""
        self._net.set_tensor(self._net.get_input_details()[0]["index"], square[None])
        self._net.invoke()
        outputs = [self._net.get_tensor(o["index"])[0] for o in self._net.get_output_details()]
        boxes, logits = sorted(outputs, key=lambda o: -o.shape[-1])
        return boxes, logits[:, 0]

    def _suppress(self, boxes: np.ndarray, scores: np.ndarray, eyes: np.ndarray) -> list[Detection]:
        """Merge overlapping detections into their score-weighted mean, as in BlazeFace's paper."""
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


def _squares(width: int, height: int) -> list[tuple[int, int, int]]:
    """Overlapping squares (x, y, side) along the longer side; empty for a nearly square picture."""
    side, length = min(width, height), max(width, height)
    if length < 1.25 * side:
        return []
    count = int(np.ceil((length - side) / (0.75 * side))) + 1
    starts = np.linspace(0, length - side, count).round().astype(int)
    return [(int(s), 0, side) if width > height else (0, int(s), side) for s in starts]


def iou(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Compute the intersection over union of a box with others.

    Args:
        box: x1, y1, x2, y2, [4] float.
        boxes: The others, [N, 4] float.

    Returns:
        Values in [0, 1], [N] float.
    """
    inner = overlap(box, boxes)
    area = np.prod(box[2:] - box[:2])
    return inner / np.maximum(area + np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) - inner, 1e-9)


def overlap(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Compute the area that a box shares with others.

    Args:
        box: x1, y1, x2, y2, [4] float.
        boxes: The others, [N, 4] float.

    Returns:
        Squared pixels, [N] float.
    """
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    return np.asarray(np.prod(np.clip(high - low, 0, None), axis=1))
