"""Sources as recorders, tuners and careless tools leave them."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

import flashes
import makers
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.errors import InputError
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.stages.normalize import normalize

SLOW = pytest.mark.slow

STEP_S = 0.005
"""How far sound may lie beside its picture, in seconds."""


class Made:
    """What `normalize` makes of a source, with its flashes and beeps in seconds."""

    def __init__(self, source: Path, **settings: Any) -> None:
        self.folder = source.parent / f"{source.name}.made"
        mezzanine, sound = self.folder / "mezzanine.mp4", self.folder / "source.flac"
        facts = self.folder / "source.json"
        normalize(source, mezzanine, sound, facts, Normalize(**settings))
        self.facts = json.loads(facts.read_text())
        self.notes = {note["code"]: note for note in self.facts["notes"]}
        self.frames = probe_mezzanine(mezzanine).frames
        self.flashes_s, self.beeps_s = flashes.flashes_s(mezzanine), flashes.beeps_s(sound)

    def in_step(self, count: int) -> None:
        """Check that flashes and beeps are so many, and come together."""
        assert len(self.flashes_s) == len(self.beeps_s) == count
        pairs = zip(self.flashes_s, self.beeps_s, strict=True)
        assert max(abs(flash - beep) for flash, beep in pairs) <= STEP_S
        assert sorted(path.name for path in self.folder.iterdir()) == [
            *("mezzanine.mp4", "source.flac", "source.json"),
        ]


def joined(path: Path, *parts: Path) -> Path:
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


# Picture zero


def test_a_recording_that_begins_between_key_frames(tmp_path: Path) -> None:
    whole = flashes.film(tmp_path / "whole.ts", "-g", "50", seconds=6)
    data = whole.read_bytes()
    source = tmp_path / "mid_gop.ts"
    source.write_bytes(data[len(data) // 188 // 5 * 188 :])
    made = Made(source)
    made.in_step(2)
    assert made.frames == 100
    assert made.notes["head_dropped"]["frames"] > 10
    assert Fraction(made.facts["zero_s"]) == Fraction(Made(whole).facts["zero_s"]) + 2


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_an_open_gop_cut_by_stream_copy(tmp_path: Path, codec: str) -> None:
    encoder = {
        "h264": ("-c:v", "libx264", "-x264-params"),
        "hevc": ("-c:v", "libx265", "-x265-params"),
    }[codec]
    gop = "open-gop=1:keyint=24:bframes=3:b-adapt=0:scenecut=0"
    gop += ":min-keyint=24:log-level=error" if codec == "hevc" else ""
    whole = tmp_path / "whole.mkv"
    inputs = [*flashes.picture(6), *flashes.sound(6)]
    makers.ffmpeg(*inputs, *encoder, gop, *flashes.AAC, whole)
    source = tmp_path / "cut.mkv"
    makers.ffmpeg("-ss", "2.5", "-i", whole, "-c", "copy", source)
    made = Made(source)
    made.in_step(2)
    assert made.notes["head_dropped"]["frames"] in (1, 2, 3)


def test_a_whole_film_has_no_notes(tmp_path: Path) -> None:
    made = Made(flashes.film(tmp_path / "film.ts"))
    made.in_step(1)
    assert (made.facts["notes"], made.facts["repairs"]) == ([], [])
    # ffmpeg begins transport streams at 1.4 s, with what AAC puts before the sound.
    assert Fraction(made.facts["zero_s"]) == Fraction("1.4") + Fraction(1024, 48000)


# Clocks that jump

LENGTHS_S = [(2, 2), (2.31, 2), (1.77, 2), (1.2, 2.05), (2.005, 1.995), (2.9, 2)]
"""How long the sound of two recordings is, in seconds; their pictures last 2 s."""


@pytest.mark.parametrize(
    ("offset_s", "sound_s"),
    [
        (0, (2.31, 2)),
        (100, (1.77, 2)),
        *(pytest.param(0, lengths, marks=SLOW) for lengths in LENGTHS_S),
        *(pytest.param(100, lengths, marks=SLOW) for lengths in LENGTHS_S),
    ],
)
def test_recordings_joined_by_cat(
    tmp_path: Path, offset_s: int, sound_s: tuple[float, float]
) -> None:
    first = flashes.film(tmp_path / "1.ts", "-bf", "2", sound_s=sound_s[0])
    shift = ("-output_ts_offset", offset_s)
    second = flashes.film(tmp_path / "2.ts", "-bf", "2", *shift, sound_s=sound_s[1])
    made = Made(joined(tmp_path / "joined.ts", first, second, first))
    made.in_step(3)
    assert made.frames == 150
    assert made.notes["clock_repaired"]["jumps"] == len(made.facts["repairs"]) == 2
    assert [jump["at_s"] for jump in made.facts["repairs"]] == [2, 4]
    assert made.facts["repairs"][0]["jump_s"] == pytest.approx(offset_s or -2, abs=3)


@SLOW
def test_joined_recordings_with_other_tracks_are_refused(tmp_path: Path) -> None:
    first = flashes.film(tmp_path / "1.ts")
    second = flashes.film(
        tmp_path / "2.ts", "-mpegts_start_pid", "0x300", "-mpegts_pmt_start_pid", "0x500"
    )
    with pytest.raises(InputError, match="picture or sound end midway and go on in other tracks"):
        Made(joined(tmp_path / "joined.ts", first, second))


@SLOW
def test_joined_program_streams_and_flash_videos(tmp_path: Path) -> None:
    part = tmp_path / "part.mpg"
    inputs = [*flashes.picture(2), *flashes.sound(2)]
    makers.ffmpeg(*inputs, "-c:v", "mpeg2video", "-c:a", "mp2", "-f", "mpeg", part)
    Made(joined(tmp_path / "joined.mpg", part, part)).in_step(2)

    part = flashes.film(tmp_path / "part.flv")
    source = tmp_path / "joined.flv"
    source.write_bytes(part.read_bytes() + part.read_bytes()[13:])
    Made(source).in_step(2)


def test_joined_recordings_whose_small_pictures_share_a_time(tmp_path: Path) -> None:
    """MPEG-PS states one time for small pictures of H.264 that begin together: flat, white ones."""
    part = tmp_path / "part.mpg"
    inputs = [*flashes.picture(2), *flashes.sound(2)]
    makers.ffmpeg(*inputs, *flashes.H264, "-c:a", "mp2", "-f", "mpeg", part)
    with av.open(str(part)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert any(packet.pts is None for packet in packets)
    made = Made(joined(tmp_path / "joined.mpg", part, part))
    made.in_step(2)
    assert made.frames == 100


def test_pictures_without_times_of_their_own_are_reported(tmp_path: Path) -> None:
    """What a copy makes of a clock that runs back by less than ffmpeg repairs."""
    source = tmp_path / "forced.ts"
    forced = "setts=ts=if(between(N\\,30\\,39)\\,PTS-3600*(N-30)+(N-30)\\,TS)"
    makers.ffmpeg(
        *("-i", flashes.film(tmp_path / "whole.ts"), "-c", "copy", "-bsf:v", forced, source)
    )
    made = Made(source)
    assert made.notes["pictures_crowded"]["pictures"] == 9
    assert "pictures_crowded" not in Made(tmp_path / "whole.ts").notes


@pytest.mark.parametrize("offset_s", [95440.9, pytest.param(95443.7, marks=SLOW), 95443.717])
def test_a_clock_of_33_bits_that_wraps(tmp_path: Path, offset_s: float) -> None:
    source = flashes.film(tmp_path / "wrap.ts", "-output_ts_offset", offset_s, seconds=4)
    made = Made(source)
    made.in_step(2)
    assert made.frames == 100


@SLOW
def test_a_pause_of_the_sound_alone_is_silence(tmp_path: Path) -> None:
    drop = "noise=drop='between(pts*tb\\,2\\,14)'"
    makers.ffmpeg(
        *flashes.picture(16, rate=5), *flashes.sound(16), *flashes.H264, *flashes.AAC,
        "-bsf:a", drop, tmp_path / "pause.ts",
    )  # fmt: skip
    made = Made(tmp_path / "pause.ts")
    assert made.facts["repairs"] == []
    assert len(made.flashes_s) == 8
    assert made.beeps_s == pytest.approx([0.6, 14.6], abs=STEP_S)


@pytest.mark.parametrize(
    "name", ["film.ts", *(pytest.param(f"film.{s}", marks=SLOW) for s in ("mkv", "mp4", "flv"))]
)
def test_a_lost_packet_of_sound_moves_nothing(tmp_path: Path, name: str) -> None:
    drop = ("-bsf:a", "noise=drop='eq(n\\,50)+eq(n\\,55)'")
    made = Made(flashes.film(tmp_path / name, *drop, seconds=4))
    made.in_step(2)


def test_times_of_sound_that_jitter_cut_nothing(tmp_path: Path) -> None:
    jitter = ("-bsf:a", "setts=ts='TS+mod(N*7919\\,13)/13*0.03/TB'")
    source = tmp_path / "film.mkv"
    inputs = [*flashes.picture(4), *flashes.sound(4)]
    makers.ffmpeg(*inputs, *flashes.H264, "-c:a", "pcm_s16le", *jitter, source)
    made = Made(source)
    assert len(made.beeps_s) == 2
    samples, rate = soundfile.read(made.folder / "source.flac")
    # Each beep is whole: 0.05 s of a tone, without silence in it.
    for beep_s in made.beeps_s:
        beep = samples[round((beep_s + 0.001) * rate) : round((beep_s + 0.048) * rate)]
        assert np.abs(beep.reshape(-1, rate // 1000)[:, :48]).max(1).min() > 0.2


def test_times_that_leap_by_hours_fill_no_disk(tmp_path: Path) -> None:
    part = flashes.film(tmp_path / "part.mkv", "-bf", "0")
    leap = "setts=ts='TS+if(gt(N\\,24)\\,90000/TB\\,0)'"
    source = tmp_path / "leap.flv"
    makers.ffmpeg("-i", part, "-c", "copy", "-bsf:v", leap, "-an", source)
    made = Made(source)
    assert made.frames == 50
    assert made.facts["repairs"] == [{"at_s": 1, "jump_s": pytest.approx(90000, abs=1)}]


def test_a_clock_that_jumps_does_not_move_the_sounds_start(tmp_path: Path) -> None:
    late = flashes.film(tmp_path / "late.ts", "-output_ts_offset", 50)
    made = Made(joined(tmp_path / "joined.ts", late, flashes.film(tmp_path / "early.ts")))
    made.in_step(2)
    assert set(made.notes) == {"clock_repaired"}
    assert abs(made.facts["audio_start_s"]) < 0.03


def test_a_long_pause_of_the_picture_is_held_and_told(tmp_path: Path) -> None:
    kept = "select='lt(n\\,10)+gt(n\\,290)'"
    inputs = [*flashes.picture(12), "-vf", kept, "-fps_mode", "vfr"]
    makers.ffmpeg(*inputs, *flashes.H264, tmp_path / "pause.mkv")
    made = Made(tmp_path / "pause.mkv")
    assert made.frames == 300
    assert made.notes["picture_stands"] == {
        "code": "picture_stands", "at_s": pytest.approx(0.36), "held_s": pytest.approx(11.28),
    }  # fmt: skip


# What was refused for a wrong reason


@pytest.mark.parametrize(
    ("name", "codec"), [("film.mkv", "srt"), pytest.param("film.mp4", "mov_text", marks=SLOW)]
)
def test_subtitles_may_outlast_the_picture(tmp_path: Path, name: str, codec: str) -> None:
    subtitles = tmp_path / "late.srt"
    subtitles.write_text("1\n00:00:20,000 --> 00:00:25,000\nlate\n")
    whole = flashes.film(tmp_path / "whole.mp4")
    inputs = ["-i", whole, "-i", subtitles, "-map", "0", "-map", "1"]
    makers.ffmpeg(*inputs, "-c", "copy", "-c:s", codec, tmp_path / name)
    Made(tmp_path / name).in_step(1)


def test_flv_at_44100_hz(tmp_path: Path) -> None:
    source = tmp_path / "film.flv"
    inputs = [*flashes.picture(2), *flashes.sound(2, 44100)]
    makers.ffmpeg(*inputs, *flashes.H264, *flashes.AAC, source)
    Made(source).in_step(1)


def test_sound_and_picture_23_ms_apart(tmp_path: Path) -> None:
    whole = flashes.film(tmp_path / "whole.mp4")
    source = tmp_path / "apart.mkv"
    inputs = ["-itsoffset", "0.023", "-i", whole, "-i", whole, "-map", "0:v", "-map", "1:a"]
    makers.ffmpeg(*inputs, "-c", "copy", source)
    made = Made(source)
    assert made.beeps_s[0] == pytest.approx(made.flashes_s[0] - 0.023, abs=0.002)


@pytest.mark.parametrize("rate", [pytest.param(25, marks=SLOW), 50])
@pytest.mark.parametrize(
    ("name", "codec"), [("film.h264", "libx264"), pytest.param("film.hevc", "libx265", marks=SLOW)]
)
def test_a_raw_stream_is_shown_at_its_rate(
    tmp_path: Path, name: str, codec: str, rate: int
) -> None:
    source = tmp_path / name
    makers.ffmpeg(*flashes.picture(2, rate), "-c:v", codec, "-preset", "ultrafast", source)
    made = Made(source)
    assert made.frames == 50
    assert made.flashes_s == [pytest.approx(0.6)]
    assert made.notes["rate_assumed"]["rate"] == str(rate)


@pytest.mark.parametrize(
    "change",
    [
        ("-s", "32x32"),
        pytest.param(("-pix_fmt", "yuv444p"), marks=SLOW),
        pytest.param(("-vf", "scale=out_range=pc", "-color_range", "pc"), marks=SLOW),
    ],
)
def test_a_form_that_changes_midway(tmp_path: Path, change: tuple[str, ...]) -> None:
    part = flashes.film(tmp_path / "part.ts")
    other = flashes.film(tmp_path / "other.ts", *change)
    made = Made(joined(tmp_path / "joined.ts", part, part, other))
    made.in_step(3)
    assert made.frames == 150
    assert made.facts["size_px"] == [64, 48]
    assert made.facts["pixel_format"] == "yuv420p"
    assert made.facts["colour"]["range"] == "tv"
    assert 45 <= made.notes["form_changes"]["frames"] <= 55


def test_black_stays_black_where_the_range_changes(tmp_path: Path) -> None:
    black = ["-f", "lavfi", "-i", "color=black:s=64x48:r=25:d=1"]
    full = ("-vf", "scale=out_range=pc", "-color_range", "pc")
    makers.ffmpeg(*black, *flashes.H264, "-bf", "0", tmp_path / "tv.ts")
    makers.ffmpeg(*black, *full, *flashes.H264, "-bf", "0", tmp_path / "pc.ts")
    parts = [tmp_path / name for name in ("tv.ts", "tv.ts", "pc.ts")]
    source = joined(tmp_path / "joined.ts", *parts)
    made = Made(source)
    with av.open(str(made.folder / "mezzanine.mp4")) as container:
        lumas = [frame.to_ndarray()[:48].mean() for frame in container.decode(video=0)]
    assert len(lumas) == 75
    assert max(lumas) - min(lumas) < 2


def test_sound_that_is_longer_than_its_times_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "vorbis.avi"
    inputs = [*flashes.picture(4), *flashes.sound(4)]
    makers.ffmpeg(*inputs, "-c:v", "mpeg4", "-c:a", "libvorbis", source)
    with pytest.raises(InputError, match=r"its sound lasts 4\.\d+ s, but by its times 0"):
        Made(source)
    timed = tmp_path / "timed.mkv"
    makers.ffmpeg("-i", source, "-c:v", "copy", "-af", "asetpts=N/SR/TB", timed)
    assert len(Made(timed).beeps_s) == 2


def test_frames_of_avi_are_shown_in_turn(tmp_path: Path) -> None:
    source = tmp_path / "film.avi"
    inputs = [*flashes.picture(4), *flashes.sound(4)]
    makers.ffmpeg(*inputs, *flashes.H264, "-bf", "3", "-c:a", "pcm_s16le", source)
    made = Made(source)
    made.in_step(2)
    assert made.frames == 100


# Damage


def test_a_few_damaged_frames_are_told(tmp_path: Path) -> None:
    whole = flashes.film(tmp_path / "whole.ts", "-g", "25", seconds=8)
    data = bytearray(whole.read_bytes())
    at = len(data) // 188 // 2 * 188
    data[at + 20 : at + 120] = bytes(100)
    source = tmp_path / "damaged.ts"
    source.write_bytes(data)
    made = Made(source)
    made.in_step(4)
    assert made.frames == 200
    lost = made.notes["decode_errors"]["frames"] if "decode_errors" in made.notes else 0
    assert lost + made.notes.get("sound_errors", {"errors": 0})["errors"] > 0


def test_a_recording_that_ends_midway_has_no_header_to_break(tmp_path: Path) -> None:
    source = tmp_path / "cut.ts"
    makers.truncated(source)
    made = Made(source)
    assert made.frames == 46


@pytest.mark.parametrize(
    "name", ["cut.mp4", *(pytest.param(f"cut.{s}", marks=SLOW) for s in ("mkv", "avi"))]
)
def test_what_is_left_of_a_film_is_kept_on_request(tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    makers.truncated(source)
    with pytest.raises(InputError, match=r"cut short: .*normalize\.damaged: keep"):
        Made(source)
    made = Made(source, damaged="keep")
    assert 35 < made.frames < 60
    assert "there" in made.notes["cut_short"]["missing"]


def test_a_damaged_film_is_kept_on_request(tmp_path: Path) -> None:
    source = tmp_path / "damaged.mp4"
    makers.damaged(source)
    made = Made(source, damaged="keep")
    assert made.frames == 50
    assert made.notes["decode_errors"]["frames"] > 3
