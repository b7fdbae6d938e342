"""The events of a run, its costs by cut, and its counters."""

import json
import logging
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from mouthpiece.core.measures import measured
from mouthpiece.runs import event_files
from mouthpiece.runs.cut_costs import read_costs
from mouthpiece.runs.cut_counts import CutCounts
from mouthpiece.runs.event_files import EventFile, read_events, runs
from mouthpiece.runs.events import (
    JobFailed,
    JobFinished,
    JobName,
    JobsKnown,
    JobStarted,
    event_of,
)
from mouthpiece.runs.prometheus import Exporter, Figures, render
from mouthpiece.runs.recorder import Recorder, open_recorder
from snakemake_logger_plugin_mouthpiece import describe, forward_warnings, record_run

CUTS = ("000000-000049", "000050-000119")
DRAFTS = [JobName("draft", "talk", "de", cut) for cut in CUTS]
WILDCARDS = {"video": "talk", "language": "de", "cut": CUTS[0]}


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    exporter = Exporter(tmp_path / "m.prom", 3600, "ab12")
    return Recorder(tmp_path, EventFile(tmp_path / "events", 5), exporter)


def events(folder: Path) -> list[dict]:
    return read_events(folder / "events", runs(folder / "events")[-1])


def took(folder: Path, name: JobName, cache: str = "off", gpus: int = 0) -> None:
    file = folder.joinpath("timings", name.video, name.language, name.cut, f"{name.rule}.tsv")
    with measured(file, gpus) as meter:
        meter.cache = cache


def test_a_run(recorder: Recorder, tmp_path: Path) -> None:
    recorder.begin(films=1)
    cuts = JobName("cuts", "talk")
    recorder.update(JobsKnown(1.0, [cuts, DRAFTS[0]]))
    recorder.update(JobsKnown(1.0, DRAFTS))  # as another node of a cluster tells
    recorder.update(JobStarted(1.0, 7, cuts, is_checkpoint=True))
    recorder.update(JobFinished(2.0, 7))
    for job, name in enumerate(DRAFTS):
        recorder.update(JobStarted(2.0, job, name))
    assert recorder.update(JobFailed(3.0, 0, [], False)) is None
    recorder.update(JobStarted(3.0, 0, DRAFTS[0]))
    took(tmp_path, DRAFTS[0], "miss", gpus=1)
    took(tmp_path, DRAFTS[1], "hit")
    assert recorder.update(JobFinished(4.0, 0)) and recorder.update(JobFinished(4.5, 1))
    assert recorder.update(JobFinished(4.6, 1)) is None, "Snakemake may tell it twice"
    recorder.end("done")
    recorder.end("stopped")

    found = events(tmp_path)
    kinds = [event["event"] for event in found]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "run_began": 1, "jobs_known": 2, "job_began": 4, "job_ended": 3, "checkpoint": 1,
        "job_failed": 1, "worker_began": 1, "run_ended": 1,
    }  # fmt: skip
    ended = [e for e in found if e["event"] == "job_ended" and e["rule"] == "draft"]
    assert [(e["attempt"], e["cache"], e["cut"]) for e in ended] == [
        (2, "miss", CUTS[0]),
        (1, "hit", CUTS[1]),
    ]
    assert {"wall_s", "cpu_s", "peak_mb", "gpu_s", "worker", "outcome"} <= set(ended[0])
    (end,) = [e for e in found if e["event"] == "run_ended"]
    assert (end["state"], end["jobs"], end["failed"], end["cuts"]) == ("done", 4, 1, 2)
    left = 'mouthpiece_jobs_left{project="ab12"} 0\n'
    assert end["cuts_left"] == 0 and left in (tmp_path / "m.prom").read_text()
    assert (end["frames"], end["cache_hits"], end["cache_misses"]) == (120, 1, 1)
    (table,) = (tmp_path / "events").glob("*.cuts.tsv")
    header, *rows = [line.split("\t") for line in table.read_text().splitlines()]
    assert header[-3:] == ["gpu_s", "hits", "misses"]
    assert [(row[2], row[3], row[-2:]) for row in rows] == [
        (CUTS[0], "2", ["0", "1"]),
        (CUTS[1], "1", ["1", "0"]),
    ]


