"""The separator duck: the background is the source as it is."""

import numpy as np

from ..base import CopyingSeparator
from .settings import DuckSettings


class Duck(CopyingSeparator):
    """Separates nothing.

    Args:
        settings: Its settings.
    """

    holds_voice = True

    def __init__(self, settings: DuckSettings) -> None:
        pass

    def background(self, block: np.ndarray) -> np.ndarray:
        """See `CopyingSeparator.background`.

        Args:
            block: See there.

        Returns:
            The block.
        """
        return block
