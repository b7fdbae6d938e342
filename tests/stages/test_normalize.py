import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

import makers
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.errors import InputError
from mouthpiece.core.timeline import Clock, sample_of
from mouthpiece.media import decode as picture
from mouthpiece.media import probe as media
from mouthpiece.media.conform import nearest_pixel_format
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.stages.normalize import normalize


class Made:
    """What `normalize` makes of a source."""

    def __init__(self, source: Path, threads: int = 1, **settings: Any) -> None:
        folder = source.parent / f"{source.name}.made"
        self.mezzanine = folder / "mezzanine.mp4"
        self.audio = folder / "source.flac"
        normalize(
            source,
            self.mezzanine,
            self.audio,
            folder / "facts.json",
            Normalize(**settings),
            threads,
        )
        self.picture = probe_mezzanine(self.mezzanine)
        self.facts = json.loads((folder / "facts.json").read_text())

    def frames(self) -> list[av.VideoFrame]:
        return list(picture.read_frames(self.mezzanine, self.picture.clock))

    def numbers(self) -> list[int]:
        return [makers.counted(plane(frame, 0).mean()) for frame in self.frames()]

    def beep_s(self) -> float:
        samples, rate = soundfile.read(self.audio, always_2d=True)
        return float(np.flatnonzero(np.abs(samples[:, 0]) > 0.1)[0] / rate)

    def check(self) -> None:
        """What holds of every mezzanine and its sound."""
        rate, frames = self.picture.rate, self.picture.frames
        with av.open(str(self.mezzanine)) as container:
            (stream,) = container.streams
            packets = [packet for packet in container.demux(stream) if packet.size]
            assert all(packet.is_keyframe for packet in packets)
            pts = sorted(packet.pts * packet.time_base for packet in packets)
        assert pts == [n / rate for n in range(frames)]
        assert self.picture.width % 2 == self.picture.height % 2 == 0
        sound = soundfile.info(self.audio)
        assert sound.frames == sample_of(frames, rate, sound.samplerate)
        assert self.facts["frames"] == frames == len(self.frames())


def plane(frame: av.VideoFrame, index: int) -> np.ndarray:
    """A plane's samples, [H, W]."""
    stored = frame.planes[index]
    deep = frame.format.components[0].bits > 8
    samples = np.frombuffer(stored, np.uint16 if deep else np.uint8)
    return samples.reshape(stored.height, -1)[:, : stored.width]


RATES = ["24000/1001", "24", "25", "30000/1001", "50", "60000/1001"]


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize("rate", RATES)
def test_constant_rates(tmp_path: Path, rate: str, container: str) -> None:
    source = tmp_path / f"film.{container}"
    makers.plain(source, rate)
    frames = len(media.probe(source).video.times_s)

    made = Made(source)
    made.check()
    assert abs(made.picture.frames / Fraction(25) - frames / Fraction(rate)) <= Fraction(1, 25)
    # A frame is what the source shows in the middle of its time; at a tie, a neighbour.
    for n, number in enumerate(made.numbers()):
        shown = (n + Fraction(1, 2)) * Fraction(rate) / 25
        ties = {min(int(shown + slip), frames - 1) % makers.LUMA_CYCLE for slip in (-0.06, 0, 0.06)}
        assert number in ties
    assert made.beep_s() == pytest.approx(1, abs=0.001)

    same = Made(source, frame_rate="source")
    same.check()
    assert same.picture.rate == Fraction(rate)
    assert same.numbers() == [n % makers.LUMA_CYCLE for n in range(frames)]


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts", "avi"])
def test_reordered_frames(tmp_path: Path, container: str) -> None:
    source = tmp_path / f"film.{container}"
    makers.predicted(source)
    made = Made(source)
    made.check()
    assert made.numbers() == list(range(50))


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_variable_rate(tmp_path: Path, container: str) -> None:
    source = tmp_path / f"film.{container}"
    makers.variable_rate(source)
    made = Made(source)
    made.check()
    assert made.facts["vfr"]
    assert made.picture.frames == 50
    # Frames 14, 21, ... 49 of 30 fps were kept; each is shown until the next.
    assert made.numbers()[25:45] == [28] * 4 + [35] * 6 + [42] * 6 + [49] * 4
    with pytest.raises(InputError, match=r"varies.*frame_rate: 25"):
        Made(source, frame_rate="source")


