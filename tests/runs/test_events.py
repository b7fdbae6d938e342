"""The plugin's lines are read as events; what is no event is nothing."""

import json
import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from mouthpiece.runs.events import (
    JobFailed,
    JobFinished,
    JobName,
    JobsKnown,
    JobStarted,
    Planned,
    RunFailed,
    Warned,
    parse,
)
from snakemake_logger_plugin_mouthpiece import LogHandler, LogHandlerSettings, report_jobs

NAME = JobName("draft", "talk", "de", "000000-000049")
WILDCARDS = {"video": "talk", "language": "de", "cut": "000000-000049"}


@pytest.fixture
def lines(tmp_path: Path):
    """Logs a record through the plugin; returns the events that can be read."""
    file = tmp_path / "events"
    handler = LogHandler(SimpleNamespace(), LogHandlerSettings(events=file))
    logger = logging.getLogger("test_events")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)

    def of(message: str | None, level: int = logging.INFO, **extra):
        before = file.stat().st_size
        logger.log(level, message, extra=extra)
        return [parse(line) for line in file.read_bytes()[before:].decode().splitlines()]

    of.logger = logger
    yield of
    handler.close()
    logger.handlers, logger.filters = [], []


def test_a_job_starts_fails_and_finishes(lines) -> None:
    info = {"jobid": 3, "rule_name": "draft", "wildcards": WILDCARDS, "log": ["draft.log"]}
    (started,) = lines(None, event=LogEvent.JOB_INFO, **info)
    assert started == JobStarted(started.time, 3, NAME)
    (failed,) = lines("Error", logging.ERROR, event=LogEvent.JOB_ERROR, indent=True, **info)
    assert failed == JobFailed(failed.time, 3, [Path("draft.log")], True)
    (finished,) = lines(None, event=LogEvent.JOB_FINISHED, job_id=3)
    assert finished == JobFinished(finished.time, 3)


def test_a_job_without_wildcards_or_log(lines) -> None:
    info = {"jobid": 3, "rule_name": "overview", "wildcards": None, "log": None}
    (started,) = lines(None, event=LogEvent.JOB_INFO, **info)
    assert started.name == JobName("overview")


def test_messages_and_the_plan(lines) -> None:
    (plan,) = lines("Job stats:", event=LogEvent.RUN_INFO, stats={"draft": 2, "total": 2})
    assert isinstance(plan, Planned) and plan.jobs == {"draft": 2}
    (warning,) = lines("%s is missing", logging.WARNING)
    assert isinstance(warning, Warned)
    (error,) = lines(
        "WorkflowError", logging.ERROR, event=LogEvent.ERROR, exception="WorkflowError"
    )
    assert isinstance(error, RunFailed) and error.kind == "WorkflowError"
    assert lines("Select jobs to execute...") == []
    assert lines("Exiting because a job execution failed", logging.ERROR) == []


def test_jobs_are_told_when_they_become_known(lines) -> None:
    job = SimpleNamespace(rule=SimpleNamespace(name="draft"), wildcards_dict=WILDCARDS)
    jobs = [job]
    dag = type("Dag", (), {"__len__": lambda self: len(jobs), "needrun_jobs": lambda self: jobs})()
    report_jobs(lines.logger, SimpleNamespace(dag=dag))
    (known,) = lines("Execute 1 jobs...", event=LogEvent.JOB_STARTED)
    assert known == JobsKnown(known.time, [NAME])
    assert lines("Execute 1 jobs...", event=LogEvent.JOB_STARTED) == []
    jobs.append(SimpleNamespace(rule=SimpleNamespace(name="score"), wildcards_dict=WILDCARDS))
    (known,) = lines("Execute 1 jobs...", event=LogEvent.JOB_STARTED)
    assert [name.rule for name in known.jobs] == ["score"]


def test_a_run_outlives_its_reader(tmp_path: Path) -> None:
    handler = LogHandler(SimpleNamespace(), LogHandlerSettings(events=Path("/dev/full")))
    handler.emit(logging.makeLogRecord({"msg": "a warning", "levelno": logging.WARNING}))
    handler.close()


@pytest.mark.parametrize(
    "line",
    ["", "{", "[]", '"x"', json.dumps({"event": "started", "time": 1}), '{"event":"x","time":1}'],
)
def test_what_is_no_event_is_nothing(line: str) -> None:
    assert parse(line) is None
