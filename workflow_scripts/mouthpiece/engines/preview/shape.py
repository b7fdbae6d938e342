"""The shape of a person's lower face: head pose taken off, the mouth at rest, and how it deforms.

Head coordinates are fixed to the skull: x to the picture's right, y down, z to the back of the
head; the origin is the middle of the resting mouth and the unit the mouth's width at rest.
"""

from dataclasses import dataclass

import numpy as np

from ...faces.landmarks import BROW, CHIN, LEFT_EYE_OUTER, LIPS_INNER, LIPS_OUTER, RIGHT_EYE_OUTER

SKULL = (
    *(33, 133, 362, 263, 130, 359, 6, 168, 197, 195, 5, 4, 1, 2, 97, 98, 326, 327, 94, 19),
    *(129, 358, 49, 279, 48, 278, 9, 8, 10, 151, 127, 356, 234, 454, 21, 251, 162, 389),
)
"""Mesh points that no speech moves: eye corners, nose, forehead, temples."""

ANCHORS = (
    *(2, 97, 326, 98, 327, 129, 358, 1, 4, 203, 423, 50, 280, 101, 330, 123, 352, 147, 376),
    *(58, 288, 132, 361, 215, 435),
)
"""Points of the nose, the upper cheeks and the jaw's angle that hold the warp in place."""

CHIN_POINTS = (152, 148, 377, 176, 400, 149, 378, 150, 379, 175, 199, 200, 201, 421, 208, 428, 18)
"""Points that move with the jaw."""

UPPER_OUTER, LOWER_OUTER = LIPS_OUTER[:11], (LIPS_OUTER[0], *LIPS_OUTER[:9:-1])

UPPER_INNER, LOWER_INNER = LIPS_INNER[:11], (LIPS_INNER[0], *LIPS_INNER[:9:-1])
"""Halves of the contours, corners included, each from the person's right to the left."""

UPPER_MIDDLE, LOWER_MIDDLE = list(UPPER_INNER[4:7]), list(LOWER_INNER[4:7])
"""The points of the inner contours between which the opening is measured."""

CONTROLS = ("aperture", "width", "jaw", "closure")
"""See `motion.Motion`."""

JAW_SHARE = 0.6
"""Usual drop of the chin, as a share of the aperture."""

SHUT_LIMIT = 0.05
"""Aperture up to which a mouth counts as shut."""


@dataclass(frozen=True)
class Pose:
    """Weak-perspective poses of T frames: picture = scale * rotation @ head + shift, z included.

    Attributes:
        scale: [T].
        rotation: [T, 3, 3].
        shift: [T, 3].
    """

    scale: np.ndarray
    rotation: np.ndarray
    shift: np.ndarray

    def to_head(self, points: np.ndarray) -> np.ndarray:
        """Take points to head coordinates.

        Args:
            points: In picture coordinates, [T, N, 3].

        Returns:
            [T, N, 3].
        """
        return (points - self.shift[:, None]) @ self.rotation / self.scale[:, None, None]

    def to_picture(self, points: np.ndarray) -> np.ndarray:
        """Take points to picture coordinates.

        Args:
            points: In head coordinates, [T, N, 3], or [N, 3] for all frames.

        Returns:
            [T, N, 3].
        """
        turned = points @ self.rotation.transpose(0, 2, 1)
        return turned * self.scale[:, None, None] + self.shift[:, None]


def fit_pose(model: np.ndarray, points: np.ndarray) -> Pose:
    """Find the similarities that take a model nearest to the points of each frame.

    Umeyama, "Least-squares estimation of transformation parameters", PAMI 13(4), 1991.

    Args:
        model: [N, 3].
        points: [T, N, 3].

    Returns:
        The poses of T frames.
    """
    model_mean, means = model.mean(0), points.mean(1)
    centred, others = model - model_mean, points - means[:, None]
    u, d, vt = np.linalg.svd(np.einsum("tni,nj->tij", others, centred))
    sign = np.ones_like(d)
    sign[:, 2] = np.sign(np.linalg.det(u @ vt))
    rotation = (u * sign[:, None]) @ vt
    scale = (d * sign).sum(1) / (centred**2).sum()
    return Pose(scale, rotation, means - scale[:, None] * (rotation @ model_mean))


