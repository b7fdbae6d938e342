"""A cut of scikit-image's portrait, moved by (3, 2) pixels a frame: its face, and a sound."""

import numpy as np

from mouthpiece.audio.speech import Speech
from mouthpiece.engines.musetalk.landmarks import MESH_OF_68
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.track import Track
from once import PARITY


def moving_track(frames: int) -> Track:
    """The portrait's 68 landmarks as a mesh; other points are on the nose."""
    with np.load(PARITY / "golden.npz") as golden:
        landmarks = golden["box.landmarks"][0]
    moved = landmarks + np.array([[[3 * i, 2 * i]] for i in range(frames)])
    points = np.zeros((frames, MESH_POINTS, 3), np.float32)
    points[..., :2] = moved[:, 30:31]
    points[:, MESH_OF_68, :2] = moved
    return Track(points, np.ones(frames, bool))


def noise() -> Speech:
    """A second of noise, with a second of context on either side."""
    random = np.random.default_rng(0)
    return Speech((0.1 * random.standard_normal(16000 * 3)).astype(np.float32), 16000)
