from fractions import Fraction
from pathlib import Path

import pytest

import makers
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.media import probe as media
from mouthpiece.media.colour import MATRICES, PRIMARIES, RANGES, TRANSFERS
from mouthpiece.media.ffmpeg import FfmpegError, ffmpeg


def times(rate: Fraction, tick: Fraction, frames: int = 200) -> list[Fraction]:
    return [round(n / rate / tick) * tick for n in range(frames)]


@pytest.mark.parametrize("rate", ["24000/1001", "24", "25", "30000/1001", "50", "60000/1001"])
@pytest.mark.parametrize("tick", [Fraction(1, 1000), Fraction(1, 90000), Fraction(1, 12800)])
def test_constant_rate_is_found_through_rounded_times(rate: str, tick: Fraction) -> None:
    exact = Fraction(rate)
    near = Fraction(round(exact * 1000), 1000)
    assert media.constant_rate(times(exact, tick), tick, [None, near]) == exact


def test_a_dropped_frame_is_no_constant_rate() -> None:
    tick = Fraction(1, 1000)
    dropped = times(Fraction(25), tick)
    del dropped[100]
    assert media.constant_rate(dropped, tick, [Fraction(25)]) is None


def test_neighbouring_rates_are_told_apart() -> None:
    tick = Fraction(1, 1000)
    found = media.constant_rate(times(Fraction(24), tick), tick, [Fraction(24000, 1001)])
    assert found is None


def test_colour_names_are_ffmpegs() -> None:
    for option, names in {
        "color_primaries": PRIMARIES,
        "color_trc": TRANSFERS,
        "colorspace": MATRICES,
        "range": RANGES,
    }.items():
        settings = ",".join(f"setparams={option}={name}" for name in names.values())
        source = f"color=d=0.04:s=16x16,{settings}"
        ffmpeg(["-f", "lavfi", "-i", source, "-f", "null", "-"])


def test_ffmpeg_error_is_its_own_words() -> None:
    with pytest.raises(FfmpegError, match="No such filter: 'nonsense'"):
        ffmpeg(["-f", "lavfi", "-i", "nonsense", "-f", "null", "-"])


def test_a_full_disk_is_a_fault() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    source = ["-f", "lavfi", "-i", "testsrc2=d=2"]
    with pytest.raises(Fault, match="No space left"):
        ffmpeg([*source, "-c:v", "rawvideo", "-f", "rawvideo", str(full)])


def test_probe_tells_streams(tmp_path: Path) -> None:
    path = tmp_path / "several tracks: 100%.mkv"
    makers.several_tracks(path)
    source = media.probe(path)
    assert source.video.duration_s == 2
    assert source.video.constant_rate == 25
    assert len(source.video.times_s) == 50
    assert [track.default for track in source.audio] == [False, True, False]
    assert source.chosen_audio == source.audio[1]
    assert source.chosen_audio is not None and source.chosen_audio.sample_rate == 32000


def test_probe_ignores_a_cover(tmp_path: Path) -> None:
    makers.with_cover(tmp_path / "cover.mp4")
    source = media.probe(tmp_path / "cover.mp4")
    assert (source.video.width, source.video.height, source.ignored_pictures) == (64, 48, 1)


def test_a_picture_file_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    makers.ffmpeg(*makers.pattern(seconds=0.04), "-frames:v", "1", path)
    with pytest.raises(InputError, match=r"still\.png: is a picture"):
        media.probe(path)


def test_a_playlist_is_not_followed(tmp_path: Path) -> None:
    makers.silent(tmp_path / "film.ts")
    path = tmp_path / "list.mp4"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfilm.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(InputError, match=r"list\.mp4"):
        media.probe(path)
