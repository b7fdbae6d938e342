"""Follows faces from frame to frame: the largest, or several at once.

The whole picture is searched now and then; between, the mesh of each face follows its own face.
"""

from dataclasses import dataclass
from itertools import permutations

import cv2
import numpy as np

from ..config.guard import Guard
from .detector import FaceDetector, iou
from .landmarks import BROW, CHIN
from .mesh import FaceMesh
from .region import Detection, Region

SKIN_POINTS = (1, 4, 5, 195, 197, 50, 280, 117, 346, 151)
"""Mesh points on nose, upper cheeks and forehead."""

MOUTH_POINTS = (164, 18, 200, 199, 57, 287, 43, 273, 202, 422, 17, 0, 61, 291)
"""Mesh points around the mouth and on the chin."""

MOST_FACES = 4
"""Faces that are followed at once."""

SIDE = 1.5
"""The side of a face's region, in face heights."""

LATELY_SEARCHES = 5
"""Who was lost so many searches ago, or less, may be the one who is found elsewhere."""

REACH = 1 / 3
"""How far a face moves between two looks, at most, in sides of its region (1.5 faces wide)."""


@dataclass(frozen=True)
class Observation:
    """A face as seen in one frame: its mesh [468, 3], and colours [N, 3] of points in CIE Lab."""

    points: np.ndarray
    skin: np.ndarray
    mouth: np.ndarray


class _Watcher:
    """What followers of faces share: the detector, the mesh, and when the whole is searched."""

    def __init__(self, settings: Guard, search_every_frames: int, threads: int = 1) -> None:
        self._settings = settings
        self._detector = FaceDetector(settings.min_score, threads)
        self._mesh = FaceMesh(threads)
        self._every = search_every_frames
        self._count = 0
        self.faces: list[list[Detection]] = []
        """The faces of each searched frame."""


class FaceTracker(_Watcher):
    """Follows the largest face from frame to frame."""

    def __init__(self, settings: Guard, search_every_frames: int, threads: int = 1) -> None:
        super().__init__(settings, search_every_frames, threads)
        self._region: Region | None = None

    def track(self, picture: np.ndarray) -> Observation | None:
        """Look at the next frame, RGB [H, W, 3] uint8: the face, if it is there."""
        if self._count % self._every == 0 or self._region is None:
            faces = self._detector.detect(picture)
            if self._count % self._every == 0:
                self.faces.append(faces)
            self._region = self._choose(faces)
        self._count += 1
        if self._region is None:
            return None
        points, presence = self._mesh.locate(picture, self._region)
        if presence < self._settings.min_presence:
            self._region = None
            return None
        self._region = Region.of_mesh(points)
        return Observation(points, *_colours(picture, points))

    def _choose(self, faces: list[Detection]) -> Region | None:
        """Stay with the face that is followed if it is among those found; else take the largest."""
        if not faces:
            return self._region
        if self._region is not None:
            half = self._region.side_px / 3
            box = np.concatenate([self._region.centre - half, self._region.centre + half])
            if iou(box, np.stack([face.box for face in faces])).max() > 0.2:
                return self._region
        return Region.of_detection(max(faces, key=lambda face: face.height_px))


