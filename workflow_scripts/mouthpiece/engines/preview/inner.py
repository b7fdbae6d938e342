"""The inner mouth: what appears between the lips.

Teeth never stretch with the lips. The upper row is fixed to the skull (see `upper_teeth`), and what
a frame of the person shows below it to the jaw; behind both lies a dark red cavity with a tongue,
in the colours of the person's own mouth.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from .warp import smoothstep

REACH = 0.055
"""How far upper teeth reach below the lip of an open mouth at least, in mouth widths. They hang
lower than they are, as a whole and in all frames, where the lip would hide them."""

MOST_LOWERED = 0.1
"""But by no more than this, in mouth widths."""

JAW_FOLLOWS = 0.9
"""Share of the opening by which lower teeth sink: a little less than the lip before them, so that
a mouth that opens uncovers them."""

APART = 0.03
"""How far below the edge of the upper teeth it is dark, in mouth widths: lower teeth are behind
them, and never hang from them."""

FILLED = 0.65
"""A row of teeth that reaches over more of the opening may be two: those of a clenched mouth."""

UPPER_SHARE = 0.55
"""How much of the opening of a clenched mouth is upper teeth."""

TILTED = 0.1
"""A row whose edge is steeper than this against the lip is two, at one side. On 8 people nearly all
that are one row have at most .05."""


@dataclass(frozen=True)
class InnerMouth:
    """An inner mouth, as one frame of the person showed it.

    Attributes:
        upper: [S, S, 4] uint8, what goes with the skull: RGB, and how much of it there is.
        lower: [S, S, 4] uint8, what goes with the jaw.
        frame: The frame in whose crop it lies.
        aperture: That frame's opening, in mouth widths at rest.
        cavity: Colour of the dark behind the teeth, RGB, [3] float32.
        tongue: The tongue's colour, RGB, [3] float32.
        reach: How far the upper teeth reach below the lip in that frame, in mouth widths.
        has_row: Whether the frame showed the upper teeth.
        breadth: From which to which column it showed them, in mouth widths.
        tilt: How much steeper their edge is than the lip above it, as a slope.
        edged: Under how much of their middle it is dark.
        lowered: By how much they are drawn lower than they are, in mouth widths.
        lip: The middle of the lower lip's inner edge in that crop, [2], in pixels.
        tone: The colour of the teeth that a frame without a row showed, RGB, [3]; else None.
        whitest: That of the whitest in the opening of such a frame, RGB, [3]; else black.
    """

    upper: np.ndarray
    lower: np.ndarray
    frame: int
    aperture: float
    cavity: np.ndarray
    tongue: np.ndarray
    reach: float = 0.0
    has_row: bool = False
    breadth: float = 0.0
    tilt: float = 0.0
    edged: float = 0.0
    lowered: float = 0.0
    lip: np.ndarray = field(default_factory=lambda: np.zeros(2))
    tone: np.ndarray | None = None
    whitest: np.ndarray = field(default_factory=lambda: np.zeros(3, np.float32))

    @property
    def is_clear(self) -> bool:
        """Whether the frame showed the upper teeth, and surely no others with them."""
        is_one = self.reach <= FILLED * self.aperture and abs(self.tilt) <= TILTED
        return self.has_row and is_one

    def parted(self, width_px: float) -> "InnerMouth":
        """Cut the lower teeth of a clenched mouth off the upper ones, which would be drawn as long.

        Args:
            width_px: The mouth's width in that crop.

        Returns:
            The inner mouth.
        """
        reach = UPPER_SHARE * self.aperture
        cut = round((self.reach - reach) * width_px)
        if self.is_clear or not self.has_row or cut < 1:
            return self
        upper = self.upper.copy()
        upper[:-cut, :, 3], upper[-cut:, :, 3] = self.upper[cut:, :, 3], 0
        return replace(self, upper=upper, reach=reach)

    def drop_px(
        self, skull: np.ndarray, lip: np.ndarray, width_px: float, aperture: float
    ) -> float:
        """Find how much lower the lower teeth are than in the frame's crop: as the lip before them.

        A mouth may be drawn lower in the face than that frame's.

        Args:
            skull: The affine from the patch to the crop, [2, 3].
            lip: The middle of the wanted lower lip's inner edge, [2], in the patch.
            width_px: The mouth's width at rest.
            aperture: The wanted opening, in mouth widths at rest.

        Returns:
            Pixels of the patch.
        """
        sunk = (skull[:, :2] @ lip + skull[:, 2] - self.lip)[1] / max(float(skull[1, 1]), 0.1)
        return float(sunk) - (1 - JAW_FOLLOWS) * (aperture - self.aperture) * width_px

    def reaching(self, lip_lower: float) -> "InnerMouth":
        """Lower the upper teeth so that an open mouth shows them.

        Args:
            lip_lower: How much lower the upper lip of an open mouth is than in the teeth's frame,
                in mouth widths.

        Returns:
            The inner mouth.
        """
        least = REACH if self.has_row else self.reach
        lacking = least - (self.reach - lip_lower)
        return replace(self, lowered=float(np.clip(lacking, 0, MOST_LOWERED)))


def draw(
    inner: InnerMouth,
    skull: np.ndarray,
    lip: np.ndarray,
    low: np.ndarray,
    width_px: float,
    aperture: float,
    box: tuple[slice, slice],
    seen: tuple[slice, slice],
) -> np.ndarray:
    """Draw an inner mouth in a box of a patch.

    Args:
        inner: The inner mouth.
        skull: The affine from the patch to the inner mouth's crop, [2, 3].
        lip: The middle of the wanted lower lip's inner edge, [2].
        low: The wanted lower contour's y over each column, [S].
        width_px: The mouth's width at rest.
        aperture: The wanted opening, in mouth widths at rest.
        box: Rows and columns of the box; the tongue is in its middle.
        seen: Rows and columns of the part of the box that is drawn.

    Returns:
        The part, RGB, [h, w, 3] float32.
    """
    columns = range(box[1].start, box[1].stop)
    rows = range(box[0].start, box[0].stop)
    x, y = np.meshgrid(np.array(columns[seen[1]], np.float32), np.array(rows[seen[0]], np.float32))
    rise = (low[box[1]][seen[1]] - y) / width_px
    tongue = smoothstep((0.03 + 0.4 * max(aperture - 0.1, 0) - rise) / 0.12 + 0.5)[..., None]
    off = np.abs(x - (columns.start + columns.stop - 1) / 2)[..., None] / width_px
    tongue = tongue * (1 - smoothstep((off - 0.1) / 0.3))
    tongue = tongue * float(smoothstep((aperture - 0.1) / 0.2))
    depth = np.exp(-np.maximum(rise, 0) / 0.08)[..., None]
    cavity = inner.cavity * (0.65 + 0.35 * depth)
    image = cavity + tongue * (inner.tongue - cavity)
    lowered = inner.lowered * width_px
    upper = _placed(inner.upper, skull, x, y - lowered)
    if inner.lower[..., 3].any():
        drop = inner.drop_px(skull, lip, width_px, aperture)
        lower = _placed(inner.lower, skull, x, y - drop)
        shade = _placed(inner.upper[..., 3], skull, x, y - lowered - APART * width_px)
        share = lower[..., 3:] / 255 * (1 - shade[..., None] / 255)
        image = image + share * (lower[..., :3] - image)
    return image + upper[..., 3:] / 255 * (upper[..., :3] - image)


def _placed(layer: np.ndarray, affine: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return cv2.remap(
        layer,
        (affine[0, 0] * x + affine[0, 1] * y + affine[0, 2]).astype(np.float32),
        (affine[1, 0] * x + affine[1, 1] * y + affine[1, 2]).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)
