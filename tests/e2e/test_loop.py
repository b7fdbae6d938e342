"""A clip with several dubs of different lengths, and a still picture that speaks."""

from pathlib import Path

import av
import numpy as np
import pytest

from makers import count_frames
from mouthpiece.media.ffmpeg import ffmpeg

from .conftest import CAT_FRAMES, GOOD_FRAMES, Job, Run, first_frame, lay_out

LOOPED_FRAMES = 110
TEMPLATE_JOBS = {
    "normalize",
    "cuts",
    "guard",
    "faces",
    "source_speech",
    "bake",
    "original",
    "source_clips",
}
"""Rules that run once for a clip, whatever dubs it has."""


@pytest.fixture(scope="module")
def looped(finished: Job, media: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Job, Run]:
    """The finished job with two more dubs that loop the film: a longer one and a broken one."""
    job = finished.copy(tmp_path_factory.mktemp("looped") / "job")
    ffmpeg(["-i", str(media / "dub.en.wav"), "-t", "4.4", str(job.folder / "anna.wav")])
    (job.folder / "broken.wav").write_bytes(b"this is no sound")
    job.write(
        "dubs.tsv",
        "video\tlanguage\tdub\taudio\tlength_policy",
        "v\ten\t\ten.wav",
        "v\ten\tanna\tanna.wav\tloop",
        "v\ten\tbroken\tbroken.wav\tloop",
    )
    columns = "video\tlanguage\tcut\tsetting\tvalue"
    row = "v\ten_anna\t000000-000049\tengines.preview.strength\t0.9"
    job.write("overrides.tsv", columns, row)
    return job, job.run()


def frames_of(film: Path) -> np.ndarray:
    """A film's luma, [T, H, W]."""
    with av.open(str(film)) as container:
        return np.stack([frame.to_ndarray()[: frame.height] for frame in container.decode(video=0)])


def test_a_clip_is_baked_once_for_all_its_dubs(looped: tuple[Job, Run]) -> None:
    job, done = looped
    assert not TEMPLATE_JOBS & set(done.jobs), done.jobs
    rows = job.cuts("en_anna")
    assert [row["cut"] for row in rows] == [
        "000000-000049", "000050-000069", "000070-000089", "000090-000109",
    ]  # fmt: skip
    assert [row["guard"] for row in rows] == ["lipsync", "passthrough", "passthrough", "lipsync"]
    assert [bool(row["draft"]) for row in rows] == [True, False, False, True]
    shared = job.folder / "results" / "v" / "_shared" / "cuts"
    assert [path.parent.name for path in shared.glob("*/avatar.zip")] == ["000000-000049"]
    assert all('"strength": 0.9' in row["settings"] for row in rows if row["draft"])


def test_only_a_looped_film_has_cuts_of_its_own(looped: tuple[Job, Run]) -> None:
    job, done = looped
    assert done.jobs["loop"] == 2
    tables = sorted(path.parent.name for path in (job.folder / "results").rglob("loop.tsv"))
    assert tables == ["en_anna"]


def test_a_looped_film_is_as_long_as_its_dub_and_reverses(looped: tuple[Job, Run]) -> None:
    job, _ = looped
    assert count_frames(job.film("en_anna")) == LOOPED_FRAMES
    pictures = frames_of(job.film("en_anna")).astype(int)
    above = pictures[:, : pictures.shape[1] // 4]  # the hair, which no draft changes
    end = GOOD_FRAMES + CAT_FRAMES
    for step in range(LOOPED_FRAMES - end):
        assert np.abs(above[end + step] - above[end - 1 - step]).mean() < 2, step
    assert np.abs(above[0] - above[end - 1]).mean() > 10


def test_a_dub_that_cannot_be_read_fails_only_its_film(looped: tuple[Job, Run]) -> None:
    job, done = looped
    assert done.code != 0
    assert "broken.wav: cannot be read as sound" in done.output
    assert "Traceback" not in done.output
    assert not job.film("en_broken").exists()
    assert job.film("en_anna").exists() and job.film().exists()
    page = job.folder / "results" / "v" / "en_anna" / "review" / "index.html"
    assert "en_anna" in page.read_text(encoding="utf-8")


def test_a_decision_affects_only_its_dub(looped: tuple[Job, Run], tmp_path: Path) -> None:
    job = looped[0].copy(tmp_path / "job")
    job.write(
        "dubs.tsv",
        "video\tlanguage\tdub\taudio\tlength_policy",
        "v\ten\t\ten.wav",
        "v\ten\tanna\tanna.wav\tloop",
    )
    draft = job.cuts("en_anna")[3]["draft"]
    columns = "video\tlanguage\tcut\tdecision\tdraft"
    job.write("decisions.tsv", columns, f"v\ten_anna\t000090-000109\tpassthrough\t{draft}")
    done = job.run()
    assert done.code == 0, done.output
    assert done.jobs["gate"] == done.jobs["film"] == 1
    assert [row["action"] for row in job.cuts("en_anna")] == ["lipsync"] + ["passthrough"] * 3
    assert job.run().nothing_to_do


def test_a_still_picture_speaks(media: Path, tmp_path: Path) -> None:
    ffmpeg(["-i", str(media / "dub.en.wav"), "-t", "1.6", str(tmp_path / "en.wav")])
    select = f"select=eq(n\\,{first_frame('good')}),scale=-2:320"
    shot = ["-i", str(media / "reel.mp4"), "-vf", select, "-frames:v", "1"]
    ffmpeg([*shot, str(tmp_path / "face.png")])
    job = lay_out(tmp_path, Path("face.png"), {"en": Path("en.wav")})
    job.write("job.yaml", "videos: videos.tsv", "dubs: dubs.tsv", "normalize: {still_s: 1}")
    done = job.run()
    assert done.code == 0, done.output
    rows = job.cuts()
    assert [row["cut"] for row in rows] == ["000000-000024", "000025-000039"]
    assert all(row["draft"] for row in rows)
    pictures = frames_of(job.film()).astype(int)
    assert len(pictures) == 40
    moved = np.abs(pictures - pictures[0]).mean(0)
    height = moved.shape[0]
    assert moved[: height // 4].max() < 6 < moved[height // 2 :].max()  # only the mouth
