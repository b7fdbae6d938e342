"""A mouth that moves or is open while the dub is silent.

After LipLeak of KeySync, arXiv:2505.00497. It is measured on the faces that a scorer looks at
anyway, as they go by.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import Protocol

import numpy as np

from ..core.curves import gaussian, swing
from ..core.spans import find_spans
from ..faces.articulation import Span
from ..faces.landmarks import (
    LEFT_EYE_OUTER,
    LIPS_APART,
    MESH_POINTS,
    RIGHT_EYE_OUTER,
    lip_gap,
)
from ..faces.region import Region
from .base import Seen

SILENCE_S = 0.2
"""A silence must be longer than this, in seconds: in shorter ones a mouth is on its way from one
sound to the next."""

EDGE_S = 0.12
"""So much of a silence after speech and before it, in seconds, does not count: a mouth closes after
the sound, and opens before it."""

SMOOTHING_S = 0.03
"""Standard deviation of the smoothing of the opening, in seconds: landmarks tremble."""

WINDOW_S = 0.28
"""The time in which the opening must change, in seconds: about a syllable."""

MOVING = 0.03
"""By how much it must change, in distances of the outer eye corners. Of 28 GRID talkers, whose
mouths follow their own voices, 1.5 % of the frames of silence reach it and 64 % of those of
speech."""


OPEN_SHARE = 0.1
"""By this share of the person's range of opening beyond their rest, a mouth is open."""

OPEN_LEAST = 0.015
"""But by no less than this, in distances of the outer eye corners: landmarks tremble."""

LOOKS = tuple(product((0.96, 1.04), (-0.02, 0.02), (-0.02, 0.02)))
"""The regions in which a doubtful mouth is looked at again: how large they are, and how far to the
right and down they lie, in sides of the first one. Enough to change the mesh's error, not the face.
"""

AGREEING = 10
"""A doubtful mouth is open where so many looks find it open, of `LOOKS` at the picture and as many
at its mirror image: on shut lips half of them may err together, where cheeks smile or the jaw
hangs.
"""

NOISE = 0.5
"""By this share of the looks' standard deviation a doubtful mouth counts as less open: so far looks
at lips that are shut, but soft, small or bearded, err together.
"""


class Locator(Protocol):
    """What locates a mesh: `faces.mesh.FaceMesh`."""

    def locate(self, picture: np.ndarray, region: Region) -> tuple[np.ndarray, float]:
        """Locate the mesh of the face in a region; see `faces.mesh.FaceMesh.locate`.

        Args:
            picture: RGB, [H, W, 3] uint8.
            region: Where the face is.

        Returns:
            The points, [468, 3], and the probability that there is a face.
        """


class SecondLook:
    """Looks again at mouths that seem open in silence.

    In one look at a small mouth the mesh may find an opening that is .02 distances of the outer eye
    corners too large: more than a tenth of most people's range. The error depends on where exactly
    the region lies, and so stays for several frames. Looked at from other regions around the same
    place, shut lips are shut, and open ones open. In the mirror image an open mouth is as open, and
    the error is another one. How unlike the looks are tells how far all of them may err.
    """

    def __init__(self, own: np.ndarray, silent: np.ndarray, mesh: Locator) -> None:
        """Begin.

        Args:
            own: The person's meshes in the source, [T, 468, 3].
            silent: Whether nobody is heard in each frame, [T] bool.
            mesh: What locates the mesh.
        """
        span = Span.of(openings(own))
        self._own, self._silent, self._mesh = own, silent, mesh
        self._unit = _eye_distance(own)
        self._doubtful = (span.rest + opens_from(span)) / 2

    def mesh_of(self, frame: int, seen: Seen) -> np.ndarray:
        """Give a face's mesh, located again where its mouth seems open, or nearly, in silence.

        Args:
            frame: The frame's number.
            seen: The face in it.

        Returns:
            The mesh that was seen; or, where it is more open than `AGREEING` of the other looks
            find it, the most open one in the picture that is not; or, where all of these are, the
            least open one; its lips nearer by the looks' `NOISE`, [468, 3].
        """
        silent = frame < len(self._silent) and self._silent[frame]
        if not silent or lip_gap(seen.points) / self._unit <= self._doubtful:
            return seen.points
        region = Region.of_mesh(self._own[frame])
        mirror = np.ascontiguousarray(seen.picture[:, ::-1])
        looks = self._looks(seen.picture, region)
        mirrored = self._looks(mirror, region.mirrored(mirror.shape[1]))
        gaps = sorted(lip_gap(mesh) for mesh in looks + mirrored)
        # Left and right are exchanged in the meshes of the mirror image.
        given = [seen.points, *looks]
        most = min(gaps[-AGREEING], lip_gap(seen.points))
        not_more = [mesh for mesh in given if lip_gap(mesh) <= most]
        found = max(not_more, key=lip_gap) if not_more else min(given, key=lip_gap)
        return _nearer(found, NOISE * float(np.std(gaps)))

    def _looks(self, picture: np.ndarray, region: Region) -> list[np.ndarray]:
        """The meshes of a face from the regions around its own."""
        return [self._mesh.locate(picture, one)[0] for one in regions_beside(region)]


