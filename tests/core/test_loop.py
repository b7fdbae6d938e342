"""A looped film plays a video's cuts forward and reversed for as long as its dub lasts."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mouthpiece.audio.dub import planned_frames
from mouthpiece.core.cuts import Cut, read_boundaries, write_boundaries
from mouthpiece.core.errors import Fault
from mouthpiece.core.loop import film_clocks, film_cuts, pieces, read_loop, write_loop
from mouthpiece.core.timeline import Clock

CUTS = [Cut.of(0, 30), Cut.of(30, 10)]


def source_frames(frames: int) -> list[int]:
    """The frame of the video at each frame of a looped film."""
    clocks = [piece.clock(Fraction(25)) for piece in pieces(CUTS, frames)]
    return [clock.source.first_frame + n for clock in clocks for n in clock.frame_order]


@pytest.mark.parametrize("frames", [1, 29, 30, 31, 40, 41, 50, 79, 80, 81, 500])
def test_the_film_reverses_at_its_ends(frames: int) -> None:
    """Like MuseTalk's own cycle: 0 1 ... 39 39 ... 1 0 0 1 ..."""
    there_and_back = [*range(40), *reversed(range(40))]
    assert source_frames(frames) == [there_and_back[n % 80] for n in range(frames)]


def test_cuts_are_on_the_film_s_timeline() -> None:
    found = pieces(CUTS, 75)
    assert [piece.cut.cut for piece in found] == [
        "000000-000029", "000030-000039", "000040-000049", "000050-000074",
    ]  # fmt: skip
    assert [piece.source_cut.cut for piece in found] == [
        "000000-000029", "000030-000039", "000030-000039", "000000-000029",
    ]  # fmt: skip
    assert [piece.reversed for piece in found] == [False, False, True, True]
    assert [piece.is_whole for piece in found] == [True, True, True, False]


def test_a_film_that_does_not_loop_has_the_cuts_of_its_video(tmp_path: Path) -> None:
    boundaries, rate = tmp_path / "boundaries.tsv", Fraction(24000, 1001)
    write_boundaries(CUTS, boundaries)
    assert film_cuts(boundaries, None) == CUTS
    assert film_clocks(boundaries, None, rate) == [Clock(rate, 0, 30), Clock(rate, 30, 10)]
    loop = tmp_path / "loop.tsv"
    write_loop(pieces(CUTS, 12), loop)
    assert [cut.frames for cut in film_cuts(boundaries, loop)] == [12]
    (only,) = film_clocks(boundaries, loop, rate)
    assert (only.frames, only.source) == (12, Clock(rate, 0, 30))


@pytest.mark.parametrize("frames", [1, 40, 75, 2_000_000])
def test_the_table_of_a_looped_film(tmp_path: Path, frames: int) -> None:
    cuts = CUTS if frames < 1000 else [Cut.of(0, 700_000), Cut.of(700_000, 600_000)]
    looped = pieces(cuts, frames)
    write_loop(looped, tmp_path / "loop.tsv")
    assert read_loop(tmp_path / "loop.tsv") == looped


def test_the_table_s_columns(tmp_path: Path) -> None:
    write_loop(pieces(CUTS, 45), tmp_path / "loop.tsv")
    assert (tmp_path / "loop.tsv").read_text().splitlines() == [
        "cut\tfirst_frame\tframes\tsource_cut\treversed",
        "000000-000029\t0\t30\t000000-000029\tno",
        "000030-000039\t30\t10\t000030-000039\tno",
        "000040-000044\t40\t5\t000030-000039\tyes",
    ]


def test_a_looped_film_lasts_as_long_as_its_dub(tmp_path: Path) -> None:
    dub = tmp_path / "dub.flac"
    soundfile.write(dub, np.zeros(16000 * 3 + 400), 16000)
    assert planned_frames(dub, Fraction(25)) == 76
    soundfile.write(dub, np.zeros(16000 * 2), 16000)
    assert planned_frames(dub, Fraction(25)) == 50
    soundfile.write(dub, np.zeros(3), 16000)
    assert planned_frames(dub, Fraction(25)) == 1
    dub.write_bytes(b"no sound")
    with pytest.raises(Fault, match=r"dub\.flac: cannot be read"):
        planned_frames(dub, Fraction(25))


LOOP = "cut\tfirst_frame\tframes\tsource_cut\treversed\n000000-000029\t0\t30\t000000-000029\tno\n"
BOUNDARIES = "cut\tfirst_frame\tframes\n000000-000029\t0\t30\n000030-000039\t30\t10\n"
DAMAGES = {
    "empty": lambda text: "",
    "no row": lambda text: text.split("\n")[0] + "\n",
    "a torn row": lambda text: text[:-4],
    "no number": lambda text: text.replace("\t30", "\tx"),
    "a gap": lambda text: text.replace("\t0\t", "\t5\t"),
    "another header": lambda text: text.replace("first_frame", "first"),
    "not UTF-8": lambda text: text + "\udce9",
    "a folder": None,
}


@pytest.mark.parametrize("case", DAMAGES)
@pytest.mark.parametrize(("read", "text"), [(read_boundaries, BOUNDARIES), (read_loop, LOOP)])
def test_a_damaged_table_is_one_message_with_a_way_on(
    tmp_path: Path, case: str, read: Callable[[Path], list[object]], text: str
) -> None:
    table = tmp_path / "table.tsv"
    damage = DAMAGES[case]
    if damage is None:
        table.mkdir()
    else:
        table.write_bytes(damage(text).encode("utf-8", "surrogateescape"))
    with pytest.raises(Fault, match=r"table\.tsv: is damaged \(.*\); delete it and run again"):
        read(table)
