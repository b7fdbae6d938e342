"""Faults of the job of one cut, and what the job writes in place of its result.

A stage defines by `cut_stage` what its job writes when it gives up. An error of the user
(InputError) is not a fault. See docs/faults.md.
"""

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from .errors import Fault, location_of
from .user_files import os_error_text

MESSAGE_CHARACTERS = 300
"""The maximum length of a fault's message."""

FaultValues = dict[str, Any]
"""A `JobFault` as JSON values; `facts` are there where there are any."""
Request = TypeVar("Request")


@dataclass(frozen=True)
class JobFault:
    """A fault, as in a cut's row of cuts.tsv.

    Attributes:
        stage: The stage whose job failed.
        kind: The class of the error.
        message: The error's message, on one line.
        facts: See `Fault.facts`.
    """

    stage: str
    kind: str
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, stage: str, error: Exception) -> "JobFault":
        """Describe an error.

        Args:
            stage: The stage whose job failed.
            error: The error. Of an unexpected error only the code location is kept, as its message
                may contain anything.

        Returns:
            The fault.
        """
        if isinstance(error, Fault):
            text = str(error)
        elif isinstance(error, OSError):
            text = os_error_text(error)
        else:
            text = f"unexpected, {location_of(error)}"
        facts = error.facts if isinstance(error, Fault) else {}
        line = " ".join(text.split())[:MESSAGE_CHARACTERS]
        return cls(stage, type(error).__name__, line, facts)

    @property
    def values(self) -> FaultValues:
        """The fault as JSON values."""
        values = {"stage": self.stage, "kind": self.kind, "message": self.message}
        return values | ({"facts": dict(self.facts)} if self.facts else {})


def fault_text(fault: FaultValues | None) -> str:
    """Format a fault on one line.

    Args:
        fault: `JobFault.values`, or None.

    Returns:
        The line; empty if there is no fault.
    """
    return f"{fault['stage']}: {fault['kind']}: {fault['message']}" if fault else ""


def facts_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Tell what is known of a cut's draft, or of what failed in its place.

    Args:
        row: The row of the draft.

    Returns:
        Its facts, and those of its fault.
    """
    return row.get("facts", {}) | row.get("fault", {}).get("facts", {})


def fault_in(path: Path) -> FaultValues | None:
    """Read the fault that a job wrote in place of its result.

    Args:
        path: The job's output, in any format. A fault is a JSON object {"fault": ...}.

    Returns:
        The fault; None if the file is not a fault.
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
    """The function of a stage of one cut, and the function that is called if it fails."""

    def __init__(
        self, run: Callable[..., None], on_fault: Callable[[Request, FaultValues], None]
    ) -> None:
        """Combine the two functions.

        Args:
            run: Runs the stage.
            on_fault: Writes the stage's outputs as those of a cut that is passed through. They
                contain the fault.
        """
        functools.update_wrapper(self, run)
        self._run = run
        self.on_fault = on_fault

    def with_options(self, **options: Any) -> "CutStage[Request]":
        """Set options of the stage's function.

        Args:
            options: The options.

        Returns:
            The stage with these options.
        """
        return CutStage(functools.partial(self._run, **options), self.on_fault)

    def __call__(self, request: Request, *arguments: Any, **options: Any) -> None:
        """Run the stage.

        Args:
            request: The input of the stage.
            arguments: More arguments of the stage's function.
            options: More options of the stage's function.
        """
        self._run(request, *arguments, **options)


def cut_stage(
    on_fault: Callable[[Request, FaultValues], None],
) -> Callable[[Callable[..., None]], CutStage[Request]]:
    """Decorate the function of a stage of one cut.

    Args:
        on_fault: Writes the stage's outputs as those of a cut that is passed through. They contain
            the fault.

    Returns:
        The decorator.
    """
    return lambda run: CutStage(run, on_fault)