def test_a_shard_has_attempts_of_its_own(recorder: Recorder, tmp_path: Path) -> None:
    recorder.begin()
    for job, shard in enumerate(("1of2", "2of2", "1of2")):
        recorder.update(JobStarted(1.0, job, JobName("Slurm job cuts", "talk", shard=shard)))
        recorder.update(JobFinished(2.0, job))
    for kind in ("job_began", "job_ended"):
        found = [event for event in events(tmp_path) if event["event"] == kind]
        assert [(e["shard"], e["attempt"]) for e in found] == [
            ("1of2", 1),
            ("2of2", 1),
            ("1of2", 2),
        ]


def test_what_all_runs_spent_on_cuts(tmp_path: Path) -> None:
    for name in (*DRAFTS, JobName("bake", "talk", "", CUTS[0]), JobName("cuts", "talk")):
        took(tmp_path, name, "hit")
    took(tmp_path, JobName("score", "talk", "de", CUTS[0]), "miss", gpus=1)
    (tmp_path / "timings/talk/de" / CUTS[1] / "score.tsv").write_text("damaged")
    header, *rows = read_costs(tmp_path / "timings").rows()
    assert header[:4] == ("video", "language", "cut", "jobs")
    assert [(*row[:4], *row[-2:]) for row in rows] == [
        ("talk", "", CUTS[0], 1, 1, 0),
        ("talk", "de", CUTS[0], 2, 1, 1),
        ("talk", "de", CUTS[1], 1, 1, 0),
    ]
    assert [*read_costs(tmp_path / "nothing").rows()] == [header]


def test_snakemake_s_records_become_events(recorder: Recorder, tmp_path: Path, caplog) -> None:
    logger = logging.getLogger("test_recorder")
    logger.setLevel(logging.INFO)
    records: list[logging.LogRecord] = []
    logger.handlers = [SimpleNamespace(level=0, handle=records.append)]
    forward_warnings(logger)
    record_run(logger, recorder)
    info = {"jobid": 3, "rule_name": "draft", "wildcards": WILDCARDS, "threads": 4, "log": None}
    resources = SimpleNamespace(gpu=2)
    logger.info(None, extra={"event": LogEvent.JOB_INFO, **info, "resources": resources})
    took(tmp_path, DRAFTS[0], "hit", gpus=2)
    logger.info(None, extra={"event": LogEvent.JOB_FINISHED, "job_id": 3})
    began, _, ended = events(tmp_path)
    assert (began["event"], began["gpus"], began["threads"]) == ("job_began", 2, 4)
    assert (ended["event"], ended["cache"]) == ("job_ended", "hit")
    (told,) = (event_of({"time": 1.0, **values}) for values in describe(records[-1]))
    assert isinstance(told, JobFinished) and told.took and told.took.cache == "hit"
    logger.info(None, extra={"event": LogEvent.JOB_FINISHED})  # not as it is known
    assert "no longer recorded" in str(records[-1].msg) + str(records[-2].msg)
    logger.filters = []


