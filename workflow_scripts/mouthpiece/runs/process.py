"""Snakemake as a process of its own: its command line, its events, and how it is stopped."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ..core.paths import WORKFLOW
from .events import Event, parse
from .profiles import find_profile

SNAKEMAKE = (sys.executable, "-m", "mouthpiece.runs.lean", "snakemake")

PROFILE_OPTION = "--workflow-profile"

TICK_S = 0.25
"""How long an event is waited for at most, before a display is renewed."""

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
"""What Snakemake and its jobs are sent at the first Ctrl-C, the second and the third."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        code: Snakemake's exit code.
        stopped: Whether it was asked to stop, by Ctrl-C or SIGTERM.
    """

    code: int
    stopped: bool = False


@dataclass(frozen=True)
class Command:
    """A run of Snakemake.

    Attributes:
        folder: The working folder, where results/ and logs/ go.
        configs: Config files, relative to `folder` or absolute, besides config/config.yaml there.
        cores: How many cores to use, or "all"; empty: its jobs run elsewhere.
        dry_run: Whether only to plan.
        extra: Further arguments of Snakemake's.
        program: How Snakemake is called.
        profile: A profile's folder; None: the project's own default, else the packaged one, unless
            `extra` names one.
        snakefile: The workflow.
        environment: What its processes have in their environment besides that of this process.
        keep_open: Descriptors that it inherits, such as that of a lock.
    """

    folder: Path
    configs: Sequence[Path] = ()
    cores: str = "all"
    dry_run: bool = False
    extra: Sequence[str] = ()
    program: Sequence[str] = field(default_factory=lambda: SNAKEMAKE)
    profile: Path | None = None
    snakefile: Path = WORKFLOW / "Snakefile"
    environment: Mapping[str, str] = field(default_factory=dict)
    keep_open: Sequence[int] = ()

    def arguments(self, events: str) -> list[str]:
        """Write the command line.

        Args:
            events: The file or pipe that the events go to.

        Returns:
            The words of the command.
        """
        return [
            *self.program,
            *("--snakefile", str(self.snakefile)),
            *(["--configfile", *map(str, self.configs)] if self.configs else []),
            *(["--cores", self.cores] if self.cores else []),
            *("--logger", "mouthpiece", "--logger-mouthpiece-events", events),
            *self._profile(),
            *(["--dry-run"] if self.dry_run else []),
            *self.extra,
        ]

    def _profile(self) -> list[str]:
        if any(word.partition("=")[0] == PROFILE_OPTION for word in self.extra):
            return []
        return [PROFILE_OPTION, str(self.profile or find_profile("default", self.folder))]


def log_file(folder: Path) -> Path:
    """Choose the file of a run's whole log.

    Args:
        folder: The run's working folder.

    Returns:
        A new path in logs/snakemake/, relative to `folder`; its folder exists.
    """
    logs = Path("logs/snakemake")
    (folder / logs).mkdir(parents=True, exist_ok=True)
    began = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    names = (f"{began}{suffix}.log" for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(logs / name for name in names if not (folder / logs / name).exists())


def run(
    command: Command,
    output: Path | None,
    notice: Callable[[Event], None],
    tick: Callable[[], None] = lambda: None,
    ending: Callable[[], None] = lambda: None,
) -> Outcome:
    """Run Snakemake.

    Args:
        command: What it runs.
        output: The file that all of its output goes to; None: the terminal.
        notice: Called with each event.
        tick: Called a few times a second.
        ending: Called when SIGTERM asks the run to end, in the signal's handler: it must not wait.

    Returns:
        Its exit code, and whether it was stopped.
    """
    reading, writing = os.pipe()
    with contextlib.ExitStack() as stack:
        stack.callback(os.close, reading)
        # Before the process starts: a signal that a shell ignores for us would be ignored in it.
        stops = stack.enter_context(_stopping(ending))
        try:
            # Its own session: what a terminal sends at Ctrl-C, `_stopping` sends, once a time.
            process = subprocess.Popen(
                command.arguments(f"/dev/fd/{writing}"),
                cwd=command.folder,
                stdin=subprocess.DEVNULL,
                stdout=stack.enter_context(output.open("wb")) if output else None,
                stderr=subprocess.STDOUT if output else None,
                pass_fds=(writing, *command.keep_open),
                env=os.environ | command.environment,
                start_new_session=True,
            )
        finally:
            os.close(writing)
        stops.pass_on_to(process)
        for event in _events(process, reading, tick):
            notice(event)
        return Outcome(process.wait(), bool(stops.came))


def _events(
    process: "subprocess.Popen[bytes]", pipe: int, tick: Callable[[], None]
) -> Iterator[Event]:
    """The events that come through a pipe, until its other end is closed or the process ended."""
    rest = b""
    os.set_blocking(pipe, False)
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        shown = 0.0
        while True:
            if selector.select(TICK_S):
                if not (block := os.read(pipe, 1 << 16)):
                    return
                *lines, rest = (rest + block).split(b"\n")
                found = (parse(line.decode("utf-8", "replace")) for line in lines)
                yield from (event for event in found if event)
            elif process.poll() is not None and not selector.select(0):  # its last words
                return
            if time.monotonic() - shown > TICK_S:
                shown = time.monotonic()
                tick()


class _Stops:
    """Passes Ctrl-C on to Snakemake and its jobs, and SIGTERM to Snakemake."""

    def __init__(self, ending: Callable[[], None]) -> None:
        self.came: list[int] = []
        self._ending = ending
        self._early: list[int] = []
        self._stops = iter(STOPS)
        self._process: subprocess.Popen[bytes] | None = None

    def take(self, number: int, _frame: object) -> None:
        """Take a signal."""
        self.came.append(number)
        if number == signal.SIGTERM:
            self._ending()
        if self._process:
            self._send(self._process.pid, number)
        else:
            self._early.append(number)

    def pass_on_to(self, process: "subprocess.Popen[bytes]") -> None:
        """Pass signals on to a process, with those that came before it was there."""
        self._process = process
        for number in self._early:
            self._send(process.pid, number)

    def _send(self, pid: int, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGTERM:  # Snakemake lets the jobs finish that are running
                os.kill(pid, signal.SIGTERM)
            else:
                os.killpg(pid, next(self._stops, signal.SIGKILL))


@contextlib.contextmanager
def _stopping(ending: Callable[[], None]) -> Iterator[_Stops]:
    """Take Ctrl-C and SIGTERM, to pass them on."""
    stops = _Stops(ending)
    try:
        before = {
            number: signal.signal(number, stops.take) for number in (signal.SIGINT, signal.SIGTERM)
        }
    except ValueError:  # not the main thread, which alone gets signals
        before = {}
    try:
        yield stops
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
