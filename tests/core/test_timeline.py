from fractions import Fraction

import pytest

from mouthpiece.core.timeline import Clock, parse_rate, sample_of


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("25", Fraction(25)),
        ("30000/1001", Fraction(30000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("23.976", Fraction(24000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ("12.5", Fraction(25, 2)),
    ],
)
def test_rates_are_exact(text: str, rate: Fraction) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["0", "1000", "-25", "fast"])
def test_an_invalid_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"frame rate|literal"):
        parse_rate(text)


def test_samples_do_not_drift() -> None:
    assert sample_of(30000, Fraction(30000, 1001), 48000) == 1001 * 48000


def test_a_frames_first_sample_is_that_at_or_after_its_start() -> None:
    for rate in (Fraction(25), Fraction(30000, 1001), Fraction(25, 2)):
        for frame in (-37, -1, 0, 1, 2, 9_999_999):
            start = frame / rate
            sample = sample_of(frame, rate, 48000)
            assert Fraction(sample - 1, 48000) < start <= Fraction(sample, 48000)


def test_cuts_share_samples_without_gap_or_overlap() -> None:
    rate = Fraction(24000, 1001)
    first, second = Clock(rate, 0, 37), Clock(rate, 37, 5)
    assert first.samples(16000)[1] == second.samples(16000)[0]
    assert second.end_frame == 42