def test_a_worker_that_ended_is_told(recorder: Recorder, tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as gone:
        pass
    host = os.uname().nodename
    for job, worker in enumerate((f"{host}-{gone.pid}", f"{host}-{os.getpid()}")):
        recorder.update(JobStarted(1.0, job, DRAFTS[job]))
        took(tmp_path, DRAFTS[job])
        file = tmp_path / "timings/talk/de" / CUTS[job] / "draft.tsv"
        file.write_text(re.sub(rf"{host}-\d+", worker, file.read_text()))
        recorder.update(JobFinished(2.0 + job, job))
    told = [(e["event"], e["worker"]) for e in events(tmp_path) if "worker_" in e["event"]]
    assert told == [
        ("worker_began", f"{host}-{gone.pid}"),
        ("worker_began", f"{host}-{os.getpid()}"),
        ("worker_ended", f"{host}-{gone.pid}"),
    ]


def test_only_the_files_of_the_newest_runs_are_kept(tmp_path: Path) -> None:
    for name in ("2001-a", "2002-b"):
        for suffix in (".jsonl", ".cuts.tsv"):
            (tmp_path / f"{name}{suffix}").touch()
    file = EventFile(tmp_path, 2)
    file.write("run_began", 1.0, {})
    with file.path.open("a") as lines:
        lines.write('{"time":2.0,"eve')
    assert runs(tmp_path) == ["2002-b", file.run] and len(list(tmp_path.iterdir())) == 3
    assert [event["event"] for event in read_events(tmp_path, file.run)] == ["run_began"]


def test_in_a_job_of_a_cluster_it_only_finds_what_jobs_took(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, None)
    recorder.begin()
    recorder.update(JobStarted(1.0, 1, DRAFTS[0]))
    took(tmp_path, DRAFTS[0], "hit")
    assert (found := recorder.update(JobFinished(2.0, 1))) and found.cache == "hit"
    recorder.end("done")
    assert [path.name for path in tmp_path.iterdir()] == ["timings"]


def test_a_long_run_s_file_is_bounded(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(event_files, "MOST_BYTES", 300)
    file = EventFile(tmp_path, 2)
    for number in range(99):
        file.write("job_began", float(number), {"job": number})
    file.write("run_ended", 100.0, {"state": "done"}, last=True)
    file.write("job_began", 101.0, {})
    lines = file.path.read_text().splitlines()
    assert len(lines) < 12 and json.loads(lines[-1])["event"] == "run_ended"


def test_a_cut_is_counted_once_and_may_get_more_jobs() -> None:
    counts = CutCounts()
    for cut in CUTS:
        counts.add("talk", cut, 1)  # its guard
    counts.add("talk", "", 1)
    assert (counts.done, counts.left, counts.frames) == (0, 2, 0)
    for cut in CUTS:
        counts.add("talk", cut, -1)
    assert (counts.done, counts.left, counts.frames) == (2, 0, 120)
    counts.add("talk", CUTS[0], 4)  # two languages
    assert (counts.done, counts.left, counts.frames) == (1, 1, 70)
    counts.add("talk", CUTS[0], -3)
    assert counts.left == 1
    counts.finish()
    assert (counts.done, counts.left, counts.frames) == (2, 0, 120)


def test_prometheus_reads_the_counters(tmp_path: Path) -> None:
    found = Figures(began=10.0)
    found.count_job("draft", None, 1.25, failed=False)
    found.count_job("draft", None, 1.0, failed=True)
    text = render(found, 20.0, None, "ab12")
    sample = re.compile(r"[a-z_]+\{project=\"ab12\"(,[a-z]+=\"\w+\")*\} [0-9.e+-]+")
    assert all(line.startswith("# ") or sample.fullmatch(line) for line in text.splitlines())
    assert 'mouthpiece_jobs_total{project="ab12",rule="draft",outcome="failed"} 1\n' in text
    assert 'mouthpiece_job_seconds_total{project="ab12",rule="draft"} 2.25\n' in text
    assert 'mouthpiece_faults_total{project="ab12"} 1\n' in text and "last_success" not in text

    file = tmp_path / "m.prom"
    exporter = Exporter(file, 3600, "ab12")
    exporter.export(found, 20.0)
    found.state = "failed"
    exporter.export(found, 21.0)
    assert 'state="running"} 1' in file.read_text(), "not more often than asked"
    found.state = "done"
    exporter.export(found, 22.5, always=True)
    later = Exporter(file, 1, "ab12")  # the next run knows when one went well
    later.export(Figures(), 30.0)
    assert '_last_success_timestamp_seconds{project="ab12"} 22.5\n' in file.read_text()


def test_counters_replace_no_file_of_yours(tmp_path: Path, caplog) -> None:
    table = tmp_path / "videos.tsv"
    table.write_text("video\tpath\n")
    exporter = Exporter(table, 1, "ab12")
    for now in (1.0, 2.0):
        exporter.export(Figures(), now, always=True)
    assert table.read_text() == "video\tpath\n"
    (message,) = {record.getMessage() for record in caplog.records}
    assert "videos.tsv" in message and "not written" in message
    (tmp_path / "empty.prom").touch()
    Exporter(tmp_path / "empty.prom", 1, "ab12").export(Figures(), 1.0)
    assert (tmp_path / "empty.prom").stat().st_size


def test_the_counters_of_a_home_folder_are_there(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    metrics = SimpleNamespace(prometheus_file="~/m.prom", interval_s=1.0, keep_runs=1)
    project = SimpleNamespace(settings=SimpleNamespace(metrics=metrics), videos={}, dubs={})
    open_recorder(tmp_path / "project", project).begin()  # type: ignore[arg-type]
    assert (tmp_path / "home" / "m.prom").exists()


def test_no_collector_reads_a_file_that_is_half_written(tmp_path: Path, monkeypatch) -> None:
    """It takes every name that ends in .prom, hidden ones, too."""
    seen: list[str] = []
    replace = Path.replace

    def look(path: Path, target: Path) -> Path:
        seen.extend(one.name for one in tmp_path.iterdir())
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", look)
    Exporter(tmp_path / "m.prom", 1, "ab12").export(Figures(), 1.0)
    assert len(seen) == 1 and not seen[0].endswith(".prom")
    assert [one.name for one in tmp_path.iterdir()] == ["m.prom"]


def test_what_a_killed_run_left_beside_the_counters_is_removed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from mouthpiece.core.owners import temporary_name; "
        "(Path(sys.argv[1]) / temporary_name(Path('m'))).touch()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    (tmp_path / ".m.not-ours").touch()
    Exporter(tmp_path / "m.prom", 1, "ab12")
    assert [one.name for one in tmp_path.iterdir()] == [".m.not-ours"]


def test_counters_that_could_not_be_written_are_written_later(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    exporter = Exporter(tmp_path / "x" / "m.prom", 1, "ab12")
    exporter.export(Figures(), 1.0, always=True)
    (tmp_path / "x").unlink()
    exporter.export(Figures(), 2.0, always=True)
    assert "mouthpiece_" in (tmp_path / "x" / "m.prom").read_text()


def test_a_job_that_was_killed_at_once_did_not_take_what_its_last_attempt_took(
    recorder: Recorder, tmp_path: Path
) -> None:
    recorder.begin()
    file = tmp_path.joinpath("timings", "talk", "de", CUTS[0], "draft.tsv")
    began = time.time()
    with measured(file, gpus=1):
        time.sleep(0.2)
    ended = time.time()
    recorder.update(JobStarted(began, 1, DRAFTS[0], gpus=1))
    first = recorder.update(JobFailed(ended, 1, [], False))
    recorder.update(JobStarted(ended, 2, DRAFTS[0], gpus=1))
    second = recorder.update(JobFailed(ended, 2, [], False))
    assert first is not None and first.gpu_s and second is None


def test_a_file_that_cannot_be_written_is_one_warning(tmp_path: Path, caplog, monkeypatch) -> None:
    (tmp_path / "x").touch()
    monkeypatch.setattr(logging.getLogger("mouthpiece.runs"), "handlers", [])
    exporter = Exporter(tmp_path / "x" / "m.prom", 1, "ab12")
    for _ in range(3):
        exporter.export(Figures(), 1.0, always=True)
    assert len(caplog.records) == 1 and "metrics.prometheus_file" in caplog.text
