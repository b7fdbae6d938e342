"""Where faces are restored, and that nothing else changes; with stand-ins for the network."""

from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter

import makers
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.timeline import Clock
from mouthpiece.faces.track import Track
from mouthpiece.media.decode import to_rgb
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.patches import restore as restoring
from mouthpiece.patches.alignment import (
    MESH,
    SIDE_PX,
    STEADY_S,
    TEMPLATE_PX,
    aligned,
    aligned_frame,
    alignment,
)
from mouthpiece.patches.composite import Layout, composited, plane_of
from mouthpiece.patches.patch import Patch
from mouthpiece.patches.restore import Restoration, Restorer, fineness, restored
from mouthpiece.stages.normalize import normalize
from patchsets import PatchSet

FRAMES = 6
SCALE, TURN = 0.5, 0.2
"""Picture pixels of an aligned face's pixel; radians."""


def places(frames: int = FRAMES, scale: float = SCALE) -> np.ndarray:
    """Where the face lies in the picture, [T, 2, 3]: turned, and moving to the right."""
    turned = scale * np.array([[np.cos(TURN), -np.sin(TURN)], [np.sin(TURN), np.cos(TURN)]])
    at = np.array([[60 + 0.5 * n, -10.0] for n in range(frames)])
    return np.stack([np.column_stack([turned, place]) for place in at])


def mesh(frames: int = FRAMES, scale: float = SCALE) -> Track:
    """A track whose five points lie where the places say."""
    points = np.zeros((frames, 468, 3), np.float32)
    for place, one in zip(places(frames, scale), points, strict=True):
        for group, spot in zip(MESH, TEMPLATE_PX, strict=True):
            one[list(group), :2] = place @ [*spot, 1]
    return Track(points, np.ones(frames, bool))


