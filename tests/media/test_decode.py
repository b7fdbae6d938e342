from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter

import makers
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.errors import Fault
from mouthpiece.core.timeline import Clock, LoopedClock
from mouthpiece.media import decode as picture
from mouthpiece.media import kept
from mouthpiece.media.mezzanine import cut_clock, open_mezzanine, probe_mezzanine
from mouthpiece.media.region import Region
from mouthpiece.stages.normalize import normalize


def mezzanine_of(source: Path, **settings: object) -> Path:
    made = source.with_suffix(".mezzanine.mp4")
    facts, sound = source.with_suffix(".json"), source.with_suffix(".flac")
    normalize(source, made, sound, facts, Normalize(**settings))
    return made


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("film") / "film.mp4"
    makers.plain(source, "30000/1001", seconds=3)
    return mezzanine_of(source, frame_rate="source")


def numbers(path: Path, clock: Clock) -> list[int]:
    lumas = [
        frame.to_ndarray()[: frame.height].mean() for frame in picture.read_frames(path, clock)
    ]
    return [makers.counted(luma) for luma in lumas]


def test_facts(film: Path) -> None:
    facts = probe_mezzanine(film)
    assert facts.rate == Fraction(30000, 1001)
    assert (facts.frames, facts.width, facts.height) == (90, 64, 48)
    assert facts.pixel_format == "yuv420p"
    assert (facts.primaries, facts.transfer, facts.matrix, facts.range) == (
        *("smpte170m", "smpte170m", "smpte170m", "tv"),
    )
    assert facts.clock == Clock(facts.rate, 0, 90)


@pytest.mark.parametrize("first", [0, 1, 2, 29, 30, 31, 59, 88])
def test_any_frame_is_found_exactly(film: Path, first: int) -> None:
    clock = Clock(Fraction(30000, 1001), first, 2)
    cycle = makers.LUMA_CYCLE
    assert numbers(film, clock) == [first % cycle, (first + 1) % cycle]


def test_all_frames_in_order(film: Path) -> None:
    found = numbers(film, probe_mezzanine(film).clock)
    assert found == [n % makers.LUMA_CYCLE for n in range(90)]


@pytest.mark.parametrize("frames", [1, 7, 8, 20])
def test_a_cut_is_shown_backward(film: Path, frames: int) -> None:
    rate, cycle = Fraction(30000, 1001), makers.LUMA_CYCLE
    shown = Clock(rate, 30, 20)
    back = LoopedClock(rate, 500, frames, shown, reversed=True)
    assert numbers(film, back) == [n % cycle for n in range(49, 49 - frames, -1)]
    again = LoopedClock(rate, 500, frames, shown, reversed=False)
    assert numbers(film, again) == [n % cycle for n in range(30, 30 + frames)]


def test_the_clock_of_a_cut_by_its_id(film: Path) -> None:
    rate = Fraction(30000, 1001)
    assert cut_clock(film, "000010-000029") == Clock(rate, 10, 20)
    looped = cut_clock(film, "000100-000104", source_cut="000010-000029", reversed=True)
    assert looped == LoopedClock(rate, 100, 5, Clock(rate, 10, 20), reversed=True)
    assert list(looped.frame_order) == [19, 18, 17, 16, 15]


def test_no_frames_are_no_frames(film: Path) -> None:
    assert list(picture.read_frames(film, Clock(Fraction(30000, 1001), 90, 0))) == []


def test_frames_beyond_the_end_are_a_fault(film: Path) -> None:
    with pytest.raises(Fault, match="frame 90 is missing"):
        list(picture.read_frames(film, Clock(Fraction(30000, 1001), 88, 3)))


def test_another_rate_is_a_fault(film: Path) -> None:
    with pytest.raises(Fault, match="25 frames/s"):
        next(picture.read_frames(film, Clock(Fraction(25), 0, 1)))


