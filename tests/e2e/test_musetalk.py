"""The workflow with `engine: musetalk`, on small seeded weights in upstream's layout."""

import re
import shutil
from pathlib import Path

import pytest

import patchsets
from makers import count_frames
from mouthpiece.engines.musetalk.avatar import Avatar

from .conftest import Job, cut_film, lay_out

GOOD_FRAMES, CAT_FRAMES = 14, 10
NO_MEMORY = """
import sys

if "mouthpiece.worker" in sys.orig_argv:
    import torch

    conv2d = torch.nn.functional.conv2d

    def narrow(*given):
        frame = sys._getframe()
        while frame := frame.f_back:
            if frame.f_code.co_name == "predict":
                raise torch.OutOfMemoryError("a test: no memory left")
        return conv2d(*given)

    torch.nn.functional.conv2d = narrow
"""
"""A `sitecustomize` that makes the worker run out of memory in drafts, whatever the batch."""


@pytest.fixture(scope="module")
def job(
    media: Path,
    small_dubs: dict[str, Path],
    seeded_weights: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Job:
    folder = tmp_path_factory.mktemp("musetalk")
    models = shutil.copytree(seeded_weights, folder / "models")
    film = cut_film(media, folder / "film.mp4", GOOD_FRAMES, CAT_FRAMES)
    job = lay_out(folder / "job", film, {"en": small_dubs["en"]})
    with (job.folder / "job.yaml").open("a") as file:
        file.write(
            f"engine: musetalk\nengines: {{musetalk: {{models: {models}, bbox_shift_px: 3}}}}\n"
        )
    text = (job.folder / "job.yaml").read_text().replace("policy: pad", "policy: trim")
    (job.folder / "job.yaml").write_text(text)
    return job


def test_out_of_memory_at_one_frame_is_a_fault(job: Job, tmp_path: Path) -> None:
    """It stops the film with a message and leaves no partial files. The next test continues."""
    (tmp_path / "sitecustomize.py").write_text(NO_MEMORY)
    done = job.run(PYTHONPATH=str(tmp_path))
    assert done.code != 0
    assert "out of memory at a batch of one frame" in done.output
    assert "Traceback" not in done.output
    drafted = job.folder / "results" / "v" / "en" / "cuts" / "000000-000013"
    assert not list(drafted.glob("draft*")) and not list(drafted.glob(".*"))


def test_the_chain_with_musetalk(job: Job) -> None:
    avatar = job.folder / "results" / "v" / "_shared" / "cuts" / "000000-000013" / "avatar.zip"
    baked_ns = avatar.stat().st_mtime_ns
    job.write(
        "decisions.tsv",
        "video\tlanguage\tcut\tdecision\tpreset",
        "v\ten\t000000-000013\tretry\topens_too_little",
    )
    done = job.run()
    assert done.code == 0, done.output
    assert "musetalk: " in (job.folder / "logs" / "warm_up.log").read_text()
    assert avatar.stat().st_mtime_ns == baked_ns  # finished in the failed run
    good, cat = job.cuts()
    assert (good["engine"], good["guard"]) == ("musetalk", "lipsync")
    assert good["gate"] != "none"  # with random weights, it can be any other verdict
    assert len(good["draft"]) == 12 and '"bbox_shift_px": 7' in good["settings"]
    drawn = patchsets.load(job.folder / "results" / "v" / "en" / "cuts" / good["cut"] / "draft.zip")
    higher = drawn.affine[:, 1, 1] < Avatar.load(avatar).affine[:, 1, 1]
    assert higher.all(), "the preset's shift needs another avatar, with a lower box"
    assert '"bbox_shift_range_px": [' in good["facts"]
    assert (cat["action"], cat["gate"]) == ("passthrough", "none")
    assert count_frames(job.film()) == GOOD_FRAMES + CAT_FRAMES
    assert job.run().nothing_to_do


def test_a_bake_uses_no_more_cores_than_its_job_has(
    finished: Job, seeded_weights: Path, tmp_path: Path
) -> None:
    """MuseTalk asks for 8, and these runs have 2."""
    job = finished.copy(tmp_path / "job")
    with (job.folder / "job.yaml").open("a") as file:
        file.write(f"engine: musetalk\nengines: {{musetalk: {{models: {seeded_weights}}}}}\n")
    planned = job.plan("--printshellcmds")
    (bake,) = re.findall(r"^.* bake \{bake\} 2 .*$", planned.output, re.M)
    assert re.search(r"threads\W+2\b", bake), bake


def test_runtime_options_redo_nothing(job: Job) -> None:
    moved = shutil.copytree(job.folder.parent / "models", job.folder.parent / "moved")
    config = job.folder / "job.yaml"
    before = config.read_text()
    config.write_text(
        before.replace(str(job.folder.parent / "models"), f"{moved}, threads: 3, batch_frames: 2")
    )
    assert job.plan().nothing_to_do
    config.write_text(before)


def test_a_replaced_network_redoes_the_drafts(job: Job) -> None:
    models = job.folder.parent / "models"
    with (models / "musetalkV15" / "unet.pth").open("ab") as file:
        file.write(b"\0")
    assert job.plan().jobs["draft"] == 1 and "bake" not in job.plan().jobs