@pytest.fixture(scope="module")
def mezzanine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quarter of a second of smooth colours, 320 x 256."""
    folder = tmp_path_factory.mktemp("restore")
    colours = "gradients=s=320x256:r=25:d=0.24:n=3:c0=0x806050:c1=0xc0a080:c2=0x907060:seed=3"
    source = folder / "source.mkv"
    makers.ffmpeg("-f", "lavfi", "-i", colours, "-vf", makers.AS_BT709, *makers.X264, source)
    path = folder / "mezzanine.mp4"
    normalize(source, path, folder / "a.flac", folder / "f.json", Normalize())
    assert probe_mezzanine(path).frames == FRAMES
    return path


def clock(mezzanine: Path) -> Clock:
    return probe_mezzanine(mezzanine).clock


def draft(side: int = 64, pitch: float = 2.0) -> PatchSet:
    """A patch over the mouth, of soft stripes, its mask an ellipse with a soft edge."""
    rows, columns = np.mgrid[:side, :side] / (side - 1)
    pixels = np.stack([120 + 60 * np.sin(9 * rows), 90 + 40 * columns, 80 + 30 * rows], -1)
    mask = np.clip(3 * (1 - ((rows - 0.5) ** 2 + (columns - 0.5) ** 2) * 6), 0, 1) * 255
    middle = places() @ [SIDE_PX / 2, 370, 1]
    affine = np.stack([
        np.column_stack([pitch * np.eye(2), spot - pitch * (side - 1) / 2]) for spot in middle
    ])  # fmt: skip
    return PatchSet(
        "test",
        np.repeat(pixels.astype(np.uint8)[None], FRAMES, 0),
        np.repeat(mask.astype(np.uint8)[None], FRAMES, 0),
        affine,
        np.ones(FRAMES, np.float32),
    )


def samples(mezzanine: Path, patches: PatchSet | None) -> np.ndarray:
    """Every sample of the composite, [T, ...], as stored; None: of the mezzanine."""
    frames = composited(mezzanine, clock(mezzanine), patches)
    return np.stack([frame.to_ndarray() for frame in frames])


def touched(mezzanine: Path, patches: PatchSet) -> np.ndarray:
    """The samples that patches of this place and mask can change."""
    seen = []
    for colour in ((0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 255)):
        pixels = np.broadcast_to(np.array(colour, np.uint8), patches.pixels.shape)
        seen.append(samples(mezzanine, replace(patches, pixels=pixels)))
    return (seen[0] != seen[1]) | (seen[2] != seen[3])


def restore(mezzanine: Path, patches: PatchSet, network: Restorer, strength: float = 1) -> PatchSet:
    where = alignment(mesh().points, STEADY_S * 25)
    drawn = patches.alpha > 0
    factor = fineness(patches.affine[drawn], where[drawn])
    how = Restoration(where, factor, network, strength)
    return PatchSet.of(restored(mezzanine, clock(mezzanine), patches, how))


def refined(patches: PatchSet, factor: int) -> PatchSet:
    return PatchSet.of(restoring.refined(patch, factor) for patch in patches)


def test_the_place_is_found_from_the_mesh() -> None:
    np.testing.assert_allclose(alignment(mesh().points, 0.01), places(), atol=1e-3)
    still = mesh()
    still.points[:] = still.points[0]
    np.testing.assert_allclose(alignment(still.points, 3.0), places()[[0] * FRAMES], atol=1e-3)


def test_a_face_is_seen_where_it_is_and_brought_back_there() -> None:
    """To 512 x 512 and back: the same picture, up to interpolation."""
    rows, columns = np.mgrid[:256, :320]
    waves = 128 + 100 * np.sin(rows / 6) * np.sin(columns / 7)
    picture, place = np.repeat(np.rint(waves).astype(np.uint8)[..., None], 3, 2), places()[0]
    face = aligned(picture, place)
    back = cv2.warpAffine(face, place, picture.shape[1::-1], flags=cv2.INTER_LINEAR)
    inside = cv2.warpAffine(np.full((512, 512), 255, np.uint8), place, picture.shape[1::-1]) == 255
    inside[[0, 1, 2, -3, -2, -1]] = False  # the picture's edge, beyond which is grey
    inside = cv2.erode(inside.astype(np.uint8), np.ones((5, 5))) > 0
    apart = np.abs(back.astype(int) - picture)[inside]
    assert inside.sum() > 20000 and apart.max() <= 4 and apart.mean() < 1


def test_a_large_face_is_averaged_not_sampled() -> None:
    fine = np.indices((1100, 1100)).sum(0) % 2 * 255
    picture = np.repeat(fine.astype(np.uint8)[..., None], 3, 2)
    face = aligned(picture, np.array([[2.0, 0, 30], [0, 2.0, 30]]))
    assert np.abs(face.astype(int) - 127).max() <= 2


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "yuv444p"])
@pytest.mark.parametrize("full_range", [False, True])
def test_a_face_is_cut_out_of_planes_as_out_of_a_picture(
    pixel_format: str, full_range: bool
) -> None:
    """Not all of the frame is converted; what is seen is the same, up to interpolation."""
    rows, columns = np.mgrid[:256, :320]
    waves = [128 + 80 * np.sin(rows / a) * np.sin(columns / b) for a, b in ((25, 30), (40, 33))]
    picture = np.rint(np.stack([*waves, 255 - waves[0]], -1)).astype(np.uint8)
    kind, (x, y) = (
        av.VideoFormat(pixel_format),
        {"420": (1, 1), "422": (1, 0), "444": (0, 0)}[pixel_format[3:6]],
    )
    layout = Layout("bt709", full_range, kind.components[0].bits, (x, y))
    samples = np.rint(layout.yuv(picture))
    frame = av.VideoFrame(320, 256, pixel_format)
    for index in range(3):
        plane = plane_of(frame, index, layout)
        values = samples[:, :: 1 << x, index] if index else samples[..., 0]
        plane[:] = (values[::2] + values[1::2]) / 2 if index and y else values
    face = aligned_frame(frame, layout, places()[0])
    apart = np.abs(face.astype(int) - aligned(picture, places()[0]))
    white = aligned(np.full_like(picture, 255), places()[0])
    inside = cv2.erode(white, np.ones((9, 9))) == 255  # not the picture's edge, which is half grey
    assert apart[inside].max() <= 4 and apart.max() <= 40


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("bits", [8, 10])
def test_samples_are_read_back_as_the_colours_that_they_were(bits: int, full_range: bool) -> None:
    colours = np.random.default_rng(4).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    layout = Layout("smpte170m", full_range, bits, (0, 0))
    samples = np.rint(layout.yuv(colours)).clip(0, (1 << bits) - 1)
    read = layout.rgb(samples.astype(np.uint8 if bits == 8 else np.uint16))
    assert np.abs(read.astype(int) - colours).max() <= (2 if bits == 8 else 1)


def test_a_network_that_changes_nothing_leaves_the_patches_as_they_are(mezzanine: Path) -> None:
    for pitch, factor in ((1.0, 1), (2.0, 2), (2.6, 3)):
        patches = draft(pitch=pitch)
        found = restore(mezzanine, patches, lambda faces: faces)
        wanted = refined(patches, factor)
        np.testing.assert_array_equal(found.pixels, wanted.pixels)
        np.testing.assert_array_equal(found.masks, wanted.masks)
        np.testing.assert_array_equal(found.affine, wanted.affine)


@pytest.mark.parametrize("factor", [2, 3])
def test_finer_patches_show_the_same_in_the_same_place(mezzanine: Path, factor: int) -> None:
    patches = draft()
    apart = samples(mezzanine, refined(patches, factor)).astype(int) - samples(mezzanine, patches)
    assert np.abs(apart).mean() < 0.2 and np.percentile(np.abs(apart), 99.5) <= 4


def marked(faces: np.ndarray) -> np.ndarray:
    """Dots where the mouth's corners are trained to be."""
    faces = faces.copy()
    for face in faces:
        for x, y in TEMPLATE_PX[3:]:
            cv2.circle(
                face, (round(x * 16), round(y * 16)), 96, (255, 255, 255), -1, cv2.LINE_AA, 4
            )
    return faces


