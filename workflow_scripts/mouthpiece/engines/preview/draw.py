"""One patch: the frame's own skin, the lent lips, and the inner mouth between them."""

from dataclasses import dataclass

import numpy as np

from ...patches.blend import mix
from ...patches.patch import mask_bounds
from . import inner, lent, light, looks, opening, own_lip, shape
from .avatar import Avatar
from .canvas import Canvas
from .warp import Spline, around, enlarge, extent, nodes, sample, smoothstep

UPPER = tuple(dict.fromkeys((*shape.UPPER_OUTER, *shape.UPPER_INNER, *shape.ANCHORS)))

LOWER = tuple(
    dict.fromkeys((*shape.LOWER_OUTER, *shape.LOWER_INNER, *shape.CHIN_POINTS, *shape.ANCHORS))
)

INNER_SHOWN = 0.03
"""Gap between the lips, in mouth widths, from which the inner mouth is shown in full."""

CORNER = 0.21
"""The part of the mouth at each corner, as a share of it, in which its opening narrows to none."""

DIM, TINGED, LIT = 0.68, 0.5, 0.14
"""The light on teeth between lips that hardly part, against that in an open mouth; how much of the
lips' tint they have there; and from which opening on they have neither, in mouth widths at rest. Of
23 people who show their teeth, what is whitest in an opening of .03 to .08 has 0.73 of the light of
that in one of .12 to .22, and 0.86 of the lips' red for 0.54."""


@dataclass(frozen=True)
class Wanted:
    """What one frame shall show.

    Attributes:
        points: [468, 2] crop pixels, where lips and chin shall be.
        aperture: The opening, in mouth widths at rest.
    """

    points: np.ndarray
    aperture: float


def draw_patch(
    avatar: Avatar, canvas: Canvas, frame: int, crop: np.ndarray, wanted: Wanted
) -> np.ndarray:
    """Draw a frame's patch.

    Args:
        avatar: The cut's avatar.
        canvas: Its canvas.
        frame: The frame's number in the avatar.
        crop: The frame's crop, RGB, [S, S, 3] uint8.
        wanted: What it shall show.

    Returns:
        The patch's pixels, RGB, [S, S, 3] uint8.
    """
    size, width = avatar.size_px, canvas.width_px
    own = avatar.points[frame]
    target = wanted.points.copy()
    target[list(shape.ANCHORS)] = own[list(shape.ANCHORS)]
    sources = np.stack([own, avatar.points[canvas.lender]])
    above, below = (
        Spline(target[list(side)], size).field(sources[:, list(side)]) for side in (UPPER, LOWER)
    )
    high, low = (opening.heights(contour, size) for contour in opening.contours(target))
    line = (high + low) / 2
    held = lent.held(target, width, size)
    picture = sample(crop, _skin_field(canvas, above[0], below[0], line, held))
    outline = target[list(shape.LIPS_OUTER)]
    covered = _with_own_lip(canvas, picture, target, below[1])
    more = lent.further(float(avatar.mouth[frame, 0]), wanted.aperture)
    box = around(covered, (lent.END + 0.02 + more) * width, size)
    corner = (box[1].start, box[0].start)
    split = Split.at(line, target, width, box)
    fields = enlarge(np.concatenate([above[1], below[1]], -1), size, box)
    mouth = split.sample(canvas.lent, fields[..., :2], fields[..., 2:], corner)
    mouth += light.beside_lips(canvas, frame, outline - corner, extent(box))
    away = lent.away(covered, width, box)
    fit = lent.fit(np.stack([above[1], below[1]]), canvas.skin_lent, size, box)
    near = lent.shown(target, away, fit, more, width, box)
    if more < lent.END:
        foreign = looks.foreign(picture[box] - mouth, away, width, canvas.shade)
        near *= 1 - (1 - smoothstep(more / lent.END)) * foreign
    if more > 0:
        mouth += light.at_rim(picture[box] - mouth, near, away, more, width)
    gap = float(np.median((low - high)[_middle(target)])) / width
    shown = float(smoothstep(gap / INNER_SHOWN))
    if shown > 0:
        upper, lower = _tapered(*(contour - corner for contour in opening.contours(target)))
        area = shown * opening.area(upper, lower, extent(box), canvas.softness_px)
        top, bottom, left, right = mask_bounds(area).tolist()
        if bottom > top:
            seen = slice(top, bottom), slice(left, right)
            inside = _inner_mouth(avatar, canvas, frame, wanted, low, box, seen)
            inside -= mouth[seen]
            mouth[seen] += area[seen][..., None] * inside
    mix(mouth, picture[box], near)
    picture[box] = mouth
    return picture


