"""The user's dub as dub.flac: gap-free, its first sample at the start of the picture."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

import makers
from mouthpiece.core.errors import InputError
from mouthpiece.core.files import read_json
from mouthpiece.media.dub_file import measure_dub
from mouthpiece.stages.dub import write_dub
from mouthpiece.stages.speech import write_speech

RATE = 48000


def noise(seconds: float, channels: int, rate: int = RATE) -> np.ndarray:
    """[N, C] float64 in [-0.9, 0.9], of an odd length."""
    return np.random.default_rng(1).uniform(-0.9, 0.9, (round(seconds * rate) + 137, channels))


def dubbed(source: Path) -> tuple[np.ndarray, soundfile._SoundFileInfo]:
    """What is made of a file: samples [N, C] float64, and their form."""
    dub = source.with_name("dub.flac")
    write_dub(source, dub, source.with_name("dub.json"))
    return soundfile.read(dub, always_2d=True)[0], soundfile.info(dub)


def loud_s(samples: np.ndarray, rate: int = RATE) -> tuple[float, float]:
    """When the sound in a silence begins and ends."""
    loud = np.flatnonzero(np.abs(samples[:, 0]) > 0.1)
    return loud[0] / rate, (loud[-1] + 1) / rate


@pytest.mark.parametrize(
    ("suffix", "subtype", "kept"),
    [
        *((suffix, "PCM_16", "PCM_16") for suffix in ("wav", "flac", "aiff", "w64")),
        *((suffix, "PCM_24", "PCM_24") for suffix in ("wav", "flac", "aiff", "w64")),
        ("wav", "PCM_U8", "PCM_16"),
    ],
)
@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (44100, 2)])
def test_samples_are_kept_bit_for_bit(
    tmp_path: Path, suffix: str, subtype: str, kept: str, rate: int, channels: int
) -> None:
    source = tmp_path / f"a dub's [1] 100%.{suffix}"
    soundfile.write(source, noise(1.3, channels, rate), rate, subtype=subtype)
    found, form = dubbed(source)
    assert (form.samplerate, form.channels, form.subtype) == (rate, channels, kept)
    np.testing.assert_array_equal(found, soundfile.read(source, always_2d=True)[0])


def test_floating_point_keeps_24_bit(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "dub.wav", noise(0.5, 1), RATE, subtype="FLOAT")
    found, form = dubbed(tmp_path / "dub.wav")
    assert form.subtype == "PCM_24"
    np.testing.assert_allclose(found, noise(0.5, 1), atol=2**-23)


@pytest.mark.parametrize("layout", ["mono", "stereo", "4.0", "5.0", "5.1", "5.1(side)", "7.1"])
def test_the_layout_is_kept(tmp_path: Path, layout: str) -> None:
    source = tmp_path / "dub.wav"
    tone = f"anoisesrc=d=0.2:r={RATE},aformat=channel_layouts={layout}:sample_fmts=s16"
    makers.ffmpeg("-f", "lavfi", "-i", tone, "-c:a", "pcm_s16le", source)
    found, _ = dubbed(source)
    with av.open(str(source)) as given, av.open(str(tmp_path / "dub.flac")) as made:
        assert made.streams.audio[0].layout.name == layout
        frames = [frame.to_ndarray().reshape(-1, found.shape[1]) for frame in given.decode(audio=0)]
    np.testing.assert_array_equal(np.rint(found * 32768), np.concatenate(frames))


def test_more_channels_than_flac_holds_become_stereo(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "dub.wav", noise(0.2, 10), RATE)
    assert dubbed(tmp_path / "dub.wav")[1].channels == 2


@pytest.mark.parametrize("late_s", [0.0, 0.3])
@pytest.mark.parametrize(
    ("suffix", "codec"),
    [
        ("mkv", "pcm_s16le"),
        ("mov", "pcm_s16le"),
        ("mkv", "aac"),
        ("mp4", "aac"),
        ("webm", "libopus"),
    ],
)
def test_a_late_start_is_silence(tmp_path: Path, suffix: str, codec: str, late_s: float) -> None:
    """Without a picture beside it: the container's zero is the picture's start."""
    source = tmp_path / f"dub.{suffix}"
    sound = makers.beep(1.0 - late_s, 2 - late_s, RATE)
    makers.ffmpeg("-itsoffset", late_s, *sound, "-c:a", codec, source)
    found, form = dubbed(source)
    assert form.samplerate == RATE
    assert loud_s(found) == pytest.approx((1.0, 1.2), abs=0.002)
    assert len(found) / RATE == pytest.approx(2, abs=0.03)


def test_a_late_start_beside_a_picture_is_silence(tmp_path: Path) -> None:
    makers.shifted_sound(tmp_path / "film.mkv", 0.4)
    assert loud_s(dubbed(tmp_path / "film.mkv")[0]) == pytest.approx((1.0, 1.2), abs=0.001)


def with_gap(source: Path, path: Path, first_s: float, end_s: float) -> None:
    """Copy a sound track without its packets of some time."""
    with av.open(str(source)) as given, av.open(str(path), "w") as made:
        track = given.streams.audio[0]
        stream = made.add_stream_from_template(track)
        for packet in given.demux(track):
            if packet.pts is None or first_s <= packet.pts * packet.time_base < end_s:
                continue
            packet.stream = stream
            made.mux(packet)


@pytest.mark.parametrize(("first_s", "end_s"), [(0.4, 0.9), (0.5, 0.56)])
def test_a_gap_in_opus_is_silence(tmp_path: Path, first_s: float, end_s: float) -> None:
    """As a recorder leaves it that lost packets: what follows stays where it was."""
    whole, source = tmp_path / "whole.webm", tmp_path / "dub.webm"
    wave = "if(between(t\\,0.1\\,0.2)+between(t\\,1\\,1.2)\\,0.5*sin(2*PI*1000*t)\\,0)"
    makers.ffmpeg("-f", "lavfi", "-i", f"aevalsrc={wave}:s={RATE}:d=2", "-c:a", "libopus", whole)
    with_gap(whole, source, first_s, end_s)
    found, _ = dubbed(source)
    assert len(found) == pytest.approx(2 * RATE, abs=0.01 * RATE)
    after = found[round(0.95 * RATE) :]
    assert loud_s(after) == pytest.approx((0.05, 0.25), abs=0.003)


@pytest.mark.parametrize(
    ("suffix", "codec", "delay_s"),
    [
        ("mp3", "libmp3lame", 0),
        ("ogg", "libvorbis", 0),
        ("ts", "aac", 0.0214),
        ("wma", "wmav2", 0),
        ("asf", "wmav1", 0),
    ],
)
def test_a_clock_that_counts_from_anywhere_begins_with_the_sound(
    tmp_path: Path, suffix: str, codec: str, delay_s: float
) -> None:
    """MPEG-TS counts from 1.4 s, MP3 from its encoder's delay (which TS does not tell of AAC)."""
    source = tmp_path / f"dub.{suffix}"
    makers.ffmpeg(*makers.beep(1.0, 2, RATE), "-c:a", codec, source)
    found, _ = dubbed(source)
    assert loud_s(found)[0] == pytest.approx(1.0 + delay_s, abs=0.001)