def measure(track: np.ndarray) -> tuple[Pose, np.ndarray]:
    """Take the head's motion off a track.

    The unit and the origin are those of the mouth in the frames where the mesh is least open.

    Args:
        track: Meshes, [T, 468, 3], in picture pixels.

    Returns:
        The poses, and the meshes in head coordinates, [T, 468, 3].
    """
    points = track.astype(np.float64)
    model = points[len(points) // 2]
    for _ in range(3):
        pose = fit_pose(model[list(SKULL)], points[:, list(SKULL)])
        model = np.median(pose.to_head(points), axis=0)
    model = _upright(model)
    head = fit_pose(model[list(SKULL)], points[:, list(SKULL)]).to_head(points)
    gap = np.linalg.norm(head[:, 13] - head[:, 14], axis=1)
    rest = np.median(head[least(gap)], axis=0)
    rest = (rest - rest[[61, 291]].mean(0)) / np.linalg.norm(rest[61] - rest[291])
    pose = fit_pose(rest[list(SKULL)], points[:, list(SKULL)])
    return pose, pose.to_head(points)


def least(aperture: np.ndarray) -> np.ndarray:
    """Find the frames that show the mouth as little open as the cut ever does.

    Args:
        aperture: [T].

    Returns:
        [T] bool.
    """
    return aperture <= np.quantile(aperture, 0.1) + 0.01


def at_rest(head: np.ndarray, aperture: np.ndarray, openness: np.ndarray) -> np.ndarray:
    """Find the face with its mouth shut.

    The frames that are least open are taken. Where the cut never shows the mouth shut, the opening
    that is left is taken off.

    Args:
        head: Meshes in head coordinates, [T, 468, 3].
        aperture: How far each is open, [T], in mouth widths at rest.
        openness: By what the least open ones are chosen, [T].

    Returns:
        The face, [468, 3], in head coordinates.
    """
    closed = least(openness)
    rest = np.median(head[closed], axis=0)
    beyond = float(np.median(aperture[closed]))
    if beyond > SHUT_LIMIT:
        rest += displacement(rest, np.array([[-beyond, 0, -JAW_SHARE * beyond, 0]]))[0]
    return rest


def evened(faces: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Make the two sides of mouths move alike; what is lopsided at rest stays so.

    Args:
        faces: [T, 468, 3], in head coordinates.
        rest: The face at rest, [468, 3].

    Returns:
        The faces, their lips moved alike, [T, 468, 3].
    """
    even = faces.copy()
    for half in (UPPER_OUTER, LOWER_OUTER, UPPER_INNER, LOWER_INNER):
        ids = list(half)
        moved = faces[:, ids] - rest[ids]
        even[:, ids] = rest[ids] + (moved + moved[:, ::-1] * [-1, 1, 1]) / 2
    return even


def _upright(model: np.ndarray) -> np.ndarray:
    """Turn a mesh [468, 3] so that its eye corners lie on x, its brow and chin on y."""
    across = model[LEFT_EYE_OUTER] - model[RIGHT_EYE_OUTER]
    across /= np.linalg.norm(across)
    down = model[CHIN] - model[BROW]
    down -= across * (down @ across)
    down /= np.linalg.norm(down)
    return model @ np.stack([across, down, np.cross(across, down)], 1)


def _across(contour: tuple[int, ...], rest: np.ndarray) -> np.ndarray:
    """Place of each point of a contour half between its corners: -1, 0 in the middle, 1."""
    x = rest[list(contour), 0]
    return np.clip((x - (x[0] + x[-1]) / 2) / max(abs(x[-1] - x[0]) / 2, 1e-6), -1, 1)


def displacement(rest: np.ndarray, controls: np.ndarray) -> np.ndarray:
    """Find how far controls move a face at rest.

    The numbers are regressions of the mesh on its own aperture and width over talking people (the
    GRID corpus): the lower lip takes nearly all of the opening, the corners sink by a third of it
    and rise as they spread, and the chin goes back as it drops. Pressed lips are thinner.

    Args:
        rest: The face at rest, [468, 3], in head coordinates.
        controls: [T, 4], columns as `CONTROLS`, but each as its difference from where the face is;
            the result is linear in them.

    Returns:
        Displacements, [T, 468, 3], in head coordinates.
    """
    aperture, spread, jaw, closure = (controls[:, i, None] for i in range(4))
    moved = np.zeros((len(controls), *rest.shape))
    halves = ((UPPER_OUTER, UPPER_INNER, 0.0, 0.0), (LOWER_OUTER, LOWER_INNER, 1.04, 1.0))
    for outer, inner, outer_fall, inner_fall in halves:
        for contour, exponent, fall in ((outer, 0.75, outer_fall), (inner, 0.75, inner_fall)):
            ids = list(contour)
            u = _across(contour, rest)
            bow = (1 - u**2) ** exponent
            moved[:, ids, 0] = spread * rest[ids, 0]
            moved[:, ids, 1] = aperture * (0.31 * u**4 + fall * bow)
            moved[:, ids, 1] -= spread * (0.3 - 0.18 * bow)
            moved[:, ids, 1] -= 0.15 * closure * (rest[ids, 1] - rest[list(inner), 1])
            moved[:, ids, 2] = aperture * (0.18 + 0.2 * fall * bow) + 0.3 * spread
    ids = list(CHIN_POINTS)
    reach = np.exp(-((rest[ids, 0] / 0.65) ** 2))
    lip = np.exp(-(((rest[ids, 1] - 0.29) / 0.2) ** 2))
    moved[:, ids, 1] = reach * (jaw + lip * (aperture - jaw) - 0.1 * spread)
    moved[:, ids, 2] = reach * 0.9 * jaw
    return moved
