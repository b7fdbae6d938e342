"""The events of the jobs of a run, as their nodes write them."""

import json
from pathlib import Path

from mouthpiece.cluster.job_events import MOST_JOBS, JobEvents
from mouthpiece.runs.events import JobStarted


def tell(file: Path, *jobs: int, end: str = "\n") -> None:
    """Add the starts of jobs to a file; the last line may be written by half."""
    lines = [
        json.dumps(
            {"time": 1.0, "event": "started", "job": job, "rule": "draft", "wildcards": {},
             "log": [], "gpus": 0, "threads": 1, "checkpoint": False}
        )
        for job in jobs
    ]  # fmt: skip
    with file.open("a") as stream:
        stream.write("\n".join(lines) + end)


def numbers(events: JobEvents) -> list[int]:
    return [event.job for event in events.new() if isinstance(event, JobStarted)]


def test_each_event_is_told_once_with_a_number_of_its_own(tmp_path: Path) -> None:
    events = JobEvents(tmp_path)
    tell(tmp_path / "b.jsonl", 1)
    assert numbers(events) == [MOST_JOBS + 1]
    tell(tmp_path / "a.jsonl", 1)
    tell(tmp_path / "b.jsonl", 2, end="")
    assert numbers(events) == [2 * MOST_JOBS + 1]
    tell(tmp_path / "b.jsonl", 3)  # the half line and this one are one, and no event
    tell(tmp_path / "b.jsonl", 4)
    assert numbers(events) == [MOST_JOBS + 4]


def test_a_file_that_has_not_grown_is_not_opened(tmp_path: Path) -> None:
    events = JobEvents(tmp_path)
    tell(tmp_path / "a.jsonl", 1)
    assert len(numbers(events)) == 1
    (tmp_path / "a.jsonl").chmod(0)
    kept = Path.open
    opened: list[Path] = []

    def watched(path: Path, *args: object) -> object:
        opened.append(path)
        return kept(path, *args)  # type: ignore[call-overload]

    Path.open = watched  # type: ignore[method-assign, assignment]
    try:
        assert numbers(events) == [] and not opened
    finally:
        Path.open = kept  # type: ignore[method-assign]
