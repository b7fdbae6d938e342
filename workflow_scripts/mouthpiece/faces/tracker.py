"""Trackers of faces from frame to frame: of the largest face, or of several at once.

The whole picture is searched now and then; in between, the mesh of each face gives the region in
which the next frame's mesh is located.
"""

from itertools import permutations

import numpy as np

from ..config.guard import Guard
from .detector import FaceDetector, iou, overlap
from .mesh import FaceMesh
from .observation import Observation
from .region import Detection, Region
from .tracklet import Tracklet

MAX_FACES = 4
"""Faces that are looked at, or tracked, at once."""

RECENT_SEARCHES = 5
"""A face lost at most so many searches ago may be the one that is found elsewhere."""

REACH = 1 / 3
"""How far a face moves at most between two looks, in sides of its region (1.5 faces wide)."""

SETTLED = 0.03
"""The mesh is right where the middle of the face is within this of the middle of its region, in
sides of the region; it sees only a part of a larger move. A head that talks moves by less than a
tenth of that from frame to frame."""

LOOKS = 8
"""How often the mesh is located, each time in the region of the last mesh, until it is right."""

PART = 0.8
"""A face of which more than this share lies within a larger one is a part of that."""

SAME_FACE_IOU = 0.2
"""Overlap with the tracked face from which a detection is that face."""


class FaceFinder:
    """Finds faces in single pictures, and their meshes.

    Args:
        settings: The guard's limits.
        threads: CPU threads of the networks.
    """

    def __init__(self, settings: Guard, threads: int = 1) -> None:
        self._settings = settings
        self._detector = FaceDetector(settings.min_score, threads)
        self._mesh = FaceMesh(threads)

    def meshes(self, picture: np.ndarray) -> list[np.ndarray]:
        """Locate the faces of a picture.

        Args:
            picture: RGB, [H, W, 3] uint8.

        Returns:
            The mesh of each, [468, 3] float32; the best detection first, `MAX_FACES` at most.
        """
        seen = []
        for face in self._detector.detect(picture):
            points, presence = self._located(picture, Region.of_detection(face))
            if presence >= self._settings.min_presence:
                seen.append((face, points))
        faces = [face for face, _ in seen]
        return [points for face, points in seen if not _is_part(face, faces)][:MAX_FACES]

    def _search(self, picture: np.ndarray) -> list[Detection]:
        """Find faces. The mesh must confirm each: to the detector a hand is one, too. Nostrils and
        mouth of a face that fills the picture look like another one to both.
        """
        faces = [
            face
            for face in self._detector.detect(picture)
            if self._mesh.locate(picture, Region.of_detection(face))[1]
            >= self._settings.min_presence
        ]
        return [face for face in faces if not _is_part(face, faces)]

    def _located(self, picture: np.ndarray, region: Region) -> tuple[np.ndarray, float]:
        """The mesh of a face that may have moved since it was in a region, and its presence."""
        points, presence = self._mesh.locate(picture, region)
        for _ in range(LOOKS - 1):
            found = Region.of_mesh(points)
            moved = np.linalg.norm(found.centre - region.centre) / region.side_px
            if presence < self._settings.min_presence or moved <= SETTLED:
                break
            region = found
            points, presence = self._mesh.locate(picture, region)
        return points, presence


class _Tracker(FaceFinder):
    """What trackers share: when the whole picture is searched."""

    def __init__(self, settings: Guard, search_every_frames: int, threads: int = 1) -> None:
        super().__init__(settings, threads)
        self._every = search_every_frames
        self._count = 0
        self.faces: list[list[Detection]] = []
        """The faces of each searched frame."""