def _skin_field(
    canvas: Canvas, above: np.ndarray, below: np.ndarray, line: np.ndarray, held: np.ndarray
) -> np.ndarray:
    """The displacements of a frame's own skin, [S, S, 2] float32.

    above, below: those of the lip line's two sides, on the grid's nodes; line: its y over each
    column, [S]; held: how far it is held, on the nodes. The sides are joined on the grid: lent lips
    lie over the line itself.
    """
    size = len(line)
    places = nodes(size)
    depth = places[:, None] - np.interp(places, np.arange(size), line)
    lower = smoothstep(depth / (0.14 * canvas.width_px) + 0.5)[..., None]
    moved = canvas.window * (1 - held[..., None])
    return enlarge((above + lower * (below - above)) * moved, size)


def _with_own_lip(
    canvas: Canvas, picture: np.ndarray, target: np.ndarray, field: np.ndarray
) -> np.ndarray:
    """The outline, [20, 2], of the drawn lips and the frame's own lower lip below them.

    picture: the frame's own skin, [S, S, 3]; target: the mesh that is drawn; field: the lent
    lips' displacements, on the grid's nodes.
    """
    width, lower = canvas.width_px, target[list(shape.LOWER_OUTER)]
    reach = own_lip.below(picture, canvas.lent, field, lower, width, canvas.shade)
    return own_lip.covered(target[list(shape.LIPS_OUTER)], (reach - lent.FULL) * width)


@dataclass(frozen=True)
class Split:
    """How the upper side's warp and the lower side's meet, in a box of the patch.

    Attributes:
        lower: [h, w, 1], the lower side's share: 0 in the rows above `mixed`, 1 in those below.
        mixed: The rows in which both sides are seen.
        joined: [w, 1], 0 between the lips, where each side keeps its own warp and the pictures meet
            in a line; 1 off the mouth, where the warps are mixed.
    """

    lower: np.ndarray
    mixed: slice
    joined: np.ndarray

    @classmethod
    def at(
        cls, line: np.ndarray, target: np.ndarray, width_px: float, box: tuple[slice, slice]
    ) -> "Split":
        """Split a box along the lip line.

        Args:
            line: The line's y over each column, [S], in pixels.
            target: The mesh that is drawn, [468, 2], crop pixels.
            width_px: The mouth's width at rest.
            box: Rows and columns of the box.

        Returns:
            The split.
        """
        left, right = np.sort(target[[78, 308], 0])
        x = np.arange(box[1].start, box[1].stop, dtype=np.float32)
        beyond = np.maximum(left - x, x - right) / width_px + 0.03
        height = 2 + 1.5 * np.maximum(beyond, 0) * width_px
        depth = np.arange(box[0].start, box[0].stop, dtype=np.float32)[:, None] - line[box[1]]
        lower = smoothstep(depth / height + 0.5)[..., None]
        mixed = slice(int((lower.max((1, 2)) <= 0).sum()), int((lower.min((1, 2)) < 1).sum()))
        return cls(lower, mixed, smoothstep(beyond / 0.1)[:, None])

    def sample(
        self, crop: np.ndarray, above: np.ndarray, below: np.ndarray, corner: tuple[int, int]
    ) -> np.ndarray:
        """Warp a crop by the two sides' fields.

        Args:
            crop: RGB, [S, S, 3] uint8.
            above: The upper side's displacements, [h, w, 2].
            below: The lower side's, [h, w, 2].
            corner: The box's first pixel, (x, y).

        Returns:
            The box, [h, w, 3] float32.
        """
        mixed = above + self.lower * (below - above)
        height, both = len(mixed), self.mixed
        picture = np.empty((*mixed.shape[:2], 3), np.float32)

        def side(own: np.ndarray, rows: slice) -> np.ndarray:
            field = own[rows] + self.joined * (mixed[rows] - own[rows])
            return sample(crop, field, (corner[0], corner[1] + rows.start))

        if both.stop > 0:
            picture[: both.stop] = side(above, slice(0, both.stop))
        if both.start < height:
            bottom = side(below, slice(both.start, height))
            shared = picture[both]
            shared += self.lower[both] * (bottom[: len(shared)] - shared)
            picture[both.stop :] = bottom[len(shared) :]
        return picture


