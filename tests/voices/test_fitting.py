"""A take is fitted by rate, stretch and pause, in this order, and no word is cut."""

import numpy as np
import pytest

from mouthpiece.config.fit import Fit
from mouthpiece.voices import rendering
from mouthpiece.voices.base import Sound
from mouthpiece.voices.fitting import Slot, place, slots, stretch, wanted_rate
from mouthpiece.voices.rendering import SAMPLE_RATE_HZ, render
from mouthpiece.voices.trim import speech_bounds, speech_level_dbfs

FIT = Fit()
RATES = (0.5, 2.0)


def slot(length_s: float, room_s: float = 0.0, before_s: float = 0.0) -> Slot:
    return Slot(10.0, length_s, room_s, before_s)


@pytest.mark.parametrize(
    ("natural_s", "rate"),
    [(2.0, 1.0), (2.08, 1.0), (2.4, 1.2), (1.8, 0.9), (9.0, 1.3), (0.5, 0.85)],
)
def test_the_rate_is_the_one_that_fits_within_its_limits(natural_s: float, rate: float) -> None:
    assert wanted_rate(natural_s, slot(2.0), FIT, RATES) == rate


def test_a_voice_that_has_one_rate_speaks_at_it() -> None:
    assert wanted_rate(3.0, slot(2.0), FIT, (1.0, 1.0)) == 1.0


@pytest.mark.parametrize(
    ("spoken_s", "share"),
    [(2.0, 1.0), (2.1, 0.9524), (4.0, 0.87), (1.8, 1.1111), (1.72, 1.12), (1.0, 1.0)],
)
def test_the_stretch_is_the_one_that_fits_within_its_limits(spoken_s: float, share: float) -> None:
    assert stretch(spoken_s, slot(2.0), FIT) == share


def test_what_is_too_long_takes_the_pause_and_then_overruns() -> None:
    placed = place(2.9, slot(2.0, room_s=0.5), film_s=60.0)
    assert (placed.start_s, placed.borrowed_s) == (10.0, 0.5)
    assert placed.overrun_s == pytest.approx(0.4)


def test_what_is_too_short_begins_with_its_slot() -> None:
    assert place(1.0, slot(2.0), film_s=60.0) == place(2.0, slot(2.0), film_s=60.0)


def test_at_the_end_of_the_film_a_line_begins_earlier() -> None:
    placed = place(2.9, slot(2.0, before_s=3.0), film_s=12.0)
    assert placed.start_s == pytest.approx(9.1)
    assert (placed.early_s, placed.overrun_s) == (pytest.approx(0.9), 0.0)


def test_the_pause_ends_before_the_next_line_and_at_the_end_of_the_film() -> None:
    found = slots([(1.0, 2.0), (3.0, 4.0), (3.5, 5.0)], film_s=5.4, gap_s=0.1)
    assert [s.room_s for s in found] == pytest.approx([0.9, 1.4, 0.4])
    assert [s.before_s for s in found] == pytest.approx([1.0, 0.9, 0.0])


def test_a_line_past_the_end_of_the_film_has_no_time() -> None:
    assert slots([(9.0, 12.0), (20.0, 22.0)], film_s=10.0, gap_s=0.1)[0].length_s == 1.0


def tone(length_s: float, rate_hz: int = 24000, level: float = 0.1) -> np.ndarray:
    """A tone with harmonics and silence of 0.2 s at both ends."""
    t = np.arange(round(length_s * rate_hz)) / rate_hz
    spoken = sum(np.sin(2 * np.pi * hz * t) / hz for hz in (200, 400, 800)) * 100 * level
    silence = np.zeros(rate_hz // 5)
    return np.concatenate([silence, spoken, silence]).astype(np.float32)


@pytest.mark.parametrize("share", [1.0, 0.87, 1.12])
def test_a_take_has_its_length_level_and_pitch(share: float) -> None:
    take = render(Sound(tone(1.5), 24000), share)
    assert take.sample_rate_hz == SAMPLE_RATE_HZ
    assert len(take.samples) / SAMPLE_RATE_HZ == pytest.approx(1.5 * share, abs=0.03)
    assert speech_level_dbfs(take.samples, SAMPLE_RATE_HZ) == pytest.approx(-23, abs=0.5)
    spectrum = np.abs(np.fft.rfft(take.samples[4800:-4800]))
    loudest_hz = np.fft.rfftfreq(len(take.samples) - 9600, 1 / SAMPLE_RATE_HZ)[spectrum.argmax()]
    assert loudest_hz == pytest.approx(200, rel=0.02)


@pytest.mark.parametrize("share", [0.4, 0.87, 2.5])
def test_without_rubberband_ffmpegs_own_filter_stretches(
    share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "has_rubberband", lambda: False)
    take = render(Sound(tone(1.5), 24000), share)
    assert len(take.samples) / SAMPLE_RATE_HZ == pytest.approx(1.5 * share, abs=0.06)


def test_a_peaky_take_is_softer_as_a_whole() -> None:
    clicks = np.zeros(24000, np.float32)
    clicks[::600] = 1.0
    assert np.abs(render(Sound(clicks, 24000), 1.0).samples).max() <= 10 ** (-3 / 20) + 1e-6


def test_silence_has_no_speech() -> None:
    assert speech_bounds(np.zeros(24000, np.float32), 24000) == (0, 0)
    assert not len(render(Sound(np.zeros(24000, np.float32), 24000), 1.0).samples)


def test_the_silence_at_both_ends_is_found() -> None:
    first, end = speech_bounds(tone(1.0), 24000)
    assert (first / 24000, end / 24000) == (
        pytest.approx(0.2, abs=0.011),
        pytest.approx(1.2, abs=0.011),
    )
