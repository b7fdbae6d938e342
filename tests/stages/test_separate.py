"""Stage `separate`: stems, and what is said of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from mouthpiece.core.errors import InputError
from mouthpiece.core.files import read_json
from mouthpiece.separation.base import NetworkSeparator, Separator
from mouthpiece.separation.duck.settings import DuckSettings
from mouthpiece.separation.off.settings import OffSettings
from mouthpiece.separation.settings import SeparatorSettings
from mouthpiece.stages.separate import SeparateRequest, separate

RATE_HZ = 16000


class ShareSettings(SeparatorSettings):
    """A separator that takes a share of the sound for the voice."""

    share: float = 0.25

    def build(self) -> Separator:
        return Share(self)


class Share(NetworkSeparator):
    rate_hz, block_s, overlap_s = RATE_HZ, 1.0, 0.25

    def __init__(self, settings: ShareSettings) -> None:
        self._share = np.float32(settings.share)

    def voice(self, sound: np.ndarray) -> np.ndarray:
        return sound * self._share


def noise(samples: int, channels: int, rms: float = 0.1) -> np.ndarray:
    return np.random.default_rng(samples).normal(0, rms, (samples, channels))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.flac"
    soundfile.write(path, noise(3 * RATE_HZ, 2), RATE_HZ, "PCM_16")
    return path


def run(
    source: Path, settings: SeparatorSettings, name: str = "share", given: Path | None = None
) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    folder = source.parent
    voice, background = folder / "voice.flac", folder / "background.flac"
    facts = folder / "separation.json"
    separate(SeparateRequest(source, name, settings, given, voice, background, facts))
    found = [soundfile.read(path, always_2d=True)[0] for path in (voice, background)]
    return found[0], found[1], read_json(facts)


def codes(facts: dict[str, Any]) -> list[str]:
    return [note["code"] for note in facts["notes"]]


def test_stems_have_the_source_s_form_and_sum_to_it(source: Path) -> None:
    voice, background, facts = run(source, ShareSettings())
    wanted = soundfile.read(source)[0]
    assert np.array_equal(voice + background, wanted)
    assert facts["samples"] == len(wanted) and facts["sample_rate_hz"] == RATE_HZ
    assert facts["separator"] == "share" and facts["separated_channels"] == ["FL", "FR"]
    assert facts["voice_dbfs"] == pytest.approx(-32.04, abs=0.1)
    assert facts["background_dbfs"] == pytest.approx(-22.5, abs=0.1)
    assert facts["notes"] == [] and not facts["background_holds_voice"]


def test_music_without_a_voice_is_noted(source: Path) -> None:
    assert codes(run(source, ShareSettings(share=0.0001))[2]) == ["voice_not_found"]


@pytest.mark.parametrize("settings", [ShareSettings(), DuckSettings(), OffSettings()])
def test_a_source_without_sound_is_noted(source: Path, settings: SeparatorSettings) -> None:
    soundfile.write(source, np.zeros((RATE_HZ, 2)), RATE_HZ, "PCM_16")
    _, _, facts = run(source, settings)
    assert facts["notes"] == [{"code": "source_silent", "dbfs": -120.0}]
    assert facts["voice_dbfs"] == -120.0


def test_duck_says_that_voices_stay_and_off_that_nothing_does(source: Path) -> None:
    wanted = soundfile.read(source)[0]
    voice, background, facts = run(source, DuckSettings(), "duck")
    assert np.array_equal(voice, wanted) and np.array_equal(background, wanted)
    assert codes(facts) == ["background_holds_voice"] and facts["background_holds_voice"]
    voice, background, facts = run(source, OffSettings(), "off")
    assert np.array_equal(voice, wanted) and not background.any() and facts["notes"] == []


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(3.0, []), (3.3, []), (2.0, ["background_short"]), (6.0, ["background_long"])],
)
def test_a_given_background_is_taken_and_as_long_as_the_picture(
    seconds: float, expected: list[str], source: Path, tmp_path: Path
) -> None:
    given = tmp_path / "effects.wav"
    samples = noise(int(seconds * 48000), 1)
    soundfile.write(given, samples, 48000, "PCM_24")
    voice, background, facts = run(source, SeparatorSettings(), "", given)
    assert np.array_equal(voice, soundfile.read(source)[0])
    assert len(background) == 3 * 48000 and background.shape[1] == 1
    heard = min(len(samples), 3 * 48000)
    assert np.abs(background[:heard] - samples[:heard]).max() < 1e-6
    assert not background[heard:].any()
    assert facts["separator"] == "given" and codes(facts) == expected


def test_a_given_background_that_is_no_sound_is_one_message(source: Path, tmp_path: Path) -> None:
    given = tmp_path / "effects.wav"
    given.write_text("no sound")
    with pytest.raises(InputError, match=r"the background that videos\.tsv names .*effects\.wav"):
        run(source, SeparatorSettings(), "", given)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["effects.wav", "source.flac"]
