"""Loudness and true peaks: three meters agree, and a limiter keeps its limit."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile

from mouthpiece.audio.limiter import block_samples, limited, true_peaks
from mouthpiece.audio.loudness_meter import ABSOLUTE_GATE_LUFS, LoudnessMeter
from mouthpiece.media.ffmpeg import ffmpeg

RATE = 48_000
LAYOUTS = {
    "mono": ("FC",),
    "stereo": ("FL", "FR"),
    "5.1(side)": ("FL", "FR", "FC", "LFE", "SL", "SR"),
}


def sound(channels: int, kind: str, seconds: float = 2.5) -> np.ndarray:
    """Speech-like bursts, a chord, or faint noise, [N, C]."""
    rng = np.random.default_rng(1)
    t = np.arange(round(seconds * RATE)) / RATE
    noise = rng.normal(size=(len(t), channels))
    if kind == "speech":
        return 0.1 * noise * (np.abs(np.sin(2 * np.pi * 2 * t)) * (t % 3 < 2))[:, None]
    if kind == "music":
        tones = [np.sin(2 * np.pi * (110 * (c + 2)) * t + c) for c in range(channels)]
        return 0.2 * np.stack(tones, 1) * (1 + 0.5 * np.sin(t))[:, None]
    return 10 ** (-58 / 20) * noise


def metered(samples: np.ndarray, names: tuple[str, ...], size: int = 7919) -> LoudnessMeter:
    meter = LoudnessMeter(RATE, names)
    for first in range(0, len(samples), size):
        meter.add(samples[first : first + size])
    return meter


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", ["speech", "music", "near silence"])
def test_three_meters_agree(layout: str, kind: str, tmp_path: Path) -> None:
    names = LAYOUTS[layout]
    samples = sound(len(names), kind)
    ours = metered(samples, names).integrated_lufs()
    heard = samples[:, [0, 1, 2, 4, 5]] if len(names) == 6 else samples
    assert ours == pytest.approx(pyloudnorm.Meter(RATE).integrated_loudness(heard), abs=0.1)
    soundfile.write(tmp_path / "a.flac", samples, RATE, subtype="PCM_24")
    lines = ffmpeg(
        ["-i", str(tmp_path / "a.flac"), "-af", "ebur128=framelog=quiet", "-f", "null", "-"]
    ).lines
    found = [re.search(r"\bI:\s+(\S+) LUFS", line) for line in lines]
    assert ours == pytest.approx(float([m[1] for m in found if m][-1]), abs=0.1)


def test_silence_and_nothing_measure_as_the_gate() -> None:
    assert metered(np.zeros((RATE, 2)), ("FL", "FR")).integrated_lufs() == ABSOLUTE_GATE_LUFS
    assert LoudnessMeter(RATE, ("FC",)).integrated_lufs() == ABSOLUTE_GATE_LUFS


def test_a_sound_shorter_than_a_block_is_measured() -> None:
    assert metered(sound(1, "music", 0.25), ("FC",)).integrated_lufs() > -30


def test_only_the_dialogue_counts_where_it_is_asked_for() -> None:
    loud, quiet = sound(1, "music", 4), 0.1 * sound(1, "music", 4)
    meter = metered(np.concatenate([loud, quiet]), ("FC",))
    alone = metered(quiet, ("FC",)).integrated_lufs()
    assert meter.dialogue_lufs([(4.5, 7.5)]) == pytest.approx(alone, abs=0.5)
    assert meter.dialogue_lufs([]) == ABSOLUTE_GATE_LUFS


def blocks(samples: np.ndarray) -> Iterator[np.ndarray]:
    size = block_samples(RATE)
    yield from (samples[first : first + size] for first in range(0, len(samples), size))


def test_true_peaks_between_samples_are_found() -> None:
    t = np.arange(4800)
    sine = np.sin(2 * np.pi * t / 4 + np.pi / 4)[:, None]  # its samples are all 3 dB under its peak
    assert np.abs(sine).max() == pytest.approx(0.7071, abs=1e-3)
    assert true_peaks(sine)[100:-100].max() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("channels", [1, 2])
def test_the_limiter_keeps_true_peaks_under_the_ceiling(channels: int) -> None:
    samples = 4 * sound(channels, "speech", 3.3)
    made = np.concatenate(list(limited(blocks(samples), RATE, 2.0, 0.5)))
    assert made.shape == samples.shape
    assert true_peaks(made).max() <= 0.5 * 1.012  # 0.1 dB
    assert true_peaks(2 * samples).max() > 2


def test_the_limiter_leaves_what_is_under_the_ceiling() -> None:
    samples = 0.1 * sound(2, "music", 2.5)
    made = np.concatenate(list(limited(blocks(samples), RATE, 0.5, 0.9)))
    assert np.array_equal(made, 0.5 * samples)


def test_a_peak_just_after_a_block_lowers_the_end_of_it() -> None:
    size = block_samples(RATE)
    samples = np.full((2 * size, 1), 0.05)
    samples[size + 5] = 1.0
    made = np.concatenate(list(limited(blocks(samples), RATE, 1.0, 0.1)))
    gain = (made / samples)[:, 0]
    assert np.abs(np.diff(20 * np.log10(gain))).max() < 0.1  # no step at the edge
    assert np.abs(made).max() <= 0.1


def test_no_sound_is_no_error() -> None:
    assert list(limited(iter(()), RATE, 1.0, 0.5)) == []
