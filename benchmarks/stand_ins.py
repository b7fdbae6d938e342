"""Stand-ins for GFPGAN, whose weights are not needed to measure what restoring may do to a face."""

import cv2
import numpy as np

from mouthpiece.patches.alignment import SIDE_PX
from mouthpiece.patches.restore import Restorer

NOISE, NOISE_PX, JITTER_PX = 8.0, 2.0, 1.5
"""Of those that restore badly: levels of 255, coarseness and jump, of a face of 512 px."""


def sharpened(faces: np.ndarray) -> np.ndarray:
    """Sharpen aligned faces, [N, 512, 512, 3] uint8."""
    soft = np.stack([cv2.GaussianBlur(face, (0, 0), 2.0) for face in faces]).astype(np.float32)
    return np.clip(np.rint(faces + 1.5 * (faces - soft)), 0, 255).astype(np.uint8)


def _noisy(faces: np.ndarray) -> np.ndarray:
    """Sharpened, with noise of its own in each."""
    noise = np.random.default_rng(int(faces[0].sum())).normal(0, 1, faces.shape[:3])
    noise = np.stack([cv2.GaussianBlur(wave, (0, 0), NOISE_PX) for wave in noise])
    noise *= NOISE / noise.std()
    return np.clip(np.rint(sharpened(faces) + noise[..., None]), 0, 255).astype(np.uint8)


def _jittering(faces: np.ndarray) -> np.ndarray:
    """Sharpened, each in another place."""
    jumps = np.random.default_rng(int(faces[0].sum())).normal(0, JITTER_PX, (len(faces), 2))
    moves = [np.array([[1, 0, x], [0, 1, y]]) for x, y in jumps]
    return np.stack([
        cv2.warpAffine(face, move, (SIDE_PX, SIDE_PX), borderMode=cv2.BORDER_REPLICATE)
        for face, move in zip(sharpened(faces), moves, strict=True)
    ])  # fmt: skip


STAND_INS: dict[str, Restorer] = {
    "unchanged": lambda faces: faces,
    "sharpened": sharpened,
    "noise in each frame": _noisy,
    "jittering": _jittering,
}
"""In the place of GFPGAN: one that changes nothing, one that is steady, and two that are not."""