def regions_beside(region: Region) -> Iterator[Region]:
    """Find the regions of a second look.

    Args:
        region: That of the first look.

    Yields:
        The regions, see `LOOKS`.
    """
    for size, right, down in LOOKS:
        centre = region.centre + region.side_px * np.array([right, down])
        yield replace(region, centre=centre, side_px=size * region.side_px)


def _nearer(mesh: np.ndarray, by: float) -> np.ndarray:
    """A mesh [468, 3] whose lips are nearer to each other by so much; shut, if they are no further
    apart.
    """
    gap = float(lip_gap(mesh))
    if min(gap, by) <= 0:
        return mesh
    shut, (upper, lower) = mesh.copy(), np.array(LIPS_APART).T
    half = (mesh[lower] - mesh[upper]) * (min(by / gap, 1) / 2)
    shut[upper] += half
    shut[lower] -= half
    return shut


class MouthWatch:
    """Notes the meshes of the faces that pass by."""

    def __init__(self, second: SecondLook | None = None) -> None:
        """Begin.

        Args:
            second: How mouths that seem open are looked at again; None: they are not.
        """
        self._points: list[np.ndarray] = []
        self._second = second

    def watched(self, face: Iterable[Seen]) -> Iterator[Seen]:
        """Look at faces on their way.

        Args:
            face: A face in each frame.

        Yields:
            The same, as they were seen.
        """
        for seen in face:
            points = seen.points
            if self._second:
                points = self._second.mesh_of(len(self._points), seen)
            self._points.append(points.astype(np.float32))
            yield seen

    @property
    def points(self) -> np.ndarray:
        """The face meshes, [T, 468, 3] float32."""
        return np.array(self._points, np.float32).reshape(-1, MESH_POINTS, 3)


def openings(points: np.ndarray) -> np.ndarray:
    """Measure how far the lips of a track are apart.

    The opening of `faces.articulation` is the same gap, but each frame is scaled by all points of
    the skull first: a nod or a nearer head changes nothing. Here it is as the picture shows it, in
    one scale for the whole track, and the limits of this module are set on that; the two differ by
    a few per cent of the person's range.

    Args:
        points: The face meshes, [T, 468, 3].

    Returns:
        In distances of the outer eye corners, [T] float64.
    """
    return lip_gap(points) / _eye_distance(points)


def opens_from(own: Span) -> float:
    """Tell beyond which opening a mouth is no longer at rest.

    Args:
        own: The person's own openings.

    Returns:
        The opening, in distances of the outer eye corners.
    """
    return own.rest + max(OPEN_SHARE * own.range, OPEN_LEAST)


def mouth_in_silence(
    opening: np.ndarray, spoken: np.ndarray, rate: float, own: np.ndarray | None = None
) -> dict[str, float]:
    """Measure for how long a mouth moves or is open while nobody is heard.

    Args:
        opening: How far the lips are apart in each frame, in distances of the outer eye corners,
            [T] float.
        spoken: Whether somebody speaks in each frame, [T] bool.
        rate: Frames/s.
        own: How far the person's lips are apart in the source, [N] float: what they do at rest, and
            how far they open. None: only movement counts.

    Returns:
        JSON values: `silence_s`, the silences of more than `SILENCE_S` without their edges, in
        seconds; `mouth_in_silence_s`, for how long the mouth moves or is open in them;
        `open_in_silence_s`, for how long it is open.
    """
    frames = min(len(opening), len(spoken))
    counted = np.zeros(frames, bool)
    edge = round(EDGE_S * rate)
    for first, end in find_spans(~spoken[:frames]):
        if end - first > SILENCE_S * rate:
            counted[first + edge * (first > 0) : end - edge * (end < frames)] = True
    astray = agape = counted
    if counted.any():
        agape = counted & _open(opening[:frames], rate, own)
        astray = agape | counted & _moving(opening[:frames], rate)
    seconds = [round(float(which.sum()) / rate, 3) for which in (counted, astray, agape)]
    return dict(zip(("silence_s", "mouth_in_silence_s", "open_in_silence_s"), seconds, strict=True))


def _moving(opening: np.ndarray, rate: float) -> np.ndarray:
    """Whether a mouth moves around each frame, [T] bool."""
    smooth = gaussian(opening, SMOOTHING_S * rate)
    window = round(WINDOW_S * rate) | 1  # odd: centred on a frame
    return np.asarray(swing(smooth, window) > MOVING)


def _open(opening: np.ndarray, rate: float, own: np.ndarray | None) -> np.ndarray:
    """Whether a mouth is further open than the person's own is at rest, [T] bool."""
    if own is None or not len(own):
        return np.zeros(len(opening), bool)
    span = Span.of(own)
    return np.asarray(gaussian(opening, SMOOTHING_S * rate) > opens_from(span))


def _eye_distance(points: np.ndarray) -> float:
    """The distance of the outer eye corners over a track [T, 468, 3], above 0; 1 of no frames."""
    eyes = np.linalg.norm(points[:, LEFT_EYE_OUTER] - points[:, RIGHT_EYE_OUTER], axis=1)
    return max(float(np.median(eyes)) if len(eyes) else 1.0, 1e-6)
