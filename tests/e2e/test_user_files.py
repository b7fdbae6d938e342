"""User files count by their content, whatever their times and names are."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import makers

from .conftest import Job, Run, lay_out

TARGETS = ("results/v/_shared/boundaries.tsv", "results/v/en/dub.flac")
JOBS = {"preflight", "normalize", "cuts", "dub"}
LONG_AGO_NS, IN_THE_FUTURE_NS = 10**18, 4 * 10**18


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A small film, its table of cuts and a dub; the stages that read them have run."""
    folder = tmp_path_factory.mktemp("files") / "job"
    job = lay_out(folder, Path("film.mp4"), {"en": Path("en.wav")})
    makers.plain(folder / "film.mp4", seconds=1)
    makers.ffmpeg(*makers.beep(0.5, 1), folder / "en.wav")
    job.write("cuts.tsv", "first_frame", "0", "10")
    job.write("videos.tsv", "video\tpath\tconsent\tcuts", "v\tfilm.mp4\tour own\tcuts.tsv")
    assert run(job).code == 0
    return job


@pytest.fixture
def job(made: Job, tmp_path: Path) -> Job:
    return made.copy(tmp_path / "job")


def run(job: Job) -> Run:
    return job.run(*TARGETS)


def replaced_film(job: Job) -> None:
    makers.plain(job.folder / "film.mp4", seconds=0.8)


def replaced_dub(job: Job) -> None:
    makers.ffmpeg(*makers.beep(0.3, 1), job.folder / "en.wav")  # of the same size


def replaced_cuts(job: Job) -> None:
    job.write("cuts.tsv", "first_frame", "0", "12")  # of the same size


@pytest.mark.parametrize("time_ns", [LONG_AGO_NS, IN_THE_FUTURE_NS])
@pytest.mark.parametrize(
    ("name", "replace", "redone"),
    [
        ("film.mp4", replaced_film, {"preflight", "normalize", "cuts", "dub"}),
        ("en.wav", replaced_dub, {"dub"}),
        ("cuts.tsv", replaced_cuts, {"cuts"}),
    ],
)
def test_a_replaced_file_is_noticed_whatever_its_time(
    job: Job, name: str, replace: Callable[[Job], None], redone: set[str], time_ns: int
) -> None:
    replace(job)
    os.utime(job.folder / name, ns=(time_ns, time_ns))
    done = run(job)
    assert done.code == 0 and set(done.jobs) == redone, done.output
    assert run(job).nothing_to_do


@pytest.mark.parametrize("time_ns", [None, LONG_AGO_NS, IN_THE_FUTURE_NS])
def test_a_touched_file_redoes_nothing(job: Job, time_ns: int | None) -> None:
    for name in ("film.mp4", "en.wav", "cuts.tsv"):
        if time_ns is None:
            (job.folder / name).touch()
        else:
            os.utime(job.folder / name, ns=(time_ns, time_ns))
    assert run(job).nothing_to_do


def test_a_time_in_the_future_is_no_error_in_a_first_run(job: Job) -> None:
    shutil.rmtree(job.folder / "results")
    for name in ("film.mp4", "en.wav", "cuts.tsv"):
        os.utime(job.folder / name, ns=(IN_THE_FUTURE_NS, IN_THE_FUTURE_NS))
    done = run(job)
    assert done.code == 0 and set(done.jobs) == JOBS, done.output


def test_a_moved_file_redoes_nothing(job: Job) -> None:
    (job.folder / "sound").mkdir()
    (job.folder / "en.wav").rename(job.folder / "sound" / "english.wav")
    job.write("dubs.tsv", "video\tlanguage\taudio", "v\ten\tsound/english.wav")
    assert run(job).nothing_to_do


def test_a_file_that_cannot_be_read_is_named(job: Job) -> None:
    (job.folder / "en.wav").unlink()
    (job.folder / "en.wav").symlink_to("/proc/self/mem")  # reading its start is an error
    done = run(job)
    assert done.code != 0
    assert "mem: cannot be read as sound: Input/output error" in done.output


@pytest.mark.parametrize(("name", "target"), [("results", "results"), (".snakemake", "nowhere")])
def test_what_stands_in_the_place_of_a_folder_is_named(job: Job, name: str, target: str) -> None:
    shutil.rmtree(job.folder / name)
    (job.folder / name).symlink_to(target)
    done = job.run("-n", *TARGETS)
    assert done.code == 1
    assert f"{name}: i" in done.output, done.output
    assert "remove it, or give it another name" in done.output
    assert "Traceback" not in done.output
