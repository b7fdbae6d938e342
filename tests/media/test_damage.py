from fractions import Fraction

import pytest

from mouthpiece.media.colour import Colour
from mouthpiece.media.damage import Damage, find_damage
from mouthpiece.media.picture_log import PictureLog
from mouthpiece.media.probe import VideoStream

FRAMES = 1000


def video(stated: list[int]) -> VideoStream:
    """A picture of which packets are stated at multiples of 1/50 s."""
    times_s = tuple(Fraction(n, 50) for n in stated)
    end_s = times_s[-1] + Fraction(1, 25)
    return VideoStream(
        index=0, codec="h264", width=64, height=48, pixel_format="yuv420p",
        sample_aspect=Fraction(1), rotation_deg=0, flagged_interlaced=False, top_field_first=True,
        colour=Colour(None, None, None, None), times_s=times_s, timed=True, reordered=False,
        head_frames=0, head_s=Fraction(0), end_s=end_s, tick_s=Fraction(1, 50), constant_rate=None,
        mean_rate=len(times_s) / end_s,
    )  # fmt: skip


def log(shown: list[int], corrupt: set[int] = frozenset()) -> PictureLog:  # type: ignore[assignment]
    """The log of a run of ffmpeg that shows frames at multiples of 1/50 s."""
    found = PictureLog()
    found.take("[Parsed_showinfo_0 @ 0x1] [info] config in time_base: 1/50, frame_rate: 25/1")
    for n, time in enumerate(shown):
        if time in corrupt:
            found.take("[dec:h264 @ 0x1] [warning] corrupt decoded frame")
        found.take(f"[Parsed_showinfo_0 @ 0x1] [info] n:{n:4} pts:{time:7} pts_time:{time / 50}")
    return found


EVERY = list(range(0, 2 * FRAMES, 2))


def damage(
    shown: list[int],
    stated: list[int] = EVERY,
    corrupt: set[int] = frozenset(),  # type: ignore[assignment]
) -> Damage:
    return find_damage(video(stated), log(shown, corrupt))


def test_a_whole_film_has_none() -> None:
    assert damage(EVERY).frames == 0


def test_lost_frames_are_counted_wherever_they_are() -> None:
    lost = {100, 102, 900, 1998}
    found = damage([time for time in EVERY if time not in lost])
    assert (found.frames, found.corrupt, found.is_grave) == (4, 0, False)


def test_a_frame_for_two_fields_is_no_loss() -> None:
    assert damage(EVERY, stated=list(range(2 * FRAMES))).frames == 0


def test_a_varying_rate_is_no_loss() -> None:
    varying = [time for time in EVERY if time % 14 == 0 or time < 400]
    assert damage(varying, stated=varying).frames == 0


def test_frames_that_come_too_late_are_lost() -> None:
    assert damage([*EVERY[:500], *EVERY[250:500], *EVERY[500:]]).frames == 250


def test_one_in_a_hundred_is_passed_over_but_no_second_in_a_row() -> None:
    assert not damage(EVERY, corrupt=set(EVERY[::100])).is_grave
    assert damage(EVERY, corrupt=set(EVERY[::50])).is_grave
    short = EVERY[:100]
    assert not damage(short, stated=short, corrupt=set(short[10:13])).is_grave
    assert damage(short, stated=short, corrupt=set(short[10:15])).is_grave
    long = list(range(0, 20 * FRAMES, 2))
    found = damage(long, stated=long, corrupt=set(long[100:130]))
    assert found.share < 0.01
    assert found.is_grave
    assert found.longest_s == pytest.approx(1.2, abs=0.1)


def test_threads_that_write_into_each_others_lines_lose_no_frame() -> None:
    found = PictureLog()
    frame = "[Parsed_showinfo_0 @ 0x1] [info] n:   0 pts:      2 pts_time:0.04"
    assert not found.take(f"[libx264 @ 0x2] [info] frame I:1 {frame}")
    assert not found.take(f"{frame} [dec:h264 @ 0x1] [warning] corrupt decoded frame")
    assert (found.frames, len(found.corrupt_at)) == (2, 1)
