"""Voices for tests: the demo's dubs."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.demo import media as demo_media
from mouthpiece.demo.sound import DUBS
from mouthpiece.stages.speech import write_speech
from places import ROOT

MEDIA = ROOT / "demo" / "media"


@pytest.fixture(scope="session")
def dubs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Language -> the demo's dub, 22 s of four lines, 16 kHz mono."""
    demo_media.build(MEDIA)
    folder = tmp_path_factory.mktemp("dubs")
    paths = {language: folder / f"{language}.wav" for language in DUBS}
    for language, path in paths.items():
        write_speech(MEDIA / f"dub.{language}.wav", path)
    return paths


@pytest.fixture(scope="session")
def dub(dubs: dict[str, Path]) -> np.ndarray:
    """Three seconds of the demo's dub, which is a voice, and a second before and after."""
    samples, _ = soundfile.read(dubs["en"], dtype="float32")
    return np.asarray(samples[: 5 * SAMPLE_RATE])
