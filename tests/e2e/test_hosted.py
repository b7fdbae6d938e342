"""The engine `hosted` through the real command; a server on this machine stands in for sync.so."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest
import soundfile

from makers import count_frames
from mouthpiece.core.files import read_json
from places import ROOT
from service_films import decode, redrawn
from service_worlds import KEY, MODELS, ReplicateWorld, SyncWorld, part, serving

from .conftest import CAT_FRAMES, GOOD_FRAMES, Job

CUT = "000000-000049"

CONFIG = """
engine: hosted
engines:
  hosted:
    {{service: sync, model: lipsync-2, base_url: '{base}', price_per_minute_usd: 3.0,
      budget_usd: 1.0}}
"""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncWorld]:
    monkeypatch.setenv("SYNC_API_KEY", KEY)
    with serving(SyncWorld(film=lambda clip, sound: redrawn(clip, Fraction(25)))) as made:
        yield made


def hosted(finished: Job, folder: Path, world: SyncWorld, leave: str) -> Job:
    job = finished.copy(folder)
    with (job.folder / "job.yaml").open("a", encoding="utf-8") as file:
        file.write(CONFIG.format(base=world.base))
    table = job.folder / "videos.tsv"
    head, row = table.read_text(encoding="utf-8").splitlines()
    job.write("videos.tsv", f"{head}\tmay_leave", f"{row}\t{leave}")
    return job


def command(job: Job, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mouthpiece", "hosted", *words],
        cwd=job.folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_cut_is_bought_once_and_delivered(
    finished: Job, world: SyncWorld, tmp_path: Path
) -> None:
    job = hosted(finished, tmp_path / "job", world, "yes")
    cost = command(job, "cost", "--config", "job.yaml")
    assert "v en\t1\t0\t0.03\t0.100" in cost
    assert world.seen == []
    done = job.run()
    assert done.code == 0, done.output
    assert sum(world.paid.values()) == 1
    assert KEY not in done.output
    good, cat = job.cuts()
    assert good["engine"] == "hosted"
    assert cat["action"] == "passthrough"
    assert count_frames(job.film()) == GOOD_FRAMES + CAT_FRAMES
    boxes = world.options[0]["active_speaker_detection"]["bounding_boxes"]
    assert len(boxes) == GOOD_FRAMES
    rows = command(job, "ledger").splitlines()
    assert rows[1].split("\t")[1:4] == ["delivered", "0.100000", "sync"]
    kept = [
        path for path in job.folder.rglob("*") if path.is_file() and path.stat().st_size < 10**6
    ]
    assert not any(KEY.encode() in path.read_bytes() for path in kept)

    assert "v en\t1\t1\t0.00\t0.000" in command(job, "cost", "--config", "job.yaml")
    asked = len(world.seen)
    config = (job.folder / "job.yaml").read_text(encoding="utf-8")
    job.write("job.yaml", config.replace("lipsync-2", "lipsync-2-pro"))
    assert "v en\t1\t0\t0.03\t0.100" in command(job, "cost", "--config", "job.yaml"), "other model"
    job.write("job.yaml", config)
    os.utime(job.folder / "en.wav")
    assert "v en\t1\t0\t0.03\t0.100" in command(job, "cost", "--config", "job.yaml"), "other dub"
    os.utime(job.folder / "en.wav", (0, 0))
    assert job.run().nothing_to_do
    for path in job.folder.glob("results/v/en/cuts/*/draft.zip"):
        path.unlink()
    again = job.run()
    assert again.code == 0, again.output
    assert len(world.seen) == asked


def test_one_cut_alone_is_bought_and_nothing_else_leaves(
    finished: Job, world: SyncWorld, tmp_path: Path
) -> None:
    """As the README has it: a row of overrides.tsv, the rest by the engine of the film."""
    job = hosted(finished, tmp_path / "job", world, "yes")
    config = (job.folder / "job.yaml").read_text(encoding="utf-8")
    retry = "retry: {correct_offset: true}\n"  # which would buy the cut again
    job.write("job.yaml", config.replace("engine: hosted", "engine: preview") + retry)
    columns = "video\tlanguage\tcut\tsetting\tvalue"
    job.write("overrides.tsv", columns, f"v\t*\t{CUT}\tengine\thosted")
    done = job.run()
    assert done.code == 0, done.output
    assert done.ran["draft"] == 1 and "guard" not in done.ran
    good, cat = job.cuts()
    assert (good["engine"], good["price_usd"], cat["action"]) == ("hosted", "0.1", "passthrough")
    assert sum(world.paid.values()) == 1
    row = read_json(job.folder / f"results/v/en/cuts/{CUT}/draft.json")
    assert row["engine"] == "hosted" and not row["attempts"], "it is not retried"
    (form,) = filter(None, world.sent)
    assert re.findall(rb' name="(\w+)"', form) == [b"model", b"options", b"video", b"audio"]
    assert re.findall(rb'filename="([^"]+)"', form) == [b"clip.mp4", b"sound.wav"]
    pictures = decode(part(form, "video"))
    assert len(pictures) == GOOD_FRAMES
    with av.open(str(job.film())) as film:
        shown = film.streams.video[0]
        assert pictures[0].shape[0] < shown.height and pictures[0].shape[1] < shown.width
    samples, rate = soundfile.read(io.BytesIO(part(form, "audio")))
    assert (rate, len(samples)) == (16000, GOOD_FRAMES * 640)
    own = {"a film's", "en.wav", job.folder.name, str(tmp_path), "test material", CUT}
    assert not any(name.encode() in form for name in own)


def buy_finals(job: Job) -> None:
    """Have the preview draw drafts, and buy finals alone."""
    config = (job.folder / "job.yaml").read_text(encoding="utf-8")
    final = "final: {engine: hosted, max_drop: 1}"
    job.write("job.yaml", config.replace("engine: hosted", final))


def approve(job: Job) -> None:
    draft = job.cuts()[0]["draft"]
    columns = "video\tlanguage\tcut\tdecision\tdraft"
    job.write("decisions.tsv", columns, f"v\ten\t{CUT}\tapprove\t{draft}")


def test_only_an_approved_cut_is_bought_as_a_final(
    finished: Job, world: SyncWorld, tmp_path: Path
) -> None:
    job = hosted(finished, tmp_path / "job", world, "yes")
    buy_finals(job)
    assert not {"bake_final", "draft_final"} & set(job.plan().jobs), "nobody approved a cut"
    approve(job)
    assert "v en\t1\t0\t0.03\t0.100" in command(job, "cost", "--config", "job.yaml")
    done = job.run()
    assert done.code == 0, done.output
    assert sum(world.paid.values()) == 1
    good, cat = job.cuts()
    assert (good["engine"], good["price_usd"], cat["price_usd"]) == ("preview", "0.1", "")
    assert good["final"].removeprefix("reverted ") == "hosted"
    assert (good["action"], good["decision"]) == ("lipsync", "approve")
    page = job.folder / "results/v/en/review/index.html"
    assert '"price_usd": "0.1"' in page.read_text(encoding="utf-8")
    assert "v en\t1\t1\t0.00\t0.000" in command(job, "cost", "--config", "job.yaml")
    assert job.run().nothing_to_do
    assert sum(world.paid.values()) == 1


def mouthpiece_run(job: Job) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mouthpiece", "run", "--config", "job.yaml"],
        cwd=job.folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_run_spends_its_budget_and_the_next_one_has_another(
    finished: Job, small_dubs: dict[str, Path], world: SyncWorld, tmp_path: Path
) -> None:
    job = hosted(finished, tmp_path / "job", world, "yes")
    config = (job.folder / "job.yaml").read_text(encoding="utf-8")
    faults = "faults: {on_exhausted: passthrough, max_share: 1.0}"
    job.write("job.yaml", config.replace("budget_usd: 1.0", "budget_usd: 0.1") + faults)
    head, row = (job.folder / "dubs.tsv").read_text(encoding="utf-8").splitlines()
    job.write("dubs.tsv", head, row, f"v\ten-GB\t{small_dubs['en-GB']}")

    first = mouthpiece_run(job)
    assert first.returncode == 0, first.stderr
    assert sum(world.paid.values()) == 1, "one cut is the whole budget"
    bought, refused = sorted(
        (job.cuts(key)[0] for key in ("en", "en-GB")), key=lambda r: r["fault"]
    )
    assert (bought["price_usd"], bought["fault"]) == ("0.1", "")
    assert (refused["price_usd"], refused["action"]) == ("", "passthrough")
    assert "0.10 USD of the run's 0.10 USD are spent or reserved: raise" in refused["fault"]
    assert "raise engines.hosted.budget_usd" in first.stdout + first.stderr
    assert "paid 0.10 USD for 1 cut" in first.stdout + first.stderr

    second = mouthpiece_run(job)
    assert second.returncode == 0, second.stderr
    assert sum(world.paid.values()) == 2
    assert [job.cuts(key)[0]["price_usd"] for key in ("en", "en-GB")] == ["0.1", "0.1"]
    ledger = [line.split("\t") for line in command(job, "ledger").splitlines()]
    runs = {row[ledger[0].index("run")] for row in ledger[1:]}
    assert len(ledger) == 3
    assert len(runs) == 2 and all(re.fullmatch(r"\d+-\d+", run) for run in runs)


@pytest.mark.parametrize("finals", [False, True])
def test_what_was_paid_for_nothing_is_in_the_row_and_in_the_sum(
    finished: Job, world: SyncWorld, tmp_path: Path, finals: bool
) -> None:
    world.film = lambda clip, sound: redrawn(clip, Fraction(25), frames=10)
    job = hosted(finished, tmp_path / "job", world, "yes")
    if finals:
        buy_finals(job)
        approve(job)
    with (job.folder / "job.yaml").open("a", encoding="utf-8") as file:
        file.write("faults: {on_exhausted: passthrough, max_share: 1.0}\n")
    done = mouthpiece_run(job)
    assert done.returncode == 0, done.stderr
    good, _ = job.cuts()
    assert "0.10 USD were paid" in good["final_fault" if finals else "fault"]
    assert (good["price_usd"], bool(good["fault"])) == ("0.1", not finals)
    assert "paid 0.10 USD for 1 cut" in done.stdout + done.stderr
    assert sum(world.paid.values()) == 1


@pytest.mark.parametrize("finals", [False, True])
def test_a_likeness_that_may_not_leave_is_refused(
    finished: Job, world: SyncWorld, tmp_path: Path, finals: bool
) -> None:
    job = hosted(finished, tmp_path / "job", world, "no")
    if finals:
        buy_finals(job)
        approve(job)
    done = job.run()
    assert done.code != 0
    assert "column may_leave" in done.output
    assert world.seen == []


UNMADE = """
videos: videos.tsv
dubs: dubs.tsv
engine: hosted
engines:
  hosted: {{price_per_run_usd: 0.1, budget_usd: 5, base_url: '{base}', {model}}}
