"""From the phone features of a recognizer to the shape of the lips: a linear map.

It was fitted to the film that the network of `lip_network` learnt from, to synthetic voices and to
a little free speech of other people (`mouthpiece.training.fit_phone_lips`). So little is learnt
that it holds for people, languages and words that were not heard: the recognizer's encoder knows
them.
"""

import numpy as np

from ...audio.phone_features import phone_encoder
from ...weights import embedded

WEIGHTS = "phone_lips.safetensors"

REACH_ROWS, STEP_ROWS = 10, 2
"""Rows of features, 20 ms each, that are looked at before and after a moment, and of how many of
them one."""


class PhoneLips:
    """The map, ready to use."""

    def __init__(self) -> None:
        tensors = embedded.load(WEIGHTS)
        self._mean, self._basis = tensors["mean"], tensors["basis"]
        self._weights, self._bias = tensors["weights"], tensors["bias"]
        self._encoder = phone_encoder()

    def rows(self, samples: np.ndarray) -> np.ndarray:
        """Find the mouth's shape every 20 ms.

        Args:
            samples: 16 kHz mono, [N] float32.

        Returns:
            The controls of `lip_network.CONTROLS` without closure, in units of `lip_network.SCALE`
            off `lip_network.REST`, [N // 320 + 1, 6] float32.
        """
        components = (self._encoder.rows(samples) - self._mean) @ self._basis
        shapes = around(components) @ self._weights + self._bias
        # Half a row ahead: most people's lips lead their voice by 10 ms more than those of the film
        # that the map was fitted to.
        return (shapes + np.concatenate([shapes[1:], shapes[-1:]])) / 2


def around(components: np.ndarray) -> np.ndarray:
    """Lay what is around each row beside it.

    Args:
        components: [R, K].

    Returns:
        [R, (REACH_ROWS // STEP_ROWS * 2 + 1) * K]; the ends are held.
    """
    padded = np.pad(components, ((REACH_ROWS, REACH_ROWS), (0, 0)), mode="edge")
    starts = range(0, 2 * REACH_ROWS + 1, STEP_ROWS)
    return np.concatenate([padded[start : start + len(components)] for start in starts], axis=1)