def test_a_broken_mezzanine_is_a_fault(film: Path, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be read"):
        probe_mezzanine(tmp_path / "none.mp4")
    # The header comes last: with the samples cut out, the last frames are gone.
    whole = film.read_bytes()
    hole = tmp_path / "hole.mp4"
    hole.write_bytes(whole[:1000] + bytes(len(whole) // 4) + whole[1000 + len(whole) // 4 :])
    with pytest.raises(Fault, match=r"hole\.mp4: frame"):
        list(picture.read_frames(hole, probe_mezzanine(hole).clock))
    with pytest.raises(Fault, match=r"hole\.mp4: frame"):
        list(picture.read_frames(hole, probe_mezzanine(hole).clock, threads=4))


def test_frames_that_are_decoded_at_once_are_the_same(
    film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "KEPT", kept.KeptMezzanines())
    rate = Fraction(30000, 1001)
    decoders, opening = [], open_mezzanine

    def opened(path: Path) -> av.container.InputContainer:
        container = opening(path)
        decoders.append(container.streams.video[0].codec_context)
        return container

    monkeypatch.setattr(kept, "open_mezzanine", opened)
    for clock in (
        Clock(rate, 29, 40),
        LoopedClock(rate, 0, 20, Clock(rate, 30, 20), reversed=True),
    ):
        alone = list(picture.read_rgb(film, clock))
        together = list(picture.read_rgb(film, clock, threads=4))
        np.testing.assert_array_equal(together, alone)
    assert (decoders[-1].thread_type.name, decoders[-1].thread_count) == ("FRAME", 4)
    with pytest.raises(Fault, match="frame 90 is missing"):
        list(picture.read_frames(film, Clock(rate, 60, 31), threads=4))


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "yuv444p", "gray", "nv12"])
def test_a_region_is_converted_as_the_whole_picture_is(pixel_format: str) -> None:
    random = np.random.default_rng(0).integers(0, 256, (262, 354, 3), dtype=np.uint8)
    frame = av.VideoFrame.from_ndarray(random, format="rgb24").reformat(format=pixel_format)
    assert_regions_are_as_the_whole(frame)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le"])
def test_a_region_s_chroma_lies_where_the_decoder_says(pixel_format: str, tmp_path: Path) -> None:
    """In a decoded frame it is told, and is not where it is taken to be in others."""
    random = np.random.default_rng(0).integers(0, 256, (262, 354, 3), dtype=np.uint8)
    with av.open(tmp_path / "film.mp4", "w") as container:
        stream = container.add_stream("libx264", 25)
        stream.width, stream.height, stream.pix_fmt = 354, 262, pixel_format
        container.mux(stream.encode(av.VideoFrame.from_ndarray(random)))
        container.mux(stream.encode())
    with av.open(tmp_path / "film.mp4") as container:
        assert_regions_are_as_the_whole(next(container.decode(video=0)))


def assert_regions_are_as_the_whole(frame: av.VideoFrame) -> None:
    whole = picture.to_rgb(frame, VideoReformatter())
    for region in (
        Region(slice(33, 120), slice(51, 290)),
        Region(slice(0, 99), slice(301, 354)),
        Region(slice(0, 262), slice(0, 354)),
    ):
        found = picture.region_to_rgb(frame, VideoReformatter(), region)
        part = region.rows, region.columns
        assert found.shape == whole.shape
        np.testing.assert_array_equal(found[part], whole[part])


def test_a_region_around_points_holds_what_is_interpolated_between_them() -> None:
    points = np.array([[3.2, 10.0], [-4.0, 20.5], [7.0, 12.0]])
    assert Region.around(points) == Region(slice(10, 22), slice(0, 8))
    assert Region.around(points, 2) == Region(slice(8, 24), slice(0, 10))
    assert Region.around(points - 50) == Region(slice(0, 1), slice(0, 1)), "beyond the picture"


@pytest.mark.parametrize("colour", ["red", "0x20a040", "0x4060c0", "white", "black"])
@pytest.mark.parametrize(
    ("matrix", "range_", "size", "tagged"),
    [
        ("smpte170m", "tv", "64x48", True),
        ("smpte170m", "tv", "64x48", False),
        ("bt709", "tv", "64x48", True),
        ("bt709", "tv", "1280x720", False),
        ("bt709", "pc", "64x48", True),
        ("bt2020nc", "tv", "64x48", True),
    ],
)
def test_colours_come_out_as_they_were(
    tmp_path: Path, colour: str, matrix: str, range_: str, size: str, tagged: bool
) -> None:
    source = tmp_path / "colour.mkv"
    makers.coloured(source, colour, matrix, range_, size, tagged)
    made = mezzanine_of(source)
    names = {"red": "0xff0000", "white": "0xffffff", "black": "0x000000"}
    wanted = np.frombuffer(bytes.fromhex(names.get(colour, colour)[2:]), np.uint8)
    for frame in picture.read_rgb(made, Clock(Fraction(25), 0, 2)):
        assert frame.dtype == np.uint8
        assert np.abs(frame.mean((0, 1)) - wanted).max() < 3
    assert probe_mezzanine(made).matrix == matrix
    assert probe_mezzanine(made).range == range_


def test_reduced_by_the_longer_side(film: Path) -> None:
    (frame,) = picture.read_rgb(film, Clock(Fraction(30000, 1001), 7, 1), long_side_px=32)
    assert frame.shape == (24, 32, 3)
    assert np.abs(frame.astype(float) - (makers.luma_of(7) - 16) * 255 / 219).max() < 3
    assert picture.reduced_size(64, 48, 640) == (64, 48)
    assert picture.reduced_size(1080, 1920, 640) == (360, 640)
