"""Faults whose retries are used up: the job of a cut gives up, leaves an empty outcome, says so.

Only by `faults.on_exhausted: passthrough`. Such an outcome is never taken for a result: the job
gets a new mark, which is a param of its rule, so the next run tries it anew. The mark stays once
the job is healed, so that nothing is done again after that.

Marks, and how often a job of this run may be tried, are side files: what is a declared output
Snakemake deletes before each attempt, and a job on another machine knows nothing of `--retries`.
"""

import contextlib
import json
import logging
import os
import sys
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from signal import Signals
from typing import Any

from .errors import Fault, InputError, whereabouts
from .files import read_json, remove, write_json, write_text
from .jobs import job

log = logging.getLogger(__name__)

FOLDER = Path("results/.faults")

MESSAGE_CHARACTERS = 300


@dataclass(frozen=True)
class Failure:
    """A fault as a cut's row keeps it. kind: the class of the error. message: one line."""

    stage: str
    kind: str
    message: str

    @classmethod
    def of(cls, stage: str, error: Exception) -> "Failure":
        """What an error says. Of an unforeseen one only where: its text may hold anything."""
        if isinstance(error, Fault):
            said = str(error)
        elif isinstance(error, OSError):
            said = f"{error.strerror or 'failed'} ({error.filename or 'no file named'})"
        else:
            said = f"unforeseen, {whereabouts(error)}"
        return cls(stage, type(error).__name__, " ".join(said.split())[:MESSAGE_CHARACTERS])

    @property
    def values(self) -> dict[str, str]:
        """As JSON values."""
        return asdict(self)


def fault_text(fault: dict[str, str] | None) -> str:
    """A `Failure.values` as a line of text; empty where there is none."""
    return f"{fault['stage']}: {fault['kind']}: {fault['message']}" if fault else ""


def job_name(stage: str, wildcards: Iterable[str]) -> str:
    """What a job is called here: `stage/video/[language/]cut`."""
    return "/".join((stage, *wildcards))


class RerunTokens:
    """The side files."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder

    def begin(self, attempts: int) -> None:
        """Say how often a job of this run is tried before it gives up; 0: it stops its films."""
        if attempts:
            write_text(self.folder / ".attempts", f"{attempts}\n")
        else:
            remove(self.folder / ".attempts")

    def attempts(self) -> int:
        """What `begin` said."""
        try:
            return int((self.folder / ".attempts").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return 0

    def read(self) -> dict[str, str]:
        """The mark of each job that ever gave up."""
        folder = self.folder / "marks"
        return {
            file.relative_to(folder).with_suffix("").as_posix(): read_json(file)
            for file in folder.rglob("[!.]*.json")
        }

    def renew(self, name: str) -> None:
        """Give a job another mark than it ever had."""
        write_json(self.folder / "marks" / f"{name}.json", uuid.uuid4().hex[:12])


@contextlib.contextmanager
def cut_job(
    logfile: str,
    name: str,
    attempt: int,
    forgo: Callable[[dict[str, Any]], None],
    marks: RerunTokens | None = None,
) -> Iterator[None]:
    """Surround a job of a cut, as `job` does; on its last attempt a fault becomes its outcome.

    name: see `job_name`. forgo: leaves the outcome of a job that gives up, and the fault
    in it. The last attempt runs in a child process, so that one that is killed gives up, too. What
    a user did wrong (InputError) is no fault.
    """
    marks = marks or RerunTokens()
    stage = name.partition("/")[0]

    def give_up(failure: Failure) -> None:
        said = fault_text(failure.values)
        log.error("gave up after %d attempts: %s", attempt, said)
        sys.stderr.write(f"mouthpiece: gave up, the original is delivered: {name}: {said}\n")
        marks.renew(name)  # first: an outcome without a new mark would pass for a result
        forgo(failure.values)

    with job(logfile):
        if attempt != marks.attempts():
            yield
            return
        signal = _watched()
        if signal:
            give_up(Failure(stage, "Killed", f"its process was ended by {signal}"))
            sys.exit(0)
        try:
            yield
        except InputError:
            raise
        except Exception as error:
            log.error("%s", traceback.format_exc())
            give_up(Failure.of(stage, error))


def _watched() -> str:
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


def fault_in(path: Path) -> dict[str, Any] | None:
    """The fault that a job left in place of its outcome, a JSON object {"fault"}; None: it did not.

    The file may be of any form.
    """
    with path.open("rb") as file:
        if file.read(1) != b"{":
            return None
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))).get("fault")
    except ValueError:
        return None
