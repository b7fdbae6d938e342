"""The separator off: the background is silent."""

import numpy as np

from ..base import CopyingSeparator
from .settings import OffSettings


class Off(CopyingSeparator):
    """Separates nothing.

    Args:
        settings: Its settings.
    """

    def __init__(self, settings: OffSettings) -> None:
        pass

    def background(self, block: np.ndarray) -> np.ndarray:
        """See `CopyingSeparator.background`.

        Args:
            block: See there.

        Returns:
            Silence.
        """
        return np.zeros_like(block)
