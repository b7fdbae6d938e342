"""What users rely on: a film of the right length, and no unnecessary jobs."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from fractions import Fraction
from pathlib import Path

import av

from browsing import Reviewer
from makers import count_frames
from mouthpiece.core.files import folder_mark
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.runs.cut_costs import read_costs
from mouthpiece.runs.event_files import read_events, runs

from .conftest import CAT_FRAMES, GOOD_FRAMES, ROOT, Job, lay_out

sys.path.append(str(ROOT / "benchmarks"))

from cache_chaos import differences

PER_VIDEO = {"normalize", "cuts"}
PER_CUT = {"guard", "faces", "bake", "original"}
PER_DRAFT = {"bake", "draft", "score", "lipsync"}
PER_FILM = {"dub", "speech", "gate", "cut_table", "film", "package", "review", "all"}
DECISION_JOBS = {"gate", "cut_table", "film", "package", "review", "overview", "all"}


def test_the_chain(finished: Job) -> None:
    good, cat = finished.cuts()
    assert (good["cut"], cat["cut"]) == ("000000-000049", "000050-000069")
    assert (good["guard"], good["engine"], good["gate"]) == ("lipsync", "preview", "pass")
    assert (good["action"], good["reason"]) == ("lipsync", "in_sync")
    assert good["scorer"] == "embedded" and abs(int(good["offset_frames"])) <= 1
    assert (cat["guard"], cat["action"], cat["gate"]) == ("passthrough", "passthrough", "none")
    assert cat["reason"] == "no_face=0"

    mezzanine = probe_mezzanine(finished.folder / "results" / "v" / "_shared" / "mezzanine.mp4")
    assert mezzanine.frames == GOOD_FRAMES + CAT_FRAMES
    assert count_frames(finished.film()) == mezzanine.frames
    with av.open(str(finished.film())) as film:
        assert film.streams.audio[0].sample_rate == 24000
        assert film.streams.video[0].average_rate == 25
        seconds = film.streams.audio[0].duration * film.streams.audio[0].time_base
        assert abs(seconds - Fraction(70, 25)) < Fraction(1, 25)
    assert (finished.folder / "results" / "v" / "en" / "review" / "index.html").is_file()
    overview = (finished.folder / "results" / "overview.html").read_text(encoding="utf-8")
    assert '<a href="v/en/review/index.html" ' in overview
    assert "No timings are there" not in overview and "untimed" not in overview
    # A cut that is passed through costs its guard and its original segment.
    timings = finished.folder / "timings" / "v"
    of_cat = {file.stem for file in timings.rglob(f"{cat['cut']}/*.tsv")}
    assert of_cat == {"guard", "original"}
    assert {file.stem for file in timings.rglob(f"{good['cut']}/*.tsv")} == of_cat | PER_DRAFT


def test_its_events(finished: Job) -> None:
    events = finished.folder / "logs" / "events"
    (run,) = runs(events)
    found = read_events(events, run)
    assert (found[0]["event"], found[-1]["event"]) == ("run_began", "run_ended")
    assert (found[-1]["state"], found[-1]["cuts"], found[-1]["frames"]) == ("done", 2, 70)
    began, ended = (
        {e["job"] for e in found if e["event"] == f"job_{x}"} for x in ("began", "ended")
    )
    assert began == ended and len(ended) == found[-1]["jobs"]
    (draft,) = (
        event
        for event in found
        if event["event"] == "job_ended"
        and (event["rule"], event.get("cut")) == ("draft", "000000-000049")
    )
    assert draft["worker"] and draft["cpu_s"] > 0 and 0 < draft["job_wall_s"] <= draft["wall_s"]
    assert draft["video"] == "v" and draft["language"] == "en" and draft["peak_mb"] > 10
    text = (events / f"{run}.jsonl").read_text()
    assert "more.mp4" not in text and str(finished.folder) not in text
    rows = read_costs(finished.folder / "timings").rows()
    assert ("v", "en", "000000-000049") in [row[:3] for row in rows]


def test_a_second_run_has_nothing_to_do(finished: Job, tmp_path: Path) -> None:
    again = finished.copy(tmp_path / "job").run()
    assert again.code == 0
    assert again.nothing_to_do
    assert "Traceback" not in again.output


def test_another_folder_with_the_same_film_only_links(
    finished: Job, small_film: Path, small_dubs: dict[str, Path], tmp_path: Path
) -> None:
    job = lay_out(tmp_path / "other", small_film, {"en": small_dubs["en"]})
    done = job.run(*job.with_cache(finished.folder))
    assert done.code == 0 and "The cache:" not in done.output, done.output
    taken, worked = job.from_cache()
    assert worked == {"preflight", "overview"} and {"draft", "film"} <= taken
    assert differences(job.folder, finished.folder) == []
    assert job.run().nothing_to_do and finished.copy(tmp_path / "first").run().nothing_to_do


def test_a_gate_threshold_redoes_the_gate_and_later(finished: Job, tmp_path: Path) -> None:
    job = finished.copy(tmp_path / "job")
    with (job.folder / "job.yaml").open("a") as file:
        file.write("gate: {scorers: {embedded: {min_confidence: 1.9, fail_confidence: 1.8}}}\n")
        file.write("metrics: {prometheus_file: m.prom}\n")
    done = job.run()
    assert done.code == 0, done.output
    assert set(done.jobs) == DECISION_JOBS
    metrics = (job.folder / "m.prom").read_text()
    label = f'project="{folder_mark(job.folder)}"'
    assert f'mouthpiece_jobs_total{{{label},rule="gate",outcome="done"}} 1\n' in metrics
    assert f'mouthpiece_run_state{{{label},state="done"}} 1\n' in metrics
    good, _ = job.cuts()
    assert (good["gate"], good["action"]) == ("fail", "passthrough")
    assert good["gate_reasons"].startswith("low_confidence=")
    assert job.run().nothing_to_do


def test_retries_are_judged_against_the_source_like_the_gate_does(
    finished: Job, tmp_path: Path
) -> None:
    job = finished.copy(tmp_path / "job")
    lines = (job.folder / "job.yaml").read_text().splitlines()
    share = "gate: {scorers: {embedded: {min_source_share: 0.6}}}"
    judged = re.compile(r"^rule draft:\n    input: (.*)$", re.M)

    job.write("job.yaml", *lines, share)
    assert job.plan().jobs["draft"] == 0 and job.plan().jobs["gate"] == 1
    job.write("job.yaml", *lines, "retry: {presets: [opens_too_little]}")
    inputs = judged.findall(job.plan().output)
    assert len(inputs) == 1 and not any("guard.json" in files for files in inputs)
    job.write("job.yaml", *lines, share, "retry: {presets: [opens_too_little]}")
    inputs = judged.findall(job.plan().output)
    assert len(inputs) == 1 and all("guard.json" in files for files in inputs)
    done = job.run("results/v/en/cuts.tsv")
    assert done.code == 0, done.output


def test_a_decision_redoes_only_what_it_affects(finished: Job, tmp_path: Path) -> None:
    job = finished.copy(tmp_path / "job")
    draft = job.cuts()[0]["draft"]
    columns = "video\tlanguage\tcut\tdecision\tdraft"
    job.write("decisions.tsv", columns, f"v\ten\t000000-000049\tpassthrough\t{draft}")
    done = job.run()
    assert done.code == 0, done.output
    assert set(done.jobs) == DECISION_JOBS
    good, _ = job.cuts()
    assert (good["action"], good["reason"]) == ("passthrough", "decided")
    original = job.folder / "results" / "v" / "_shared" / "cuts" / good["cut"] / "original.mp4"
    assert _pictures(job.film())[: len(_pictures(original))] == _pictures(original)

    # A refusal binds to the frames: it holds for any draft, and where a boundary has moved.
    for row in ("000000-000049\tpassthrough\tffffffffffff", "000000-000044\tpassthrough\t"):
        job.write("decisions.tsv", columns, f"v\ten\t{row}")
        done = job.run()
        assert done.code == 0, done.output
        assert (job.cuts()[0]["action"], job.cuts()[0]["reason"]) == ("passthrough", "decided")
    assert job.cuts()[0]["carried_from"] == "000000-000044"
    where = "the refusal is carried to 000000-000049"
    page = (job.folder / "results" / "v" / "en" / "review" / "index.html").read_text("utf-8")
    overview = (job.folder / "results" / "overview.html").read_text("utf-8")
    assert "decisions.tsv, row 2: passthrough on cut 000000-000044 of v in en" in done.output
    assert where in done.output and where in page
    assert '<h2 id="unmatched">' in overview and job.plan().nothing_to_do
    job.write("decisions.tsv", columns, "v\ten\t000000-000049\tapprove\tffffffffffff")
    assert job.run().code == 0
    assert job.cuts()[0]["decision"] == "stale approve"
    assert job.cuts()[0]["action"] == "lipsync"


def _pictures(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(f.planes[0]) for f in container.decode(video=0)]


def test_a_second_language_reuses_what_languages_share(
    finished: Job, small_dubs: dict[str, Path], tmp_path: Path
) -> None:
    job = finished.copy(tmp_path / "job")
    shutil.copy(small_dubs["en-GB"], job.folder)
    with (job.folder / "dubs.tsv").open("a") as file:
        file.write("v\ten-GB\ten-GB.wav\n")
    before = job.film().stat().st_mtime_ns
    done = job.run()
    assert done.code == 0, done.output
    assert not set(done.jobs) & (PER_VIDEO | PER_CUT)
    assert done.jobs["draft"] == 1
    assert job.film().stat().st_mtime_ns == before
    assert count_frames(job.film("en-GB")) == GOOD_FRAMES + CAT_FRAMES
    assert job.run().nothing_to_do

    # An edit of one dub does not affect the other language, nor a cut that does not hear it.
    with (job.folder / "en-GB.wav").open("ab") as file:
        file.write(b"\0\0")
    done = job.run()
    assert done.code == 0, done.output
    assert not set(done.ran) & (PER_VIDEO | PER_CUT | PER_DRAFT)
    assert done.ran["slices"] == done.ran["film"] == 1
    assert "output: results/v/en/" not in done.output


def test_an_edit_of_a_stage_s_library_code_redoes_that_stage(finished: Job, tmp_path: Path) -> None:
    code = tmp_path / "code"
    for name in ("Snakefile", "rules", "workflow_scripts", "report", "envs", "models", "profiles"):
        source = ROOT / name
        if source.is_dir():
            skip = shutil.ignore_patterns("downloads", "__pycache__")
            shutil.copytree(source, code / name, ignore=skip)
        else:
            code.mkdir(exist_ok=True)
            shutil.copy(source, code / name)
    shutil.copytree(ROOT / "config" / "schemas", code / "config" / "schemas")
    (code / "models" / "downloads").symlink_to(ROOT / "models" / "downloads")
    job = Job(finished.copy(tmp_path / "job").folder, code / "Snakefile")
    library = code / "workflow_scripts" / "mouthpiece" / "stages"
    assert job.plan().nothing_to_do
    for stage, redone, kept in (
        ("segment.py", {"original", "lipsync", "film"}, {"guard", "draft", "score", "normalize"}),
        ("guard.py", {"guard", "faces", "gate", "film"}, {"normalize", "cuts", "speech"}),
    ):
        with (library / stage).open("a") as file:
            file.write("\n# An edit.\n")
        planned = set(job.plan().jobs)
        assert redone <= planned
        assert not planned & kept
        shutil.copy(ROOT / "workflow_scripts" / "mouthpiece" / "stages" / stage, library / stage)


def test_kill_9_and_the_same_command_again(
    small_film: Path, small_dubs: dict[str, Path], tmp_path: Path
) -> None:
    job = lay_out(tmp_path / "job", small_film, {"en": small_dubs["en"]})
    process = subprocess.Popen(
        job.command(), cwd=job.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        while not (job.folder / "logs/v/en/000000-000049/draft.log").exists():
            assert process.poll() is None
            time.sleep(0.02)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    finished = _finished(job)
    assert not job.film().exists()
    times = {path: path.stat().st_mtime_ns for path in finished}
    done = job.run()
    assert done.code == 0, done.output
    assert "--unlock" not in done.output
    assert {path: path.stat().st_mtime_ns for path in finished} == times
    assert count_frames(job.film()) == GOOD_FRAMES + CAT_FRAMES
    assert [
        p for p in job.folder.rglob(".*") if ".part" in p.name or p.name.startswith(".film")
    ] == []


def _finished(job: Job) -> list[Path]:
    """The complete files: those that Snakemake has not recorded as incomplete."""
    records = job.folder / ".snakemake" / "incomplete"
    incomplete = (
        {_decoded(record.name) for record in records.iterdir()} if records.is_dir() else set()
    )
    files = [p for p in (job.folder / "results").rglob("*") if p.is_file()]
    names = [str(p.relative_to(job.folder)) for p in files]
    # What lies in a temporary folder is no result, as a temporary file is none.
    return [job.folder / n for n in names if n not in incomplete and "/." not in n]


def _decoded(name: str) -> str:
    import base64

    return base64.b64decode(name.encode()).decode()


def test_two_runs_in_one_folder(finished: Job, tmp_path: Path) -> None:
    from mouthpiece.core.locks import lock_folder as hold

    job = finished.copy(tmp_path / "job")
    job.film().unlink()
    with hold(job.folder / "results"):
        done = job.run()
        assert done.code != 0
        assert "another run is at work in results/" in done.output
    assert job.run().code == 0


def test_one_frame_cuts_and_a_film_without_a_face(
    small_film: Path, small_dubs: dict[str, Path], tmp_path: Path
) -> None:
    job = lay_out(tmp_path / "job", small_film, {"en": small_dubs["en"]})
    job.write("cuts.tsv", "first_frame\tframes", "0\t1", "1\t1", "2\t68")
    job.write(
        "videos.tsv",
        "video\tpath\tconsent\tcuts",
        f"v\t{small_film}\ttest material of the project\tcuts.tsv",
    )
    with (job.folder / "job.yaml").open("a") as file:
        file.write("guard: {min_face_px: 5000}\n")
    done = job.run()
    assert done.code == 0, done.output
    rows = job.cuts()
    assert [row["cut"] for row in rows] == ["000000-000000", "000001-000001", "000002-000069"]
    assert {row["action"] for row in rows} == {"passthrough"}
    assert rows[0]["guard_reasons"].startswith("short=1")
    assert count_frames(job.film()) == GOOD_FRAMES + CAT_FRAMES


def test_the_snakemake_report(finished: Job, tmp_path: Path, reviewer: Reviewer) -> None:
    job = finished.copy(tmp_path / "job")
    done = job.run("--report", "report.zip")
    assert done.code == 0, done.output
    with zipfile.ZipFile(job.folder / "report.zip") as archive:
        names = archive.namelist()
        text = archive.read(next(n for n in names if n.endswith("report.html"))).decode()
        archive.extractall(tmp_path / "unpacked")
    assert any(name.endswith("index.html") for name in names)
    assert "passes a draft from LSE-C" in text
    assert re.search(r"scorer\s*<strong>embedded<", text), "each caption finds its params"
    for category in ("Cuts", "Review", "Overview"):
        assert category in text
    for review in (tmp_path / "unpacked").rglob("index.html"):
        shown = set(re.findall(r"clips/[\w.-]+\.\w+", review.read_text(encoding="utf-8")))
        assert {"clips/film.mp4", "clips/source.m4a", "clips/000000-000049.original.mp4"} <= shown
        assert [name for name in shown if not (review.parent / name).is_file()] == []
    page = next((tmp_path / "unpacked").rglob("overview.html"))
    reviewer.visit(page.as_uri())
    reviewer.wait("[...document.images].every((picture) => picture.naturalWidth > 0)")
    assert reviewer.page.locator("img").count() == 1
    reviewer.page.get_by_role("link", name="MP4").click()
    reviewer.wait("document.querySelector('#film-video')?.readyState >= 2")
    assert reviewer.errors == []
