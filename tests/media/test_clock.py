from dataclasses import replace
from fractions import Fraction

import numpy as np

from mouthpiece.media.clock import find_sections
from mouthpiece.media.packets import Packets

TICK_S = Fraction(1, 90000)


def stream(parts: list[tuple[float, float]], step_s: float, phase: int) -> Packets:
    """Packets of recordings that begin and end at given times, read one after the other."""
    times_s = np.concatenate([np.arange(start, stop - 1e-9, step_s) for start, stop in parts])
    ticks = np.round(times_s * 90000).astype(np.int64)
    # Where in the file: by how much was recorded before.
    lasted = np.concatenate([[0], np.cumsum([stop - start for start, stop in parts])])
    places = np.concatenate(
        [
            lasted[n] + np.arange(start, stop - 1e-9, step_s) - start
            for n, (start, stop) in enumerate(parts)
        ]
    )
    order = np.round(places * 1000).astype(np.int64) * 2 + phase
    durations = np.full(len(ticks), round(step_s * 90000))
    return Packets(TICK_S, order, ticks, ticks, durations, np.ones(len(ticks), bool))


def found(
    parts: list[tuple[float, float]],
    sound: list[tuple[float, float]] | None = None,
    may_jump: bool = True,
) -> list[tuple[float, float]]:
    """Where the sections of a film begin, and by how much the clock jumps there, in seconds."""
    streams = {0: stream(parts, 0.04, 0), 1: stream(sound or parts, 0.02, 1)}
    sections = find_sections(streams, 0, may_jump)
    return [(round(float(s.at_s), 3), round(float(s.jump_s), 3)) for s in sections]


def test_a_whole_clock_is_one_section() -> None:
    assert found([(5, 9)]) == [(0, 0)]


def test_a_clock_that_runs_back_or_ahead() -> None:
    assert found([(5, 9), (5, 7)]) == [(0, 0), (4, -4)]
    assert found([(5, 9), (109, 110)]) == [(0, 0), (4, 100)]
    assert found([(5, 9), (5, 9), (2, 3), (95000, 95001)]) == [
        *((0, 0), (4, -4), (8, -7), (9, 94997)),
    ]


def test_a_pause_is_no_jump() -> None:
    assert found([(5, 9), (18, 20)]) == [(0, 0)]
    assert found([(5, 9), (3500, 3501)], may_jump=False) == [(0, 0)]
    assert found([(5, 9), (3700, 3701)], may_jump=False) == [(0, 0), (4, 3691)]


def test_a_pause_of_one_stream_is_no_jump() -> None:
    picture, sound = stream([(0, 40)], 0.04, 0), stream([(0, 5), (30, 40)], 0.02, 1)
    # The sound lies beside the picture of its time.
    placed = replace(sound, order=sound.dts // 90 * 2 + 1)
    assert len(find_sections({0: picture, 1: placed}, 0, may_jump=True)) == 1


def test_streams_that_end_apart_jump_together() -> None:
    streams = {
        0: stream([(5, 9), (5, 7), (5, 7)], 0.04, 0),
        1: stream([(5, 9.4), (5, 6.6), (5, 7)], 0.02, 1),
    }
    first, second, third = find_sections(streams, 0, may_jump=True)
    assert (first.offset_s, second.offset_s, third.offset_s) == (0, 4, 6)
    assert second.starts_s == {0: 9, 1: 9}
    assert third.starts_s == {0: 11, 1: 11}


def test_holes_are_told_from_jitter() -> None:
    whole = stream([(0, 10)], 0.02, 0)
    assert whole.slack_s == 0.004
    assert stream([(0, 4), (4.3, 10)], 0.02, 0).slack_s == 0.004
    moved = whole.pts + np.arange(len(whole)) * 7919 % 13 * 100
    jitter = Packets(TICK_S, whole.order, moved, moved, whole.durations, whole.kept)
    assert jitter.slack_s == 0.1
    varied = np.where(np.arange(len(whole)) % 3, 1800, 600)
    times = np.cumsum(varied) - varied
    vorbis = Packets(TICK_S, whole.order, times, times, varied, whole.kept)
    assert vorbis.slack_s == 0.02
