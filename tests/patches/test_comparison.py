"""Drafts in their pictures: the same motion for all, and the filmed face to compare with."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import makers
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.timeline import Clock
from mouthpiece.faces.track import Track
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.patches import comparison
from mouthpiece.patches.alignment import MESH, TEMPLATE_PX
from mouthpiece.patches.comparison import Figures, compare
from mouthpiece.patches.patch import Patch
from mouthpiece.stages.normalize import normalize

FRAMES = 6


@pytest.fixture(scope="module")
def mezzanine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compare")
    colours = "gradients=s=320x256:r=25:d=0.24:n=3:c0=0x806050:c1=0xc0a080:c2=0x907060:seed=3"
    source, path = folder / "source.mkv", folder / "mezzanine.mp4"
    makers.ffmpeg("-f", "lavfi", "-i", colours, "-vf", makers.AS_BT709, *makers.X264, source)
    normalize(source, path, folder / "a.flac", folder / "f.json", Normalize())
    return path


def track() -> Track:
    points = np.zeros((FRAMES, 468, 3), np.float32)
    for group, (x, y) in zip(MESH, TEMPLATE_PX, strict=True):
        points[:, list(group), :2] = x / 2, y / 2
    return Track(points, np.ones(FRAMES, bool))


def draft(light: Iterable[int] = (0,) * FRAMES, alpha: float = 1.0) -> list[Patch]:
    """A patch over the mouth, lighter by so many levels in each frame."""
    mask = np.full((64, 64), 255, np.uint8)
    affine = np.array([[1.5, 0, 80], [0, 1.5, 120]])
    grey = 100 + 40 * np.sin(np.indices((64, 64)).sum(0) / 6)
    pixels = np.repeat(grey[..., None], 3, 2)
    return [Patch((pixels + up).astype(np.uint8), mask, affine, alpha) for up in light]


def figures(mezzanine: Path, *drafts: list[Patch], embed: comparison.Embed | None) -> list[Figures]:
    clock: Clock = probe_mezzanine(mezzanine).clock
    return compare(mezzanine, clock, track(), drafts, embed)


def mean_colour(chips: np.ndarray) -> np.ndarray:
    return chips.mean((1, 2)).astype(np.float32)


def test_a_draft_that_flickers_is_told_from_one_that_does_not(mezzanine: Path) -> None:
    before, same, after = figures(
        mezzanine, draft(), draft(), draft([0, 9, 0, 9, 0, 9]), embed=None
    )
    assert before == same and before.warp_error is not None and after.warp_error is not None
    assert before.warp_error < 0.01 and after.warp_error > 0.5
    assert before.identity_distance is None


def test_identity_is_the_distance_from_the_filmed_face(mezzanine: Path) -> None:
    before, after = figures(mezzanine, draft(), draft([60] * FRAMES), embed=mean_colour)
    assert before.identity_distance is not None and after.identity_distance is not None
    assert after.identity_distance != pytest.approx(before.identity_distance, abs=1)


def test_the_number_of_threads_changes_nothing(mezzanine: Path) -> None:
    drafts = draft([0, 3, 1, 5, 2, 4]), draft()
    clock = probe_mezzanine(mezzanine).clock
    one, four = (
        compare(mezzanine, clock, track(), drafts, mean_colour, threads) for threads in (1, 4)
    )
    assert one == four


def test_finer_patches_of_the_same_look_are_alike(mezzanine: Path) -> None:
    from mouthpiece.patches.restore import refined

    before, after = figures(
        mezzanine, draft(), [refined(patch, 2) for patch in draft()], embed=mean_colour
    )
    assert after.identity_distance == pytest.approx(before.identity_distance, abs=0.1)


def test_where_nothing_is_drawn_there_is_nothing_to_say(mezzanine: Path) -> None:
    nothing = draft(alpha=0)
    assert figures(mezzanine, nothing, embed=mean_colour) == [Figures(None, None)]
    once = [nothing[0], draft()[0], *(replace(p, alpha=0.0) for p in draft()[2:])]
    found = figures(mezzanine, once, embed=mean_colour)[0]
    assert found.warp_error is None
