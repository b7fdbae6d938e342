"""Mono for the networks: no mix silences a voice."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

import makers
from mouthpiece.audio.downmix import write_mono
from mouthpiece.audio.speech import SAMPLE_RATE

RATE = 48000


def voice(seconds: float = 2, seed: int = 1) -> np.ndarray:
    """Noise in the frequencies of a voice, [N] float64, of 0.1 RMS."""
    made = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    spectrum, hz = np.fft.rfft(made), np.fft.rfftfreq(len(made), 1 / RATE)
    spectrum[(hz < 300) | (hz > 3000)] = 0
    made = np.fft.irfft(spectrum)
    return 0.1 * made / np.std(made)


def rumble(seconds: float = 2) -> np.ndarray:
    return 0.4 * np.sin(2 * np.pi * 60 * np.arange(round(seconds * RATE)) / RATE)


def mixed(folder: Path, *channels: np.ndarray) -> tuple[np.ndarray, float, int]:
    """The mono of channels; how long they cancelled; the channel that was taken then."""
    sound, mono = folder / "sound.flac", folder / "mono.wav"
    soundfile.write(sound, np.column_stack(channels), RATE)
    found = write_mono(sound, mono)
    samples, rate = soundfile.read(mono)
    assert rate == SAMPLE_RATE and len(samples) == pytest.approx(len(channels[0]) / 3, abs=2)
    assert found.peak == pytest.approx(np.abs(samples).max(), abs=1e-4)
    assert found == write_mono(sound, None)
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []
    return samples, found.cancelled_s, found.channel


def level(samples: np.ndarray) -> float:
    """RMS in the frequencies of a voice."""
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    spectrum[(hz < 200) | (hz > 4000)] = 0
    return float(np.std(np.fft.irfft(spectrum)))


def test_channels_in_antiphase_are_not_silenced(tmp_path: Path) -> None:
    samples, cancelled_s, channel = mixed(tmp_path, voice(), -voice())
    assert level(samples) == pytest.approx(0.1, rel=0.1)
    assert (cancelled_s, channel) == (pytest.approx(2, abs=0.15), 1)


def test_the_stronger_of_two_that_cancel_is_taken(tmp_path: Path) -> None:
    samples, _, channel = mixed(tmp_path, 0.9 * voice(), -voice())
    assert (channel, level(samples)) == (2, pytest.approx(0.1, rel=0.1))


def test_a_voice_in_antiphase_under_shared_rumble_is_kept(tmp_path: Path) -> None:
    samples, cancelled_s, _ = mixed(tmp_path, rumble() + voice(), rumble() - voice())
    assert level(samples) == pytest.approx(0.1, rel=0.1)
    assert cancelled_s > 1.8


def test_a_part_in_antiphase_is_kept_without_a_click(tmp_path: Path) -> None:
    flipped = np.where(np.arange(2 * RATE) < RATE, 1, -1)
    samples, cancelled_s, _ = mixed(tmp_path, voice(), flipped * voice())
    for second in (0, 1):
        part = samples[second * SAMPLE_RATE : (second + 1) * SAMPLE_RATE]
        assert level(part) == pytest.approx(0.1, rel=0.15)
    assert cancelled_s == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("other", [voice(), voice(seed=2), np.roll(voice(), 40), 0.3 * voice()])
def test_usual_stereo_is_the_mean(tmp_path: Path, other: np.ndarray) -> None:
    samples, cancelled_s, _ = mixed(tmp_path, voice(), other)
    assert cancelled_s == 0
    assert level(samples) == pytest.approx(level_of_mean(voice(), other), rel=0.02)


def level_of_mean(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.std((a + b) / 2))


def test_a_silent_channel_takes_no_part(tmp_path: Path) -> None:
    for channels in ((voice(), 0 * voice()), (0 * voice(), voice())):
        samples, cancelled_s, _ = mixed(tmp_path, *channels)
        assert (cancelled_s, level(samples)) == (0, pytest.approx(0.1, rel=0.1))


def test_the_centre_of_a_film_is_its_speech(tmp_path: Path) -> None:
    nothing, music = 0 * voice(), 0.5 * voice(seed=3)
    for sides in (nothing, music):
        samples, _, _ = mixed(tmp_path, sides, -sides, voice(), rumble(), nothing, nothing)
        assert level(samples) == pytest.approx(0.1, rel=0.1)
        assert np.abs(samples).max() < 0.6


def test_5_1_without_a_centre_is_mixed(tmp_path: Path) -> None:
    nothing = 0 * voice()
    samples, _, _ = mixed(tmp_path, voice(), voice(), nothing, rumble(), nothing, nothing)
    assert level(samples) == pytest.approx(0.1, rel=0.1)
    assert np.abs(samples).max() < 0.6  # without the low frequencies' own channel
    samples, _, _ = mixed(tmp_path, nothing, nothing, nothing, voice(), nothing, nothing)
    assert level(samples) == pytest.approx(0.1, rel=0.1)  # six recorders, of which the fourth


def test_silence_stays_silence(tmp_path: Path) -> None:
    samples, cancelled_s, channel = mixed(tmp_path, 0 * voice(), 0 * voice())
    assert (samples.any(), cancelled_s, channel) == (False, 0, 0)


def test_mono_is_what_ffmpeg_resamples(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "sound.flac", voice(), RATE)
    write_mono(tmp_path / "sound.flac", tmp_path / "mono.wav")
    makers.ffmpeg("-i", tmp_path / "sound.flac", "-ar", SAMPLE_RATE, tmp_path / "plain.wav")
    np.testing.assert_array_equal(
        soundfile.read(tmp_path / "mono.wav", dtype="int16")[0],
        soundfile.read(tmp_path / "plain.wav", dtype="int16")[0],
    )
