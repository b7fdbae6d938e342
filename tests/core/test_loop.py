"""A looped film: a video's cuts forward and backward for as long as its dub lasts."""

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

import makers
from mouthpiece.audio.dub import planned_frames
from mouthpiece.core.cuts import Cut, write_boundaries
from mouthpiece.core.errors import InputError
from mouthpiece.core.loop import film_clocks, film_cuts, pieces
from mouthpiece.core.timeline import Clock

CUTS = [Cut.of(0, 30), Cut.of(30, 10)]


def shown(frames: int) -> list[int]:
    """The video's frame at each of a looped film's."""
    clocks = [piece.clock(Fraction(25)) for piece in pieces(CUTS, frames)]
    return [clock.source.first_frame + place for clock in clocks for place in clock.frame_order]


@pytest.mark.parametrize("frames", [1, 29, 30, 31, 40, 41, 50, 79, 80, 81, 500])
def test_the_film_turns_at_its_ends(frames: int) -> None:
    """As MuseTalk's own cycle: 0 1 ... 39 39 ... 1 0 0 1 ..."""
    there_and_back = [*range(40), *reversed(range(40))]
    assert shown(frames) == [there_and_back[n % 80] for n in range(frames)]


def test_the_cuts_stand_on_the_film_s_timeline() -> None:
    found = pieces(CUTS, 75)
    assert [piece.cut.cut for piece in found] == [
        "000000-000029", "000030-000039", "000040-000049", "000050-000074",
    ]  # fmt: skip
    assert [piece.source_cut.cut for piece in found] == [
        "000000-000029", "000030-000039", "000030-000039", "000000-000029",
    ]  # fmt: skip
    assert [piece.reversed for piece in found] == [False, False, True, True]
    assert [piece.is_whole for piece in found] == [True, True, True, False]


def test_a_film_that_does_not_loop_has_its_video_s_cuts(tmp_path: Path) -> None:
    boundaries, rate = tmp_path / "boundaries.tsv", Fraction(24000, 1001)
    write_boundaries(CUTS, boundaries)
    assert film_cuts(boundaries, 0) == CUTS
    assert film_clocks(boundaries, 0, rate) == [Clock(rate, 0, 30), Clock(rate, 30, 10)]
    assert [cut.frames for cut in film_cuts(boundaries, 12)] == [12]
    (only,) = film_clocks(boundaries, 12, rate)
    assert (only.frames, only.source) == (12, Clock(rate, 0, 30))


def test_a_looped_film_lasts_as_long_as_its_dub(tmp_path: Path) -> None:
    mezzanine, dub = tmp_path / "m.mp4", tmp_path / "dub.wav"
    makers.plain(mezzanine, "25", seconds=1)
    soundfile.write(dub, np.zeros(16000 * 3 + 400), 16000)
    assert planned_frames(mezzanine, dub) == 76
    soundfile.write(dub, np.zeros(16000 * 2), 16000)
    os.utime(dub, ns=(1, 1))
    assert planned_frames(mezzanine, dub) == 50
    dub.write_bytes(b"no sound")
    with pytest.raises(InputError, match="cannot be read as sound"):
        planned_frames(mezzanine, dub)
