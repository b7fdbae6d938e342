"""Frames that lend: their shapes by how far the mouth is open, their lips, their inner mouth."""

from dataclasses import dataclass

import numpy as np

from . import shape
from .contour import Parting
from .looks import Looks
from .teeth import Teeth

APERTURES = (0.0, 0.06, 0.12, 0.2, 0.3, 0.42)
"""Openings looked for among the person's frames, in mouth widths at rest."""

TOLERANCE = 0.03
"""How far from one of them a frame's opening may lie, and how far apart those of two donors must
be."""

SHUT_WEIGHT = 8.0
"""How much the opening that the mesh draws speaks against a frame as one with a shut mouth."""

DARK_WEIGHT, DARK_LINE = 12.0, 0.015
"""How much, for each mouth width, the dark between the lips speaks against a frame as one with a
shut mouth; and how much of it there is where lips meet in a line, in mouth widths. See
`teeth.Teeth`.
"""

THIN_WEIGHT, THIN_SPREAD, THIN_LEAST = 1.5, 2.0, 8.0
"""How much it speaks against a frame as one with a shut mouth that its lips are thinner than shut
lips of others: the skin of pressed lips is turned in, so that there is less red between their outer
edges. How much less there is by chance, in CIE a, and how much there is at least, if that is to
tell much."""

SLIVER_WEIGHT = 0.03
"""How much each step of a ridge of teeth speaks against a frame as one with a shut mouth; see
`teeth.Teeth`."""

CREASE_WEIGHT, CREASE_SPREAD = 0.5, 0.1
"""How much it speaks against a frame as one with a shut mouth that it is lighter where its lips
meet than where those of others do, and how much lighter creases are by chance; see `teeth.Teeth`.
"""

RED_WEIGHT, RED_SPREAD, RED_LEAST = 3.0, 0.04, 0.3
"""How much it speaks against a frame as one with a shut mouth that something between its lips is
less red than lips are in others, as a share; how much less red shut lips are by chance; and how red
lips are at least, if that is to tell anything. See `teeth.Teeth`."""

FADED_WEIGHT, FADED_SPREAD = 6.0, 0.03
"""How much it speaks against a frame as one with a shut mouth that something between its lips is
less red than they are, as a share; and how much less red shut lips are there by chance. See
`teeth.Teeth`."""

SPOT_WEIGHT, SPOT_SPREAD = 0.15, 4.0
"""How much it speaks against a frame as one with a shut mouth that a spot below its lips is darker
than below those of others, for each level of 255; and how much darker spots are by chance. The
shadow of a lip that is pressed, or much compressed, is one: it would come whenever lips shut."""

STRAY_WEIGHT, STRAY_APERTURE = 4.0, 0.07
"""How much it speaks against a frame with an open mouth, from so wide on in mouth widths at rest,
that some of its lips has not the lips' colour, as a share; see `contour.Parting`. Shut ones have a
dark crease."""

REAL_APERTURE = 0.1
"""A mouth seen less open than this (in mouth widths at rest) shows too little of its inside."""

BEST_INSIDE, WIDE_INSIDE, WIDE_WEIGHT = 0.2, 0.3, 0.3
"""The opening from which the inside of a mouth is seen well, and from which the mouth is narrower
than usual, and how much that counts."""

MOST_INSIDE, APART_FRAMES = 8, 5
"""Frames whose inner mouth may be lent, at most, and how far apart they lie."""

TEETH_WEIGHT, ROW = 3.0, 0.12
"""How much it speaks against a frame's inner mouth, for each mouth width, that it shows less of the
upper teeth than others do; and the height of a row from which it shows enough."""