class FaceTracker(_Tracker):
    """Tracks the largest face.

    Args:
        settings: The guard's limits.
        search_every_frames: From one search of the whole picture to the next.
        threads: CPU threads of the networks.
    """

    def __init__(self, settings: Guard, search_every_frames: int, threads: int = 1) -> None:
        super().__init__(settings, search_every_frames, threads)
        self._region: Region | None = None

    def track(self, picture: np.ndarray) -> Observation | None:
        """Look at the next frame.

        Args:
            picture: RGB, [H, W, 3] uint8.

        Returns:
            The face; None where it is out of sight.
        """
        if self._count % self._every == 0 or self._region is None:
            faces = self._search(picture)
            if self._count % self._every == 0:
                self.faces.append(faces)
            self._region = self._choose(faces)
        self._count += 1
        if self._region is None:
            return None
        points, presence = self._located(picture, self._region)
        if presence < self._settings.min_presence:
            self._region = None
            return None
        self._region = Region.of_mesh(points)
        return Observation.of(picture, points)

    def _choose(self, faces: list[Detection]) -> Region | None:
        """Stay with the tracked face if it is among those found; else take the largest."""
        if not faces:
            return self._region
        if self._region is not None:
            half = self._region.side_px / 3
            box = np.concatenate([self._region.centre - half, self._region.centre + half])
            if iou(box, np.stack([face.box for face in faces])).max() > SAME_FACE_IOU:
                return self._region
        return Region.of_detection(max(faces, key=lambda face: face.height_px))


class MultiFaceTracker(_Tracker):
    """Tracks several faces at once. A face that is lost is found again only where it was lost.

    Args:
        settings: The guard's limits.
        search_every_frames: From one search of the whole picture to the next.
        threads: CPU threads of the networks.
    """

    def __init__(self, settings: Guard, search_every_frames: int, threads: int = 1) -> None:
        super().__init__(settings, search_every_frames, threads)
        self._all: list[Tracklet] = []

    @property
    def tracklets(self) -> list[Tracklet]:
        """The faces that count, the largest first: not much smaller, and not just passing by."""
        seen = [t for t in self._all if t.seen_share > self._settings.second_face_frames]
        seen.sort(key=lambda tracklet: -tracklet.height_px)
        return [
            t for t in seen if t.height_px >= self._settings.second_face_share * seen[0].height_px
        ]

    def track(self, picture: np.ndarray) -> None:
        """Look at the next frame.

        Args:
            picture: RGB, [H, W, 3] uint8.
        """
        if self._count % self._every == 0:
            self.faces.append(self._search(picture))
            self._match(self.faces[-1])
        for tracklet in self._all:
            tracklet.observations.append(self._look(tracklet, picture))
        for one, other in permutations(self._all, 2):
            one.meet(other)
        self._count += 1

    def _match(self, faces: list[Detection]) -> None:
        """Find lost faces again, and start a tracklet for each new one."""
        unmatched = sorted(faces, key=lambda face: -face.height_px)
        lost = [t for t in self._all if not t.is_visible]
        recent = [t for t in lost if self._count - t.lost_frame <= RECENT_SEARCHES * self._every]
        for tracklet in self._all:
            near = [f for f in unmatched if tracklet.distance(_centre(f)) < REACH]
            if near:
                face = min(near, key=lambda face: tracklet.distance(_centre(face)))
                unmatched = [f for f in unmatched if f is not face]
                if not tracklet.is_visible:
                    tracklet.region, tracklet.is_visible = Region.of_detection(face), True
                    for other in recent:
                        if other is not tracklet:
                            tracklet.nearest_face = other.nearest_face = 0.0
        for face in unmatched[: MAX_FACES - len(self._all)]:
            self._all.append(Tracklet(Region.of_detection(face), [None] * self._count))

    def _look(self, tracklet: Tracklet, picture: np.ndarray) -> Observation | None:
        if not tracklet.is_visible:
            return None
        points, presence = self._located(picture, tracklet.region)
        region = Region.of_mesh(points)
        # A mesh that jumps has moved to a neighbouring face.
        tracklet.is_visible = presence >= self._settings.min_presence and (
            tracklet.distance(region.centre) < REACH
        )
        if not tracklet.is_visible:
            tracklet.lost_frame = self._count
            return None
        tracklet.region = region
        return Observation.of(picture, points)


def _is_part(face: Detection, faces: list[Detection]) -> bool:
    """Whether a face is a part of one of some faces; see `PART`."""
    larger = [other.box for other in faces if other.height_px > face.height_px]
    area = float(np.prod(face.box[2:] - face.box[:2]))
    return bool(larger) and float(overlap(face.box, np.stack(larger)).max()) > PART * area


def _centre(face: Detection) -> np.ndarray:
    return np.asarray((face.box[:2] + face.box[2:]) / 2)
