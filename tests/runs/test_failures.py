"""One error is one message: from a job's log, or from Snakemake, without what developers want."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.job_logs import last_error
from mouthpiece.core.jobs import job as job_log
from mouthpiece.runs.events import JobFailed, JobFinished, JobName, JobStarted, RunFailed
from mouthpiece.runs.failures import (
    NO_MESSAGE,
    Failure,
    Failures,
    named,
    plain,
    together,
)

DRAFT = JobName("draft", "talk", "de", "000000-000049")
OTHER = JobName("draft", "talk", "de", "000050-000099")


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """What a job does to logging ends with the test."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    for handler in set(root.handlers) - set(before[0]):
        handler.close()
    root.handlers[:], root.level = before[0], before[1]


def failed_log(path: Path, error: Exception) -> Path:
    """The log of a job that failed, written by the code that jobs are run by."""
    with pytest.raises(SystemExit), job_log(str(path)):
        logging.getLogger("mouthpiece.stages.draft").info("began\nwith two lines")
        raise error
    return path


def test_a_job_s_message_is_the_last_error_of_its_log(tmp_path: Path, capsys) -> None:
    log = tmp_path / "draft.log"
    assert last_error(failed_log(log, InputError("the dub\nis silent"))) == "the dub\nis silent"
    assert last_error(failed_log(log, Fault("disk full"))) == "disk full"
    unexpected = last_error(failed_log(log, ValueError("x")))
    assert unexpected.startswith("unexpected ValueError: x") and "Traceback" not in unexpected
    assert "Traceback" in log.read_text()
    assert last_error(tmp_path / "none.log") == last_error(tmp_path) == ""
    log.write_text("a line of ffmpeg's\n")
    assert last_error(log) == ""


def test_the_end_of_a_long_log_is_enough(tmp_path: Path, capsys) -> None:
    log = failed_log(tmp_path / "draft.log", Fault("disk full"))
    log.write_bytes(b"2026-01-01 00:00:00,000 INFO a.b: x\n" * 100_000 + log.read_bytes())
    assert last_error(log) == "disk full"


def collect(tmp_path: Path, *events) -> Failures:
    failures = Failures(tmp_path)
    for event in events:
        failures.update(event)
    return failures


def test_a_failed_job_is_told_once_with_its_log(tmp_path: Path, capsys) -> None:
    failed_log(tmp_path / "draft.log", Fault("disk full"))
    log = [Path("draft.log")]
    started = [JobStarted(0.0, 1, DRAFT), JobStarted(0.0, 2, OTHER)]
    exception = RunFailed(1.0, "RuleException:\nCalledProcessError in file", "RuleException")
    failures = [JobFailed(1.0, 1, log, False), JobFailed(1.0, 2, log, False)]
    ended = RunFailed(2.0, "WorkflowError:\nAt least one job did not complete", "WorkflowError")
    found = collect(tmp_path, *started, exception, *failures, ended)
    (problem,) = found.problems()
    assert (problem.message, problem.jobs, problem.log) == ("disk full", (DRAFT, OTHER), log[0])


def test_what_another_attempt_made_good_is_not_told(tmp_path: Path) -> None:
    attempt = [JobStarted(0.0, 1, DRAFT), JobFailed(1.0, 1, [], False)]
    assert (
        collect(tmp_path, *attempt, JobStarted(2.0, 1, DRAFT), JobFinished(3.0, 1)).problems() == []
    )
    (problem,) = collect(tmp_path, *attempt).problems()
    assert (problem.message, problem.log) == (NO_MESSAGE, None)


def test_a_shard_that_is_done_makes_no_other_one_good(tmp_path: Path) -> None:
    first, second = (JobName("Slurm job cuts", "talk", shard=s) for s in ("1of2", "2of2"))
    lost = [JobStarted(0.0, 1, first), JobFailed(1.0, 1, [], False)]
    found = collect(tmp_path, *lost, JobStarted(0.0, 2, second), JobFinished(2.0, 2))
    assert [problem.jobs for problem in found.problems()] == [(first,)]


def test_of_a_group_only_the_job_that_said_why_is_told() -> None:
    why = Failure(DRAFT, "out of memory", Path("a"), True)
    silent = Failure(OTHER, NO_MESSAGE, Path("b"), True)
    assert [p.message for p in together([silent, why])] == ["out of memory"]
    assert [p.message for p in together([silent])] == [NO_MESSAGE]
    alone = Failure(OTHER, NO_MESSAGE, Path("b"), False)
    assert len(together([alone, why])) == 2


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (
            'WorkflowError in file "/x/rules/lib/project.smk", line 29:\nvideos.tsv, row 2: no\n'
            '  File "/x/Snakefile", line 18, in <module>\n'
            '  File "/x/rules/lib/project.smk", line 52, in open_project',
            "videos.tsv, row 2: no",
        ),
        (
            'MissingInputException in rule draft in file "/x/rules/draft.smk", line 1:\n'
            "Missing input files for rule draft:\na.txt",
            "Missing input files for rule draft:\na.txt",
        ),
        ("Error: cores have to be specified", "Error: cores have to be specified"),
        ("another run is at work in results/", "another run is at work in results/"),
        ("WorkflowError:\n", "WorkflowError:"),
        (
            "Traceback (most recent call last):\n\n"
            '  File "/x/cli.py", line 2, in args_to_api\n    dag_api.execute_workflow(\n\n'
            "OSError: [Errno 30] Read-only file system: '.snakemake/latest.pkl'\n",
            "OSError: [Errno 30] Read-only file system: '.snakemake/latest.pkl'",
        ),
    ],
)
def test_snakemake_s_own_errors_are_said_plainly(tmp_path: Path, message: str, wanted: str) -> None:
    assert plain(message) == wanted
    (problem,) = collect(tmp_path, RunFailed(0.0, message, "WorkflowError")).problems()
    assert problem.message == wanted and not problem.jobs


def test_jobs_are_named_in_a_few_words() -> None:
    assert named([DRAFT]) == "draft of talk de 000000-000049"
    assert named([JobName("overview")]) == "overview"
    assert named([DRAFT] * 5).endswith("and 2 more")
