"""What a run on Slurm tells while it waits, with and without a display."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from mouthpiece.cli import slurm
from mouthpiece.cli.slurm import Teller
from mouthpiece.cluster.job_events import JobEvents
from mouthpiece.cluster.queue import Watch
from mouthpiece.runs.events import Event


class Told(Watch):
    """A watch that asks no cluster."""

    def messages(self) -> list[str]:
        return ["job 7 does not start"]


class SlowEvents(JobEvents):
    """Events on a disk that answers slowly."""

    looks = 0

    def new(self) -> Iterator[Event]:
        self.looks += 1
        Clock.now += 2.0
        return iter(())


class Clock:
    """The time, as the command sees it."""

    now = 1000.0

    @classmethod
    def monotonic(cls) -> float:
        return cls.now


def test_a_slow_disk_is_asked_more_seldom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With hundreds of files on a busy disk, the command would do nothing else."""
    monkeypatch.setattr(slurm, "time", Clock)
    events = SlowEvents(tmp_path)
    teller = Teller(Told(tmp_path), events, lambda event: None, None)
    for _ in range(100):
        teller.tick()
        Clock.now += 1.0
    assert 2 <= events.looks <= 5


def test_a_stuck_job_is_told_of_without_a_display(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With `--verbose` there is none: Snakemake's own output is shown."""
    with caplog.at_level(logging.WARNING):
        Teller(Told(tmp_path), JobEvents(tmp_path), lambda event: None, None).tick()
    assert [record.getMessage() for record in caplog.records] == ["job 7 does not start"]
