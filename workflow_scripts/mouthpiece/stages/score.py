"""How well the lips of a draft, as composited, go with its speech."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from av.video.reformatter import VideoReformatter

from ..audio.speech import Speech
from ..audio.voice_activity import speech_frames
from ..core.files import write_json
from ..core.timeline import Clock
from ..faces.mesh import FaceMesh
from ..faces.region import Region
from ..faces.track import Track
from ..media.decode import to_rgb
from ..patches.composite import composited
from ..patches.patch_set import PatchSet, load
from ..scorers.base import Seen
from ..scorers.scoring import score_face


def measure(
    mezzanine: Path,
    clock: Clock,
    track: Path,
    draft: Path,
    speech: Path,
    scorer_name: str,
    score: Path,
) -> None:
    """Score a cut's draft, as composited, against its speech; JSON, `{}` for an empty draft."""
    patches = load(draft)
    found: dict[str, Any] = {}
    if patches.frames:
        sound = Speech.load(speech)
        found = score_patches(
            mezzanine, clock, Track.load(track).at(clock.frame_order), patches, sound, scorer_name
        )
    write_json(score, found)


def forgo(fault: dict[str, Any], score: Path) -> None:
    """Leave the fault in place of a score."""
    write_json(score, {"fault": fault})


def score_patches(
    mezzanine: Path,
    clock: Clock,
    track: Track,
    patches: PatchSet,
    speech: Speech,
    scorer_name: str,
) -> dict[str, Any]:
    """The score of patches that are laid into their cut, as JSON values: what `measure` writes."""
    samples = speech.cut_samples(clock)
    reformatter = VideoReformatter()
    pictures = (to_rgb(frame, reformatter) for frame in composited(mezzanine, clock, patches))
    return score_face(
        scorer_name, faces_in(pictures, track), clock, samples, speech_frames(speech, clock)
    )


def faces_in(pictures: Iterable[np.ndarray], track: Track) -> Iterator[Seen]:
    """The face as drawn, its mesh looked for anew where the track has it; one frame at a time."""
    mesh = FaceMesh()
    for picture, points in zip(pictures, track.points, strict=True):
        yield Seen(picture, mesh.locate(picture, Region.of_mesh(points))[0])
