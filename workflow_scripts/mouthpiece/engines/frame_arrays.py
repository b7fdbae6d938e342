"""Avatars in memory whose arrays have a row for each frame."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self


@dataclass(frozen=True)
class FrameArrays:
    """The base class of such avatars; they are frozen dataclasses.

    Attributes:
        arrays: The names of these arrays.
    """

    arrays: ClassVar[tuple[str, ...]]

    @property
    def frames(self) -> int:
        """How many frames the avatar covers."""
        return len(getattr(self, self.arrays[0]))

    def at(self, order: Sequence[int]) -> Self:
        """Pick frames.

        Args:
            order: Their numbers.

        Returns:
            The avatar of these frames, in this order.
        """
        of = list(order)
        return replace(self, **{name: getattr(self, name)[of] for name in self.arrays})
