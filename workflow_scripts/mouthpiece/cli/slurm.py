"""A run on a Slurm cluster in a terminal: `mouthpiece run --slurm`."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from ..cluster.ending import write_interim
from ..cluster.job_events import JobEvents
from ..cluster.node_job import EVENTS
from ..cluster.outer import (
    as_job_of_slurm,
    end_command,
    jobs_of_slurm,
    outer_command,
    unmade,
    without_followers,
)
from ..cluster.part import FOLDER
from ..cluster.partitions import read_partitions
from ..cluster.project_folder import Held, held
from ..cluster.queue import Watch, cancel, in_words, jobs_of
from ..cluster.run_file import ClusterRun
from ..cluster.work import Work, cluster_run, file_length_s, find_work
from ..config.cluster import Cluster
from ..core.errors import InputError
from ..project.project import Project
from ..review.versions import keep_project
from ..runs.events import Event, JobsKnown
from ..runs.failures import Failures
from ..runs.process import Command, Outcome, run
from ..runs.profiles import submission_defaults
from ..runs.recorder import open_recorder
from .display import Display
from .session import Session
from .words import count

log = logging.getLogger(__name__)

READ_EVERY_S = 1.0
"""How often the events of jobs are read from the shared disk."""

READ_SHARE = 0.05
"""How much of its time the command reads events at most: a disk that is slow, or has files of
hundreds of jobs, is asked more seldom."""

TELL_EVERY_S = 60.0
"""How often it is told how many jobs wait and run, if that changed."""


class SlurmSession(Session):
    """A run on a cluster, from its start to its summary.

    Args:
        command: The run as on one machine.
        project: The project.
        options: What the command line changes in the section `cluster`, by key.
        profile: The profile that submits jobs.
        verbose: Whether Snakemake's own output is shown in place of the display.
    """

    def __init__(
        self,
        command: Command,
        project: Project,
        options: Mapping[str, object],
        profile: Path,
        verbose: bool,
    ) -> None:
        films, picture = list(project.dubs), project.settings.gate.picture
        super().__init__(replace(command, extra=()), films, verbose, picture)
        self._failures = Failures(command.folder, without_followers)
        self._project, self._profile, self._extra = project, profile, command.extra
        self._cluster = section(project.settings.cluster, submission_defaults(profile), options)
        self._partitions = read_partitions()

    def _work(
        self, output: Path | None, notice: Callable[[Event], None], display: Display | None = None
    ) -> Outcome:
        folder = self._command.folder
        with held(folder) as hold:
            self._say(display, _cancelled(hold))
            outcome, work = find_work(self._command, self._films, output, notice)
            if outcome.code or outcome.stopped or not work:
                return outcome
            recorder = open_recorder(folder, self._project)

            def recorded(event: Event) -> None:
                recorder.update(event)
                notice(event)

            recorder.begin()
            outcome = Outcome(1)
            try:
                outcome = self._make(work, hold, output, recorded, display)
            finally:
                state = "failed" if outcome.code else "done"
                recorder.end("stopped" if outcome.stopped else state)
            return outcome

    def _make(
        self,
        work: Work,
        hold: Held,
        output: Path | None,
        notice: Callable[[Event], None],
        display: Display | None,
    ) -> Outcome:
        """Make what is to be done."""
        folder = self._command.folder
        if not work.languages:
            return self._end(hold, output, notice)
        keep_project(folder / "results", self._project)
        plan = self._plan(hold, work)
        plan.write(folder / FOLDER / "run.json")
        self._say(display, _planned(plan))
        notice(JobsKnown(time.time(), jobs_of_slurm(plan)))
        outcome = self._submit(plan, hold, output, notice, display)
        if outcome.stopped:
            cancel(jobs_of(folder))  # those that Snakemake left, where it was killed
            return outcome
        missing = unmade(plan, folder)
        if not outcome.code and not missing:
            return self._end(hold, output, notice)
        write_interim(self._project, folder, missing, self._failures.failed_jobs())
        return Outcome(outcome.code or 1)

    def _plan(self, hold: Held, work: Work) -> ClusterRun:
        videos = {video: self._project.videos[video].path for video in work.languages}
        return cluster_run(
            hold.token,
            self._project,
            work,
            {video: file_length_s(path) for video, path in videos.items()},
            self._partitions,
            self._cluster,
            self._command.configs,
        )

    def _submit(
        self,
        plan: ClusterRun,
        hold: Held,
        output: Path | None,
        notice: Callable[[Event], None],
        display: Display | None,
    ) -> Outcome:
        """Run the outer workflow, and show what its jobs do."""
        command = replace(self._command, extra=self._extra)
        outer = outer_command(command, self._profile, hold.lock, self._cluster)
        events = JobEvents(self._command.folder / EVENTS)
        with Watch(self._command.folder) as watch:
            teller = Teller(watch, events, notice, display)
            outcome = run(
                outer, output, as_job_of_slurm(notice), teller.tick, watch.give_up_waiting
            )
            for event in events.new():
                notice(event)
        return outcome

    def _end(self, hold: Held, output: Path | None, notice: Callable[[Event], None]) -> Outcome:
        """Write the overview, here."""
        return run(end_command(self._command, hold.token, FOLDER / "end.json"), output, notice)

    def _again(self) -> str:
        return super()._again().replace("mouthpiece run", "mouthpiece run --slurm", 1)

    def _say(self, display: Display | None, text: str) -> None:
        if display and text:
            display.say(text)


class Teller:
    """Tells what the jobs of a run do while it waits for them.

    Args:
        watch: Asks for the jobs.
        events: What the jobs write down.
        notice: Called with each of their events.
        display: Shows them; None: Snakemake's own output is shown, and warnings are logged.
    """

    def __init__(
        self,
        watch: Watch,
        events: JobEvents,
        notice: Callable[[Event], None],
        display: Display | None,
    ) -> None:
        self._watch, self._events, self._notice, self._display = watch, events, notice, display
        self._read_next = self._told = 0.0
        self._states = ""

    def tick(self) -> None:
        """Show what is new."""
        now = time.monotonic()
        if now > self._read_next:
            for event in self._events.new():
                self._notice(event)
            read = time.monotonic()
            self._read_next = read + max(READ_EVERY_S, (read - now) / READ_SHARE)
        for message in self._watch.messages():
            if self._display:
                self._display.say(f"warning: {message}")
            else:
                log.warning(message)
        if not self._display:
            return
        states = in_words(self._watch.states)
        if states and states != self._states and now - self._told > TELL_EVERY_S:
            self._states, self._told = states, now
            self._display.say(f"Slurm jobs: {states}")
        self._display.renew()


def section(config: Cluster, profile: Mapping[str, str], options: Mapping[str, object]) -> Cluster:
    """Complete the section `cluster`.

    Args:
        config: As the config has it.
        profile: What the profile sets by default, which the config wins over.
        options: What the command line sets, which wins over both.

    Returns:
        The section.

    Raises:
        InputError: An option has a value that is not allowed.
    """
    given = {key: value for key, value in options.items() if value not in (None, "")}
    set_here = config.model_dump(exclude_unset=True)
    try:
        return Cluster.model_validate({**profile, **set_here, **given})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).replace("_", "-")
        raise InputError(f"--{name} {first['input']}: {first['msg']}") from None


def _cancelled(hold: Held) -> str:
    jobs = count(hold.cancelled, "Slurm job")
    return f"cancelled {jobs} that an earlier run left" if hold.cancelled else ""


def _planned(plan: ClusterRun) -> str:
    short = sum(work.is_short for work in plan.videos.values())
    parts = [
        f"{count(short, 'video')} with one job each" if short else "",
        f"{count(len(plan.videos) - short, 'video')} in shards" if len(plan.videos) > short else "",
    ]
    return f"To Slurm: {' and '.join(filter(None, parts))}"
