"""The queue: which jobs are a project's, and which of them never start."""

from pathlib import Path

import pytest

from mouthpiece.cluster.project_folder import end_jobs
from mouthpiece.cluster.queue import Job, Stuck, Watch, in_words, parse_queue
from mouthpiece.core.errors import InputError
from waiting import wait_until

MARK = "@1f0c22aa"


def waiting(reason: str, number: str = "7", state: str = "PENDING") -> Job:
    return Job(number, state, f"talk.cuts.2of7{MARK}", "cpu", reason)


def test_the_jobs_of_a_project_are_known_by_their_mark() -> None:
    found = parse_queue(
        f"7|PENDING|talk.prepare{MARK}|cpu|Nodes required for job are DOWN, DRAINED or x|y\n"
        "8|RUNNING|talk.prepare@00000000|cpu|None\n9|RUNNING|other|cpu|None\n\n",
        MARK,
    )
    assert [job.number for job in found] == ["7"]
    assert found[0].remedy.startswith("the nodes that it could run on are down")


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("PartitionTimeLimit", "cluster.minutes"),
        ("PartitionTimeLimit", "the list of partitions"),
        ("PartitionNodeLimit", "cluster.cores"),
        ("BadConstraints", "constraint"),
        ("ReqNodeNotAvail, UnavailableNodes:n1", "sinfo -R"),
        ("PartitionDown", "choose another one"),
        ("AssocGrpCpuLimit", "sacctmgr"),
        ("QOSMaxWallDurationPerJobLimit", "sacctmgr"),
        ("MaxMemPerLimit", "cluster.mem_mb"),
        ("InvalidAccount", "cluster.account"),
        ("AccountNotAllowed", "cluster.account"),
        ("JobHeldUser", "`scontrol release 7` lets it go"),
        ("JobHeldAdmin", "an administrator"),
        ("user env retrieval failed requeued held", "its node could not start it"),
        ("launch failed requeued held", "`scontrol release 7` tries again"),
    ],
)
def test_what_keeps_a_job_for_ever_has_a_remedy(reason: str, word: str) -> None:
    assert word in waiting(reason).remedy


@pytest.mark.parametrize("reason", ["Priority", "Resources", "None", "BeginTime", "Dependency"])
def test_a_job_that_waits_for_its_turn_is_left_alone(reason: str) -> None:
    assert not waiting(reason).remedy
    assert not waiting("PartitionTimeLimit", state="RUNNING").remedy


def test_a_reason_is_told_once_and_only_if_it_lasts() -> None:
    stuck, jobs = Stuck(), [waiting("PartitionTimeLimit"), waiting("PartitionTimeLimit", "8")]
    assert stuck.tell(jobs) == []
    (message,) = stuck.tell(jobs)
    assert message.startswith(
        "job 7 (talk.cuts.2of7) and 1 more does not start in the partition cpu: PartitionTimeLimit"
    )
    assert stuck.tell(jobs) == []


def test_a_limit_that_others_of_the_run_use_up_is_no_news() -> None:
    stuck, jobs = Stuck(), [waiting("QOSMaxJobsPerUserLimit"), waiting("", "8", "RUNNING")]
    assert not stuck.tell(jobs) and not stuck.tell(jobs)
    assert stuck.tell(jobs[:1])


def test_the_queue_is_watched_beside_the_run() -> None:
    answers = iter([[waiting("BadConstraints")]] * 2)

    def ask(folder: Path) -> list[Job]:
        try:
            return next(answers)
        except StopIteration:
            raise InputError("busy") from None

    with Watch(Path(), every_s=0.01, ask_jobs=ask) as watch:
        messages: list[str] = []
        wait_until(lambda: messages.extend(watch.messages()) or messages)
        assert "BadConstraints" in messages[0]
        assert in_words(watch.states) == "1 waiting"


def test_a_run_that_is_to_end_cancels_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    cancelled: list[str] = []
    monkeypatch.setattr(
        "mouthpiece.cluster.queue.cancel",
        lambda jobs: cancelled.extend(job.number for job in jobs),
    )
    jobs = [waiting("Resources"), waiting("None", "8", "RUNNING")]
    with Watch(Path(), every_s=0.01, ask_jobs=lambda _: jobs) as watch:
        wait_until(lambda: watch.states)
        assert not cancelled
        watch.give_up_waiting()
        wait_until(lambda: cancelled)
    assert set(cancelled) == {"7"}


def test_jobs_that_an_earlier_run_left_are_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    cancelled: list[str] = []
    monkeypatch.setattr(
        "mouthpiece.cluster.project_folder.cancel",
        lambda jobs: cancelled.extend(job.number for job in jobs),
    )
    monkeypatch.setattr("mouthpiece.cluster.project_folder.ASK_EVERY_S", 0.0)
    left = [waiting("", "7", "RUNNING"), waiting("", "8", "COMPLETED")]
    answers = iter([left, left[:1], []])
    assert end_jobs(Path(), lambda _: next(answers)) == 1
    assert cancelled == ["7"]
    with pytest.raises(InputError, match=r"1 Slurm jobs .* do not end, such as 7"):
        end_jobs(Path(), lambda _: left, limit_s=-1)
