"""A run of the workflow in a terminal: checks first, then the display, then the summary."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ..config.picture import PictureLimits
from ..core.errors import Fault, InputError
from ..core.files import scratch_folder
from ..core.leftovers import sweep_project
from ..core.user_folder import private_folder
from ..project.config_file import config_files, read_config
from ..project.project import Project
from ..project.required_weights import check_folders
from ..reports.summary import summarize
from ..runs.events import Event, Planned, Warned
from ..runs.failures import Failures, Problem
from ..runs.process import Command, Outcome, log_file, run
from ..runs.progress import FilmName, Progress
from ..weights.table import downloads
from ..worker.leftovers import sweep_workers
from .display import Display, display_of
from .summary import command_line, show_next, show_problems, show_summary
from .words import count, duration, say, spent

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_OTHER_LIMITS = PictureLimits()
"""Of a run whose config only Snakemake is told: the defaults."""

NOTHING = "Nothing to do: everything is made."

CHECKPOINTS = ("cuts", "loop")
"""Rules after which more jobs become known."""


def open_project(command: Command) -> Project:
    """Check the config and the tables of a run.

    Args:
        command: The run.

    Returns:
        The project.

    Raises:
        InputError: Something in them is wrong.
    """
    named = [command.folder / file for file in command.configs]
    files = config_files(named, command.folder)
    project = Project.open(read_config(files), files)
    check_folders(project, files)
    return project


def run_session(
    command: Command,
    films: Sequence[FilmName],
    verbose: bool,
    picture: PictureLimits = NO_OTHER_LIMITS,
) -> int:
    """Run the workflow, and tell how it ended.

    Args:
        command: The run.
        films: The films of the project.
        verbose: Whether Snakemake's own output is shown in place of the display.
        picture: How the picture of a draft must look.

    Returns:
        Snakemake's exit code.
    """
    if command.dry_run:
        return _plan(command, verbose)
    return Session(command, films, verbose, picture).run()


class Session:
    """A run, from its start to its summary.

    Args:
        command: The run.
        films: The films of the project.
        verbose: Whether Snakemake's own output is shown in place of the display.
        picture: How the picture of a draft must look.
    """

    def __init__(
        self,
        command: Command,
        films: Sequence[FilmName],
        verbose: bool,
        picture: PictureLimits = NO_OTHER_LIMITS,
    ) -> None:
        self._command, self._films, self._verbose = command, films, verbose
        self._picture = picture
        self._progress, self._failures = Progress(films), Failures(command.folder)
        self._out, self._err = Console(), Console(stderr=True)
        self._warned: set[str] = set()

    def run(self) -> int:
        """Run it.

        Returns:
            Snakemake's exit code.
        """
        began = time.time()
        self._sweep()
        if self._verbose:
            log = None
            outcome = self._work(None, self._noticed(None))
        else:
            log = log_file(self._command.folder)
            display = display_of(self._err, self._progress)
            try:
                output = self._command.folder / log
                outcome = self._work(output, self._noticed(display), display)
                if not outcome.code:
                    self._progress.complete(time.time())
            finally:
                self._progress.end(time.time())
                display.close()
        self._progress.end(time.time())
        self._tell(outcome, log, time.time() - began)
        return outcome.code

    def _work(
        self, output: Path | None, notice: Callable[[Event], None], display: Display | None = None
    ) -> Outcome:
        """Run the workflow, with all of its output in a file, or in the terminal."""
        return run(self._command, output, notice, display.renew if display else lambda: None)

    def _sweep(self) -> None:
        """Remove what killed runs left, also where nothing is left to do."""
        swept = sweep_project(self._command.folder, [downloads() / "converted"])
        if swept.files:
            say(self._err, f"note: {swept}", "dim")
        with suppress(Fault, InputError, OSError):  # what needs the folder reports what is wrong
            sweep_workers(private_folder())

    def _noticed(self, display: Display | None) -> Callable[[Event], None]:
        def notice(event: Event) -> None:
            self._progress.update(event)
            self._failures.update(event)
            if display and isinstance(event, Warned) and event.message not in self._warned:
                self._warned.add(event.message)
                display.say(f"warning: {event.message}")
            early = self._failures.early(event) if len(self._films) > 1 else None
            if display and early and early.message not in self._warned:
                self._warned.add(early.message)
                display.say(f"{early.jobs[0]} cannot be made: {early.message}")

        return notice

    def _tell(self, outcome: Outcome, log: Path | None, took: float) -> None:
        films = summarize(self._command.folder / "results", self._films)
        times = {
            (film.video, film.language): _listed(
                duration(film.ended - film.started), *spent(film.gpu_s, film.hits)
            )
            for film in self._progress.films()
            if film.ended is not None and film.started is not None
        }
        show_problems(self._err, self._problems(outcome, log), self._full(log))
        if not outcome.code and not self._progress.films():
            say(self._out, NOTHING)
        total = _listed(duration(took), *spent(self._progress.gpu_s, self._progress.hits))
        show_summary(self._out, films, times, total, self._picture)
        show_next(self._out, films, outcome, self._again())
        if log and not outcome.code:
            say(self._out, f"Log: {self._full(log)}", "dim")

    def _again(self) -> str:
        """The command that goes on with this run."""
        return command_line(self._command.folder, self._command.configs)

    def _problems(self, outcome: Outcome, log: Path | None) -> list[Problem]:
        if not outcome.code or outcome.stopped:
            return []
        problems = self._failures.problems() or [_unexplained(outcome.code, self._full(log))]
        return [replace(problem, log=self._full(problem.log)) for problem in problems]

    def _full(self, log: Path | None) -> Path | None:
        """A log's path as the user can open it."""
        return log and self._command.folder / log


def _listed(*texts: str) -> str:
    return ", ".join(filter(None, texts))


def _plan(command: Command, verbose: bool) -> int:
    """Tell what a run would do."""
    plans: list[Mapping[str, int]] = []
    warnings: dict[str, None] = {}
    failures = Failures(command.folder)

    def notice(event: Event) -> None:
        failures.update(event)
        if isinstance(event, Planned):
            plans.append(event.jobs)
        elif isinstance(event, Warned):
            warnings[event.message] = None

    with scratch_folder() as folder:
        log = folder / "log"
        outcome = run(command, None if verbose else log, notice)
        unexplained = _unexplained(outcome.code, None if verbose else log)
    out, err = Console(), Console(stderr=True)
    for warning in warnings:
        say(err, f"warning: {warning}")
    if outcome.code:
        show_problems(err, failures.problems() or [unexplained], None)
    elif not verbose:
        _show_plan(out, plans[-1] if plans else {})
    return outcome.code


def _show_plan(console: Console, jobs: "Mapping[str, int]") -> None:
    jobs = {rule: number for rule, number in jobs.items() if rule != "all"}
    if not jobs:
        say(console, NOTHING)
        return
    console.print(f"{count(sum(jobs.values()), 'job')} to do:")
    width = max(map(len, jobs))
    for rule, number in jobs.items():
        console.print(f"  {rule:{width}}  {number}", highlight=False)
    if any(rule in jobs for rule in CHECKPOINTS):
        console.print("More follow as soon as the cuts are known.")


def _unexplained(code: int, log: Path | None) -> Problem:
    """An error that no event reported, with the last line of the log."""
    text = log.read_text("utf-8", "replace") if log and log.exists() else ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return Problem(f"Snakemake ended with code {code}{f': {lines[-1]}' if lines else ''}")
