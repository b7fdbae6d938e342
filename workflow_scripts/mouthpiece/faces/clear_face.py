"""Whether a cut shows one clear face: what is measured of it, and the limits that this violates."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..config.guard import Guard
from ..core.spans import find_spans
from .cover import covered
from .identity import NO_CHANGE, PersonChange, find_person_change
from .landmarks import BROW, CHIN, head_angles, lip_gap
from .observation import Observation
from .region import Detection

NEUTRAL_PITCH_DEG = 6.0
"""Pitch of a level head by `faces.landmarks.head_angles` (median over frontal talking heads)."""

HIDDEN_LAB = 18.0
"""A mouth point is hidden if its colour changes by more than this, beyond the change of the skin
(CIE Lab)."""

HIDDEN_POINTS_SHARE = 0.3
"""The mouth is hidden if more than this share of its points is."""


@dataclass(frozen=True)
class Reason:
    """Why a cut is passed through.

    Attributes:
        code: The reason's name, such as `small_face`.
        value: The measured value; of `two_people_in_cut` the second one's first frame in the film.
        limit: The limit that it violates.
    """

    code: str
    value: float
    limit: float


@dataclass(frozen=True)
class Measures:
    """The measures of a cut's face; all 0 if there is no face.

    Attributes:
        frames: Length of the cut.
        seen: Share of the frames in which the face is seen.
        longest_gap_frames: Longest run of frames in which it is not seen. At an end of the cut,
            where no lips are drawn, a run counts only if it is too much of the cut.
        face_px: Height from brow to chin, median over the cut, in mezzanine pixels.
        second_face: Share of the searched frames with a second face.
        yaw_deg: Turn of the head, 90th percentile of the absolute value.
        pitch_deg: Nod of the head, as `yaw_deg`.
        roll_deg: Tilt of the head, as `yaw_deg`.
        visible: Share of the frames with the face in which the mouth is not hidden.
        nearest_face: Smallest distance to another face, centre to centre, in face heights; None if
            only one face is tracked.
        mouth_motion: How much the mouth moves: standard deviation of the opening of the lips, in
            face heights.
        covered_frames: Longest run of frames in which something covers the mouth.
        person_change: The sharpest change of the face, and its first frame on the film's clock.
    """

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
    mouth_motion: float = 0.0
    covered_frames: int = 0
    person_change: PersonChange = NO_CHANGE


def measure_face(
    observations: list[Observation | None],
    nearest_face: float | None,
    searched: list[list[Detection]],
    first_frame: int,
    settings: Guard,
) -> Measures:
    """Measure the face of a cut.

    Args:
        observations: The face in each frame; None where it is not seen.
        nearest_face: The smallest distance to another face, in face heights; None: there is none.
        searched: All faces of each frame that was searched.
        first_frame: The cut's first frame in the film.
        settings: The guard's limits.

    Returns:
        The measures.
    """
    seen = [s for s in observations if s is not None]
    points = [s.points for s in seen]
    if not seen:
        return Measures(len(observations), 0, len(observations), 0, 0, 0, 0, 0, 0)
    angles = np.abs(np.array([head_angles(p) for p in points]) - [0, NEUTRAL_PITCH_DEG, 0])
    yaw, pitch, roll = np.percentile(angles, 90, axis=0)
    face_px = float(np.median([np.linalg.norm(p[CHIN] - p[BROW]) for p in points]))
    change = find_person_change(observations)
    away = find_spans(np.array([seen_there is None for seen_there in observations]))
    at_ends = (1 - settings.min_seen) * len(observations)
    gaps = [
        end - first
        for first, end in away
        if (first > 0 and end < len(observations)) or end - first > at_ends
    ]
    covers = find_spans(covered(observations))
    return Measures(
        frames=len(observations),
        seen=len(seen) / len(observations),
        longest_gap_frames=max(gaps, default=0),
        face_px=face_px,
        second_face=_second_face(searched, settings.second_face_share),
        yaw_deg=float(yaw),
        pitch_deg=float(pitch),
        roll_deg=float(roll),
        visible=_visible(seen),
        nearest_face=nearest_face,
        mouth_motion=float(np.std(lip_gap(np.array(points)))) / face_px,
        covered_frames=max((end - first for first, end in covers), default=0),
        person_change=PersonChange(change.distance, first_frame + change.frame),
    )


def reasons_against(measures: Measures, settings: Guard) -> Iterator[Reason]:
    """List the limits that the measures violate, the simplest first.

    Args:
        measures: The measures of a cut's face.
        settings: The guard's limits.

    Yields:
        A reason for each.
    """
    if measures.frames < settings.min_frames:
        yield Reason("short", measures.frames, settings.min_frames)
    if measures.seen == 0:
        yield Reason("no_face", 0, settings.min_seen)
        return
    refuse = settings.two_faces == "refuse" and not settings.face
    if refuse and measures.second_face > settings.second_face_frames:
        yield Reason("two_faces", measures.second_face, settings.second_face_frames)
    if measures.person_change.distance >= settings.person_change:
        yield Reason("two_people_in_cut", measures.person_change.frame, settings.person_change)
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
    if measures.covered_frames > settings.max_covered_frames:
        yield Reason("mouth_covered", measures.covered_frames, settings.max_covered_frames)


def _second_face(searched: list[list[Detection]], share: float) -> float:
    """Share of the searched frames in which a second face has at least `share` of the height."""
    heights = [sorted((f.height_px for f in faces), reverse=True) for faces in searched]
    return float(np.mean([len(h) > 1 and h[1] >= share * h[0] for h in heights]))


def _visible(seen: list[Observation]) -> float:
    """Share of the observations in which the mouth has its usual colours in this cut."""
    skin = np.stack([s.skin for s in seen])
    mouth = np.stack([s.mouth for s in seen])
    light = np.median(skin - np.median(skin, 0), axis=1, keepdims=True)
    change = np.linalg.norm(mouth - light - np.median(mouth, 0), axis=2)
    hidden = (change > HIDDEN_LAB).mean(1) > HIDDEN_POINTS_SHARE
    return float(1 - hidden.mean())
