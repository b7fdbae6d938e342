"""What a run on Slurm tells while it waits, with and without a display."""

import logging
from pathlib import Path

import pytest

from mouthpiece.cli.slurm import Teller
from mouthpiece.cluster.job_events import JobEvents
from mouthpiece.cluster.queue import Watch


class Told(Watch):
    """A watch that asks no cluster."""

    def messages(self) -> list[str]:
        return ["job 7 does not start"]


def test_a_stuck_job_is_told_of_without_a_display(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With `--verbose` there is none: Snakemake's own output is shown."""
    with caplog.at_level(logging.WARNING):
        Teller(Told(tmp_path), JobEvents(tmp_path), lambda event: None, None).tick()
    assert [record.getMessage() for record in caplog.records] == ["job 7 does not start"]