@pytest.mark.parametrize("pitch", [1.0, 2.0])
def test_what_the_network_draws_lands_on_the_face(mezzanine: Path, pitch: float) -> None:
    patches = replace(draft(side=round(160 / pitch), pitch=pitch))
    opaque = replace(patches, masks=np.full_like(patches.masks, 255))
    plain, dotted = (
        [
            to_rgb(f, VideoReformatter()).astype(float).sum(-1)
            for f in composited(mezzanine, clock(mezzanine), shown)
        ]
        for shown in (opaque, restore(mezzanine, opaque, marked))
    )
    for n, place in enumerate(alignment(mesh().points, STEADY_S * 25)):
        for corner in TEMPLATE_PX[3:]:
            x, y = place @ [*corner, 1]
            assert np.linalg.norm(places()[n] @ [*corner, 1] - (x, y)) < 1
            rows, columns = (slice(round(v) - 6, round(v) + 7) for v in (y, x))
            light = np.clip((dotted[n] - plain[n])[rows, columns], 60, None) - 60
            assert light.sum() > 200
            ys, xs = np.mgrid[rows, columns]
            assert abs((light * xs).sum() / light.sum() - x) < 0.1
            assert abs((light * ys).sum() / light.sum() - y) < 0.1


@pytest.mark.parametrize("pitch", [1.0, 2.0, 2.6])
def test_outside_the_mask_of_the_draft_every_sample_stays(mezzanine: Path, pitch: float) -> None:
    patches = draft(pitch=pitch)
    found = restore(mezzanine, patches, lambda faces: 255 - faces)
    before = samples(mezzanine, None)
    changed = samples(mezzanine, found) != before
    assert changed.any(axis=(1, 2)).all()
    assert not (changed & ~touched(mezzanine, patches)).any()
    assert not (touched(mezzanine, found) & ~touched(mezzanine, patches)).any()


