"""Spleeter and Demucs with their networks."""

import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.media.flac import FlacWriter
from mouthpiece.separation.base import Separator
from mouthpiece.separation.demucs.settings import DemucsSettings
from mouthpiece.separation.sound import FULL_SCALE, Sound
from mouthpiece.separation.spleeter.settings import SpleeterSettings
from mouthpiece.weights.find import find_weight

pytestmark = pytest.mark.slow

RATE_HZ = 44100


@pytest.fixture
def weights() -> None:
    try:
        find_weight(("spleeter/2stems/model.index",))
    except InputError as missing:
        pytest.skip(str(missing))


def spoken(samples: int) -> np.ndarray:
    """Speech-like sound: a buzz through moving formants, in syllables, [N]."""
    random = np.random.default_rng(3)
    time_s = np.arange(samples) / RATE_HZ
    pitch = 120 + 25 * np.sin(2 * np.pi * 0.7 * time_s) + 8 * np.sin(2 * np.pi * 2.3 * time_s)
    buzz = (np.cumsum(pitch) / RATE_HZ % 1 < 0.06).astype(float) + 0.02 * random.normal(
        size=samples
    )
    found = np.zeros(samples)
    for start in range(0, samples - RATE_HZ // 4, RATE_HZ // 4):
        part = slice(start, start + RATE_HZ // 5)
        for low, high in ((300, 900), (900, 2400), (2300, 3200)):
            middle = random.uniform(low, high)
            band = butter(1, (middle * 0.93, middle * 1.07), "bandpass", fs=RATE_HZ, output="sos")
            found[part] += sosfilt(band, buzz[part] * np.hanning(RATE_HZ // 5))
    return found / np.std(found)


def chords(samples: int) -> np.ndarray:
    """A soft organ with a hiss on the beat, [N]."""
    random, time_s = np.random.default_rng(4), np.arange(samples) / RATE_HZ
    tones = sum(np.sin(2 * np.pi * hz * time_s) for hz in (110, 220, 277.2, 329.6, 554.4))
    beat = np.exp(-30 * (time_s % 0.5)) * random.normal(size=samples)
    found = tones + 2 * beat
    return found / np.std(found)


def sdr_db(wanted: np.ndarray, found: np.ndarray) -> float:
    return float(10 * np.log10(np.sum(wanted**2) / np.sum((wanted - found) ** 2)))


def separated(separator: Separator, mixed: np.ndarray, path: Path) -> tuple[np.ndarray, np.ndarray]:
    with FlacWriter(path, RATE_HZ, "mono") as file:
        file.add(mixed[:, None])
    stems = list(separator.stems(Sound(path)))
    voice, rest = (np.concatenate([getattr(s, n) for s in stems]) for n in ("voice", "background"))
    return voice[:, 0] / FULL_SCALE, rest[:, 0] / FULL_SCALE


@pytest.mark.parametrize("peak", [0.02])
def test_spleeter_takes_the_voice_out_of_music(peak: float, weights: None, tmp_path: Path) -> None:
    """At any level: the networks learnt from songs at full scale."""
    voice, music = spoken(5 * RATE_HZ), chords(5 * RATE_HZ)
    scale = peak / np.abs(voice + music).max()
    found, rest = separated(
        SpleeterSettings().build(), scale * (voice + music), tmp_path / "mixed.flac"
    )
    assert sdr_db(scale * voice, found) > 6  # 0 dB before
    assert sdr_db(scale * music, rest) > 6
    assert np.abs(found + rest - scale * (voice + music)).max() < 2 / FULL_SCALE


@pytest.mark.parametrize("samples", [500])
def test_spleeter_separates_moments(samples: int, weights: None, tmp_path: Path) -> None:
    found, _ = separated(
        SpleeterSettings(band="11kHz").build(), 0.1 * spoken(RATE_HZ)[:samples], tmp_path / "a.flac"
    )
    assert len(found) == samples and np.isfinite(found).all()


def saved_demucs(path: Path, monkeypatch: pytest.MonkeyPatch, **extra: object) -> None:
    """Save a small network of Demucs as Demucs does."""
    import torch
    from demucs_infer.htdemucs import HTDemucs

    kwargs = {"sources": ["drums", "vocals"], "segment": Fraction(2), "channels": 16, "t_layers": 1}
    network = HTDemucs(**kwargs)
    module = ModuleType("demucs.htdemucs")
    module.HTDemucs = HTDemucs  # type: ignore[attr-defined]
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "demucs", ModuleType("demucs"))
        patched.setitem(sys.modules, "demucs.htdemucs", module)
        patched.setattr(HTDemucs, "__module__", "demucs.htdemucs")
        state = {key: value.half() for key, value in network.state_dict().items()}
        made = {**kwargs, "a_key_of_old": 1}
        saved = {"klass": HTDemucs, "args": (), "kwargs": made, "state": state, **extra}
        torch.save(saved, path)


def test_demucs_is_read_without_running_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mouthpiece.separation.demucs import separator

    path = tmp_path / "net.th"
    saved_demucs(path, monkeypatch)
    monkeypatch.setattr(separator, "verified_weight_path", lambda name: path)
    found, rest = separated(DemucsSettings().build(), 0.1 * spoken(RATE_HZ), tmp_path / "a.flac")
    assert np.abs(found).max() > 0 and len(found) == len(rest) == RATE_HZ


def test_demucs_without_a_gpu_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="no GPU is seen here"):
        DemucsSettings(device="cuda").build().voice(np.zeros((2, 100), np.float32))


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("pwned"),))


def test_demucs_with_code_in_its_file_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mouthpiece.separation.demucs.separator import load_network

    monkeypatch.chdir(tmp_path)
    saved_demucs(tmp_path / "net.th", monkeypatch, evil=Evil())
    with pytest.raises(Fault, match="not a readable weight file"):
        load_network(tmp_path / "net.th")
    assert not Path("pwned").exists()
    (tmp_path / "none.th").write_bytes(b"x" * 100)
    with pytest.raises(Fault, match="not a readable weight file"):
        load_network(tmp_path / "none.th")
