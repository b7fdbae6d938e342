"""Which cuts show one clear face.

A cut's face is tracked through all of its frames and measured; each measure that breaks a limit of
the config is a reason to pass the cut through. Content is never an error.
"""

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

from .clock import Clock
from .faces import (
    BROW,
    CHIN,
    MESH_POINTS,
    Detection,
    FaceDetector,
    FaceMesh,
    Region,
    head_angles,
    iou,
)
from .files import write_json
from .picture import read_rgb
from .settings import Guard
from .track import Track

log = logging.getLogger(__name__)

DETECT_EVERY_S = 0.2
"""How often the whole picture is searched for faces; between, the mesh follows its own face."""
NEUTRAL_PITCH_DEG = 6.0
"""Pitch that `faces.head_angles` gives for a level head (median over frontal talking heads)."""
SKIN_POINTS = (1, 4, 5, 195, 197, 50, 280, 117, 346, 151)
"""Mesh points on nose, upper cheeks and forehead."""
MOUTH_POINTS = (164, 18, 200, 199, 57, 287, 43, 273, 202, 422, 17, 0, 61, 291)
"""Mesh points around the mouth and on the chin."""
HIDDEN_LAB = 18.0
"""Change of a mouth point's colour, beyond the skin's own, that hides it (CIE Lab)."""
HIDDEN_POINTS_SHARE = 0.3
"""Share of the mouth points that must have changed for the mouth to count as hidden."""


@dataclass(frozen=True)
class Reason:
    """Why a cut is passed through: a code, the measured value and the limit it broke."""

    code: str
    value: float
    limit: float


@dataclass(frozen=True)
class Measures:
    """What was measured of a cut's face; 0 where there is none."""

    frames: int
    seen: float
    longest_gap_frames: int
    face_px: float
    second_face: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    visible: float


@dataclass(frozen=True)
class Verdict:
    """The guard's word on a cut."""

    verdict: Literal["lipsync", "passthrough"]
    reasons: tuple[Reason, ...]
    measures: Measures


@dataclass(frozen=True)
class Sighting:
    """A face as seen in one frame: its mesh [468, 3], and colours [N, 3] of points in CIE Lab."""

    points: np.ndarray
    skin: np.ndarray
    mouth: np.ndarray


class Follower:
    """Follows the largest face from frame to frame."""

    def __init__(self, settings: Guard, search_every_frames: int, threads: int = 1) -> None:
        self._settings = settings
        self._detector = FaceDetector(settings.min_score, threads)
        self._mesh = FaceMesh(threads)
        self._every = search_every_frames
        self._region: Region | None = None
        self._count = 0
        self.faces: list[list[Detection]] = []
        """The faces of each searched frame."""

    def follow(self, picture: np.ndarray) -> Sighting | None:
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
        return Sighting(points, *_colours(picture, points))

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


def watch(pictures: Iterable[np.ndarray], clock: Clock, settings: Guard) -> tuple[Verdict, Track]:
    """Look at a cut's frames, RGB [H, W, 3] uint8: the verdict, and the face's track.

    The track is empty where the verdict is `passthrough`.
    """
    follower = Follower(settings, max(1, round(DETECT_EVERY_S * float(clock.rate))))
    sightings = [follower.follow(picture) for picture in pictures]
    measures = _measure(sightings, follower.faces, settings)
    reasons = tuple(_reasons(measures, settings))
    if reasons:
        return Verdict("passthrough", reasons, measures), Track.empty()
    return Verdict("lipsync", (), measures), _track(sightings, clock, settings)


def _measure(
    sightings: list[Sighting | None], searched: list[list[Detection]], settings: Guard
) -> Measures:
    seen = [s for s in sightings if s is not None]
    points = [s.points for s in seen]
    if not seen:
        return Measures(len(sightings), 0, len(sightings), 0, 0, 0, 0, 0, 0)
    angles = np.abs(np.array([head_angles(p) for p in points]) - [0, NEUTRAL_PITCH_DEG, 0])
    yaw, pitch, roll = np.percentile(angles, 90, axis=0)
    return Measures(
        frames=len(sightings),
        seen=len(seen) / len(sightings),
        longest_gap_frames=_longest_gap([s is not None for s in sightings]),
        face_px=float(np.median([np.linalg.norm(p[CHIN] - p[BROW]) for p in points])),
        second_face=_second_face(searched, settings.second_face_share),
        yaw_deg=float(yaw),
        pitch_deg=float(pitch),
        roll_deg=float(roll),
        visible=_visible(seen),
    )


