"""The progress of a run: stages only go forward, the cuts done only grow."""

import random
import re

import pytest

from mouthpiece.core.cuts import Cut
from mouthpiece.core.measures import Measure
from mouthpiece.runs.events import JobFailed, JobFinished, JobName, JobsKnown, JobStarted
from mouthpiece.runs.progress import FilmProgress, Progress
from mouthpiece.runs.stages import NAMES, STAGES
from places import ROOT

FILM = ("talk", "de")
CUTS = ("000000-000049", "000050-000119")
BEFORE = [JobName("normalize", "talk"), JobName("cuts", "talk"), JobName("dub", *FILM)]
AFTER = [JobName(rule, *FILM) for rule in ("gate", "film", "package", "review")]
PER_CUT = [
    *(JobName(rule, "talk", "", cut) for cut in CUTS for rule in ("guard", "bake", "original")),
    *(JobName(rule, *FILM, cut) for cut in CUTS for rule in ("draft", "score", "lipsync")),
]


class Clock:
    """Feeds events to a run's progress, one a second."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.now, self.jobs = progress, 0.0, 0

    def known(self, *names: JobName) -> None:
        self.progress.update(JobsKnown(self.now, names))

    def start(self, name: JobName) -> int:
        self.jobs += 1
        self.progress.update(JobStarted(self.now, self.jobs, name))
        self.now += 1
        return self.jobs

    def run(self, name: JobName) -> None:
        job = self.start(name)
        self.progress.update(JobFinished(self.now, job))

    @property
    def film(self) -> FilmProgress:
        (film,) = self.progress.films()
        return film


def test_every_rule_has_one_stage() -> None:
    rules = [rule for rules in STAGES.values() for rule in rules]
    assert len(set(rules)) == len(rules)
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.smk")]
    declared = re.compile(r"^(?:(?:rule|checkpoint) |use rule \w+ as )(\w+)", re.M)
    assert set(rules) | {"overview"} == {name for text in texts for name in declared.findall(text)}


def test_a_film_from_its_start_to_its_end() -> None:
    clock = Clock(Progress([FILM, ("other", "de")]))
    assert not clock.progress.known and clock.progress.films() == []
    clock.known(*BEFORE, *AFTER)
    assert clock.progress.known and clock.film.stage_name == "waiting"
    for name in BEFORE:
        clock.run(name)
    assert clock.film.cuts == 0 and clock.film.left_s(clock.now) is None
    clock.known(*PER_CUT, *AFTER)
    assert (clock.film.cuts, clock.film.cuts_done) == (2, 0)
    for name in PER_CUT:
        clock.run(name)
    assert (clock.film.cuts_done, clock.film.frames_done) == (2, 120)
    assert clock.film.frames_per_s(clock.now) == 120 / len(PER_CUT)
    assert 0 < (clock.film.left_s(clock.now) or 0) < 10
    for name in AFTER:
        assert clock.film.ended is None
        clock.run(name)
    assert clock.film.stage_name == "done" and clock.film.ended == clock.now
    assert clock.film.left_s(clock.now) is None


def test_nothing_goes_backwards_whatever_the_order() -> None:
    for seed in range(20):
        clock = Clock(Progress([FILM]))
        clock.known(*BEFORE, *AFTER)
        jobs = random.Random(seed).sample(PER_CUT, len(PER_CUT))
        seen = []
        for name in (*BEFORE, *jobs, *AFTER):
            if name == jobs[0]:
                clock.known(*PER_CUT, *AFTER)
            clock.run(name)
            film = clock.film
            seen.append((film.stage, film.cuts_done))
            share = film.work_done / ((film.work_done + film.work_left) or 1)
            assert 0 <= share <= 1
        for values in zip(*seen, strict=True):
            assert list(values) == sorted(values)


def test_another_video_s_checkpoint_changes_nothing() -> None:
    clock = Clock(Progress([FILM, ("other", "de")]))
    others = [JobName("cuts", "other"), JobName("review", "other", "de")]
    clock.known(*PER_CUT, *AFTER, *others)
    for name in PER_CUT[:-1]:
        clock.run(name)
    before = clock.progress.films()[0]
    clock.run(others[0])
    more = [JobName("draft", "other", "de", CUTS[0])]
    clock.known(PER_CUT[-1], *AFTER, *more, others[1])
    after, other = clock.progress.films()
    assert (after.cuts, after.cuts_done) == (before.cuts, before.cuts_done) == (2, 1)
    assert (other.cuts, other.cuts_done) == (1, 0)


def test_only_what_is_redone_counts() -> None:
    clock = Clock(Progress([FILM, ("untouched", "de")]))
    clock.known(JobName("draft", *FILM, CUTS[1]), *AFTER)
    assert (clock.film.cuts, clock.film.cuts_done) == (1, 0)


def test_a_failed_job_is_counted_until_it_is_tried_again() -> None:
    clock = Clock(Progress([FILM]))
    clock.known(*PER_CUT, *AFTER)
    draft = JobName("draft", *FILM, CUTS[0])
    for failed in (1, 0, 1):
        job = clock.start(draft)
        if failed:
            clock.progress.update(JobFailed(clock.now, job, [], False))
        assert clock.film.failed == failed
    clock.progress.end(clock.now)
    assert clock.film.stage_name == "stopped"


def test_what_a_failed_job_took_counts() -> None:
    clock = Clock(Progress([FILM]))
    job = clock.start(JobName("draft", *FILM, CUTS[0]))
    clock.progress.update(JobFailed(clock.now, job, [], False, Measure(2.0, gpu_s=1.5)))
    assert clock.progress.gpu_s == clock.film.gpu_s == 1.5


def test_a_run_that_was_stopped_is_not_done() -> None:
    clock = Clock(Progress([FILM]))
    clock.known(*AFTER)
    clock.run(AFTER[0])
    clock.progress.end(clock.now)
    assert clock.film.stage_name == "stopped" and clock.film.jobs_left == 3


def test_the_time_left_is_learnt_from_the_run() -> None:
    """Jobs take a second each here, whatever they cost elsewhere."""
    clock = Clock(Progress([FILM]))
    clock.known(*PER_CUT, *AFTER)
    for name in PER_CUT[:-2]:
        clock.run(name)
    assert 2 <= (clock.film.left_s(clock.now) or 0) <= 6  # two jobs of a cut, four of the film


def test_jobs_that_a_checkpoint_found_unneeded_do_not_stop_a_film() -> None:
    clock = Clock(Progress([FILM]))
    clock.known(*BEFORE, *AFTER, *PER_CUT)
    for name in [*BEFORE, *AFTER]:
        clock.run(name)
    clock.progress.complete(clock.now)
    assert (clock.film.stage_name, clock.film.jobs_left) == ("done", 0)
    assert clock.film.cuts_done == clock.film.cuts == 2


def test_jobs_of_no_film_and_unknown_jobs_are_ignored() -> None:
    progress = Progress([FILM])
    progress.update(JobsKnown(0.0, [JobName("all"), JobName("overview")]))
    progress.update(JobStarted(0.0, 1, JobName("overview")))
    progress.update(JobFinished(1.0, 1))
    progress.update(JobFinished(1.0, 9))
    progress.update(JobFailed(1.0, 9, [], False))
    assert progress.films() == [] and progress.running() == []
    assert NAMES[0] == "checking"


def test_a_display_s_tick_costs_the_same_however_many_jobs_are_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[str] = []
    monkeypatch.setattr("mouthpiece.runs.progress.cost_of", lambda rule: looks.append(rule) or 1.0)
    for cuts in (10, 1000):
        clock = Clock(Progress([FILM]))
        names = [Cut.of(50 * cut, 50).cut for cut in range(cuts)]
        clock.known(*(JobName(rule, *FILM, cut) for cut in names for rule in ("draft", "score")))
        looks.clear()
        assert (clock.film.cuts, clock.film.work_left) == (cuts, 2 * cuts)
        assert len(looks) < 10


def test_a_display_s_tick_looks_at_each_failed_job_once(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [JobName("dub", f"talk{i}", "de") for i in range(30)]
    clock = Clock(Progress([(name.video, name.language) for name in names]))
    clock.known(*names)
    for name in names:
        clock.progress.update(JobFailed(clock.now, clock.start(name), [], False))
    looks = []
    hashed = JobName.__hash__
    monkeypatch.setattr(JobName, "__hash__", lambda name: looks.append(name) or hashed(name))
    assert [film.failed for film in clock.progress.films()] == [1] * 30
    assert len(looks) <= 30
