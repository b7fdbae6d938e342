"""Mezzanines that stay open give the same frames, and no stale ones."""

from pathlib import Path

import numpy as np
import pytest

import makers
from mouthpiece.core.errors import Fault
from mouthpiece.media.decode import read_rgb
from mouthpiece.media.kept import MOST, KeptMezzanines
from mouthpiece.media.mezzanine import cut_clock

CUTS = ("000010-000014", "000020-000024", "000000-000004", "000010-000014")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "m.mp4"
    makers.ffmpeg(*makers.counting(seconds=1), *makers.X264, "-g", "1", path)
    return path


def pictures(film: Path, cut: str) -> np.ndarray:
    return np.stack(list(read_rgb(film, cut_clock(film, cut))))


def test_cuts_in_any_order_are_what_a_new_file_gives(film: Path, tmp_path: Path) -> None:
    for n, cut in enumerate(CUTS):
        fresh = tmp_path / f"{n}.mp4"
        fresh.write_bytes(film.read_bytes())
        assert (pictures(film, cut) == pictures(fresh, cut)).all()


def test_a_cut_that_is_read_in_part_does_no_harm(film: Path) -> None:
    whole = pictures(film, CUTS[0])
    reading = read_rgb(film, cut_clock(film, CUTS[1]))
    next(reading)
    assert (pictures(film, CUTS[0]) == whole).all()
    reading.close()
    assert (pictures(film, CUTS[0]) == whole).all()


def test_a_file_that_took_the_place_of_another_is_read_anew(film: Path, tmp_path: Path) -> None:
    before = pictures(film, CUTS[0])
    other = tmp_path / "other.mp4"
    makers.ffmpeg(*makers.counting(seconds=2), *makers.X264, "-g", "1", other)
    other.write_bytes(other.read_bytes())
    expected = pictures(other, CUTS[1])
    other.replace(film)
    assert (pictures(film, CUTS[1]) == expected).all()
    assert before.shape == expected.shape


def test_two_readers_have_containers_of_their_own_and_few_stay_open(
    film: Path, tmp_path: Path
) -> None:
    kept = KeptMezzanines()
    with kept.open(film, 1) as one, kept.open(film, 1) as two:
        assert one is not two
    with kept.open(film, 1) as again:
        assert again is two
    for n in range(MOST + 1):
        copy = tmp_path / f"{n}.mp4"
        copy.write_bytes(film.read_bytes())
        with kept.open(copy, 1):
            pass
    with kept.open(film, 1) as other:
        assert other is not two


def test_after_an_error_a_container_is_not_used_again(film: Path) -> None:
    kept = KeptMezzanines()
    with pytest.raises(Fault), kept.open(film, 1) as one:
        raise Fault("broken")
    with kept.open(film, 1) as two:
        assert two is not one


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be read"), KeptMezzanines().open(tmp_path / "none", 1):
        pass
