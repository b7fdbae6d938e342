"""What is speech, and what is only loud."""

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from mouthpiece.audio import voice_activity as voice
from mouthpiece.audio.speech import CONTEXT_S, SAMPLE_RATE, Speech
from mouthpiece.audio.voice_activity import sound_frames, speech_frames, voiceless
from mouthpiece.core.timeline import Clock

CONTEXT = CONTEXT_S * SAMPLE_RATE


def cut(seconds: int = 3) -> Clock:
    return Clock(Fraction(25), 0, 25 * seconds)


def heard(samples: np.ndarray) -> float:
    padded = np.pad(samples, CONTEXT).astype(np.float32)
    return float(
        speech_frames(Speech(padded, CONTEXT), cut(len(samples) // SAMPLE_RATE)).sum() / 25
    )


def test_noise_hum_and_room_are_no_speech() -> None:
    t = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    noise = np.random.default_rng(1).standard_normal(len(t))
    for sound in (0.1 * noise, 0.003 * noise, 0.3 * np.sin(2 * np.pi * 220 * t), 0 * t):
        assert heard(sound) == 0
    assert heard(np.zeros(0)) == 0


@pytest.mark.slow
def test_the_demos_dub_is_speech_its_pauses_are_not(dub: np.ndarray) -> None:
    frames = speech_frames(Speech(dub, CONTEXT), cut())
    assert 0.3 < frames.mean() < 1
    quiet = dub.copy()
    quiet[2 * SAMPLE_RATE : 3 * SAMPLE_RATE] *= 1e-4
    paused = speech_frames(Speech(quiet, CONTEXT), cut())
    assert not paused[27:48].any() and paused[:23].sum() == pytest.approx(frames[:23].sum(), abs=2)


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), Fraction(60)])
def test_seconds_of_speech_do_not_depend_on_the_frame_rate(dub: np.ndarray, rate: Fraction) -> None:
    clock = Clock(rate, 0, int(3 * rate))
    frames = speech_frames(Speech(dub, CONTEXT), clock)
    assert len(frames) == clock.frames
    there_s = speech_frames(Speech(dub, CONTEXT), cut()).sum() / 25
    assert float(frames.sum() / rate) == pytest.approx(there_s, abs=0.25)


def test_the_detector_is_not_asked_of_what_is_too_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(voice, "VoiceDetector", refuse)
    click = np.zeros(5 * SAMPLE_RATE, np.float32)
    click[2 * SAMPLE_RATE :][:2000] = 0.3
    assert 0 < speech_frames(Speech(click, CONTEXT), cut(), least_s=0.6).sum() / 25 < 0.6


def test_a_pause_is_one_though_music_plays_in_it(dub: np.ndarray) -> None:
    t = np.arange(len(dub)) / SAMPLE_RATE
    paused = dub.copy()
    paused[2 * SAMPLE_RATE : 3 * SAMPLE_RATE] = 0  # from frame 25 to frame 50
    music = 0.03 * sum(np.sin(2 * np.pi * f * t) for f in (220, 277, 330))
    found = voiceless(Speech((paused + music).astype(np.float32), CONTEXT), cut(), 0.3)
    assert found[29:46].all() and not found[:22].all()
    only = voiceless(Speech(music.astype(np.float32), CONTEXT), cut(), 0.3)
    assert not only.any(), "no voice at all may be one that the detector does not know"


def test_a_moment_of_a_song_that_is_taken_for_a_word_makes_no_pause_of_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Detector:
        def hear(self, samples: np.ndarray) -> np.ndarray:
            chances = np.zeros(-(-len(samples) // 512), np.float32)
            chances[70:75] = 0.8  # 160 ms
            return chances

    monkeypatch.setattr(voice, "VoiceDetector", Detector)
    song = Speech(np.full(5 * SAMPLE_RATE, 0.1, np.float32), CONTEXT)
    assert not voiceless(song, cut(), 0.3).any()
    assert voiceless(song, cut(), 0.3, sung=False).any(), "where no song is expected"


def test_where_no_voice_is_heard_at_all_every_sound_may_be_one() -> None:
    tone = np.zeros(5 * SAMPLE_RATE, np.float32)
    tone[2 * SAMPLE_RATE : 3 * SAMPLE_RATE] = 0.2 * np.sin(np.arange(SAMPLE_RATE))
    sound, frames = Speech(tone, CONTEXT), cut()
    spoken = speech_frames(sound, frames)
    assert not spoken.any()
    heard = sound_frames(sound, frames, spoken)
    assert heard.any() and not heard.all()
    assert (sound_frames(sound, frames, heard) == heard).all(), "a voice is heard"


def test_a_short_word_that_is_no_speech_to_the_detector_may_be_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Detector:
        def hear(self, samples: np.ndarray) -> np.ndarray:
            chances = np.zeros(-(-len(samples) // 512), np.float32)
            chances[40:60] = 0.9  # from 0.28 s to 0.92 s of the cut
            chances[85:90] = 0.8  # from 1.72 s on, for 160 ms
            return chances

    monkeypatch.setattr(voice, "VoiceDetector", Detector)
    tone = 0.2 * np.sin(np.arange(5 * SAMPLE_RATE))
    murmur, frames = Speech(tone.astype(np.float32), CONTEXT), cut()
    spoken = speech_frames(murmur, frames)
    heard = sound_frames(murmur, frames, spoken)
    assert not spoken[25:].any() and heard[43:47].all()
    assert (heard[:40] == spoken[:40]).all() and not heard[50:].any()


HEARS = """
import numpy as np
from mouthpiece.audio.silero import VoiceDetector
print(*VoiceDetector().hear(np.zeros(512, np.float32)).shape)
"""


def test_what_runs_the_detector_keeps_and_sends_nothing(tmp_path: Path) -> None:
    """ONNX Runtime of PyPI would keep a mark of the machine, and what it sends to its maker."""
    folders = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME"), str(tmp_path))
    known = {name: value for name, value in os.environ.items() if not name.startswith("ORT_")}
    done = subprocess.run(
        [sys.executable, "-c", HEARS],
        env=known | folders | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1\n" and list(tmp_path.iterdir()) == []
