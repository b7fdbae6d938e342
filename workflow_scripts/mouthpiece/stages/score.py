"""How well the lips of a draft, as composited, go with its speech."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from ..audio.speech import Speech
from ..audio.voice_activity import sound_frames, speech_frames
from ..core.faults import FaultValues, cut_stage
from ..core.files import write_json
from ..core.timeline import Clock
from ..faces.mesh import FaceMesh
from ..faces.region import Region
from ..faces.track import Track
from ..media.decode import region_to_rgb, to_rgb
from ..media.mezzanine import cut_clock
from ..media.region import Region as Part
from ..patches.composite import composited
from ..patches.looks import Looking
from ..patches.patch import Patch
from ..patches.patch_set import PatchReader
from ..scorers.base import Seen
from ..scorers.picture import picture_measures
from ..scorers.registry import scorer_settings
from ..scorers.scoring import score_face
from ..scorers.silent_mouth import MouthWatch, SecondLook, regions_beside
from .requests import ScoreRequest


def _no_score(request: ScoreRequest, fault: FaultValues) -> None:
    """Leave the fault in place of a score."""
    write_json(request.score, {"fault": fault})


@cut_stage(on_fault=_no_score)
def score(request: ScoreRequest) -> None:
    """Score a cut's draft, as composited, against its speech; JSON, `{}` for an empty draft.

    Args:
        request: What to score.
    """
    patches = PatchReader(request.draft)
    found: dict[str, Any] = {}
    if patches.frames:
        clock = cut_clock(request.mezzanine, request.cut, request.source_cut, request.reversed)
        track = Track.load(request.track, request.face).at(clock.frame_order)
        speech = Speech.load(request.speech)
        found = score_patches(request.mezzanine, clock, track, patches, speech, request.scorer)
        found["packages"] = request.packages
    write_json(request.score, found)


def score_patches(
    mezzanine: Path,
    clock: Clock,
    track: Track,
    patches: Iterable[Patch],
    speech: Speech,
    scorer_name: str,
) -> dict[str, Any]:
    """Score patches that are laid into their cut, one frame at a time.

    Args:
        mezzanine: The video's mezzanine.
        clock: The cut's frames.
        track: The face in these frames.
        patches: One a frame, in order.
        speech: The cut's speech.
        scorer_name: The scorer.

    Returns:
        JSON values: see `scorers.scoring.score_face`; and the fields of
        `scorers.picture.PictureMeasures`.
    """
    samples = speech.cut_samples(clock)
    looking = Looking(track.points)
    frames = composited(mezzanine, clock, patches, looking.lay)
    whole = scorer_settings()[scorer_name].needs_pictures
    pictures = _converted(frames, None if whole else _meshed(track.points))
    spoken = speech_frames(speech, clock)
    heard = sound_frames(speech, clock, spoken)
    watch = MouthWatch(SecondLook(track.points, ~heard, FaceMesh()))
    faces = watch.watched(faces_in(pictures, track))
    found = score_face(scorer_name, faces, clock, samples, spoken)
    measures = picture_measures(
        looking.looks, watch.points, track.points, spoken, heard, float(clock.rate)
    )
    return found | asdict(measures)


def _converted(frames: Iterable[av.VideoFrame], part: Part | None) -> Iterator[np.ndarray]:
    """The frames as RGB; outside the part, where there is one, they may be black."""
    reformatter = VideoReformatter()
    for frame in frames:
        yield region_to_rgb(frame, reformatter, part) if part else to_rgb(frame, reformatter)


def _meshed(points: np.ndarray) -> Part:
    """The part of the pictures that the mesh is located in, whichever the frame and the look."""
    first = [Region.of_mesh(mesh) for mesh in points]
    beside = [other for region in first for other in regions_beside(region)]
    return Part.around(np.concatenate([region.corners() for region in first + beside]))


def faces_in(pictures: Iterable[np.ndarray], track: Track) -> Iterator[Seen]:
    """Look for the face as it was drawn, where the track has it.

    Args:
        pictures: RGB, [H, W, 3] uint8, T of them.
        track: The face in the same frames.

    Yields:
        The face in each picture.
    """
    mesh = FaceMesh()
    for picture, points in zip(pictures, track.points, strict=True):
        yield Seen(picture, mesh.locate(picture, Region.of_mesh(points))[0])
