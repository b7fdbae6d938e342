from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mouthpiece.audio.loudness import frame_energy
from mouthpiece.audio.slices import write_slice
from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.core.errors import InputError
from mouthpiece.core.timeline import Clock
from mouthpiece.stages.speech import write_speech


def test_a_dub_becomes_16_khz_mono(tmp_path: Path) -> None:
    tone = 0.4 * np.sin(2 * np.pi * 440 * np.arange(44100) / 44100)
    soundfile.write(tmp_path / "a dub's [1].wav", np.column_stack([tone, tone]), 44100)
    write_speech(tmp_path / "a dub's [1].wav", tmp_path / "speech.wav")
    samples, rate = soundfile.read(tmp_path / "speech.wav")
    assert (rate, samples.ndim) == (SAMPLE_RATE, 1)
    assert len(samples) == pytest.approx(16000, abs=2)
    assert samples[8000:9000].std() == pytest.approx(0.4 / np.sqrt(2), rel=0.02)


@pytest.mark.parametrize("content", [b"", b"not a sound at all"])
def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "dub.wav").write_bytes(content)
    with pytest.raises(InputError, match=r"dub\.wav: "):
        write_speech(tmp_path / "dub.wav", tmp_path / "speech.wav")
    assert [p.name for p in tmp_path.iterdir()] == ["dub.wav"]


def test_a_dub_of_no_length_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "dub.wav", np.zeros(0), 16000)
    with pytest.raises(InputError, match=r"dub\.wav: "):
        write_speech(tmp_path / "dub.wav", tmp_path / "speech.wav")
    assert not (tmp_path / "speech.wav").exists()


def test_slices_have_their_context_and_silence_beyond_the_ends(tmp_path: Path) -> None:
    ramp = np.arange(1, 3 * SAMPLE_RATE + 1, dtype=np.int16)
    soundfile.write(tmp_path / "speech.wav", ramp, SAMPLE_RATE, subtype="PCM_16")
    write_slice(tmp_path / "speech.wav", Clock(Fraction(25), 25, 25), tmp_path / "cut.wav")
    speech = Speech.load(tmp_path / "cut.wav")
    assert len(speech.samples) == 3 * SAMPLE_RATE
    assert round(speech.samples[speech.start] * 32768) == SAMPLE_RATE + 1

    write_slice(tmp_path / "speech.wav", Clock(Fraction(25), 60, 40), tmp_path / "end.wav")
    late = Speech.load(tmp_path / "end.wav").samples
    assert len(late) == round((40 / 25 + 2) * SAMPLE_RATE)
    assert (late[-SAMPLE_RATE:] == 0).all() and late[0] != 0


def test_how_loud_speech_is() -> None:
    random = np.random.default_rng(0)
    voice = np.sin(2 * np.pi * 220 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    hiss = 1e-4 * random.normal(size=SAMPLE_RATE)
    samples = np.concatenate([hiss, 0.3 * voice, hiss]).astype(np.float32)
    energy = frame_energy(samples, 25, 75)
    assert energy[30:45].min() > 0.9
    assert energy[:23].max() < 0.1 and energy[53:].max() < 0.1
    assert frame_energy(hiss.astype(np.float32), 25, 25).max() == 0
