from fractions import Fraction

import av
import numpy as np
import pytest
import soundfile
from samples import decoded, segment

from mouthpiece.core.errors import Fault
from mouthpiece.core.timeline import Clock
from mouthpiece.review.clips import write_clip
from mouthpiece.review.sound import SOUND_RATE, Sound, levels

NTSC = Fraction(30000, 1001)


def packets(path):
    with av.open(str(path)) as film:
        return [bytes(packet) for packet in film.demux(video=0) if packet.size]


def test_sound_is_taken_exactly_cut_by_cut(tmp_path):
    rng = np.random.default_rng(0)
    samples = rng.uniform(-0.5, 0.5, SOUND_RATE).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", samples, SOUND_RATE, subtype="FLOAT")
    clocks = [Clock(NTSC, 0, 7), Clock(NTSC, 10, 1), Clock(NTSC, 11, 8)]
    with Sound(tmp_path / "a.wav") as sound:
        assert sound.layout == "mono"
        for clock in clocks:
            first, end = clock.samples(SOUND_RATE)
            np.testing.assert_array_equal(sound.take(clock)[0], samples[first:end])
        with pytest.raises(ValueError, match="has gone by"):
            sound.take(clocks[0])


def test_sound_is_resampled_and_silent_past_its_end(tmp_path):
    t = np.arange(24_000) / 24_000
    tone = 0.5 * np.sin(2 * np.pi * 440 * t)
    soundfile.write(tmp_path / "a.wav", np.stack([tone, tone], 1), 24_000)
    with Sound(tmp_path / "a.wav") as sound:
        assert sound.layout == "stereo"
        found = sound.take(Clock(Fraction(25), 5, 25))
        past = sound.take(Clock(Fraction(25), 40, 5))
    wanted = 0.5 * np.sin(2 * np.pi * 440 * (np.arange(48_000) / SOUND_RATE + 0.2))
    assert found.shape == (2, 48_000)
    np.testing.assert_allclose(found[0, :38_000], wanted[:38_000], atol=2e-3)
    assert not found[:, 38_500:].any()
    assert past.shape == (2, 9_600) and not past.any()


def test_a_text_is_no_sound(tmp_path):
    (tmp_path / "a.wav").write_text("no sound at all")
    with pytest.raises(Fault, match="cannot be read as sound"):
        Sound(tmp_path / "a.wav")


def test_levels_are_per_frame():
    clock = Clock(NTSC, 3, 4)
    first, _ = clock.samples(SOUND_RATE)
    samples = np.zeros((1, clock.samples(SOUND_RATE)[1] - first), np.float32)
    start, end = Clock(NTSC, 5, 1).samples(SOUND_RATE)
    samples[0, start - first : end - first] = 0.1  # -20 dBFS, of 60 dB
    assert levels(samples, clock) == [0, 0, 66, 0]


def test_the_picture_is_copied_and_the_sound_lies_on_it(tmp_path):
    source = segment(tmp_path / "segment.mp4", 20)
    samples = np.zeros((1, 20 * 1920), np.float32)
    samples[0, 10 * 1920 :] = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(10 * 1920) / SOUND_RATE)
    write_clip(source, samples, Fraction(25), tmp_path / "clip.mp4")
    assert packets(tmp_path / "clip.mp4") == packets(source)
    assert [time for time, _ in decoded(tmp_path / "clip.mp4")] == [n / 25 for n in range(20)]
    with av.open(str(tmp_path / "clip.mp4")) as film:
        frames = [(f.pts, f.to_ndarray()[0]) for f in film.decode(audio=0)]
    heard = np.concatenate([block for _, block in frames])
    onset = frames[0][0] + int(np.flatnonzero(np.abs(heard) > 0.25)[0])
    assert abs(onset - 10 * 1920) < SOUND_RATE / 25 / 4  # a quarter of a frame
    data = (tmp_path / "clip.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("pixel_format", ["yuv420p10le", "yuv444p"])
def test_what_browsers_do_not_play_is_encoded_again(tmp_path, pixel_format):
    source = segment(tmp_path / "segment.mp4", 5, NTSC, pixel_format=pixel_format)
    write_clip(source, np.zeros((2, 8008), np.float32), NTSC, tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as film:
        assert film.streams.video[0].pix_fmt == "yuv420p"
    wanted, found = decoded(source), decoded(tmp_path / "clip.mp4")
    assert len(found) == 5
    for (time, picture), (new_time, new) in zip(wanted, found, strict=True):
        assert new_time == pytest.approx(time, abs=1e-4)
        assert abs(float(new.mean()) - float(picture.mean())) < 2


def test_a_cut_of_one_frame(tmp_path):
    source = segment(tmp_path / "segment.mp4", 1)
    write_clip(source, np.zeros((1, 1920), np.float32), Fraction(25), tmp_path / "clip.mp4")
    assert packets(tmp_path / "clip.mp4") == packets(source)
