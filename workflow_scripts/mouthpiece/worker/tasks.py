"""What a worker can be asked for: the stages that an engine's networks do, by their requests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.faults import CutStage, FaultValues
from ..stages.requests import BakeRequest, DraftRequest

if TYPE_CHECKING:
    from ..engines.base import EngineFactory

Task = BakeRequest | DraftRequest


def stage_of(task: Task) -> CutStage[Any]:
    """Find the stage's function. It is imported here, since a client does without it.

    Args:
        task: What is asked for.

    Returns:
        The function.
    """
    if task.stage == "bake":
        from ..stages.bake import bake

        return bake
    from ..stages.draft import draft

    return draft


def run(task: Task, create: "EngineFactory") -> None:
    """Do a task in this process.

    Args:
        task: What is asked for.
        create: Builds the engine.
    """
    stage_of(task)(task, create)


@dataclass(frozen=True)
class Sent:
    """A stage whose work is sent elsewhere; as `core.cut_jobs.Stage`.

    Attributes:
        send: Has a task done.
    """

    send: Callable[[Task], None]

    def __call__(self, task: Task, /) -> None:
        """Have a task done.

        Args:
            task: What is asked for.
        """
        self.send(task)

    def on_fault(self, task: Task, fault: FaultValues, /) -> None:
        """Write the stage's outputs as those of a cut that is passed through.

        Args:
            task: What was asked for.
            fault: Why it was not done.
        """
        stage_of(task).on_fault(task, fault)
