"""The workflow with `engine: wav2lip`, on seeded weights in upstream's format."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import patchsets
from makers import count_frames
from mouthpiece.engines.wav2lip.avatar import Avatar

from .conftest import Job, cut_film, lay_out

GOOD_FRAMES, CAT_FRAMES = 20, 10


@pytest.fixture(scope="module")
def job(
    media: Path,
    small_dubs: dict[str, Path],
    seeded_wav2lip: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Job:
    folder = tmp_path_factory.mktemp("wav2lip")
    film = cut_film(media, folder / "film.mp4", GOOD_FRAMES, CAT_FRAMES)
    job = lay_out(folder / "job", film, {"en": small_dubs["en"]})
    text = (job.folder / "job.yaml").read_text().replace("policy: pad", "policy: trim")
    engine = f"{{research_use: true, models: {seeded_wav2lip}, keep_silence: false}}"
    (job.folder / "job.yaml").write_text(f"{text}engine: wav2lip\nengines: {{wav2lip: {engine}}}\n")
    return job


def test_nothing_is_drawn_unless_the_terms_are_accepted(job: Job, tmp_path: Path) -> None:
    refused = job.copy(tmp_path / "job")
    config = refused.folder / "job.yaml"
    config.write_text(config.read_text().replace("research_use: true, ", ""))
    done = refused.run()
    assert done.code != 0
    assert "engines.wav2lip: research_use is not true" in done.output
    assert not list(refused.folder.rglob("avatar.zip"))


def test_the_chain_with_wav2lip(job: Job) -> None:
    done = job.run()
    assert done.code == 0, done.output
    good, cat = job.cuts()
    assert (good["engine"], good["guard"]) == ("wav2lip", "lipsync")
    assert good["gate"] != "none"  # with random weights, it can be any other verdict
    assert len(good["draft"]) == 12 and '"face_height_px": ' in good["facts"]
    cuts = job.folder / "results" / "v"
    drawn = patchsets.load(cuts / "en" / "cuts" / good["cut"] / "draft.zip")
    person = Avatar.load(cuts / "_shared" / "cuts" / good["cut"] / "avatar.zip")
    assert person.frames == len(drawn.pixels) == GOOD_FRAMES
    assert drawn.pixels.std() > 1 and (drawn.alpha == 1).all()
    rims = [drawn.masks[:, line] for line in (0, -1)] + [drawn.masks[:, :, at] for at in (0, -1)]
    assert np.concatenate(rims, None).max() < 10
    assert (cat["action"], cat["gate"]) == ("passthrough", "none")
    assert count_frames(job.film()) == GOOD_FRAMES + CAT_FRAMES
    assert job.run().nothing_to_do


def test_a_draft_is_the_same_with_and_without_a_worker(job: Job, tmp_path: Path) -> None:
    other = job.copy(tmp_path / "job")
    shutil.rmtree(other.folder / "results")
    with (other.folder / "job.yaml").open("a") as config:
        config.write("worker: {mode: 'off'}\n")
    assert other.run().code == 0
    for name in ("avatar.zip", "draft.zip"):
        (with_one,), (without,) = (sorted(one.folder.rglob(name)) for one in (job, other))
        assert with_one.read_bytes() == without.read_bytes()


def test_what_an_avatar_depends_on_is_baked_again(job: Job) -> None:
    config = job.folder / "job.yaml"
    before = config.read_text()
    config.write_text(before.replace("keep_silence: false", "keep_silence: false, batch_frames: 3"))
    assert job.plan().nothing_to_do
    config.write_text(before.replace("keep_silence: false", "lip_offset_frames: 1"))
    assert job.plan().jobs["draft"] == 1 and "bake" not in job.plan().jobs
    config.write_text(before.replace("keep_silence: false", "pad_bottom_px: 20"))
    assert job.plan().jobs["bake"] == 1
    config.write_text(before)