def facts(source: Path) -> dict[str, Any]:
    """dub.json, after `dubbed`."""
    return read_json(source.with_name("dub.json"))


def codes(source: Path) -> list[str]:
    return [note["code"] for note in facts(source)["notes"]]


def test_the_default_track_of_several_is_taken(tmp_path: Path) -> None:
    source = tmp_path / "film.mkv"
    makers.several_tracks(source)
    assert loud_s(dubbed(source)[0], 32000)[0] == pytest.approx(0.6, abs=0.003)
    assert facts(source)["notes"] == [{"code": "dub_tracks", "track": 2, "tracks": 3}]


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "codec"), [("ts", "aac"), ("flv", "aac"), ("wmv", "wmav2")])
@pytest.mark.parametrize("late_s", [0.0, 0.3, -0.2])
def test_time_0_is_the_first_picture(
    tmp_path: Path, suffix: str, codec: str, late_s: float
) -> None:
    """In containers that count from anywhere, too, whatever the codec puts before its sound."""
    source = tmp_path / f"dub.{suffix}"
    picture = ("-c:v", "wmv2") if suffix == "wmv" else makers.X264
    makers.ffmpeg(
        *makers.counting(), "-itsoffset", late_s, *makers.beep(1.0 - late_s, 2 - late_s, RATE),
        *(*picture, "-c:a", codec, source),
    )  # fmt: skip
    assert loud_s(dubbed(source)[0]) == pytest.approx((1.0, 1.2), abs=0.004)
    assert facts(source)["start_s"] == pytest.approx(late_s, abs=0.05)
    if late_s:
        assert codes(source) == ["dub_starts_late" if late_s > 0 else "dub_starts_early"]


def test_a_cover_is_no_picture(tmp_path: Path) -> None:
    cover, source = tmp_path / "cover.jpg", tmp_path / "dub.m4a"
    makers.ffmpeg(*makers.pattern(seconds=0.04), "-frames:v", "1", cover)
    makers.ffmpeg(
        *("-i", cover, "-itsoffset", 0.3, *makers.beep(0.7, 1.7, RATE)),
        *("-c:v", "copy", "-c:a", "aac", "-disposition:v", "attached_pic", source),
    )
    assert loud_s(dubbed(source)[0]) == pytest.approx((1.0, 1.2), abs=0.003)
    assert facts(source)["start_s"] == pytest.approx(0.3, abs=0.03)