def _tapered(upper: np.ndarray, lower: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inner lip contours [N, 2] that near the corners of the mouth, where lent lips meet."""
    left, right = np.sort(upper[[0, -1], 0])
    x = np.linspace(left, right, 8 * len(upper))
    high, low = (np.interp(x, *c[np.argsort(c[:, 0], kind="stable")].T) for c in (upper, lower))
    away = np.minimum(x - left, right - x) / max(CORNER * (right - left), 1e-6)
    near = np.clip(away, 0, 1)
    middle, half = (high + low) / 2, (low - high) / 2 * np.sin(near * np.pi / 2)
    # A lip that leaves a corner steeply must not bend the opening's end to a hook: no edge is
    # nearer to the other one than a straight line from the corner.
    ends, inmost = np.where(x < (left + right) / 2, middle[0], middle[-1]), near >= 1
    top, bottom = (
        ends + near * (np.interp(x, x[inmost], edge[inmost]) - ends) for edge in (high, low)
    )
    return (
        np.column_stack([x, np.maximum(np.minimum(middle - half, top), high)]),
        np.column_stack([x, np.minimum(np.maximum(middle + half, bottom), low)]),
    )


def _middle(points: np.ndarray) -> slice:
    """The columns of the mouth's middle third."""
    left, right = sorted(points[[61, 291], 0])
    third = (right - left) / 3
    return slice(int(max(left + third, 0)), int(max(right - third, left + third + 1, 1)))


def _inner_mouth(
    avatar: Avatar,
    canvas: Canvas,
    frame: int,
    wanted: Wanted,
    low: np.ndarray,
    box: tuple[slice, slice],
    seen: tuple[slice, slice],
) -> np.ndarray:
    """The part of the inner mouth in a box that is seen, [h, w, 3] float32; see `inner.draw`."""
    one = canvas.inner
    skull = _rigid(avatar, frame, one.frame)
    lip = wanted.points[shape.LOWER_MIDDLE].mean(0)
    image = inner.draw(one, skull, lip, low, canvas.width_px, wanted.aperture, box, seen)
    light = np.median(canvas.skin[frame]) / max(float(np.median(canvas.skin[one.frame])), 1.0)
    shade = 1 - float(smoothstep(wanted.aperture / LIT))
    image *= float(light) * (1 - (1 - DIM) * shade)
    if shade > 0:
        lips = np.maximum(np.median(canvas.skin[frame], axis=0) + canvas.shade, 1)
        tinted = image.mean(-1, keepdims=True) * (lips / lips.mean())
        image += TINGED * shade * (tinted - image)
    return image


def _rigid(avatar: Avatar, frame: int, other: int) -> np.ndarray:
    """The affine [2, 3] from one frame's crop to another's that the head's own motion makes of the
    plane of the lips at rest, behind which the teeth are.
    """
    ids = list(shape.LIPS_OUTER)
    here, there = (
        (avatar.scale[i] * avatar.rest[ids] @ avatar.rotation[i].T + avatar.shift[i])[:, :2]
        for i in (frame, other)
    )
    solution, *_ = np.linalg.lstsq(np.column_stack([here, np.ones(len(ids))]), there, rcond=None)
    return solution.T
