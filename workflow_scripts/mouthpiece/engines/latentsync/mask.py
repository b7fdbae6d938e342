"""What of an aligned face is redrawn, the same in every frame."""

import cv2
import numpy as np

SIDE_PX = 256
"""Side on which the mask is described."""

TOP_PX, NOSE_BOTTOM_PX = 95, 130
"""Where the cheeks are redrawn from, and where what lies under the nose is."""

NOSE_LEFT_PX, NOSE_RIGHT_PX = 78, 178

CENTRE_PX, RADII_PX = (127.5, 145.0), (119.0, 97.0)
"""Of the ellipse whose lower half is the jaw; above its centre the mask is as wide."""

KEPT, REDRAWN = 255, 0


def draw() -> np.ndarray:
    """Draw the lower face: cheeks and jaw, without the nose.

    Returns:
        [256, 256] uint8: `KEPT` or `REDRAWN`, as upstream's file has it.
    """
    rows, columns = np.mgrid[:SIDE_PX, :SIDE_PX].astype(np.float64)
    across = (columns - CENTRE_PX[0]) / RADII_PX[0]
    down = np.maximum(rows - CENTRE_PX[1], 0) / RADII_PX[1]
    nose = (rows < NOSE_BOTTOM_PX) & (columns >= NOSE_LEFT_PX) & (columns < NOSE_RIGHT_PX)
    redrawn = (across**2 + down**2 <= 1) & (rows >= TOP_PX) & ~nose
    return np.where(redrawn, REDRAWN, KEPT).astype(np.uint8)


def resized(mask: np.ndarray, side_px: int) -> np.ndarray:
    """Bring a mask to a network's size, as upstream does.

    Args:
        mask: [H, W] uint8, 255 where the picture is kept.
        side_px: The side.

    Returns:
        How much of the picture is kept, [side, side] float64: 0 to 1, and a little beyond at edges.
    """
    size = side_px, side_px
    return cv2.resize(mask, size, interpolation=cv2.INTER_LANCZOS4).astype(np.float64) / 255


def latent(kept: np.ndarray, side: int) -> np.ndarray:
    """Bring what `resized` gave to the size of latents: the nearest pixel counts.

    Args:
        kept: [S, S].
        side: Side of the latents.

    Returns:
        [side, side].
    """
    places = np.arange(side) * len(kept) // side
    return kept[np.ix_(places, places)]


def softened(kept: np.ndarray, feather: float) -> np.ndarray:
    """Make the mask of a patch: it takes what is redrawn, and fades inwards at its edge.

    Args:
        kept: What `resized` gave, [S, S].
        feather: How wide the edge is, as a share of the side; 0 leaves it hard.

    Returns:
        [S, S] uint8, 255 where the patch is taken.
    """
    redrawn = (kept < 0.5).astype(np.uint8)
    width = feather * len(kept)
    if not width:
        return redrawn * 255
    inside = cv2.distanceTransform(
        cv2.copyMakeBorder(redrawn, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 5
    )
    share = np.clip((inside[1:-1, 1:-1] - 0.5) / width, 0, 1)
    return np.rint(255 * share * share * (3 - 2 * share)).astype(np.uint8)