@dataclass(frozen=True)
class Lenders:
    """The frames of which a mouth is made.

    Attributes:
        shapes: By rising aperture, whose shapes are lent, [L]. The least open mouth is always one
            of them, and the widest.
        lips: Whose lips are lent, to all: those of the mouth that is most surely shut, so that lips
            do not change while they move. On those of an open mouth there may be teeth and dark.
        inside: Whose inner mouth may be lent, the best one first, [0 to `MOST_INSIDE`]. One of
            them lends it: always the same teeth.
    """

    shapes: np.ndarray
    lips: int
    inside: np.ndarray


def choose_lenders(
    mouth: np.ndarray,
    mesh: np.ndarray,
    cost: np.ndarray,
    row: np.ndarray,
    teeth: Teeth,
    looks: Looks,
) -> Lenders:
    """Choose the frames that lend, each as good a picture of the person as possible.

    Args:
        mouth: Apertures and widths, [T, 2], in mouth widths at rest.
        mesh: The opening that the mesh draws, [T].
        cost: What speaks against each frame, [T]; see `frame_cost`.
        row: How far the upper teeth are seen, [T], see `teeth.upper_height`.
        teeth: What is seen of teeth.
        looks: What the lips and the skin around them look like.

    Returns:
        The frames.
    """
    aperture = mouth[:, 0]
    shut = aperture <= aperture.min() + TOLERANCE
    parted = _parted(aperture, mesh, shut, teeth, looks.skin_redness())
    spotted = np.maximum(looks.spot - np.median(looks.spot[shut]) - SPOT_SPREAD, 0)
    cost_shut = cost + (parted + SPOT_WEIGHT * spotted) * shut
    shapes: list[int] = []
    for wanted in (float(aperture.min()), *APERTURES[1:], float(aperture.max())):
        away = np.abs(aperture - wanted)
        total = np.where(away <= TOLERANCE, cost_shut + 2 * away, np.inf)
        best = int(np.argmin(total))
        apart = all(abs(aperture[best] - aperture[i]) > TOLERANCE for i in shapes)
        if np.isfinite(total[best]) and apart:
            shapes.append(best)
    shapes.sort(key=lambda i: aperture[i])
    return Lenders(np.array(shapes), shapes[0], _inside(aperture, cost, row))


def _parted(
    aperture: np.ndarray,
    mesh: np.ndarray,
    shut: np.ndarray,
    teeth: Teeth,
    skin_red: np.ndarray,
) -> np.ndarray:
    """What tells that lips which seem shut are not, or are pressed, [T].

    The mesh is a second witness of which mouth is shut; what is seen of teeth are more: a ridge of
    them, no dark crease where they are no lighter than the lips, less red where they lie beside it
    and between two redder lips, and the dark between lips that show none. Pressed lips show less of
    their red.
    """
    # A gap is dark and red, too: what a crease is like, lips that meet in a line tell.
    line = shut & (teeth.dark <= max(DARK_LINE, float(teeth.dark[shut].min())))
    light = np.maximum(teeth.crease - teeth.crease[line].min() - CREASE_SPREAD, 0)
    fullness = teeth.lips_red - skin_red
    full = float(np.quantile(fullness[shut], 0.75))
    thin = np.maximum(full - fullness - THIN_SPREAD, 0) / max(full, THIN_LEAST)
    usual_red = float(np.quantile(teeth.red[line], 0.9))
    pale = np.maximum((usual_red - teeth.red) / max(usual_red, RED_LEAST) - RED_SPREAD, 0)
    parted = SHUT_WEIGHT * (mesh + aperture) + SLIVER_WEIGHT * teeth.ridge
    parted += DARK_WEIGHT * np.maximum(teeth.dark - DARK_LINE, 0)
    parted += CREASE_WEIGHT * light + RED_WEIGHT * pale + THIN_WEIGHT * thin
    parted += FADED_WEIGHT * np.maximum(teeth.faded - FADED_SPREAD, 0)
    return np.asarray(parted)