def test_a_layout_that_changes_midway_stays_the_first(tmp_path: Path) -> None:
    """As on television, where the advertisements are stereo and the film is not."""
    for name, layout, at_s in (("a", "stereo", 0.5), ("b", "5.1", 1.0)):
        mixed = ("-af", f"aformat=channel_layouts={layout}")
        makers.ffmpeg(*makers.beep(at_s, 2, RATE), *mixed, "-c:a", "ac3", tmp_path / f"{name}.ac3")
    source = tmp_path / "dub.ac3"
    parts = (tmp_path / "a.ac3", tmp_path / "b.ac3")
    source.write_bytes(b"".join(part.read_bytes() for part in parts))
    found, form = dubbed(source)
    assert form.channels == 2
    assert len(found) == pytest.approx(4 * RATE, abs=0.07 * RATE)
    assert loud_s(found) == pytest.approx((0.5, 3.2), abs=0.04)


@pytest.mark.parametrize(("suffix", "codec"), [("ogg", "libvorbis"), ("ts", "ac3")])
def test_a_clock_that_jumps_back_loses_nothing(tmp_path: Path, suffix: str, codec: str) -> None:
    """Recordings that were joined by `cat`: all of their sound is there."""
    part, source = tmp_path / f"part.{suffix}", tmp_path / f"dub.{suffix}"
    makers.ffmpeg(*makers.beep(0.5, 2, RATE), "-ar", 44100, "-c:a", codec, part)
    source.write_bytes(2 * part.read_bytes())
    found, form = dubbed(source)
    assert len(found) / form.samplerate == pytest.approx(4, abs=0.1)
    assert loud_s(found, form.samplerate) == pytest.approx((0.5, 2.7), abs=0.06)
    assert codes(source) == ["clock_repaired"]
    assert measure_dub(source).length_s == Fraction(len(found), form.samplerate)
    assert {path.name for path in tmp_path.iterdir()} == {
        part.name, source.name, "dub.flac", "dub.json"
    }  # fmt: skip


def test_sound_that_overlaps_itself_is_no_jump(tmp_path: Path) -> None:
    """Ogg cannot say that FLAC starts before 0: its times run on late, and step back once."""
    source = tmp_path / "dub.ogg"
    makers.ffmpeg(
        *makers.counting(), "-itsoffset", -0.08, *makers.beep(1.58, 2.08, RATE),
        *("-c:v", "libtheora", "-c:a", "flac", source),
    )  # fmt: skip
    found, _ = dubbed(source)
    assert loud_s(found) == pytest.approx((1.5, 1.7), abs=0.002)
    assert len(found) == pytest.approx(2 * RATE, abs=0.03 * RATE)
    assert codes(source) == []


