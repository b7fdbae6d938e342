"""Jobs of one cut: on the last attempt, a fault becomes the job's outcome.

Only by `faults.on_exhausted: passthrough`. Such an outcome is never taken for a result: the job
gets a new rerun token, which is a param of its rule, so that the next run tries again. The token
stays when the job succeeds, so that nothing is done again after that.

Tokens, and how often a job of this run may be tried, are side files: Snakemake deletes declared
outputs before each attempt, and a job on another machine does not know `--retries`.
"""

import logging
import os
import sys
import traceback
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import Any, Protocol, TypeVar

from .errors import InputError
from .faults import FaultValues, JobFault, fault_text
from .files import read_json, remove, write_json, write_text
from .jobs import job

FOLDER = Path("results/.faults")

log = logging.getLogger(__name__)

Request = TypeVar("Request", contravariant=True)


class Stage(Protocol[Request]):
    """What a job of a cut runs: a `faults.CutStage`, or what passes its request on to a worker."""

    def __call__(self, request: Request, /) -> None:
        """Do the stage's work."""

    def on_fault(self, request: Request, fault: FaultValues, /) -> None:
        """Write the outputs of a cut that is passed through, with the fault in them."""


def job_name(stage: str, wildcards: Iterable[str]) -> str:
    """Name a job.

    Args:
        stage: The stage.
        wildcards: Video, language where there is one, and cut.

    Returns:
        `stage/video/[language/]cut`.
    """
    return "/".join((stage, *wildcards))


class RerunTokens:
    """The side files."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Use the side files of a folder.

        Args:
            folder: Need not exist.
        """
        self.folder = folder

    def begin(self, attempts: int) -> None:
        """Begin a run.

        Args:
            attempts: How often a job is tried before it gives up; 0: it stops its films instead.
        """
        if attempts:
            write_text(self.folder / ".attempts", f"{attempts}\n")
        else:
            remove(self.folder / ".attempts")

    def attempts(self) -> int:
        """Read what `begin` was told.

        Returns:
            How often a job is tried; 0 where it does not give up.
        """
        try:
            return int((self.folder / ".attempts").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return 0

    def read(self) -> dict[str, str]:
        """Read all tokens.

        Returns:
            The token of each job that ever gave up, by the job's name.
        """
        folder = self.folder / "tokens"
        return {
            file.relative_to(folder).with_suffix("").as_posix(): read_json(file)
            for file in folder.rglob("[!.]*.json")
        }

    def renew(self, name: str) -> None:
        """Give a job a token that it never had.

        Args:
            name: The job's name.
        """
        write_json(self.folder / "tokens" / f"{name}.json", uuid.uuid4().hex[:12])


@dataclass(frozen=True)
class CutJob:
    """A job of one cut, as the workflow knows it.

    Attributes:
        log: The job's log file.
        stage: The stage.
        wildcards: Video, language where there is one, and cut.
        attempt: Which attempt this is, from 1.
    """

    log: str
    stage: str
    wildcards: tuple[str, ...]
    attempt: int


def run_cut_job(
    stage: Stage[Any], request: Any, cut_job: CutJob, tokens: RerunTokens | None = None
) -> None:
    """Run a job of a cut; on its last attempt a fault becomes its outcome.

    The last attempt runs in a child process, so that one that is killed gives up, too.

    Args:
        stage: The stage's function.
        request: What it is asked to do.
        cut_job: The job.
        tokens: The side files; by default those of the results folder.
    """
    tokens = tokens or RerunTokens()
    name = job_name(cut_job.stage, cut_job.wildcards)

    def give_up(fault: JobFault) -> None:
        text = fault_text(fault.values)
        log.error("gave up after %d attempts: %s", cut_job.attempt, text)
        sys.stderr.write(f"mouthpiece: gave up, the original is delivered: {name}: {text}\n")
        tokens.renew(name)  # first: an outcome without a new token would pass for a result
        stage.on_fault(request, fault.values)

    with job(cut_job.log):
        if cut_job.attempt != tokens.attempts():
            stage(request)
            return
        signal = _watch_child()
        if signal:
            give_up(JobFault(cut_job.stage, "Killed", f"its process was ended by {signal}"))
            sys.exit(0)
        try:
            stage(request)
        except InputError:
            raise
        except Exception as error:
            log.error("%s", traceback.format_exc())
            give_up(JobFault.of(cut_job.stage, error))


def _watch_child() -> str:
    """Go on in a child process (returns ""), and wait for it.

    The waiting parent ends as the child did; it returns only if a signal ended that: its name.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        return ""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code >= 0:
        sys.exit(code)
    return Signals(-code).name
