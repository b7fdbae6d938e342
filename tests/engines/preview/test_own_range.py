import numpy as np
import pytest

from mouthpiece.engines.preview.own_range import (
    USUAL_OPENING,
    USUAL_WIDTHS,
    WIDTH_DRAWN,
    in_own_range,
)

FRAMES = 400


def talk(opening: float, widths: float, middle: float = 1.0) -> np.ndarray:
    """Controls [FRAMES, 4] of a mouth that opens and shuts, and whose width goes to and fro."""
    phase = np.linspace(0, 40 * np.pi, FRAMES)
    aperture = opening * np.maximum(np.sin(phase), 0)
    width = middle + widths * np.sin(0.37 * phase) / 2
    return np.stack([aperture, width, 0.6 * aperture, np.zeros(FRAMES)], 1)


@pytest.mark.parametrize("opening", [0.12, 0.25, 0.5])
def test_a_mouth_opens_as_far_as_the_persons_own(opening: float) -> None:
    own = talk(opening, 0.2)[:, :2]
    scaled = in_own_range(talk(0.25, 0.2), talk(0.25, 0.2), own)
    full = np.quantile(scaled[:, 0], 0.95)
    assert full == pytest.approx(np.quantile(own[:, 0], 0.95), rel=0.1)
    assert scaled[:, 2] == pytest.approx(0.6 * scaled[:, 0])


def test_a_shut_mouth_stays_shut() -> None:
    heard = talk(0.2, 0.2)
    scaled = in_own_range(heard, heard, talk(0.5, 0.2)[:, :2])
    assert (scaled[heard[:, 0] == 0, 0] == 0).all()


def test_a_mouth_spreads_and_narrows_as_the_persons_own() -> None:
    own = talk(0.25, 0.3, middle=1.1)[:, :2]
    width = in_own_range(talk(0.25, 0.06), talk(0.25, 0.06), own)[:, 1]
    assert np.median(width) == pytest.approx(1.1, abs=0.02)
    spans = [np.subtract(*np.quantile(one, [0.95, 0.05])) for one in (width, own[:, 1])]
    assert spans[0] == pytest.approx(WIDTH_DRAWN * spans[1], rel=0.15)


def test_one_still_second_does_not_make_a_mumbler() -> None:
    still = np.tile([0.02, 1.0], (25, 1))
    scaled = in_own_range(talk(0.3, 0.2), talk(0.3, 0.2), still)
    assert scaled[:, 0].max() > 0.07


@pytest.mark.parametrize("frames", [1, 25, FRAMES])
def test_who_is_not_seen_to_talk_opens_and_spreads_the_mouth_as_most_do(frames: int) -> None:
    still = np.tile([0.0, 1.1], (frames, 1))
    scaled = in_own_range(talk(0.15, 0.1), talk(0.15, 0.1), still)
    assert np.quantile(scaled[:, 0], 0.95) == pytest.approx(USUAL_OPENING, rel=0.1)
    assert np.median(scaled[:, 1]) == pytest.approx(1.1, abs=0.02)
    span = np.subtract(*np.quantile(scaled[:, 1], [0.95, 0.05]))
    assert span == pytest.approx(WIDTH_DRAWN * USUAL_WIDTHS, rel=0.15)


def test_a_mouth_that_is_once_held_open_does_not_speak_so() -> None:
    """In a real film somebody said "ah" for a second, and every loud syllable became as wide."""
    own = talk(0.2, 0.2)[:, :2]
    own[200:240, 0] = 0.5 + 0.02 * np.sin(np.arange(40))
    scaled = in_own_range(talk(0.3, 0.2), talk(0.3, 0.2), own)
    assert scaled[:, 0].max() < 0.42


def test_no_sound_opens_a_mouth_far_beyond_the_persons_own() -> None:
    own, heard = talk(0.3, 0.2)[:, :2], talk(0.2, 0.2)
    heard[100:104, [0, 2]] = 0.6, 0.36
    scaled = in_own_range(heard, heard, own)
    assert 0.3 < scaled[:, 0].max() < 1.25 * 0.3
    assert scaled[:, 2] == pytest.approx(0.6 * scaled[:, 0])
    assert np.argmax(scaled[:, 0]) in range(100, 104)


def test_where_nobody_speaks_nothing_is_scaled() -> None:
    heard = np.tile([0.0, 1.0, 0.0, 0.0], (FRAMES, 1))
    assert (in_own_range(heard, heard[:0], talk(0.3, 0.2)[:, :2]) == heard).all()


def test_what_a_person_does_in_silence_does_not_count() -> None:
    own = talk(0.3, 0.2)[:, :2]
    quiet = np.tile([0.0, 1.0], (15 * FRAMES, 1))
    alone = in_own_range(talk(0.25, 0.2), talk(0.25, 0.2), own)
    among = in_own_range(talk(0.25, 0.2), talk(0.25, 0.2), np.concatenate([quiet, own]))
    for column in (0, 1):
        assert np.ptp(among[:, column]) == pytest.approx(np.ptp(alone[:, column]), rel=0.1)


def test_no_sound_spreads_a_mouth_far_beyond_the_persons_own() -> None:
    heard, own = talk(0.2, 0.02), talk(0.2, 0.2)[:, :2]
    heard[::50, 1] += 0.3  # the network's outliers
    width = in_own_range(heard, heard, own)[:, 1]
    assert width.max() - np.median(width) < 1.5 * np.ptp(own[:, 1])


@pytest.mark.parametrize(("together", "opens_more"), [(1, True), (-1, False)])
def test_what_spreads_the_mouth_opens_that_of_a_person_who_opens_it_so(
    together: int, opens_more: bool
) -> None:
    own = talk(0.3, 0.2)[:, :2]
    own[:, 1] = 1 + together * 0.4 * (own[:, 0] - own[:, 0].mean())
    heard = talk(0.25, 0.1)
    scaled = in_own_range(heard, heard, own)
    is_open, spread = heard[:, 0] > 0.1, heard[:, 1] > 1
    gain = scaled[is_open, 0] / heard[is_open, 0]
    ratio = gain[spread[is_open]].mean() / gain[~spread[is_open]].mean()
    assert ratio > 1.5 if opens_more else ratio == pytest.approx(1)
