"""Stage `guard`: decide which cuts show one clear face.

The face of a cut is tracked through all frames and measured. Each measure that violates a limit of
the config is a reason to pass the cut through. Then `scorers.speaking` finds out whether the face
speaks. Content is never an error.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import takewhile
from typing import Any, Literal

import numpy as np

from ..config.guard import Guard
from ..core.curves import gaussian
from ..core.faults import FaultValues, cut_stage
from ..core.files import write_json
from ..core.timeline import Clock
from ..faces.clear_face import Measures, Reason, measure_face, reasons_against
from ..faces.landmarks import BROW, CHIN, MESH_POINTS
from ..faces.observation import Observation
from ..faces.region import Detection
from ..faces.track import Track, save_tracks
from ..faces.tracker import FaceTracker, MultiFaceTracker
from ..faces.tracklet import Tracklet
from ..faces.transition import in_transition
from ..media.decode import read_rgb
from ..media.mezzanine import cut_clock
from ..scorers.settings import SpeakingLimits
from ..scorers.speaking import Scene, SpeakerCheck, choose_speaker, nothing_known
from .requests import GuardRequest

log = logging.getLogger(__name__)

DETECT_EVERY_S = 0.2
"""How often the whole picture is searched for faces. In between, the mesh tracks its face."""

TREMBLING = (0.01, 0.02)
"""A face that smoothing moves by the first, in face heights, trembled; by the second, it moved."""


@dataclass(frozen=True)
class Verdict:
    """The guard's verdict on a cut.

    Attributes:
        verdict: Whether the cut can be lip-synced.
        reasons: Why it is passed through.
        measures: The measures of its face.
        contested: Whether several faces are seen, and the source's sound must show which one
            speaks.
        unclear: What was found against faces that are larger than those whose sync is judged.
    """

    verdict: Literal["lipsync", "passthrough"]
    reasons: tuple[Reason, ...]
    measures: Measures
    contested: bool = False
    unclear: tuple[Reason, ...] = ()


def watch(
    pictures: Iterable[np.ndarray], clock: Clock, settings: Guard
) -> tuple[Verdict, list[Track]]:
    """Track and measure the faces of a cut.

    Args:
        pictures: The cut's frames, RGB, [H, W, 3] uint8.
        clock: The cut's frames on the timeline.
        settings: The guard's limits.

    Returns:
        The verdict and the tracks of the faces that may be redrawn. There is no track if the
        verdict is `passthrough`. If the verdict is contested, there is one for each face that may
        be the speaker's, the largest first; else there is one.
    """
    tracked, searched = _track_faces(pictures, clock, settings)
    faces = [observations for observations, _ in tracked]
    measures = [
        measure_face(observations, near, searched, clock.first_frame, settings)
        for observations, near in tracked
    ]
    has_second_face = measures[0].second_face > settings.second_face_frames
    contested = has_second_face and settings.two_faces == "in_sync" and not settings.face
    candidates = [
        (tuple(reasons_against(m, settings)), m, observations)
        for m, observations in zip(measures, faces, strict=True)
    ]
    if not contested:
        candidates = candidates[:1]
    clear = [face for face in candidates if not face[0]]
    reasons, measured, _ = (clear or candidates)[0]
    if reasons:
        return Verdict("passthrough", reasons, measured), []
    tracks = [_track(observations, clock, settings) for _, _, observations in clear]
    larger = takewhile(lambda face: face[0], candidates)
    unclear = tuple(reason for against, *_ in larger for reason in against)
    return Verdict("lipsync", (), measured, contested, unclear), tracks


def _track_faces(
    pictures: Iterable[np.ndarray], clock: Clock, settings: Guard
) -> tuple[list[tuple[list[Observation | None], float | None]], list[list[Detection]]]:
    """The observations of each face in each frame, with the distance of the nearest other face; and
    the detections of each search.
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
    seen = [(t.observations, t.nearest_face) for t in _select(tracker.tracklets, settings.face)]
    return seen or [([None] * frames, None)], tracker.faces


