"""What engines hear of a cut: moved by frames, and hushed between voices."""

from fractions import Fraction

import numpy as np
import pytest

from mouthpiece.audio import voice_activity
from mouthpiece.audio.speech import CONTEXT_S, SAMPLE_RATE, Speech
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.heard import heard
from mouthpiece.engines.registry import engine_settings, read_settings
from mouthpiece.engines.settings import EngineSettings

CLOCK = Clock(Fraction(25), 100, 50)
FRAME = SAMPLE_RATE // 25
SPEECH = Speech(np.arange(4 * SAMPLE_RATE, dtype=np.float32) + 1, CONTEXT_S * SAMPLE_RATE)


def settings(engine: str = "preview", **values: object) -> EngineSettings:
    return read_settings(engine, values)


@pytest.mark.parametrize("engine", list(engine_settings()))
def test_every_engine_can_be_moved(engine: str) -> None:
    found = heard(settings(engine, lip_offset_frames=3), SPEECH, CLOCK).cut_samples(CLOCK)
    assert found[0] == SPEECH.samples[SPEECH.start - 3 * FRAME], "the lips come later"
    assert len(found) == 50 * FRAME


@pytest.mark.parametrize("frames", [-50, 50])
def test_beyond_the_context_is_silence(frames: int) -> None:
    found = heard(settings(lip_offset_frames=frames), SPEECH, CLOCK).cut_samples(CLOCK)
    silent = np.flatnonzero(found == 0)
    assert len(found) == 50 * FRAME and len(silent) == 25 * FRAME
    assert (silent[0] == 0) == (frames > 0)
    sounding = found[found != 0]
    assert sounding[0] == (1 if frames > 0 else SPEECH.start + 50 * FRAME + 1)


def test_as_set_by_default_the_speech_is_untouched() -> None:
    assert heard(settings(), SPEECH, CLOCK) is SPEECH


def test_between_voices_nothing_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_activity, "_voices", lambda samples, limits: [(20000, 30000)])
    noise = Speech(np.ones(4 * SAMPLE_RATE, np.float32), SAMPLE_RATE)
    found = heard(settings(hush_pauses=True), noise, CLOCK)
    assert found.start == noise.start and len(found.samples) == len(noise.samples)
    assert found.samples[20200:29800].min() == pytest.approx(1)
    assert not found.samples[:19900].any() and not found.samples[30100:].any()
    assert np.abs(np.diff(found.samples)).max() < 0.01, "it fades"
