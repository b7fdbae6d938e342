"""Enhanced drafts in the workflow: what is redone and delivered, and which decisions count."""

from pathlib import Path

import pytest

from face_weights import seeded_environment
from mouthpiece.core.files import read_json

from .conftest import Job

GOOD, CAT = "000000-000049", "000050-000069"
DECISION_JOBS = {"gate", "cut_table", "film", "package", "review", "overview", "all"}


@pytest.fixture
def job(finished: Job, tmp_path: Path) -> Job:
    return finished.copy(tmp_path / "job")


def enhancing(job: Job, enhance: str) -> None:
    """Write the config with this `enhance` section."""
    text = (job.folder / "job.yaml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("enhance:")]
    job.write("job.yaml", *kept, f"enhance: {enhance}")


def deciding(job: Job, *cells: str) -> None:
    """Write a decision on the good cut. The cells are decision, draft and tier."""
    header = "video\tlanguage\tcut\tdecision\tdraft\ttier"
    job.write("decisions.tsv", header, "\t".join(("v", "en", GOOD, *cells)))


def folder(job: Job, cut: str = GOOD) -> Path:
    return job.folder / "results" / "v" / "en" / "cuts" / cut


def test_without_enhancing_there_is_no_job(job: Job) -> None:
    for section in ("{mode: off}", "{mode: final}"):
        enhancing(job, section)
        assert job.plan().nothing_to_do


def test_smoothing_redoes_the_stages_after_the_draft(job: Job) -> None:
    drafted = job.cuts()[0]["draft"]
    deciding(job, "approve", drafted)
    enhancing(job, "{mode: all, restore: off, smooth_s: 0.1, max_flicker_gain: 10}")
    done = job.run()
    assert done.code == 0, done.output
    assert set(done.jobs) == DECISION_JOBS | {"enhance", "lipsync"}
    assert done.jobs["enhance"] == done.jobs["lipsync"] == 1
    good, cat = job.cuts()
    assert (good["enhanced"], good["enhance_reasons"], good["gate"]) == ("smoothed", "", "pass")
    assert good["confidence"] == good["enhanced_confidence"] != ""
    assert abs(float(good["drafted_confidence"]) - float(good["confidence"])) < 0.1
    assert good["draft"] not in ("", drafted) and good["decision"] == "stale approve"
    assert (cat["enhanced"], cat["draft"], cat["action"]) == ("", "", "passthrough")
    looks = read_json(folder(job) / "enhanced" / "draft.json")["enhancement"]
    assert looks["after"]["flicker"] < looks["before"]["flicker"]
    assert job.run().nothing_to_do

    enhancing(job, "{mode: off}")
    done = job.run()
    assert done.code == 0, done.output
    assert set(done.jobs) == DECISION_JOBS | {"lipsync"}
    assert (job.cuts()[0]["draft"], job.cuts()[0]["decision"]) == (drafted, "approve")


def test_a_cut_marked_for_the_final_tier_is_restored(job: Job, tmp_path: Path) -> None:
    drafted, segment = job.cuts()[0]["draft"], folder(job) / "lipsync.mp4"
    before = segment.read_bytes()
    deciding(job, "", "", "final")
    enhancing(job, "{mode: final, strength: 1, max_flicker_gain: 10}")
    assert job.plan().jobs["enhance"] == 1

    failed = job.run()  # the weights are missing
    assert failed.code != 0 and "Traceback" not in failed.output
    assert "weight file GFPGANv1.4.pth is missing" in failed.output
    assert not list((folder(job) / "enhanced").glob("*"))

    sharper = "(1.2 * faces - 0.2 * faces.mean((1, 2), keepdims=True)).clip(0, 255).astype('uint8')"
    done = job.run(**seeded_environment(tmp_path / "sharper", sharper))
    assert done.code == 0, done.output
    good, _ = job.cuts()
    assert (good["enhanced"], good["tier"], good["action"]) == ("restored", "final", "lipsync")
    for name in ("warp_error", "identity_distance"):
        before, after = (float(good[f"{when}_{name}"]) for when in ("drafted", "enhanced"))
        assert before > 0 and after > 0 and before != after
    assert good["draft"] != drafted and segment.read_bytes() != before
    assert not (folder(job, CAT) / "enhanced").exists()


def test_restored_by_the_network_itself(job: Job, tmp_path: Path) -> None:
    """On small seeded weights, which draw noise: it flickers, and a limit takes it back."""
    drafted = job.cuts()[0]
    deciding(job, "", "", "final")
    enhancing(job, "{mode: final, max_drop: 1, max_identity_loss: 2, device: cpu}")
    environment = seeded_environment(tmp_path / "seeded")
    done = job.run(**environment)
    assert done.code == 0, done.output
    good = job.cuts()[0]
    assert good["enhanced"].endswith("restored") and good["enhanced_warp_error"]
    looks = read_json(folder(job) / "enhanced" / "draft.json")["enhancement"]
    gain = looks["after"]["warp_error"] - looks["before"]["warp_error"]
    is_back = any(reason.startswith("flicker_gained=") for reason in looks["reasons"])
    assert is_back == (gain > 0) and looks["reverted"] == bool(looks["reasons"])
    if looks["reverted"]:
        assert good["draft"] == drafted["draft"]
    assert job.run(**environment).nothing_to_do


def test_an_enhancement_that_loses_sync_is_reverted(job: Job, tmp_path: Path) -> None:
    drafted = job.cuts()[0]
    before = (folder(job) / "lipsync.mp4").read_bytes()
    deciding(job, "approve", drafted["draft"], "final")
    enhancing(job, "{mode: final, strength: 1, max_drop: 0}")
    done = job.run(**seeded_environment(tmp_path / "worse", "255 - faces"))
    assert done.code == 0, done.output
    good, _ = job.cuts()
    assert good["enhanced"] == "reverted restored"
    assert good["enhance_reasons"].startswith(("sync_lost=", "verdict_lost="))
    assert float(good["enhanced_confidence"]) < float(good["drafted_confidence"])
    for same in ("confidence", "gate", "draft"):
        assert good[same] == drafted[same]
    assert (good["decision"], good["reason"]) == ("approve", "decided")
    assert (folder(job) / "lipsync.mp4").read_bytes() == before
    page = (job.folder / "results" / "v" / "en" / "review" / "index.html").read_text("utf-8")
    assert "The enhancement was taken back" in page
