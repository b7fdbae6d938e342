"""A voice for tests: three seconds of the demo's dub."""

import numpy as np
import pytest
import soundfile

from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.demo import media as demo_media
from mouthpiece.stages.speech import write_speech
from places import ROOT

MEDIA = ROOT / "demo" / "media"


@pytest.fixture(scope="session")
def dub(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """Three seconds of the demo's dub, which is a voice, and a second before and after."""
    demo_media.build(MEDIA)
    path = tmp_path_factory.mktemp("dub") / "speech.wav"
    write_speech(MEDIA / "dub.en.wav", path)
    samples, _ = soundfile.read(path, dtype="float32")
    return np.asarray(samples[: 5 * SAMPLE_RATE])