"""


def unmade(folder: Path, model: str, base: str = "http://127.0.0.1:9") -> Path:
    """A project of which nothing is made; its film need not be one, as no job begins."""
    (folder / "v.mp4").touch()
    (folder / "videos.tsv").write_text(
        "video\tpath\tconsent\tmay_leave\nv\tv.mp4\ttest material\tyes\n"
    )
    (folder / "dubs.tsv").write_text("video\tlanguage\taudio\nv\ten\tv.mp4\n")
    (folder / "config.yaml").write_text(UNMADE.format(base=base, model=model))
    return folder


def refused(folder: Path, *words: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mouthpiece", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert not [*folder.glob("results/v/**/*.json")], "no job began"
    return done.stderr


@pytest.mark.parametrize(
    ("words", "profile"),
    [
        (["run", "--", "--executor", "slurm", "--jobs", "1"], ""),
        (["run", "--profile", "./own"], ""),
        (["run"], "own"),
        (["check", "--profile", "./own/config.yaml"], ""),
    ],
)
def test_a_service_is_not_paid_from_several_machines(
    words: list[str], profile: str, tmp_path: Path
) -> None:
    folder = unmade(tmp_path, "service: sync, model: lipsync-2")
    (folder / "own").mkdir()
    (folder / "own" / "config.yaml").write_text("executor: slurm\njobs: 2\n")
    own = {"SNAKEMAKE_PROFILE": str(folder / profile)} if profile else {}
    said = refused(folder, *words, SYNC_API_KEY=KEY, **own)
    assert "error: v en: the engine hosted buys on one machine alone" in said


@pytest.mark.parametrize("word", ["run", "check"])
def test_what_a_model_of_replicate_does_not_take_is_told_before_any_job(
    word: str, tmp_path: Path
) -> None:
    model = f"service: replicate, model: '{MODELS['replicate']}', parameters: {{steps: 20}}"
    with serving(ReplicateWorld()) as world:
        folder = unmade(tmp_path, model, world.base)
        said = refused(folder, word, REPLICATE_API_TOKEN=KEY)
    assert "parameters: bytedance/latentsync takes no 'steps'; it takes audio, guid" in said
    assert not world.paid


def test_a_receiver_without_its_secret_does_not_start(tmp_path: Path) -> None:
    model = "service: sync, model: lipsync-2, webhook_url: 'https://public.test'"
    words = ("hosted", "serve", "--port", "0")
    said = refused(unmade(tmp_path, model), *words, SYNC_API_KEY=KEY)
    assert said.splitlines() == [
        "error: the environment variable MOUTHPIECE_WEBHOOK_SECRET, which holds a key, is not set"
    ]
