"""Runs the job of a stage of one cut. On the last attempt, a fault is written as the outcome.

This happens only with `faults.on_exhausted: passthrough`; with either value, where the cut has a
draft without the job. Such an outcome is not kept: the job gets a new rerun token, which is a param
of its rule, so the next run tries again. When the job succeeds later, the token stays as it is, and
nothing is redone after that.

The tokens, and the number of attempts in this run, are files beside the results: Snakemake deletes
declared outputs before each attempt, and a job on another machine does not know `--retries`.
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
from typing import Any, Protocol, Self, TypeVar

from .errors import Fault, InputError
from .faults import FaultValues, JobFault, fault_text
from .files import read_json, write_json, write_text
from .jobs import job

FOLDER = Path("results/.faults")
"""Where the tokens and the number of attempts are kept."""

OPTIONAL = frozenset({"bake_final", "draft_final", "score_final", "final"})
"""The stages without which a cut has its draft: what they cannot make stops no film."""

log = logging.getLogger(__name__)

Request = TypeVar("Request", contravariant=True)


class Stage(Protocol[Request]):
    """A stage of one cut: a `faults.CutStage`."""

    def __call__(self, request: Request, /) -> None:
        """Run the stage.

        Args:
            request: The input of the stage.
        """

    def on_fault(self, request: Request, fault: FaultValues, /) -> None:
        """Write the outputs of a cut that is passed through because of a fault.

        Args:
            request: The input of the stage.
            fault: The fault. The outputs contain it.
        """


def job_name(stage: str, wildcards: Iterable[str]) -> str:
    """Name a job.

    Args:
        stage: The stage.
        wildcards: Video, language (if the stage has one) and cut.

    Returns:
        `stage/video/[language/]cut`.
    """
    return "/".join((stage, *wildcards))


class RerunTokens:
    """The rerun tokens of jobs, and the number of attempts that a job has in this run."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Use the files of a folder.

        Args:
            folder: The folder. It need not exist.
        """
        self.folder = folder

    def begin(self, attempts: int, gives_up: bool = True) -> None:
        """Begin a run.

        Args:
            attempts: The number of attempts before a job gives up.
            gives_up: Whether jobs give up that are not `OPTIONAL`; else their films are not made.
        """
        write_text(self.folder / ".attempts", f"{attempts} {int(gives_up)}\n")

    def attempts(self, stage: str) -> int:
        """Read the number of attempts of a job of this run.

        Args:
            stage: Its stage.

        Returns:
            The number given to `begin`; 0 if the job does not give up.
        """
        try:
            text = (self.folder / ".attempts").read_text(encoding="utf-8")
        except FileNotFoundError:
            return 0
        attempts, gives_up = map(int, text.split())
        return attempts if gives_up or stage in OPTIONAL else 0

    def read(self) -> dict[str, str]:
        """Read all tokens.

        Returns:
            The token of each job that gave up in this run or an earlier one, by the job's name. One
            that is damaged is another one: its job is tried again.
        """
        folder = self.folder / "tokens"
        return {
            file.relative_to(folder).with_suffix("").as_posix(): _token(file)
            for file in folder.rglob("[!.]*.json")
        }

    def renew(self, name: str) -> None:
        """Give a job a new token.

        Args:
            name: The job's name.
        """
        write_json(self.folder / "tokens" / f"{name}.json", uuid.uuid4().hex[:12])


def _token(file: Path) -> str:
    try:
        return str(read_json(file))
    except (OSError, Fault):
        return "damaged"


@dataclass(frozen=True)
class CutJob:
    """A job of one cut.

    Attributes:
        log: The job's log file.
        stage: The stage.
        wildcards: Video, language (if the stage has one) and cut.
        attempt: The number of this attempt, from 1.
        is_watched: Whether another process sees to it that this one is not killed unnoticed.
        fault: A fault that has ended the job's process. There is nothing left but to report it.
    """

    log: str
    stage: str
    wildcards: tuple[str, ...]
    attempt: int
    is_watched: bool = False
    fault: JobFault | None = None

    @classmethod
    def of(cls, snakemake: Any) -> Self:
        """Describe the job of a rule's script.

        Args:
            snakemake: The script's `snakemake`, a `worker.rule_job.RuleJob`. The rule has the
                stage's name.

        Returns:
            The job.
        """
        wildcards, resources = snakemake.wildcards, snakemake.resources
        return cls(
            *(snakemake.log[0], snakemake.rule, tuple(wildcards), resources.attempt),
            *(snakemake.is_watched, snakemake.fault),
        )


def run_cut_job(
    stage: Stage[Any], request: Any, cut_job: CutJob, tokens: RerunTokens | None = None
) -> None:
    """Run a job of a cut. On the last attempt, a fault becomes its outcome.

    The last attempt runs in a child process unless it is watched, so that a killed process gives
    up, too.

    Args:
        stage: The stage.
        request: The input of the stage.
        cut_job: The job.
        tokens: The rerun tokens; by default those of the results folder.

    Raises:
        SystemExit: It failed; or, with code 0, it gave up.
    """
    tokens = tokens or RerunTokens()
    name = job_name(cut_job.stage, cut_job.wildcards)

    def give_up(fault: JobFault) -> None:
        text = fault_text(fault.values)
        log.error("gave up after %d attempts: %s", cut_job.attempt, text)
        instead = "draft" if cut_job.stage in OPTIONAL else "original"
        sys.stderr.write(f"mouthpiece: gave up, the {instead} is delivered: {name}: {text}\n")
        tokens.renew(name)  # before the outcome, which without a new token would count as a result
        stage.on_fault(request, fault.values)
        sys.exit(0)  # so that who runs the script knows that the outcome is no result

    with job(cut_job.log):
        is_last = cut_job.attempt == tokens.attempts(cut_job.stage)
        if cut_job.fault:
            give_up(cut_job.fault) if is_last else _fail(cut_job.fault)
        if not is_last:
            stage(request)
            return
        signal = "" if cut_job.is_watched else _watch_child()
        if signal:
            give_up(JobFault(cut_job.stage, "Killed", f"its process was killed by {signal}"))
        try:
            stage(request)
        except InputError:
            raise
        except Exception as error:
            log.error("%s", traceback.format_exc())
            give_up(JobFault.of(cut_job.stage, error))


def _fail(fault: JobFault) -> None:
    raise Fault(fault.message)


def _watch_child() -> str:
    """Continue in a child process, and wait for it in the parent.

    Returns "" in the child. The parent exits with the child's exit code; if the child was killed,
    it returns the name of the signal.
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