def test_an_edit_list_is_obeyed(tmp_path: Path) -> None:
    makers.trimmed_by_edit_list(tmp_path / "film.mp4")
    made = Made(tmp_path / "film.mp4")
    made.check()
    assert made.numbers() == list(range(13, 50))
    assert made.beep_s() == pytest.approx(1 - 13 / 25, abs=0.03)


@pytest.mark.parametrize(("degrees", "dark"), [(90, "bottom"), (-90, "top"), (180, "right")])
def test_rotation_is_applied(tmp_path: Path, degrees: int, dark: str) -> None:
    makers.rotated(tmp_path / "phone.mp4", degrees)
    made = Made(tmp_path / "phone.mp4")
    made.check()
    frame = made.frames()[0]
    luma = plane(frame, 0)
    size = (128, 96) if dark == "right" else (96, 128)
    assert (frame.width, frame.height) == size
    assert frame.rotation == 0
    halves = {
        "top": luma[: len(luma) // 2],
        "bottom": luma[len(luma) // 2 :],
        "right": luma[:, luma.shape[1] // 2 :],
    }
    assert {name: half.mean() < 60 for name, half in halves.items()}[dark]
    assert halves[dark].std() < 10


def test_pixels_become_square(tmp_path: Path) -> None:
    makers.wide_pixels(tmp_path / "pal.mkv")
    made = Made(tmp_path / "pal.mkv")
    made.check()
    assert (made.picture.width, made.picture.height) == (128, 72)
    with av.open(str(made.mezzanine)) as container:
        assert container.streams.video[0].sample_aspect_ratio == 1


def combing(frame: av.VideoFrame) -> float:
    """How much a line differs from the mean of its neighbours."""
    luma = plane(frame, 0).astype(float)
    return float(np.abs(luma[1:-1] - (luma[:-2] + luma[2:]) / 2).mean())


@pytest.mark.parametrize("top_first", [True, False])
@pytest.mark.parametrize("flagged", [True, False])
def test_interlaced_is_deinterlaced(tmp_path: Path, top_first: bool, flagged: bool) -> None:
    source = tmp_path / "fields.mkv"
    makers.interlaced(source, top_first, flagged)
    with av.open(str(source)) as container:
        before = np.mean([combing(frame) for frame in container.decode(video=0)])
    made = Made(source)
    made.check()
    assert made.facts["interlaced"]
    assert made.picture.frames == 40
    assert np.mean([combing(frame) for frame in made.frames()]) < before / 4
    assert not any(frame.interlaced_frame for frame in made.frames())


def test_progressive_is_left_though_flagged_interlaced(tmp_path: Path) -> None:
    source = tmp_path / "psf.mkv"
    makers.progressive_flagged_interlaced(source)
    with av.open(str(source)) as container:
        before = [plane(frame, 0).copy() for frame in container.decode(video=0)]
    made = Made(source, crf=0)
    made.check()
    assert not made.facts["interlaced"]
    assert all((plane(a, 0) == b).all() for a, b in zip(made.frames(), before, strict=True))


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le"])
def test_odd_sizes_become_even_and_lose_nothing(tmp_path: Path, pixel_format: str) -> None:
    source = tmp_path / "odd.mkv"
    makers.odd_size(source, pixel_format)
    with av.open(str(source)) as container:
        before = [[plane(f, n).copy() for n in range(3)] for f in container.decode(video=0)]
    made = Made(source, crf=0)
    made.check()
    assert (made.picture.width, made.picture.height) == (162, 122)
    assert made.picture.pixel_format == pixel_format
    assert made.facts["padding_px"] == [1, 1]
    for frame, planes in zip(made.frames(), before, strict=True):
        for n, wanted in enumerate(planes):
            height, width = wanted.shape
            assert (plane(frame, n)[:height, :width] == wanted).all()
        luma = plane(frame, 0)
        assert (luma[:, -1] == luma[:, -2]).all() and (luma[-1] == luma[-2]).all()


@pytest.mark.parametrize(
    ("stored", "made"),
    [
        ("yuv420p", "yuv420p"),
        ("yuv422p", "yuv422p"),
        ("yuv444p", "yuv444p"),
        ("yuv420p10le", "yuv420p10le"),
        ("yuv422p10le", "yuv422p10le"),
        ("yuv444p12le", "yuv444p10le"),
        ("yuv411p", "yuv422p"),
        ("yuv410p", "yuv420p"),
        ("yuv440p", "yuv444p"),
        ("yuva420p", "yuv420p"),
        ("gray", "yuv420p"),
        ("gbrp", "yuv444p"),
        ("bgra", "yuv444p"),
        ("pal8", "yuv444p"),
    ],
)
def test_nearest_pixel_format(stored: str, made: str) -> None:
    assert nearest_pixel_format(av.VideoFormat(stored)) == made


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "yuv444p", "yuv420p10le"])
def test_lossless_keeps_every_sample(tmp_path: Path, pixel_format: str) -> None:
    source = tmp_path / "film.mkv"
    makers.stored_as(source, pixel_format)
    with av.open(str(source)) as container:
        before = [[plane(f, n).copy() for n in range(3)] for f in container.decode(video=0)]
    made = Made(source, crf=0)
    for frame, planes in zip(made.frames(), before, strict=True):
        assert all((plane(frame, n) == planes[n]).all() for n in range(3))


def test_default_quality_is_near_lossless(tmp_path: Path) -> None:
    source = tmp_path / "film.mkv"
    makers.stored_as(source, "yuv420p")
    with av.open(str(source)) as container:
        before = [plane(frame, 0).astype(float) for frame in container.decode(video=0)]
    after = [plane(frame, 0).astype(float) for frame in Made(source).frames()]
    error = np.mean([(a - b) ** 2 for a, b in zip(after, before, strict=True)])
    assert 10 * np.log10(255**2 / error) > 45


def test_rgb_sources_keep_their_colours(tmp_path: Path) -> None:
    source = tmp_path / "rgb.mkv"
    makers.stored_as(source, "gbrp")
    with av.open(str(source)) as container:
        before = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    made = Made(source)
    made.check()
    after = picture.read_rgb(made.mezzanine, made.picture.clock)
    for a, b in zip(after, before, strict=True):
        assert np.abs(a.astype(float) - b).mean() < 2


def test_colour_tags_are_carried(tmp_path: Path) -> None:
    source = tmp_path / "p3.mkv"
    tags = "setparams=color_primaries=smpte432:color_trc=iec61966-2-1:colorspace=bt709:range=pc"
    makers.ffmpeg(
        *makers.pattern(seconds=0.2), "-vf", f"format=yuv420p,{tags}", *makers.X264, source
    )
    found = Made(source).picture
    assert (found.primaries, found.transfer, found.matrix, found.range) == (
        *("smpte432", "iec61966-2-1", "bt709", "pc"),
    )


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_hdr_is_tone_mapped_or_refused(tmp_path: Path, transfer: str) -> None:
    source, plain = tmp_path / "hdr.mkv", tmp_path / "sdr.mkv"
    makers.hdr(source, transfer)
    makers.muted(plain)
    made, sdr = Made(source), Made(plain)
    made.check()
    assert made.facts["tone_mapped"] in ("PQ", "HLG")
    assert made.picture.pixel_format == "yuv420p"
    found = made.picture
    assert found.primaries == found.transfer == found.matrix == "bt709"
    # The same picture in SDR: tone mapping changes highlights, not what a picture looks like.
    clock = Clock(Fraction(25), 0, 5)
    pairs = zip(
        picture.read_rgb(made.mezzanine, clock), picture.read_rgb(sdr.mezzanine, clock), strict=True
    )
    assert np.mean([np.abs(a.astype(float) - b).mean() for a, b in pairs]) < 3
    with pytest.raises(InputError, match="is HDR"):
        Made(source, hdr="refuse")


def test_a_cover_is_ignored(tmp_path: Path) -> None:
    makers.with_cover(tmp_path / "cover.mp4")
    made = Made(tmp_path / "cover.mp4")
    made.check()
    assert made.numbers() == list(range(50))
    assert made.facts["source"]["ignored_pictures"] == 1


def test_the_default_track_is_taken_at_its_own_rate(tmp_path: Path) -> None:
    makers.several_tracks(tmp_path / "film.mkv")
    made = Made(tmp_path / "film.mkv")
    made.check()
    assert made.beep_s() == pytest.approx(0.6, abs=0.001)
    assert soundfile.info(made.audio).samplerate == 32000
    assert made.facts["audio_track"] == 1


def test_no_sound_is_silence(tmp_path: Path) -> None:
    makers.silent(tmp_path / "film.mp4")
    made = Made(tmp_path / "film.mp4")
    made.check()
    samples, rate = soundfile.read(made.audio)
    assert (rate, samples.ndim, np.abs(samples).max()) == (48000, 1, 0)
    assert made.facts["has_audio"] is False


@pytest.mark.parametrize(("late_ms", "beep_s"), [(280.0, 0.72), (-280.0, 1.28)])
def test_late_sound_is_delivered_corrected(tmp_path: Path, late_ms: float, beep_s: float) -> None:
    source = tmp_path / "film.mp4"
    makers.plain(source, "25")
    made = Made(source, sound_late_ms=late_ms)
    made.check()
    assert made.beep_s() == pytest.approx(beep_s, abs=0.001)


@pytest.mark.parametrize("container", ["mkv", "mov"])
@pytest.mark.parametrize("shift_s", [0.48, -0.48])
def test_shifted_sound_stays_with_the_picture(
    tmp_path: Path, container: str, shift_s: float
) -> None:
    source = tmp_path / f"film.{container}"
    makers.shifted_sound(source, shift_s)
    made = Made(source)
    made.check()
    assert made.beep_s() == pytest.approx(1, abs=0.001)
    assert made.facts["audio_start_s"] == pytest.approx(shift_s, abs=0.001)


def test_deep_sound_stays_deep(tmp_path: Path) -> None:
    source = tmp_path / "film.mkv"
    makers.ffmpeg(*makers.counting(), *makers.beep(), *makers.X264, "-c:a", "pcm_s24le", source)
    assert soundfile.info(Made(source).audio).subtype == "PCM_24"


def test_equal_input_is_equal_output_on_any_number_of_threads(tmp_path: Path) -> None:
    source = tmp_path / "film.ts"
    makers.plain(source, "60000/1001")
    made = [Made(source, threads=1)]
    first = (made[0].mezzanine.read_bytes(), made[0].audio.read_bytes(), made[0].facts)
    again = Made(source, threads=2)
    assert (again.mezzanine.read_bytes(), again.audio.read_bytes(), again.facts) == first


def empty(path: Path) -> None:
    path.touch()


def cut_late(path: Path) -> None:
    makers.truncated(path, share=0.97)


def headless(path: Path) -> None:
    makers.truncated(path, faststart=False)


@pytest.mark.parametrize(
    ("make", "name", "reason"),
    [
        (lambda path: None, "missing.mp4", "cannot be read as a video: there is no such file"),
        (empty, "empty.mp4", "is empty"),
        (makers.text_as_video, "text.mp4", "not a video at all"),
        (makers.sound_only, "sound.mp4", "no video stream"),
        (makers.truncated, "cut.mp4", "cut short"),
        (headless, "cut.mp4", "cut short"),
        (cut_late, "cut.mp4", "cut short: its index names 75 frames"),
        (makers.truncated, "cut.mkv", "cut short"),
        (cut_late, "cut.mkv", "cut short"),
        (makers.truncated, "cut.avi", "cut short"),
        (makers.damaged, "damaged.mp4", "is damaged: .* frames of its picture"),
    ],
)
def test_bad_sources_are_refused_in_one_sentence(
    tmp_path: Path, make: Callable[[Path], None], name: str, reason: str
) -> None:
    source = tmp_path / name
    make(source)
    with pytest.raises(InputError, match=reason) as caught:
        Made(source)
    message = str(caught.value)
    assert message.startswith(f"{source}: ") and "\n" not in message
    folder = tmp_path / f"{name}.made"
    assert not folder.exists() or not list(folder.iterdir())
