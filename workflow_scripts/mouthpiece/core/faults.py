"""Faults of a job of one cut: what the job leaves in place of a result, and what it says.

A stage of a cut says by `cut_stage` what is left where the job gives up. What a user did wrong
(InputError) is no fault. See docs/faults.md.
"""

import functools
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from .errors import Fault, location_of

MESSAGE_CHARACTERS = 300

FaultValues = dict[str, str]
"""A `JobFault` as JSON values."""
Request = TypeVar("Request")


@dataclass(frozen=True)
class JobFault:
    """A fault as a cut's row keeps it.

    Attributes:
        stage: The stage whose job failed.
        kind: The class of the error.
        message: What it says, in one line.
    """

    stage: str
    kind: str
    message: str

    @classmethod
    def of(cls, stage: str, error: Exception) -> "JobFault":
        """Describe an error.

        Args:
            stage: The stage whose job failed.
            error: The error. Of an unforeseen one only the place is kept: its text may hold
                anything.

        Returns:
            The fault.
        """
        if isinstance(error, Fault):
            text = str(error)
        elif isinstance(error, OSError):
            text = f"{error.strerror or 'failed'} ({error.filename or 'no file named'})"
        else:
            text = f"unforeseen, {location_of(error)}"
        return cls(stage, type(error).__name__, " ".join(text.split())[:MESSAGE_CHARACTERS])

    @property
    def values(self) -> FaultValues:
        """As JSON values."""
        return asdict(self)


def fault_text(fault: FaultValues | None) -> str:
    """Put a fault into one line.

    Args:
        fault: `JobFault.values`, or None.

    Returns:
        The line; empty where there is no fault.
    """
    return f"{fault['stage']}: {fault['kind']}: {fault['message']}" if fault else ""


def fault_in(path: Path) -> FaultValues | None:
    """Look for the fault that a job left in place of its result.

    Args:
        path: A file of any form; a fault is a JSON object {"fault": ...}.

    Returns:
        The fault; None where there is none.
    """
    with path.open("rb") as file:
        if file.read(1) != b"{":
            return None
    try:
        found: FaultValues | None = dict(json.loads(path.read_text(encoding="utf-8"))).get("fault")
    except ValueError:
        return None
    return found


class CutStage(Generic[Request]):
    """The function of a stage of one cut, with what it leaves where a fault stops it."""

    def __init__(
        self, run: Callable[..., None], on_fault: Callable[[Request, FaultValues], None]
    ) -> None:
        """Join the two functions.

        Args:
            run: Does the stage's work.
            on_fault: Writes the stage's outputs as those of a cut that is passed through, with the
                fault in them.
        """
        functools.update_wrapper(self, run)
        self._run = run
        self.on_fault = on_fault

    def __call__(self, request: Request, *arguments: Any, **options: Any) -> None:
        """Do the stage's work.

        Args:
            request: What the job is asked to do.
            arguments: More arguments of the stage's function.
            options: More options of the stage's function.
        """
        self._run(request, *arguments, **options)


def cut_stage(
    on_fault: Callable[[Request, FaultValues], None],
) -> Callable[[Callable[..., None]], CutStage[Request]]:
    """Decorate the function of a stage of one cut.

    Args:
        on_fault: Writes the stage's outputs as those of a cut that is passed through, with the
            fault in them.

    Returns:
        The decorator.
    """
    return lambda run: CutStage(run, on_fault)