def _longest_gap(seen: list[bool]) -> int:
    longest = run = 0
    for here in seen:
        run = 0 if here else run + 1
        longest = max(longest, run)
    return longest


def _second_face(searched: list[list[Detection]], share: float) -> float:
    """Share of the searched frames with a second face of at least `share` of the first's height."""
    heights = [sorted((f.height_px for f in faces), reverse=True) for faces in searched]
    return float(np.mean([len(h) > 1 and h[1] >= share * h[0] for h in heights]))


def _visible(seen: list[Sighting]) -> float:
    """Share of seen frames whose mouth region has the colours it mostly has in this cut."""
    skin = np.stack([s.skin for s in seen])
    mouth = np.stack([s.mouth for s in seen])
    light = np.median(skin - np.median(skin, 0), axis=1, keepdims=True)
    change = np.linalg.norm(mouth - light - np.median(mouth, 0), axis=2)
    hidden = (change > HIDDEN_LAB).mean(1) > HIDDEN_POINTS_SHARE
    return float(1 - hidden.mean())


def _reasons(measures: Measures, settings: Guard) -> Iterable[Reason]:
    """The limits that the measures break, the plainest first."""
    if measures.frames < settings.min_frames:
        yield Reason("short", measures.frames, settings.min_frames)
    if measures.seen == 0:
        yield Reason("no_face", 0, settings.min_seen)
        return
    if measures.second_face > settings.second_face_frames:
        yield Reason("two_faces", measures.second_face, settings.second_face_frames)
    if measures.seen < settings.min_seen:
        yield Reason("face_lost", measures.seen, settings.min_seen)
    if measures.longest_gap_frames > settings.max_gap_frames:
        yield Reason("gap", measures.longest_gap_frames, settings.max_gap_frames)
    if measures.face_px < settings.min_face_px:
        yield Reason("small_face", measures.face_px, settings.min_face_px)
    if measures.yaw_deg > settings.max_yaw_deg:
        yield Reason("turned", measures.yaw_deg, settings.max_yaw_deg)
    if measures.pitch_deg > settings.max_pitch_deg:
        yield Reason("nodded", measures.pitch_deg, settings.max_pitch_deg)
    if measures.roll_deg > settings.max_roll_deg:
        yield Reason("tilted", measures.roll_deg, settings.max_roll_deg)
    if measures.visible < settings.min_visible:
        yield Reason("hidden", measures.visible, settings.min_visible)


def _track(sightings: list[Sighting | None], clock: Clock, settings: Guard) -> Track:
    """The seen meshes, gaps bridged linearly, smoothed."""
    seen = np.array([s is not None for s in sightings])
    known = np.flatnonzero(seen)
    values = np.stack([s.points for s in sightings if s is not None]).reshape(len(known), -1)
    frames = np.arange(len(sightings))
    right = np.clip(np.searchsorted(known, frames), 0, len(known) - 1)
    left = np.where(known[right] > frames, np.maximum(right - 1, 0), right)
    span = np.maximum(known[right] - known[left], 1)
    share = np.clip((frames - known[left]) / span, 0, 1)[:, None]
    filled = values[left] * (1 - share) + values[right] * share
    width_frames = settings.smoothing_s * float(clock.rate)
    if width_frames:
        filled = gaussian_filter1d(filled, width_frames, axis=0, mode="nearest")
    return Track(filled.reshape(len(frames), MESH_POINTS, 3).astype(np.float32), seen)


def guard(mezzanine: Path, clock: Clock, verdict: Path, track: Path, settings: Guard) -> None:
    """Guard a cut of a mezzanine: write its verdict (JSON) and its face track (.npz)."""
    found, face = watch(read_rgb(mezzanine, clock), clock, settings)
    face.save(track)
    write_json(verdict, asdict(found))
    log.info("%s %s", found.verdict, [r.code for r in found.reasons])
