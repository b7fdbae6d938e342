"""The final tier in the workflow: drafts by `preview`, finals by `latentsync` on seeded weights."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from face_weights import seeded_environment
from mouthpiece.core.face_share import read_face_share
from mouthpiece.core.files import read_json
from places import ROOT

from .conftest import Job, cut_film, lay_out

FRAMES = 20
APPROVED, OTHER = "000000-000019", "000020-000039"
FINAL_RULES = {"bake_final", "draft_final", "score_final", "final"}
KEPT = "{engine: latentsync, max_drop: 1}"
"""With random weights, finals are worse than drafts; so they are kept however much worse."""
FAILING = """
import sys

if "mouthpiece.worker" in sys.orig_argv:
    from mouthpiece.core.errors import Fault
    from mouthpiece.engines.latentsync.engine import LatentSyncEngine

    def fails(self, avatar, speech, clock):
        raise Fault("no memory is left")
        yield

    LatentSyncEngine.render = fails
"""
"""A `sitecustomize` in which the final engine cannot draw."""


@pytest.fixture(scope="module")
def drafted(
    media: Path,
    small_dubs: dict[str, Path],
    seeded_latentsync: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Job:
    """A film of two cuts with a face, drafted by `preview`; the first draft is approved."""
    folder = tmp_path_factory.mktemp("tiers") / "job"
    folder.mkdir()
    cut_film(media, folder / "film.mp4", 2 * FRAMES, 10)
    shutil.copy(small_dubs["en"], folder / "en.wav")
    shutil.copytree(seeded_latentsync, folder / "models")
    job = lay_out(folder, Path("film.mp4"), {"en": Path("en.wav")})
    job.write("cuts.tsv", "first_frame", "0", str(FRAMES), str(2 * FRAMES))
    head, row = (folder / "videos.tsv").read_text(encoding="utf-8").splitlines()
    job.write("videos.tsv", f"{head}\tcuts", f"{row}\tcuts.tsv")
    configure(job, "{}")
    done = job.run()
    assert done.code == 0, done.output
    draft = job.cuts()[0]["draft"]
    columns = "video\tlanguage\tcut\tdecision\tdraft"
    job.write("decisions.tsv", columns, f"v\ten\t{APPROVED}\tapprove\t{draft}")
    return job


@pytest.fixture(scope="module")
def finished_final(drafted: Job, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """The same with a final of the approved cut."""
    job = drafted.copy(tmp_path_factory.mktemp("final") / "job")
    configure(job, KEPT)
    done = job.run()
    assert done.code == 0, done.output
    assert {rule: done.ran[rule] for rule in FINAL_RULES} == dict.fromkeys(FINAL_RULES, 1)
    assert not {"bake", "draft", "score", "guard"} & set(done.ran)
    assert done.ran["lipsync"] == 1
    assert "latentsync: " in (job.folder / "logs" / "warm_up.log").read_text(), "loaded early"
    return job


def configure(job: Job, final: str, *lines: str, pass_from: float = -1) -> None:
    """Write a config whose gate takes any picture, and any lips or those of such a confidence."""
    limits = f"min_confidence: {pass_from}, fail_confidence: -1, max_offset_frames: 100"
    limits += ", short_confidence: null"
    judged = "min_speech_s: 0, min_judged_s: 0"
    job.write(
        "job.yaml",
        *("videos: videos.tsv", "dubs: dubs.tsv", "delivery: {length_policy: trim}"),
        "engines: {latentsync: {models: models, steps: 2}}",
        f"gate: {{picture: {{judged: []}}, scorers: {{embedded: {{{limits}, {judged}}}}}}}",
        *(f"final: {final}", *lines),
    )


def folder(job: Job, cut: str = APPROVED) -> Path:
    return job.folder / "results" / "v" / "en" / "cuts" / cut


def contents(job: Job, cut: str) -> dict[str, bytes]:
    """What was made of a cut of the film."""
    root = folder(job, cut)
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def page(job: Job) -> str:
    return (job.folder / "results/v/en/review/index.html").read_text(encoding="utf-8")


def test_approved_cuts_alone_are_drawn_by_the_final_engine(
    drafted: Job, finished_final: Job
) -> None:
    before, _, _ = drafted.cuts()
    approved, other, cat = finished_final.cuts()
    assert (approved["final"], approved["final_reasons"]) == ("latentsync", "")
    assert approved["final_confidence"] == approved["confidence"] != before["confidence"]
    assert approved["replaced_confidence"] == before["confidence"]
    assert approved["stands_for"] == before["draft"] != approved["draft"]
    assert (approved["decision"], approved["action"]) == ("approve", "lipsync"), "it holds for it"
    assert [row["final"] for row in (other, cat)] == ["", ""]
    assert contents(finished_final, OTHER) == contents(drafted, OTHER), "it is untouched"
    shared = finished_final.folder / "results/v/_shared/cuts"
    assert [path.parent.name for path in shared.glob("*/final")] == [APPROVED]
    assert "latentsync: in place of the draft" in page(finished_final)
    row = read_json(folder(finished_final) / "final" / "draft.json")
    assert (row["engine"], row["settings"]["steps"]) == ("latentsync", 2)
    assert finished_final.run().nothing_to_do


def test_close_ups_and_chosen_cuts_get_finals(drafted: Job, tmp_path: Path) -> None:
    job = drafted.copy(tmp_path / "job")
    shared = job.folder / "results/v/_shared"
    guards = [shared / "cuts" / cut / "guard.json" for cut in (APPROVED, OTHER)]
    shares = [read_face_share(guard, shared / "source.json") for guard in guards]
    assert 0.1 < min(shares) < max(shares) < 1

    def drawn(final: str) -> int:
        configure(job, f"{{engine: latentsync, {final}}}")
        return job.plan().jobs["draft_final"]

    assert drawn(f"of: close_ups, close_up_share: {max(shares)}") == 1
    assert drawn(f"of: close_ups, close_up_share: {min(shares)}") == 2
    assert drawn("of: close_ups, close_up_share: 0.99") == 0
    assert drawn("of: marked") == 0, "the approved cut is not marked"
    marks = "video\tlanguage\tcut\tdecision\tdraft\ttier"
    job.write("decisions.tsv", marks, f"v\ten\t{OTHER}\t\t\tfinal")
    assert drawn("of: marked") == 1
    (job.folder / "decisions.tsv").unlink()
    columns = "video\tlanguage\tcut\tsetting\tvalue"
    job.write("overrides.tsv", columns, f"v\ten\t{OTHER}\tfinal.of\tall")
    assert drawn("of: off") == 1
    job.write("overrides.tsv", columns, f"v\ten\t{APPROVED}\tfinal.of\toff")
    assert drawn("of: all") == 1


def test_a_final_is_enhanced_as_a_draft_is(finished_final: Job, tmp_path: Path) -> None:
    job = finished_final.copy(tmp_path / "job")
    smooth = "enhance: {mode: all, restore: off, smooth_s: 0.1, max_drop: 1, max_flicker_gain: 10}"
    configure(job, KEPT, smooth)
    done = job.run()
    assert done.code == 0, done.output
    assert done.ran["enhance"] == 2 and not FINAL_RULES & set(done.ran)
    approved, other, _ = job.cuts()
    assert (approved["enhanced"], approved["final"]) == ("smoothed", "latentsync")
    assert (other["enhanced"], other["final"]) == ("smoothed", "")
    assert (approved["decision"], approved["action"]) == ("approve", "lipsync")
    row = read_json(folder(job) / "enhanced" / "draft.json")
    assert (row["engine"], len(row["stands_for"])) == ("latentsync", 2)


def test_retry_final_and_enhancement_of_one_cut(drafted: Job, tmp_path: Path) -> None:
    job = drafted.copy(tmp_path / "job")
    kept = "max_drop: 1, max_flicker_gain: 10, max_identity_loss: 2"
    restored = f"enhance: {{mode: all, smooth_s: 0.1, device: cpu, {kept}}}"
    presets = "retry: {presets: [opens_too_little, opens_too_much]}"
    configure(job, KEPT, presets, restored, pass_from=100)  # which no draft has
    environment = seeded_environment(tmp_path / "seeded", "faces")
    done = job.run(**environment)
    assert done.code == 0, done.output
    approved, other, _ = job.cuts()
    assert (approved["final"], approved["enhanced"]) == ("latentsync", "smoothed+restored")
    assert (other["final"], other["enhanced"]) == ("", "smoothed+restored")
    assert approved["gate"] == other["gate"] == "review"
    draft = read_json(folder(job) / "draft.json")
    tried = [one["preset"] for one in draft["attempts"]]
    assert tried == ["standard", "opens_too_little", "opens_too_much"]
    assert not approved["attempts"] and other["attempts"], "retries are of drafts"
    row = read_json(folder(job) / "enhanced" / "draft.json")
    assert row["engine"] == "latentsync" and row["stands_for"][0] == draft["draft"]
    assert len({approved["draft"], *row["stands_for"]}) == 3
    assert job.run(**environment).nothing_to_do


def test_a_final_that_is_early_or_late_is_drawn_again(drafted: Job, tmp_path: Path) -> None:
    """Random weights move lips at random: with no offset allowed, nearly every final has one."""
    job = drafted.copy(tmp_path / "job")
    configure(job, KEPT, "retry: {correct_offset: true}")
    text = (job.folder / "job.yaml").read_text(encoding="utf-8")
    strict = text.replace("max_offset_frames: 100", "max_offset_frames: 0")
    (job.folder / "job.yaml").write_text(strict, encoding="utf-8")
    done = job.run()
    assert done.code == 0, done.output
    drawn = read_json(folder(job) / "final" / "drawn.json")
    first, *again = drawn["attempts"]
    assert (first["preset"], first["moved_frames"]) == ("standard", 0)
    assert [one["moved_frames"] for one in again] == [first["offset_frames"]] * bool(
        first["offset_frames"]
    ), "once, by the offset that was measured"
    assert job.run().nothing_to_do


def test_a_final_that_is_worse_is_taken_back(finished_final: Job, tmp_path: Path) -> None:
    job = finished_final.copy(tmp_path / "job")
    before = read_json(folder(job) / "draft.json")
    configure(job, "{engine: latentsync, max_drop: 0}")
    done = job.run()
    assert done.code == 0, done.output
    assert FINAL_RULES & set(done.ran) == {"final"}, "nothing is drawn again"
    approved, _, _ = job.cuts()
    assert approved["final"] == "reverted latentsync"
    assert approved["final_reasons"].startswith("final_sync_lost=")
    assert float(approved["final_confidence"]) < float(approved["replaced_confidence"])
    assert (approved["draft"], approved["decision"]) == (before["draft"], "approve")
    assert (folder(job) / "final/draft.zip").read_bytes() == (
        folder(job) / "draft.zip"
    ).read_bytes()
    assert "less sync confidence than the draft" in page(job)
    assert job.run().nothing_to_do


def test_a_final_that_fails_leaves_the_draft(drafted: Job, tmp_path: Path) -> None:
    job = drafted.copy(tmp_path / "job")
    configure(job, KEPT)
    (tmp_path / "failing").mkdir()
    (tmp_path / "failing" / "sitecustomize.py").write_text(FAILING)
    done = job.run(PYTHONPATH=str(tmp_path / "failing"), MOUTHPIECE_TEST_STAND_IN="failing")
    assert done.code == 0, done.output
    assert f"gave up, the draft is delivered: draft_final/v/en/{APPROVED}" in done.output
    approved, _, _ = job.cuts()
    assert approved["final_fault"] == "draft_final: Fault: no memory is left"
    assert (approved["fault"], approved["action"]) == ("", "lipsync")
    assert approved["draft"] == drafted.cuts()[0]["draft"]
    assert "no memory is left" in page(job)
    again = job.run()
    assert again.code == 0, again.output
    assert (job.cuts()[0]["final"], job.cuts()[0]["final_fault"]) == ("latentsync", "")


def test_a_killed_run_goes_on_to_the_same_final_without_the_pool(
    drafted: Job, finished_final: Job, tmp_path: Path
) -> None:
    """The second run draws in processes of its own: a worker draws the very same bytes."""
    job = drafted.copy(tmp_path / "job")
    configure(job, KEPT, "worker: {mode: off}")
    library = {"PYTHONPATH": str(ROOT / "workflow_scripts")}
    with (tmp_path / "log").open("w") as log:
        run = subprocess.Popen(
            job.command(),
            cwd=job.folder, env=os.environ | library, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    while not list((job.folder / "logs").rglob("draft_final.log")):
        assert run.poll() is None, (tmp_path / "log").read_text()
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert not (folder(job) / "final" / "drawn.zip").exists()
    done = job.run("--rerun-incomplete")
    assert done.code == 0, done.output
    assert "bake_final" not in done.ran, "it was done"
    assert contents(job, APPROVED) == contents(finished_final, APPROVED)
    assert job.run().nothing_to_do