def _inside(aperture: np.ndarray, cost: np.ndarray, row: np.ndarray) -> np.ndarray:
    """The frames whose inner mouth may be lent; see `Lenders.inside`."""
    inside = aperture >= REAL_APERTURE
    if not inside.any():
        return np.zeros(0, int)
    enough = min(float(np.quantile(row[inside], 0.9)), ROW)
    seen = cost + TEETH_WEIGHT * np.maximum(enough - row, 0)
    seen += np.maximum(BEST_INSIDE - aperture, 0)
    seen += WIDE_WEIGHT * np.maximum(aperture - WIDE_INSIDE, 0)
    first = np.argsort(np.where(inside, seen, np.inf), kind="stable")[: inside.sum()]
    return np.array(_apart(first), int)


def _apart(frames: np.ndarray) -> list[int]:
    """The first ones of some frames of which none is near another one."""
    found: list[int] = []
    for frame in frames.tolist():
        if all(abs(frame - other) >= APART_FRAMES for other in found):
            found.append(frame)
        if len(found) == MOST_INSIDE:
            break
    return found


def frame_cost(
    mouth: np.ndarray, head: np.ndarray, rotation: np.ndarray, parting: Parting, looks: Looks
) -> np.ndarray:
    """Say what speaks against lending what a frame shows.

    Its lips are lopsided, blurred, redder or paler than usual or in another light, teeth or skin
    are taken for them, the head is turned away from its usual pose, or the mouth moves or is drawn
    wide or small.

    Args:
        mouth: Apertures and widths, [T, 2], in mouth widths at rest.
        head: Meshes in head coordinates, [T, 468, 3].
        rotation: The head's, [T, 3, 3].
        parting: How the lips part.
        looks: What the lips look like.

    Returns:
        The cost, [T]; .1 is much.
    """
    aperture, width = mouth.T
    moving = np.abs(np.gradient(aperture)) if len(aperture) > 1 else np.zeros(1)
    sharp = looks.sharpness / max(float(np.quantile(looks.sharpness, 0.9)), 1e-6)
    cost = 2 * moving + np.abs(width - np.median(width)) + 0.5 * _turned(rotation)
    cost += 4 * _lopsided(head) + 0.4 * np.maximum(1 - sharp, 0) + looks.unlike()
    cost += 0.02 * np.abs(parting.redness - np.median(parting.redness))
    cost += STRAY_WEIGHT * parting.stray * (aperture >= STRAY_APERTURE)
    return np.asarray(cost)


def _lopsided(head: np.ndarray) -> np.ndarray:
    """How unlike the two sides of the lips are, beyond the person's usual, in mouth widths, [T]."""
    unlike = []
    for half in (shape.UPPER_OUTER, shape.LOWER_OUTER, shape.UPPER_INNER, shape.LOWER_INNER):
        side = head[:, list(half), :2]
        unlike.append(side - side[:, ::-1] * [-1, 1])
    sides = np.concatenate(unlike, 1)
    return np.asarray(np.abs(sides - np.median(sides, axis=0)).mean((1, 2)))


def _turned(rotation: np.ndarray) -> np.ndarray:
    """Angles [T] in radians between rotations [T, 3, 3] and their mean."""
    u, _, vt = np.linalg.svd(rotation.mean(0))
    trace = np.einsum("tij,ij->t", rotation, u @ vt)
    return np.arccos(np.clip((trace - 1) / 2, -1, 1))


def between(values: np.ndarray, levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find which two levels each value lies between.

    The share is eased, so that a level is left as smoothly as it is reached.

    Args:
        values: [T].
        levels: [L], rising.

    Returns:
        The two levels' indices, [T, 2], and the second one's share, [T].
    """
    if len(levels) == 1:
        return np.zeros((len(values), 2), int), np.zeros(len(values))
    high = np.clip(np.searchsorted(levels, values), 1, len(levels) - 1)
    share = np.clip((values - levels[high - 1]) / (levels[high] - levels[high - 1]), 0, 1)
    return np.stack([high - 1, high], 1), share * share * (3 - 2 * share)