@pytest.mark.parametrize("scale", [1.0, 0.6, 0.4])
def test_detail_that_is_too_fine_for_the_picture_is_averaged_not_sampled(scale: float) -> None:
    """Sampled, it would change from frame to frame as the face moves by parts of a pixel."""
    rng = np.random.default_rng(2)
    grain = np.repeat(rng.normal(0, 20, (SIDE_PX, SIDE_PX, 1)), 3, -1).astype(np.float32)
    coarse = cv2.GaussianBlur(grain, (0, 0), 6) * 20
    side = int(SIDE_PX * scale)
    flat = Patch(
        np.full((side, side, 3), 128, np.uint8),
        np.full((side, side), 255, np.uint8),
        np.array([[1.0, 0, 0], [0, 1.0, 0]]),
        1.0,
    )

    def shown(detail: np.ndarray, shift: float) -> np.ndarray:
        place = np.array([[scale, 0, shift], [0, scale, shift]])
        return restoring.with_detail(flat, detail, place).pixels[8:-8, 8:-8].astype(float) - 128

    assert shown(grain, 0.3).std() < 1.1 * scale * grain.std()
    assert shown(coarse, 0.3).std() > 0.95 * coarse.std()


def test_beyond_the_aligned_face_the_draft_stays(mezzanine: Path) -> None:
    """Where a mask reaches beyond what the network sees, no edge appears."""
    wide = draft(side=128, pitch=2.0)
    wide = replace(wide, masks=np.full_like(wide.masks, 255))
    found = restore(mezzanine, wide, lambda faces: 255 - faces)
    apart = np.abs(found.pixels.astype(int) - refined(wide, 2).pixels).max(-1)
    seen = np.stack([
        cv2.warpAffine(np.full((512, 512), 255, np.uint8),
                       cv2.invertAffineTransform(affine) @ np.vstack([place, [0, 0, 1]]),
                       apart.shape[:0:-1])
        for place, affine in zip(places(), found.affine, strict=True)
    ])  # fmt: skip
    assert (apart[seen == 0] <= 1).all() and (seen == 0).sum() > 1000
    assert apart[seen == 255].max() > 20


def test_coarse_light_and_colour_stay_as_in_the_draft(mezzanine: Path) -> None:
    patches = draft()
    brighter = restore(mezzanine, patches, lambda faces: np.minimum(faces, 225) + 30)
    apart = brighter.pixels.astype(int) - refined(patches, 2).pixels
    assert np.abs(apart).max() <= 1


def test_frames_that_are_not_drawn_are_not_restored(mezzanine: Path) -> None:
    seen = []

    def network(faces: np.ndarray) -> np.ndarray:
        seen.append(len(faces))
        return 255 - faces

    alpha = np.array([0, 0.5, 1, 1, 0, 0], np.float32)
    patches = replace(draft(), alpha=alpha)
    found = restore(mezzanine, patches, network)
    wanted = refined(patches, 2).pixels
    assert sum(seen) == 3
    for n, drawn in enumerate(alpha > 0):
        assert (found.pixels[n] != wanted[n]).any() == drawn
    # Half shown, a face is restored as if it were shown whole.
    whole = restore(mezzanine, draft(), network).pixels[1]
    np.testing.assert_array_equal(found.pixels[1], whole)


def test_the_number_of_threads_changes_nothing(mezzanine: Path) -> None:
    where = alignment(mesh().points, STEADY_S * 25)
    how = Restoration(where, 2, marked, 0.7)
    one, four = (
        PatchSet.of(restored(mezzanine, clock(mezzanine), draft(), how, threads))
        for threads in (1, 4)
    )
    np.testing.assert_array_equal(one.pixels, four.pixels)
    np.testing.assert_array_equal(one.affine, four.affine)


def test_strength_mixes(mezzanine: Path) -> None:
    patches = draft()
    plain = refined(patches, 2).pixels.astype(int)
    full, half = (
        restore(mezzanine, patches, marked, strength).pixels - plain for strength in (1, 0.5)
    )
    away = np.abs(full) > 20
    assert away.any()
    assert np.median(half[away] / full[away]) == pytest.approx(0.5, abs=0.03)
