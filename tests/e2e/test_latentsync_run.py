"""The workflow with `engine: latentsync`, on small seeded weights in upstream's layout."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import patchsets
from makers import count_frames
from mouthpiece.engines.latentsync.avatar import Avatar

from .conftest import Job, cut_film, lay_out

GOOD_FRAMES, CAT_FRAMES = 20, 10


@pytest.fixture(scope="module")
def job(
    media: Path,
    small_dubs: dict[str, Path],
    seeded_latentsync: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Job:
    folder = tmp_path_factory.mktemp("latentsync")
    models = shutil.copytree(seeded_latentsync, folder / "models")
    film = cut_film(media, folder / "film.mp4", GOOD_FRAMES, CAT_FRAMES)
    job = lay_out(folder / "job", film, {"en": small_dubs["en"]})
    with (job.folder / "job.yaml").open("a") as file:
        file.write(f"engine: latentsync\nengines: {{latentsync: {{models: {models}, steps: 2}}}}\n")
    text = (job.folder / "job.yaml").read_text().replace("policy: pad", "policy: trim")
    (job.folder / "job.yaml").write_text(text)
    return job


def test_the_chain_with_latentsync(job: Job) -> None:
    done = job.run()
    assert done.code == 0, done.output
    assert "latentsync: " in (job.folder / "logs" / "warm_up.log").read_text()
    good, cat = job.cuts()
    assert (good["engine"], good["guard"]) == ("latentsync", "lipsync")
    assert good["gate"] != "none"  # with random weights, it can be any other verdict
    assert len(good["draft"]) == 12 and '"face_side_px": ' in good["facts"]
    cuts = job.folder / "results" / "v"
    drawn = patchsets.load(cuts / "en" / "cuts" / good["cut"] / "draft.zip")
    person = Avatar.load(cuts / "_shared" / "cuts" / good["cut"] / "avatar.zip")
    assert person.frames == len(drawn.pixels) == GOOD_FRAMES
    assert person.side_px == 128 and drawn.pixels.std() > 1
    rims = [drawn.masks[:, line] for line in (0, -1)] + [drawn.masks[:, :, at] for at in (0, -1)]
    assert not np.concatenate(rims, None).any()
    assert (cat["action"], cat["gate"]) == ("passthrough", "none")
    assert count_frames(job.film()) == GOOD_FRAMES + CAT_FRAMES
    assert job.run().nothing_to_do


def test_a_seed_redoes_the_draft_and_what_costs_memory_nothing(job: Job) -> None:
    config = job.folder / "job.yaml"
    before = config.read_text()
    config.write_text(before.replace("steps: 2", "steps: 2, vae_batch_frames: 3, batch_chunks: 2"))
    assert job.plan().nothing_to_do
    config.write_text(before.replace("steps: 2", "steps: 2, seed: 5"))
    assert job.plan().jobs["draft"] == 1 and "bake" not in job.plan().jobs
    config.write_text(before)
