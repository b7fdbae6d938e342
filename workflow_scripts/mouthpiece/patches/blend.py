"""What is drawn, mixed with what is under it."""

import cv2
import numpy as np


def mix(drawn: np.ndarray, under: np.ndarray, weight: np.ndarray, peak: int = 255) -> None:
    """Mix a drawing with what is under it, in whole levels, in the drawing's own memory.

    Args:
        drawn: [h, w] or [h, w, C] float32; what it is mixed to takes its place. Where the weight is
            0, that is what was under it.
        under: Of the same shape, uint8 or uint16.
        weight: How much of the drawing there is, [h, w] float32, 0 to 1.
        peak: The greatest level.
    """
    if drawn.ndim == 3:
        weight = cv2.merge([weight] * drawn.shape[2])  # NumPy is slow where it repeats one value
    # In place: new memory would cost more than the arithmetic.
    np.subtract(drawn, under, out=drawn)
    np.multiply(drawn, weight, out=drawn)
    np.add(drawn, under, out=drawn)
    np.rint(drawn, out=drawn).clip(0, peak, out=drawn)