def _colours(picture: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """CIE Lab colours [N, 3] of the skin points and the mouth points, each a small mean."""
    radius = max(1, round(float(np.linalg.norm(points[CHIN] - points[BROW])) / 40))
    low = np.floor(points[:, :2].min(0)).astype(int) - 2 * radius
    high = np.ceil(points[:, :2].max(0)).astype(int) + 2 * radius
    low, high = np.maximum(low, 0), np.minimum(high, picture.shape[1::-1])
    face = cv2.blur(picture[low[1] : high[1], low[0] : high[0]], (2 * radius + 1,) * 2)
    lab = cv2.cvtColor(face.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    at = np.clip(np.rint(points[:, :2]).astype(int) - low, 0, np.array(lab.shape[1::-1]) - 1)
    return tuple(lab[at[list(p), 1], at[list(p), 0]] for p in (SKIN_POINTS, MOUTH_POINTS))


@dataclass
class Tracklet:
    """One of several faces: where it was last, whether it is still there, what was seen of it."""

    region: Region
    sightings: list[Observation | None]
    here: bool = True
    nearest: float | None = None
    """How near another face has come to it, middle to middle, in face heights; 0 where both were
    out of sight at once, and may have changed places.
    """
    lost_at: int = 0
    """The frame in which it was lost, if it is not here."""

    def see(self, other: "Tracklet") -> None:
        """Take note of how near another face is; one that is lost counts where it was lost."""
        side_px = (self.region.side_px + other.region.side_px) / 2
        apart = float(np.linalg.norm(other.region.centre - self.region.centre)) / side_px
        self.nearest = min(SIDE * apart, np.inf if self.nearest is None else self.nearest)

    def distance(self, centre: np.ndarray) -> float:
        """How far a point (x, y) is from the face, in sides of its region."""
        return float(np.linalg.norm(centre - self.region.centre)) / self.region.side_px

    @property
    def seen(self) -> float:
        """Share of the frames in which it is seen."""
        return float(np.mean([s is not None for s in self.sightings]))

    @property
    def height_px(self) -> float:
        """Height from brow to chin, median over the frames in which it is seen."""
        return float(np.median([np.linalg.norm(p[CHIN] - p[BROW]) for p in self._meshes]))

    @property
    def x_px(self) -> float:
        """Where its middle is across the picture, likewise."""
        return float(np.median([p[:, 0].mean() for p in self._meshes]))

    @property
    def _meshes(self) -> list[np.ndarray]:
        return [s.points for s in self.sightings if s is not None]


class MultiFaceTracker(_Watcher):
    """Follows several faces at once. One that is lost is found again only where it was lost."""

    def __init__(self, settings: Guard, search_every_frames: int, threads: int = 1) -> None:
        super().__init__(settings, search_every_frames, threads)
        self._all: list[Tracklet] = []

    @property
    def people(self) -> list[Tracklet]:
        """Those that count, the largest first: not much smaller, and not just passing by."""
        seen = [p for p in self._all if p.seen > self._settings.second_face_frames]
        seen.sort(key=lambda person: -person.height_px)
        return [
            p for p in seen if p.height_px >= self._settings.second_face_share * seen[0].height_px
        ]

    def track(self, picture: np.ndarray) -> None:
        """Look at the next frame, RGB [H, W, 3] uint8."""
        if self._count % self._every == 0:
            self.faces.append(self._detector.detect(picture))
            self._meet(self.faces[-1])
        for person in self._all:
            person.sightings.append(self._look(person, picture))
        for one, other in permutations(self._all, 2):
            one.see(other)
        self._count += 1

    def _meet(self, faces: list[Detection]) -> None:
        """Find again who was lost, and take up who is new."""
        strangers = sorted(faces, key=lambda face: -face.height_px)
        lost = [p for p in self._all if not p.here]
        lately = [p for p in lost if self._count - p.lost_at <= LATELY_SEARCHES * self._every]
        for person in self._all:
            near = [f for f in strangers if person.distance(_centre(f)) < REACH]
            if near:
                face = min(near, key=lambda face: person.distance(_centre(face)))
                strangers = [f for f in strangers if f is not face]
                if not person.here:
                    person.region, person.here = Region.of_detection(face), True
                    for other in lately:
                        if other is not person:
                            person.nearest = other.nearest = 0.0
        for face in strangers[: MOST_FACES - len(self._all)]:
            self._all.append(Tracklet(Region.of_detection(face), [None] * self._count))

    def _look(self, person: Tracklet, picture: np.ndarray) -> Observation | None:
        if not person.here:
            return None
        points, presence = self._mesh.locate(picture, person.region)
        region = Region.of_mesh(points)
        # A mesh that leaps has gone over to a neighbour's face.
        person.here = presence >= self._settings.min_presence and (
            person.distance(region.centre) < REACH
        )
        if not person.here:
            person.lost_at = self._count
            return None
        person.region = region
        return Observation(points, *_colours(picture, points))


def _centre(face: Detection) -> np.ndarray:
    return np.asarray((face.box[:2] + face.box[2:]) / 2)
