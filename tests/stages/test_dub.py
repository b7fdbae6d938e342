"""The user's dub as dub.flac: gap-free, its first sample at the start of the picture."""

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

import makers
from mouthpiece.core.errors import InputError
from mouthpiece.stages.dub import write_dub

RATE = 48000


def noise(seconds: float, channels: int, rate: int = RATE) -> np.ndarray:
    """[N, C] float64 in [-0.9, 0.9], of an odd length."""
    return np.random.default_rng(1).uniform(-0.9, 0.9, (round(seconds * rate) + 137, channels))


def dubbed(source: Path) -> tuple[np.ndarray, soundfile._SoundFileInfo]:
    """What is made of a file: samples [N, C] float64, and their form."""
    dub = source.with_name("dub.flac")
    write_dub(source, dub)
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
    [("mp3", "libmp3lame", 0), ("ogg", "libvorbis", 0), ("ts", "aac", 0.0214)],
)
def test_a_clock_that_counts_from_anywhere_begins_with_the_sound(
    tmp_path: Path, suffix: str, codec: str, delay_s: float
) -> None:
    """MPEG-TS counts from 1.4 s, MP3 from its encoder's delay (which TS does not tell of AAC)."""
    source = tmp_path / f"dub.{suffix}"
    makers.ffmpeg(*makers.beep(1.0, 2, RATE), "-c:a", codec, source)
    found, _ = dubbed(source)
    assert loud_s(found)[0] == pytest.approx(1.0 + delay_s, abs=0.001)


def test_the_first_track_of_several_is_taken(tmp_path: Path) -> None:
    makers.several_tracks(tmp_path / "film.mkv")
    assert loud_s(dubbed(tmp_path / "film.mkv")[0], 44100)[0] == pytest.approx(0.2, abs=0.003)


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"this is no sound")
    with pytest.raises(InputError, match=r"broken\.wav: cannot be read as sound"):
        dubbed(broken)
    with pytest.raises(InputError, match=r"gone\.wav: cannot be read as sound: No such file"):
        dubbed(tmp_path / "gone.wav")
    makers.silent(tmp_path / "film.mp4")
    with pytest.raises(InputError, match=r"film\.mp4: the dub has no sound track"):
        dubbed(tmp_path / "film.mp4")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), RATE)
    with pytest.raises(InputError, match=r"empty\.wav: the dub has no sound, its length is zero"):
        dubbed(tmp_path / "empty.wav")
    assert not (tmp_path / "dub.flac").exists()
