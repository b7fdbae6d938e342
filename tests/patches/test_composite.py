from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

import makers
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.errors import Fault
from mouthpiece.media.mezzanine import MezzanineInfo, probe_mezzanine
from mouthpiece.patches.composite import Layout, composited, lay_in
from mouthpiece.patches.patch import Patch
from mouthpiece.stages.normalize import normalize

FORMATS = ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p10le"]


def layout(pixel_format: str, matrix: str = "bt709", full: bool = False) -> Layout:
    return Layout.of(
        MezzanineInfo(
            Fraction(25), 1, 192, 128, pixel_format, None, None, matrix, "pc" if full else "tv"
        )
    )


def grey(pixel_format: str) -> av.VideoFrame:
    frame = av.VideoFrame(192, 128, pixel_format)
    ten = "10" in pixel_format
    for index, plane in enumerate(frame.planes):
        value = (200 if index else 60) * (4 if ten else 1)
        plane.update(np.full(plane.buffer_size // (2 if ten else 1), value,
                             np.uint16 if ten else np.uint8).tobytes())  # fmt: skip
    return frame


def planes(frame: av.VideoFrame, ten: bool) -> list[np.ndarray]:
    dtype = np.uint16 if ten else np.uint8
    return [
        np.frombuffer(p, dtype).reshape(p.height, -1)[:, : p.width].copy() for p in frame.planes
    ]


AFFINE = np.array([[0.75, 0.1, 40.3], [-0.1, 0.75, 30.7]])


@pytest.mark.parametrize("pixel_format", FORMATS)
def test_outside_the_mask_every_sample_stays(pixel_format: str) -> None:
    ten = "10" in pixel_format
    frame = grey(pixel_format)
    before = planes(frame, ten)
    mask = np.zeros((64, 64), np.uint8)
    mask[16:48, 16:48] = 255
    white = Patch(np.full((64, 64, 3), 255, np.uint8), mask, AFFINE, 1.0)
    lay_in(frame, white, layout(pixel_format))
    for index, (was, now) in enumerate(zip(before, planes(frame, ten), strict=True)):
        shift = layout(pixel_format).chroma_shift if index else (0, 0)
        ys, xs = np.nonzero(was != now)
        assert len(ys) > 50
        corners = (np.array([[15, 15], [48, 15], [15, 48], [48, 48]]) @ AFFINE[:, :2].T) + AFFINE[
            :, 2
        ]
        low, high = corners.min(0) / (1 << np.array(shift)), corners.max(0) / (1 << np.array(shift))
        assert (xs >= low[0] - 1).all() and (xs <= high[0] + 1).all()
        assert (ys >= low[1] - 1).all() and (ys <= high[1] + 1).all()


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_zero_weight_changes_nothing(alpha: float) -> None:
    frame = grey("yuv420p")
    before = planes(frame, False)
    mask = np.zeros((64, 64), np.uint8) if alpha else np.full((64, 64), 255, np.uint8)
    lay_in(frame, Patch(np.zeros((64, 64, 3), np.uint8), mask, AFFINE, alpha), layout("yuv420p"))
    for was, now in zip(before, planes(frame, False), strict=True):
        np.testing.assert_array_equal(was, now)


@pytest.mark.parametrize("matrix", ["bt709", "smpte170m", "bt2020nc"])
@pytest.mark.parametrize("full", [False, True])
def test_colours_agree_with_libswscale(matrix: str, full: bool) -> None:
    colour = np.array([200, 90, 40], np.uint8)
    spaces = {"bt709": Colorspace.ITU709, "smpte170m": Colorspace.SMPTE170M, "bt2020nc": 9}
    rgb = av.VideoFrame.from_ndarray(np.full((16, 16, 3), colour, np.uint8), "rgb24")
    wanted = rgb.reformat(
        format="yuv444p",
        dst_colorspace=spaces[matrix],
        dst_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
    )
    found = np.rint(layout("yuv444p", matrix, full).yuv(colour[None])[0])
    expected = [int(plane[8, 8]) for plane in planes(wanted, False)]
    assert np.abs(found - expected).max() <= 1


def test_a_patch_lands_where_its_affine_says() -> None:
    """A bright dot at patch (32, 20) must appear around its place in the picture, in all planes."""
    frame = grey("yuv420p")
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[18:23, 30:35] = 255
    affine = np.array([[1.0, 0, 50], [0, 1, 40]])
    dot = Patch(pixels, np.full((64, 64), 255, np.uint8), affine, 1.0)
    lay_in(frame, dot, layout("yuv420p"))
    luma = planes(frame, False)[0][40:104, 50:114].astype(float)
    weight = luma - luma.min()
    ys, xs = np.mgrid[:64, :64]
    assert abs((weight * xs).sum() / weight.sum() - 32) < 0.05
    assert abs((weight * ys).sum() / weight.sum() - 20) < 0.05


def test_a_patch_between_pixels_keeps_fine_detail() -> None:
    frame = grey("yuv444p")
    height, width = frame.height, frame.width
    column = np.arange(-1, width + 1)
    side = np.cos(2 * np.pi * column / 3.5) * 40 + 128  # waves of 3.5 pixels, drawn half beside
    pixels = np.repeat(side.round().astype(np.uint8)[None, :, None], height, 0).repeat(3, 2)
    affine = np.array([[1, 0, -0.5], [0, 1, 0.0]])
    full = np.full(pixels.shape[:2], 255, np.uint8)
    lay_in(frame, Patch(pixels, full, affine, 1.0), layout("yuv444p", full=True))
    kept = planes(frame, False)[0][:, 4:-4].astype(float).std() / side.std()
    assert kept > 0.8  # by bilinear sampling 0.62


@pytest.fixture(scope="module")
def mezzanine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five grey frames."""
    folder = tmp_path_factory.mktemp("composite")
    makers.plain(folder / "source.mp4", seconds=0.2)
    normalize(
        folder / "source.mp4",
        folder / "m.mp4",
        folder / "a.flac",
        folder / "f.json",
        Normalize(),
    )
    return folder / "m.mp4"


def white(frames: int, alpha: float = 1.0) -> list[Patch]:
    patch = Patch(
        np.full((32, 32, 3), 255, np.uint8), np.full((32, 32), 255, np.uint8), np.eye(2, 3), alpha
    )
    return [patch] * frames


def test_each_frame_gets_its_patch_and_none_is_drawn_ahead(
    mezzanine: Path,
) -> None:
    drawn = []

    def patches() -> Iterator[Patch]:
        for number, alpha in enumerate((1.0, 0.0, 1.0, 0.0, 0.0)):
            drawn.append(number)
            yield white(1, alpha)[0]

    clock = probe_mezzanine(mezzanine).clock
    plain = [planes(frame, False) for frame in composited(mezzanine, clock, None)]
    for number, frame in enumerate(composited(mezzanine, clock, patches())):
        assert drawn == list(range(number + 1)), "no patch is drawn ahead"
        changed = (planes(frame, False)[0] != plain[number][0]).any()
        assert changed == (number in (0, 2))


@pytest.mark.parametrize("count", [4, 6])
def test_as_many_patches_as_frames(mezzanine: Path, count: int) -> None:
    clock = probe_mezzanine(mezzanine).clock
    with pytest.raises(Fault, match=f"the patch set has {count} frames, the cut 5"):
        next(composited(mezzanine, clock, white(count)))
    with pytest.raises(Fault, match=r"4 patches, .* 5 frames|more patches .* \(5\)"):
        list(composited(mezzanine, clock, iter(white(count))))
