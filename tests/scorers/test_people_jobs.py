"""benchmarks/people.py over several folders, in one process and in two."""

import sys
from pathlib import Path

import pytest

from flashes import film
from places import ROOT

sys.path.append(str(ROOT / "benchmarks"))

from people import PARTS, How, measure, processes


def test_two_processes_find_what_one_finds_in_the_order_of_folders_and_clips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "1")  # `processes` sets them: they are as before afterwards
    for name in ("first/b.mp4", "first/a.mp4", "second/c.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        film(tmp_path / name)
    found = {}
    for jobs in (1, 2):
        how = How(PARTS, 6, "embedded", tmp_path)
        works = [(tmp_path / name, tmp_path / f"{name}_{jobs}") for name in ("first", "second")]
        with processes(jobs) as over:
            found[jobs] = [folder.rows for folder in measure(works, how, over)]
            speeds = [row.pop("guard_fps") for rows in found[jobs] for row in rows]
            assert min(speeds) > 0
    assert found[1] == found[2]
    assert [[row["cut"].split(":")[0] for row in rows] for rows in found[1]] == [["a", "b"], ["c"]]


def test_a_clip_that_cannot_be_read_is_a_row_and_ends_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    whole = film(folder / "b%02d [x]: y.mp4", seconds=3).read_bytes()
    film(folder / "brief.mp4", seconds=1)
    (folder / "a.mp4").write_bytes(b"no film")
    (folder / "c.mov").write_bytes(whole[: len(whole) // 3])
    how = How(PARTS, 6, "embedded", tmp_path)
    with processes(1) as over:
        (found,) = measure([(folder, tmp_path / "made")], how, over)
    told = [(row["cut"], row["guard"]) for row in found.rows]
    assert told == [
        ("a", "unreadable"), ("b%02d [x]: y:0", "passthrough"), ("brief", "too_short"),
        ("c", "unreadable"),
    ]  # fmt: skip
    assert "a.mp4" in found.rows[0]["guard_reasons"]
