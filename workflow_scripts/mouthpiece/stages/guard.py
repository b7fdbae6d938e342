"""Which cuts show one clear face.

A cut's face is tracked through all of its frames and measured; each measure that breaks a limit of
the config is a reason to pass the cut through. Content is never an error.
"""

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ..config.guard import Guard
from ..core.faults import FaultValues, cut_stage
from ..core.files import write_json
from ..core.timeline import Clock
from ..faces.landmarks import BROW, CHIN, MESH_POINTS, head_angles
from ..faces.observation import Observation
from ..faces.region import Detection
from ..faces.track import Track, save_all
from ..faces.tracker import FaceTracker, MultiFaceTracker
from ..faces.tracklet import Tracklet
from ..media.decode import read_rgb
from ..media.mezzanine import cut_clock
from .requests import GuardRequest

log = logging.getLogger(__name__)

DETECT_EVERY_S = 0.2
"""How often the whole picture is searched for faces; between, the mesh follows its own face."""

NEUTRAL_PITCH_DEG = 6.0
"""Pitch that `faces.head_angles` gives for a level head (median over frontal talking heads)."""

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
    nearest_face: float | None = None
    """How near another face comes, middle to middle, in face heights; where faces are told apart.
    """


@dataclass(frozen=True)
class Verdict:
    """The guard's word on a cut."""

    verdict: Literal["lipsync", "passthrough"]
    reasons: tuple[Reason, ...]
    measures: Measures
    contested: bool = False
    """Whether more than one face is seen, and the source's sound is to say which of them speaks."""


def watch(
    pictures: Iterable[np.ndarray], clock: Clock, settings: Guard
) -> tuple[Verdict, list[Track]]:
    """Look at a cut's frames, RGB [H, W, 3] uint8: the verdict, and the face's track.

    No track where the verdict is `passthrough`; one for each face that may be the one that speaks
    where it is contested, the largest first.
    """
    followed, searched = _follow(pictures, clock, settings)
    faces = [observations for observations, _ in followed]
    measures = [_measure(observations, near, searched, settings) for observations, near in followed]
    company = measures[0].second_face > settings.second_face_frames
    contested = company and settings.two_faces == "in_sync" and not settings.face
    found = [
        (tuple(_reasons(m, settings)), m, observations)
        for m, observations in zip(measures, faces, strict=True)
    ]
    if not contested:
        found = found[:1]
    clear = [face for face in found if not face[0]]
    reasons, measured, _ = (clear or found)[0]
    if reasons:
        return Verdict("passthrough", reasons, measured), []
    tracks = [_track(observations, clock, settings) for _, _, observations in clear]
    return Verdict("lipsync", (), measured, contested), tracks


def _follow(
    pictures: Iterable[np.ndarray], clock: Clock, settings: Guard
) -> tuple[list[tuple[list[Observation | None], float | None]], list[list[Detection]]]:
    """What is seen, frame by frame, of each face to be measured, and how near another one comes;
    and the faces of each search.
    """
    every_frames = max(1, round(DETECT_EVERY_S * float(clock.rate)))
    if settings.two_faces == "refuse" and not settings.face:
        single = FaceTracker(settings, every_frames)
        return [([single.track(picture) for picture in pictures], None)], single.faces
    tracker = MultiFaceTracker(settings, every_frames)
    frames = 0
    for picture in pictures:
        tracker.track(picture)
        frames += 1
    seen = [(t.observations, t.nearest_face) for t in _named(tracker.tracklets, settings.face)]
    return seen or [([None] * frames, None)], tracker.faces


def _named(tracklets: list[Tracklet], face: str) -> list[Tracklet]:
    """The face that the config names; all of them where it names none."""
    if not tracklets or not face:
        return tracklets
    if face == "largest":
        return tracklets[:1]
    return [(min if face == "left" else max)(tracklets, key=lambda tracklet: tracklet.x_px)]


def _measure(
    observations: list[Observation | None],
    nearest_face: float | None,
    searched: list[list[Detection]],
    settings: Guard,
) -> Measures:
    seen = [s for s in observations if s is not None]
    points = [s.points for s in seen]
    if not seen:
        return Measures(len(observations), 0, len(observations), 0, 0, 0, 0, 0, 0)
    angles = np.abs(np.array([head_angles(p) for p in points]) - [0, NEUTRAL_PITCH_DEG, 0])
    yaw, pitch, roll = np.percentile(angles, 90, axis=0)
    return Measures(
        frames=len(observations),
        seen=len(seen) / len(observations),
        longest_gap_frames=_longest_gap([s is not None for s in observations]),
        face_px=float(np.median([np.linalg.norm(p[CHIN] - p[BROW]) for p in points])),
        second_face=_second_face(searched, settings.second_face_share),
        yaw_deg=float(yaw),
        pitch_deg=float(pitch),
        roll_deg=float(roll),
        visible=_visible(seen),
        nearest_face=nearest_face,
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


def _visible(seen: list[Observation]) -> float:
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
    refuse = settings.two_faces == "refuse" and not settings.face
    if refuse and measures.second_face > settings.second_face_frames:
        yield Reason("two_faces", measures.second_face, settings.second_face_frames)
    near = measures.nearest_face
    if near is not None and near < settings.min_apart:
        yield Reason("faces_cross", near, settings.min_apart)
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


def _track(observations: list[Observation | None], clock: Clock, settings: Guard) -> Track:
    """The seen meshes, gaps bridged linearly, smoothed."""
    seen = np.array([s is not None for s in observations])
    known = np.flatnonzero(seen)
    values = np.stack([s.points for s in observations if s is not None]).reshape(len(known), -1)
    frames = np.arange(len(observations))
    right = np.clip(np.searchsorted(known, frames), 0, len(known) - 1)
    left = np.where(known[right] > frames, np.maximum(right - 1, 0), right)
    span = np.maximum(known[right] - known[left], 1)
    share = np.clip((frames - known[left]) / span, 0, 1)[:, None]
    filled = values[left] * (1 - share) + values[right] * share
    width_frames = settings.smoothing_s * float(clock.rate)
    if width_frames:
        filled = gaussian_filter1d(filled, width_frames, axis=0, mode="nearest")
    return Track(filled.reshape(len(frames), MESH_POINTS, 3).astype(np.float32), seen)


def _no_face(request: GuardRequest, fault: FaultValues) -> None:
    """Leave a verdict without a face, and the fault in it."""
    save_all([], request.faces)
    nothing = Verdict("passthrough", (), Measures(0, 0, 0, 0, 0, 0, 0, 0, 0))
    write_json(request.verdict, asdict(nothing) | {"fault": fault})


@cut_stage(on_fault=_no_face)
def guard(request: GuardRequest) -> None:
    """Guard a cut: write its verdict and its face tracks.

    Args:
        request: What to guard, and the limits.
    """
    clock = cut_clock(request.mezzanine, request.cut)
    pictures = read_rgb(request.mezzanine, clock)
    found, tracks = watch(pictures, clock, Guard.model_validate(request.settings))
    save_all(tracks, request.faces)
    write_json(request.verdict, asdict(found))
    log.info("%s %s", found.verdict, [r.code for r in found.reasons])
