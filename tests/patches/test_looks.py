"""What the picture of a draft shows, on a drawn face: each fault by its measure, and no other's."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from fractions import Fraction
from functools import cache

import av
import numpy as np
import pytest

from mouthpiece.calibration import spoilt
from mouthpiece.faces.detector import FaceDetector
from mouthpiece.faces.mesh import FaceMesh
from mouthpiece.faces.region import Region
from mouthpiece.media.mezzanine import MezzanineInfo
from mouthpiece.patches.composite import Layout
from mouthpiece.patches.looks import DETAIL_EVERY, ZONES, Looking, Looks
from mouthpiece.patches.patch import Patch
from places import ROOT

sys.path.append(str(ROOT / "benchmarks"))

from drawn_face import HEIGHT, WIDTH, Pose, draw

FRAMES, SIDE = 18, 200
LEFT, TOP = WIDTH // 2 - SIDE // 2, 250


@cache
def film() -> tuple[list[np.ndarray], np.ndarray, list[Patch]]:
    """A face at rest that moves to the right, its mesh, and a draft in which it talks."""
    rest, *talking = (draw(Pose(opening=opening)) for opening in (0, 0.2, 0.4, 0.6))
    (found,) = FaceDetector().detect(rest)
    points, _ = FaceMesh().locate(rest, Region.of_detection(found))
    far = np.abs(np.arange(SIDE) - SIDE / 2) / (SIDE / 2)
    soft = np.clip((0.95 - np.maximum(far[:, None], far[None])) / 0.25, 0, 1)
    mask = np.round(255 * soft).astype(np.uint8)
    mouths = [picture[TOP : TOP + SIDE, LEFT : LEFT + SIDE] for picture in (rest, *talking)]
    patches = []
    for number in range(FRAMES):
        place = np.array([[1.0, 0, LEFT + number], [0, 1, TOP]])
        opening = abs(number % 6 - 3)
        patches.append(Patch(mouths[opening], mask, place, 1.0))
    pictures = [np.roll(rest, number, 1) for number in range(FRAMES)]
    return pictures, np.stack([points + [number, 0, 0] for number in range(FRAMES)]), patches


def looks(patches: Iterable[Patch], pixel_format: str = "yuv420p") -> dict[str, float | None]:
    pictures, track, _ = film()
    looking = Looking(track)
    info = MezzanineInfo(
        Fraction(25), 1, WIDTH, HEIGHT, pixel_format, None, None, "smpte170m", "tv"
    )
    for picture, patch in zip(pictures, patches, strict=True):
        frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pixel_format)
        looking.lay(frame, patch, Layout.of(info))
    return asdict(looking.looks.summary())


def test_a_good_draft_looks_like_its_picture() -> None:
    found = looks(film()[2])
    assert found["seam"] < 0.5 and found["shade_step"] < 2
    assert found["asymmetry"] < 0.1 and found["detail"] > 0.85
    deep = looks(film()[2], "yuv420p10le")
    assert deep == pytest.approx(found, abs=0.3), "levels are those of 8 bit"


@pytest.mark.parametrize(
    ("spoil", "measure", "least"),
    [
        (spoilt.edged, "seam", 1.5),
        (spoilt.flickering, "shade_step", 6.0),
        (spoilt.torn, "asymmetry", 0.1),
    ],
)
def test_each_fault_is_seen(
    spoil: Callable[[Iterable[Patch]], Iterable[Patch]], measure: str, least: float
) -> None:
    assert looks(spoil(film()[2]))[measure] > looks(film()[2])[measure] + least


def test_a_tint_that_comes_and_goes_is_a_change_of_shade() -> None:
    tinted = spoilt.flickering(film()[2], (12, -6, 8))
    assert looks(tinted)["shade_step"] > looks(film()[2])["shade_step"] + 3


def test_blur_is_lost_detail() -> None:
    assert looks(spoilt.blurred(film()[2]))["detail"] < 0.7 * looks(film()[2])["detail"]


def test_what_is_not_drawn_is_the_picture() -> None:
    found = looks(spoilt.leaking(film()[2], [True] * FRAMES))
    assert found == dict.fromkeys(("seam", "shade_step", "asymmetry", "detail"))


def test_a_part_of_the_frames_has_their_values_only() -> None:
    drawn = [n for n in range(40) if n != 12]
    values = [float(n) for n in drawn]
    found = Looks(
        frame=drawn,
        seam=values,
        shade=[np.full(ZONES, value) for value in values],
        asymmetry=values,
        own_asymmetry=values,
        frontal=[n % 2 == 0 for n in drawn],
        detail=values[::DETAIL_EVERY],
    )
    part = found.between(11, 27)
    assert part.frame == part.seam == [11, *range(13, 27)]
    assert [float(shade[0]) for shade in part.shade] == part.seam
    assert part.frontal == [n % 2 == 0 for n in part.frame]
    assert part.detail == [value for value in values[::DETAIL_EVERY] if 11 <= value < 27]
    assert found.between(0, 40) == found and found.between(12, 13) == Looks()
