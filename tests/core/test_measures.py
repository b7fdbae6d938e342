"""What a job took is written down however it ends, and nothing breaks where that fails."""

import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mouthpiece.core.measures import Measure, measured, read_measure, timing_file


def test_the_file_is_named_by_the_ids_of_the_job() -> None:
    wildcards = {"cut": "000000-000049", "language": "de", "video": "talk", "key": "abc"}
    assert timing_file("draft", wildcards) == Path("timings/talk/de/000000-000049/draft.tsv")
    assert timing_file("overview", {}) == Path("timings/overview.tsv")


def test_what_a_job_took(tmp_path: Path) -> None:
    file = tmp_path / "v" / "draft.tsv"
    with measured(tmp_path / "earlier.tsv"), mmap.mmap(-1, 60 << 20) as memory:
        # Not an array: the heap of a process that ran other tests may have room for one.
        memory.write(b"1" * (60 << 20))
    with measured(file, gpus=2) as meter:
        meter.cache = "miss"
        subprocess.run([sys.executable, "-S", "-c", "sum(range(10**6))"], check=True)
    took = read_measure(file)
    assert took and (took.cache, took.outcome) == ("miss", "done")
    assert took.gpu_s == pytest.approx(2 * took.wall_s, abs=0.001) and took.wall_s > 0
    earlier = read_measure(tmp_path / "earlier.tsv")
    assert took.cpu_s > 0.005
    assert earlier and earlier.peak_mb > took.peak_mb + 40, "its peak is not that of this job"
    assert took.worker == f"{os.uname().nodename}-{os.getpid()}"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(ValueError("no"), "failed"), (SystemExit(1), "failed"), (SystemExit(0), "gave_up")],
    ids=["error", "exit 1", "exit 0"],
)
def test_how_it_ended(tmp_path: Path, error: BaseException, outcome: str) -> None:
    with pytest.raises(type(error)), measured(tmp_path / "a.tsv"):
        raise error
    took = read_measure(tmp_path / "a.tsv")
    assert took and took.outcome == outcome and took.gpu_s == 0


def test_a_place_that_refuses_it_fails_no_job(tmp_path: Path) -> None:
    (tmp_path / "v").write_text("no folder")
    with measured(tmp_path / "v" / "draft.tsv") as meter:
        meter.cache = "hit"


def test_a_benchmark_of_snakemake_s(tmp_path: Path) -> None:
    file = tmp_path / "a.tsv"
    file.write_text("s\th:m:s\tmax_rss\tcpu_time\n3.5\t0:00:03\t120.5\tNA\n")
    assert read_measure(file) == Measure(3.5, 0.0, 120.5)
    for broken in ("", "s\n", "s\tcpu_time\nx\t1\n", "\0"):
        file.write_text(broken)
        assert read_measure(file) is None
    assert read_measure(tmp_path / "missing.tsv") is None