def _select(tracklets: list[Tracklet], face: str) -> list[Tracklet]:
    """The face that the config selects; all faces if it selects none."""
    if not tracklets or not face:
        return tracklets
    if face == "largest":
        return tracklets[:1]
    return [(min if face == "left" else max)(tracklets, key=lambda tracklet: tracklet.x_px)]


def _track(observations: list[Observation | None], clock: Clock, settings: Guard) -> Track:
    """The observed meshes, with gaps interpolated linearly, steadied over time."""
    seen = np.array([s is not None for s in observations])
    known = np.flatnonzero(seen)
    values = np.stack([s.points for s in observations if s is not None]).reshape(len(known), -1)
    frames = np.arange(len(observations))
    right = np.clip(np.searchsorted(known, frames), 0, len(known) - 1)
    left = np.where(known[right] > frames, np.maximum(right - 1, 0), right)
    span = np.maximum(known[right] - known[left], 1)
    share = np.clip((frames - known[left]) / span, 0, 1)[:, None]
    filled = values[left] * (1 - share) + values[right] * share
    points = filled.reshape(len(frames), MESH_POINTS, 3)
    width_frames = settings.smoothing_s * float(clock.rate)
    if width_frames:
        points = _steadied(points, width_frames)
    unfit = in_transition(observations, clock.rate, settings.max_yaw_deg)
    return Track(points.astype(np.float32), seen & ~unfit)


def _steadied(points: np.ndarray, width_frames: float) -> np.ndarray:
    """Smooth meshes [T, 468, 3] over time; a face that leaps is left where it is."""
    smooth = gaussian(points, width_frames)
    astray = (points - smooth).mean(1, keepdims=True)
    height = np.linalg.norm(points[:, CHIN] - points[:, BROW], axis=1).mean()
    low, high = TREMBLING
    share = (np.linalg.norm(astray, axis=2, keepdims=True) / max(height, 1e-6) - low) / (high - low)
    return smooth + np.clip(share, 0, 1) * astray


def _no_face(request: GuardRequest, fault: FaultValues) -> None:
    """Write a verdict without a face, with the fault."""
    Track.empty().save(request.track)
    empty = Verdict("passthrough", (), Measures(0, 0, 0, 0, 0, 0, 0, 0, 0))
    write_json(request.verdict, _values(empty, nothing_known(), []) | {"fault": fault})


@cut_stage(on_fault=_no_face)
def guard(request: GuardRequest) -> None:
    """Write the verdict on a cut, and the tracks of the faces that may be redrawn.

    The verdict is JSON: a `Verdict`, whether the cut may be `redrawn` if it is judged by itself,
    whether a face is `tracked` that the whole film may make the speaker's (`stages.faces`), and as
    `speaker` what `scorers.speaking.choose_speaker` found.

    Args:
        request: The cut, the limits and the outputs.
    """
    clock = cut_clock(request.mezzanine, request.cut)
    pictures = read_rgb(request.mezzanine, clock)
    found, tracks = watch(pictures, clock, Guard.model_validate(request.settings))
    log.info("%s %s", found.verdict, [r.code for r in found.reasons])
    limits = SpeakingLimits.model_validate(request.limits)
    speaker, kept = choose_speaker(
        Scene(request.mezzanine, clock, request.speech),
        tracks,
        SpeakerCheck(request.speaker_mode, request.scorer, limits, request.hearing),
        found.measures.second_face if found.contested else None,
    )
    save_tracks(kept or [Track.empty()], request.track)
    write_json(request.verdict, _values(found, speaker, kept))


def _values(found: Verdict, speaker: dict[str, Any], tracks: Sequence[Track]) -> dict[str, Any]:
    tracked = bool(tracks)
    redrawn = tracked and not speaker["reasons"]
    return asdict(found) | {"redrawn": redrawn, "tracked": tracked, "speaker": speaker}
