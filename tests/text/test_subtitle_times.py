"""When subtitles are shown."""

from fractions import Fraction
from itertools import pairwise

import pytest

from mouthpiece.text.subtitle_times import Shown, Spoken, Timing

FILM = Fraction(24)


def shown(
    *spoken: tuple[float, float, float],
    shots: tuple[int, ...] = (0,),
    frames: int = 10_000,
    rate: Fraction = FILM,
) -> list[Shown]:
    """Times of texts, given in frames: when each begins and ends, and how long reading takes."""
    each = [Spoken(*(float(frame / rate) for frame in times)) for times in spoken]
    return Timing(rate, frames, shots).shown(each)


def test_a_subtitle_is_shown_while_its_text_is_spoken() -> None:
    assert shown((100, 150, 30)) == [Shown(100, 150)]


def test_a_short_one_is_shown_for_five_sixths_of_a_second() -> None:
    assert shown((100, 105, 5)) == [Shown(100, 120)]
    assert shown((100, 105, 5), rate=Fraction(30000, 1001)) == [Shown(100, 125)]


def test_one_that_takes_longer_to_read_stays_for_up_to_half_a_second() -> None:
    assert shown((100, 150, 58)) == [Shown(100, 158)]
    assert shown((100, 150, 90)) == [Shown(100, 162, ("too_fast",))]


def test_none_is_shown_for_more_than_seven_seconds() -> None:
    (one,) = shown((100, 400, 20))
    assert one.frames == 7 * 24 and one.flags == ("early_end",)


@pytest.mark.parametrize(
    ("gap", "end"), [(0, 148), (1, 148), (2, 148), (5, 148), (11, 148), (12, 138), (30, 120)]
)
def test_a_gap_has_two_frames_or_half_a_second(gap: int, end: int) -> None:
    first, second = shown((100, 150 - gap, 20), (150, 200, 20))
    assert first.end_frame == end and second.first_frame == 150


@pytest.mark.parametrize(
    ("begins", "first"), [(100, 100), (108, 108), (109, 108), (112, 108), (113, 120), (120, 120),
     (127, 120), (128, 128)],
)  # fmt: skip
def test_a_subtitle_begins_at_a_change_of_shot_that_is_near(begins: int, first: int) -> None:
    assert shown((begins, begins + 60, 20), shots=(0, 120))[0].first_frame == first


@pytest.mark.parametrize(
    ("ends", "end"), [(100, 100), (107, 107), (108, 118), (119, 118), (120, 118), (127, 118),
     (128, 132), (131, 132), (133, 133)],
)  # fmt: skip
def test_a_subtitle_ends_two_frames_before_a_change_of_shot_that_is_near(
    ends: int, end: int
) -> None:
    assert shown((50, ends, 20), shots=(0, 120))[0].end_frame == end


def test_who_speaks_at_once_is_shown_one_after_the_other() -> None:
    first, second = shown((100, 160, 20), (105, 150, 20))
    assert first.end_frame + 2 == second.first_frame and second.flags == ("late",)
    assert first.frames == 20


def test_a_subtitle_ends_with_the_film() -> None:
    assert shown((100, 150, 20), frames=130)[0].end_frame == 130
    assert shown((100, 150, 20), frames=90)[0].frames == 0


def test_a_subtitle_that_is_seen_for_a_moment_only_after_a_change_of_shot_is_flagged() -> None:
    first, _ = shown((50, 123, 20), (125, 170, 20), shots=(0, 119))
    assert first.flags == () and first.end_frame == 117
    (cut,) = shown((100, 140, 60), shots=(0, 135), frames=140)
    assert "near_shot" in cut.flags


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), Fraction(50)])
def test_the_order_and_the_gaps_hold_whatever_is_said(rate: Fraction) -> None:
    spoken = [(n * 17.0, n * 17.0 + 3 + n % 40, n % 90) for n in range(60)]
    found = shown(*spoken, shots=tuple(range(0, 1000, 37)), frames=1000, rate=rate)
    kept = [one for one in found if one.frames]
    assert all(b.first_frame - a.end_frame >= 2 for a, b in pairwise(kept))
    assert all(0 <= one.first_frame < one.end_frame <= 1000 for one in kept)