def placed(path: Path, channels: dict[int, float], count: int, mask: bool = False) -> None:
    """A WAV of many channels, some of which beep, each at its own time."""
    made = np.zeros((2 * RATE, count))
    for channel, at_s in channels.items():
        first = round(at_s * RATE)
        made[first : first + RATE // 5, channel] = 0.5
    soundfile.write(path, made, RATE, format="WAVEX" if mask else "WAV")


@pytest.mark.parametrize(
    ("count", "sounding", "taken", "channels"),
    [
        (16, {0: 1.0, 1: 1.0}, "1+2", 2),
        (16, {9: 1.0}, "10", 1),
        (12, {4: 1.0, 7: 1.2, 11: 0.5}, "5+8", 2),
        (32, {}, "1", 1),
        (4, {2: 1.0, 3: 1.0}, "3+4", 2),
        (6, {3: 1.0}, "4", 1),
    ],
)
def test_of_channels_in_no_order_those_with_sound_are_taken(
    tmp_path: Path, count: int, sounding: dict[int, float], taken: str, channels: int
) -> None:
    source = tmp_path / "dub.wav"
    placed(source, sounding, count)
    found, form = dubbed(source)
    assert form.channels == channels
    note = next(n for n in facts(source)["notes"] if n["code"] == "sound_channels")
    assert (note["taken"], note["channels"]) == (taken, count)
    if sounding:
        assert loud_s(found)[0] == pytest.approx(1.0, abs=0.001)
    assert facts(source)["peak_dbfs"] == [-6.02 if sounding else -120] * channels


@pytest.mark.parametrize(("layout", "kept"), [("7.1.4", "7.1"), ("5.1.2", "5.1(side)")])
def test_of_a_layout_with_height_the_bed_is_kept(tmp_path: Path, layout: str, kept: str) -> None:
    source = tmp_path / "dub.wav"
    speech = f"{makers.beep(1.0, 2, RATE)[-1]},pan={layout}|FC=c0"
    makers.ffmpeg("-f", "lavfi", "-i", speech, "-c:a", "pcm_s16le", source)
    found, _ = dubbed(source)
    assert facts(source)["layout"] == kept
    np.testing.assert_array_equal(np.flatnonzero(np.abs(found).max(0) > 0.1), [2])
    assert codes(source) == ["sound_channels"]


def test_what_a_dub_holds_is_in_its_facts(tmp_path: Path) -> None:
    source = tmp_path / "dub.wav"
    soundfile.write(source, np.column_stack([np.full(RATE, 0.5), np.zeros(RATE)]), RATE)
    dubbed(source)
    assert facts(source) == {
        "version": 1,
        "length_s": 1.0,
        "sample_rate_hz": RATE,
        "channels": 2,
        "layout": "stereo",
        "track": 1,
        "tracks": 1,
        "start_s": 0.0,
        "peak_dbfs": [-6.02, -120.0],
        "rms_dbfs": [-6.02, -120.0],
        "decode_errors": 0,
        "speech": {
            "peak": pytest.approx(0.5, abs=0.1),  # with the overshoot of its resampling
            "power": pytest.approx(0.25, abs=0.01),
            "cancelled_s": 0,
            "channel": 0,
        },
        "notes": [],
    }
    info = measure_dub(source)
    assert (info.length_s, info.loudest_dbfs, info.notes) == (1, -6.02, ())


def test_channels_that_cancel_each_other_are_told(tmp_path: Path) -> None:
    source = tmp_path / "dub.wav"
    left = noise(1, 1)
    soundfile.write(source, np.column_stack([left, -left]), RATE)
    found, _ = dubbed(source)
    np.testing.assert_allclose(found[:, 0], left[:, 0], atol=2**-15)
    (note,) = facts(source)["notes"]
    assert (note["code"], note["channel"]) == ("downmix_cancelled", 1)
    write_speech(tmp_path / "dub.flac", tmp_path / "speech.wav")
    assert np.std(soundfile.read(tmp_path / "speech.wav")[0]) > 0.2


def test_a_dub_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    for name in ("dub.m4a", "dub.flac"):
        whole, cut = tmp_path / f"whole-{name}", tmp_path / name
        makers.ffmpeg(*makers.beep(seconds=8), "-movflags", "+faststart", whole)
        cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        with pytest.raises(InputError, match=rf"{name}: .*header promises 8\.00 s"):
            measure_dub(cut)


@pytest.mark.parametrize("form", ["WAV", "WAVEX", "RF64", "W64"])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_half_of_a_wav_is_refused(tmp_path: Path, subtype: str, form: str) -> None:
    path = tmp_path / "dub.wav"
    soundfile.write(path, noise(2.0, 2), RATE, subtype, format=form)
    assert measure_dub(path).length_s == Fraction(2 * RATE + 137, RATE)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"cut short: its header promises 2\.00 s"):
        measure_dub(path)


@pytest.mark.parametrize("size", [b"\x00\x00\x00\x00", b"\xff\xff\xff\xff"])
def test_a_wav_that_does_not_know_its_length_is_taken(tmp_path: Path, size: bytes) -> None:
    """As programs write it to a pipe. libav takes what follows as sound, up to the file's end."""
    path = tmp_path / "dub.wav"
    soundfile.write(path, noise(1.0, 1), RATE)
    content = path.read_bytes()
    data = content.index(b"data") + 4
    whole = content[data + 4 : data + 4 + 2 * RATE]
    path.write_bytes(content[:4] + b"\xff\xff\xff\xff" + content[8:data] + size + whole)
    assert measure_dub(path).length_s == 1


def test_a_dub_that_is_damaged_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "dub.mp3"
    makers.ffmpeg("-f", "lavfi", "-i", "anoisesrc=d=6", "-c:a", "libmp3lame", source)
    content = bytearray(source.read_bytes())
    for first in range(5000, len(content), 3000):
        content[first : first + 600] = bytes(600)
    source.write_bytes(content)
    with pytest.raises(InputError, match=r"dub\.mp3: the dub is damaged: \d+ errors"):
        measure_dub(source)


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"this is no sound")
    with pytest.raises(InputError, match=r"broken\.wav: cannot be read as sound"):
        dubbed(broken)
    with pytest.raises(
        InputError, match=r"gone\.wav: cannot be read as sound: there is no such file"
    ):
        dubbed(tmp_path / "gone.wav")
    makers.silent(tmp_path / "film.mp4")
    with pytest.raises(InputError, match=r"film\.mp4: the dub has no sound track"):
        dubbed(tmp_path / "film.mp4")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), RATE)
    with pytest.raises(InputError, match=r"empty\.wav: the dub has no sound, its length is zero"):
        dubbed(tmp_path / "empty.wav")
    assert not (tmp_path / "dub.flac").exists()
