"""A cut in chunks: the network draws sixteen frames at once, and knows none beyond them.

Upstream's chunks lie side by side, and a face may jump where two meet. Here they overlap, unless
that is turned off. While noise is removed, the frames that two chunks share are drawn in both, and
after each step the later chunk takes them over from the earlier one: the first nearly whole, the
last hardly (Bar-Tal et al., arXiv:2302.08113, average such parts). So it begins where the
earlier one ends, and what a chunk becomes does not depend on those after it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor


@dataclass(frozen=True)
class Chunk:
    """Frames that are drawn together.

    Attributes:
        first: The first one.
        end: The end.
        shared: How many of the first are also the last of the chunk before.
        given: How many of the last are left to the chunk after.
    """

    first: int
    end: int
    shared: int
    given: int

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return self.end - self.first


def plan(total: int, length: int, overlap: int) -> list[Chunk]:
    """Part a cut into chunks.

    With an overlap all chunks are full ones, as the network was trained on such, and lie evenly.
    Without, the last is as short as it comes, and is not filled up: the network normalizes over all
    frames of a chunk.

    Args:
        total: Frames of the cut.
        length: Frames of a chunk.
        overlap: Frames that neighbours share, at least; less than `length`.

    Returns:
        The chunks, in order; every frame is in one or more of them.
    """
    count = -(-max(total - overlap, 1) // (length - overlap)) if total else 0
    starts = [number * length for number in range(count)]
    if overlap and count > 1:
        starts = [number * (total - length) // (count - 1) for number in range(count)]
    ends = [min(start + length, total) for start in starts]
    shared = [0, *(end - start for end, start in zip(ends, starts[1:], strict=False))]
    given = [*shared[1:], 0]
    return [Chunk(*each) for each in zip(starts, ends, shared, given, strict=False)]


def groups(chunks: Sequence[Chunk], size: int) -> Iterator[list[Chunk]]:
    """Group chunks that can be drawn in one batch.

    Args:
        chunks: In order.
        size: How many at once, at most.

    Yields:
        Neighbours of one length.
    """
    for _, alike in groupby(chunks, lambda chunk: chunk.frames):
        found = list(alike)
        for start in range(0, len(found), size):
            yield found[start : start + size]


def join(latents: Tensor, group: Sequence[Chunk], before: Tensor | None) -> Tensor:
    """Let each chunk take over from the one before it the frames that they share.

    Args:
        latents: Of the group's chunks, [N, C, F, H, W], all after the same step.
        group: The chunks.
        before: Of the chunk before the group, its last frames after that step, [C, M, H, W].

    Returns:
        [N, C, F, H, W].
    """
    joined: list[Tensor] = []
    for chunk, own in zip(group, latents, strict=True):
        if chunk.shared:
            last = joined[-1] if joined else before
            assert last is not None
            theirs = last[:, last.shape[1] - chunk.shared :]
            weight = theirs_share(chunk.shared).to(own)[:, None, None]
            mixed = weight * theirs + (1 - weight) * own[:, : chunk.shared]
            own = torch.cat([mixed, own[:, chunk.shared :]], 1)
        joined.append(own)
    return torch.stack(joined)


def theirs_share(shared: int) -> Tensor:
    """Weigh the earlier chunk in the frames that two share: evenly less, so that no step is large.

    Args:
        shared: How many frames.

    Returns:
        [shared].
    """
    return 1 - torch.arange(1, shared + 1) / (shared + 1)
