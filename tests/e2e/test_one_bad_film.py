"""What is wrong with one film never stops another: files that cannot be read, damaged results."""

import os
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

import makers

from .conftest import Job, Run, lay_out

CONSENT = "test material of the project"


def messages(done: Run) -> list[str]:
    """What the jobs of a run said, one each; also within a long line that Snakemake wrote."""
    return re.findall(r"mouthpiece: .*", done.output)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A film without a face, of a second, and its dub."""
    folder = tmp_path / "job"
    folder.mkdir()
    makers.ffmpeg(*makers.pattern(seconds=1), *makers.X264, "-an", folder / "film.mp4")
    makers.ffmpeg(*makers.beep(at_s=0.3, seconds=1), folder / "en.wav")
    return lay_out(folder, Path("film.mp4"), {"en": Path("en.wav")})


def add_films(job: Job, *rows: tuple[str, str, str, str]) -> None:
    """Add films: video, its path, the dub's path and its length policy."""
    with (job.folder / "videos.tsv").open("a") as table:
        table.writelines(f"{video}\t{path}\t{CONSENT}\n" for video, path, _, _ in rows)
    dubs = [f"{video}\ten\t{audio}\t{policy}" for video, _, audio, policy in rows]
    columns = "video\tlanguage\taudio\tlength_policy"
    job.write("dubs.tsv", columns, "v\ten\ten.wav\t", *dubs)


def test_a_bad_film_stops_no_other(job: Job) -> None:
    """A tag in Latin-1 is no error, also where the film is looped; what cannot be read is one."""
    tagged = job.folder / "tagged.avi"
    makers.ffmpeg(*makers.beep(at_s=0.3, seconds=1), "-metadata", "title=CafQ", tagged)
    tagged.write_bytes(tagged.read_bytes().replace(b"CafQ", b"Caf\xe9"))
    (job.folder / "loop.wav").symlink_to("loop.wav")
    (job.folder / "gone.mp4").symlink_to("nowhere.mp4")
    (job.folder / "folder.wav").mkdir()
    os.mkfifo(job.folder / "pipe.wav")  # reading it would wait for ever
    (job.folder / "random.wav").symlink_to("/proc/self/mem")  # reading its start is an error
    add_films(
        job,
        ("tagged", "film.mp4", "tagged.avi", "loop"),
        ("link", "film.mp4", "loop.wav", "pad"),
        ("gone", "gone.mp4", "en.wav", "pad"),
        ("folder", "film.mp4", "folder.wav", "loop"),
        ("pipe", "film.mp4", "pipe.wav", "pad"),
        ("random", "film.mp4", "random.wav", "loop"),
    )
    done = job.run()
    assert done.code != 0
    assert "Traceback" not in done.output
    results = job.folder / "results"
    assert job.film().exists()
    assert (results / "tagged" / "en" / "tagged.en.mp4").exists()
    said = messages(done)
    for video, problem in {
        "link": "dubs.tsv, row 4, column audio: ",
        "gone": "videos.tsv, row 5, column path: ",
        "folder": "dubs.tsv, row 6, column audio: ",
        "pipe": "dubs.tsv, row 7, column audio: ",
        "random": "mem: cannot be read",
    }.items():
        assert not (results / video / "en").exists()
        assert sum(problem in line for line in said) == 1, said
    assert len(said) == 5
    assert "5 films were not made" in (results / "overview.html").read_text(encoding="utf-8")


def test_damaged_tables_of_films_stop_no_other(job: Job) -> None:
    shutil.copy(job.folder / "en.wav", job.folder / "other.wav")
    add_films(
        job,
        ("looped", "film.mp4", "other.wav", "loop"),
        ("split", "film.mp4", "other.wav", "pad"),
    )
    assert job.run().code == 0
    tables = ("looped/en/loop.tsv", "split/_shared/boundaries.tsv")
    for table in tables:
        damaged = job.folder / "results" / table
        damaged.write_bytes(damaged.read_bytes()[:-7])
    with (job.folder / "en.wav").open("ab") as file:  # the good film has something to do
        file.write(b"\0\0")
    before = job.film().stat().st_mtime_ns
    done = job.run()
    assert done.code != 0 and "Traceback" not in done.output
    said = Counter(messages(done))
    # The cuts are read by three jobs: slices, faces and source_clips.
    assert sorted(said.values()) == [1, 3]
    for table in tables:
        (problem,) = (line for line in said if f"{table}: is damaged" in line)
        assert "delete it and run again" in problem
        (job.folder / "results" / table).unlink()
    assert job.film().stat().st_mtime_ns > before
    assert job.plan().code == 0
