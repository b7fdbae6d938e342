"""How much a drawn face flickers: what changes from frame to frame and does not move.

Each frame is warped onto the next one by optical flow; what then differs is flicker (Lai et al.,
"Learning Blind Video Temporal Consistency", ECCV 2018, section 4.1). The flow is that of the first
of several drafts, so that all are measured by one motion. It is found by DIS (Kroeger et al., ECCV
2016). Where the flow there and the flow back do not meet, something was uncovered: it does not
count (Sundaram et al., ECCV 2010).

A flow is never exact: what is sharper, or has more contrast, differs more under the same small
error. So what differs is given as a share of the face's own contrast, both coarser than `FINE_PX`.
`benchmarks/enhance.py` measures it on stand-ins for a restoring network, steady ones and others.
"""

from dataclasses import dataclass

import cv2
import numpy as np

MEETS = (0.01, 0.5)
"""Flow there and back meet within the root of: a share of their squared lengths, and square pixels.
Both are Sundaram's."""

FINE_PX = 2.0
"""Standard deviation of the Gaussian that takes off what is finer, of a face of 256 x 256."""

COARSE_PX = 8.0
"""The same of what is coarser than a face's contrast."""

LEAST_CONTRAST = 1.0
"""Levels of 255: a face of less contrast is taken to have so much."""

NO_FLOW = np.zeros((0, 0), np.float32)
"""DIS begins with no guess."""

DRAWN = 0.5
"""A pixel counts where the draft weighs this much."""


@dataclass(frozen=True)
class Faces:
    """A face in a frame, as each of several drafts shows it.

    Attributes:
        lumas: Its luma in each draft, [256, 256] uint8, in one place.
        weight: How much of it is drawn, 0 to 1, [256, 256] float32.
    """

    lumas: tuple[np.ndarray, ...]
    weight: np.ndarray


@dataclass(frozen=True)
class WarpError:
    """The flicker of several drafts of one cut. The sum of two is that of both stretches.

    Attributes:
        errors: The sum of what differs, of each draft, in levels of 255.
        contrasts: The sum of the contrast of the same pixels.
        pixels: How many pixels count.
    """

    errors: np.ndarray
    contrasts: np.ndarray
    pixels: int

    def __add__(self, other: "WarpError") -> "WarpError":
        return WarpError(
            self.errors + other.errors,
            self.contrasts + other.contrasts,
            self.pixels + other.pixels,
        )

    @property
    def shares(self) -> list[float] | None:
        """The error of each draft as a share of its contrast; None where no pixel counts."""
        if not self.pixels:
            return None
        least = LEAST_CONTRAST * self.pixels
        return [float(share) for share in self.errors / np.maximum(self.contrasts, least)]


NO_ERROR = WarpError(np.zeros(1), np.zeros(1), 0)
"""Of no frames."""


def warp_error(before: Faces, after: Faces) -> WarpError:
    """Measure what differs from a frame to the next.

    Args:
        before: The first frame.
        after: The next one, of the same drafts.

    Returns:
        The error of each draft.
    """
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    there = flow.calc(before.lumas[0], after.lumas[0], NO_FLOW)
    back = flow.calc(after.lumas[0], before.lumas[0], NO_FLOW)
    source = _grid(after.weight.shape) + back
    drawn = np.minimum(after.weight, _moved(before.weight, source)) >= DRAWN
    counts = _meet(back, _moved(there, source)) & drawn
    errors, contrasts = [], []
    for old, new in zip(before.lumas, after.lumas, strict=True):
        apart = np.where(counts, new - _moved(old, source), np.float32(0))
        errors.append(float(np.abs(cv2.GaussianBlur(apart, (0, 0), FINE_PX)).sum()))
        contrasts.append(float(_contrast(new)[counts].sum()))
    return WarpError(np.array(errors), np.array(contrasts), int(counts.sum()))


def _contrast(luma: np.ndarray) -> np.ndarray:
    fine, coarse = (
        cv2.GaussianBlur(luma.astype(np.float32), (0, 0), sigma) for sigma in (FINE_PX, COARSE_PX)
    )
    return np.abs(fine - coarse)


def _grid(shape: tuple[int, ...]) -> np.ndarray:
    rows, columns = np.indices(shape, np.float32)
    return np.stack([columns, rows], -1)


def _moved(image: np.ndarray, source: np.ndarray) -> np.ndarray:
    """What is at the places `source`, [S, S, 2] x and y, of an image."""
    moved: np.ndarray = cv2.remap(
        image.astype(np.float32),
        source[..., 0],
        source[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return moved


def _meet(back: np.ndarray, there: np.ndarray) -> np.ndarray:
    lengths = _squared(back) + _squared(there)
    apart = _squared(back + there)
    return np.asarray(apart <= MEETS[0] * lengths + MEETS[1])


def _squared(flow: np.ndarray) -> np.ndarray:
    """Squared lengths. Numpy sums an axis of two ten times more slowly."""
    return np.asarray(flow[..., 0] ** 2 + flow[..., 1] ** 2)
