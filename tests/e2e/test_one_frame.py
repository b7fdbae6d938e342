"""Cuts of one frame through all stages, with each engine that has networks of seeded weights."""

import shutil
from pathlib import Path

import pytest

import patchsets
from makers import count_frames

from .conftest import Job, cut_film, lay_out

FRAMES, ENGINES = 14, ("latentsync", "wav2lip")


@pytest.fixture
def job(
    media: Path,
    small_dubs: dict[str, Path],
    seeded_latentsync: Path,
    seeded_wav2lip: Path,
    tmp_path: Path,
) -> Job:
    """A film whose first cuts are a frame each, with an engine each."""
    folder = tmp_path / "job"
    folder.mkdir()
    cut_film(media, folder / "film.mp4", FRAMES, 0)
    shutil.copy(small_dubs["en"], folder / "en.wav")
    job = lay_out(folder, Path("film.mp4"), {"en": Path("en.wav")})
    job.write("cuts.tsv", "first_frame", "0", "1", "2")
    head, row = (folder / "videos.tsv").read_text(encoding="utf-8").splitlines()
    job.write("videos.tsv", f"{head}\tcuts", f"{row}\tcuts.tsv")
    rows = [f"v\t*\t00000{n}-00000{n}\tengine\t{engine}" for n, engine in enumerate(ENGINES)]
    job.write("overrides.tsv", "video\tlanguage\tcut\tsetting\tvalue", *rows)
    wav2lip = f"{{research_use: true, models: {seeded_wav2lip}, keep_silence: false}}"
    latentsync = f"{{models: {seeded_latentsync}, steps: 2, keep_silence: false}}"
    job.write(
        "job.yaml",
        *("videos: videos.tsv", "dubs: dubs.tsv", "delivery: {length_policy: trim}"),
        *("guard: {min_frames: 1}", "enhance: {mode: all, restore: off, smooth_s: 0.1}"),
        f"engines: {{latentsync: {latentsync}, wav2lip: {wav2lip}}}",
    )
    return job


def test_cuts_of_one_frame_are_drawn(job: Job) -> None:
    done = job.run()
    assert done.code == 0, done.output
    rows = job.cuts()
    for row, engine in zip(rows, ENGINES, strict=False):
        assert (row["engine"], row["guard"], row["frames"]) == (engine, "lipsync", "1")
        assert (row["gate"], row["fault"]) == ("unjudged", "")
        cut = job.folder / "results/v/en/cuts" / row["cut"]
        assert len(patchsets.load(cut / "draft.zip").pixels) == 1
        assert (row["enhanced"], row["enhanced_warp_error"]) == ("smoothed", "")
    assert count_frames(job.film()) == FRAMES
    assert job.run().nothing_to_do
