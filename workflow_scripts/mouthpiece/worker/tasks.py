"""The tasks of a worker: the requests of the stages that need an engine's networks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.faults import CutStage, FaultValues
from ..stages.requests import BakeRequest, DraftRequest

if TYPE_CHECKING:
    from ..engines.base import EngineFactory

Task = BakeRequest | DraftRequest


def stage_of(task: Task) -> CutStage[Any]:
    """Find the stage of a task. It is imported here, because a client does not need it.

    Args:
        task: The task.

    Returns:
        The stage.
    """
    if task.stage == "bake":
        from ..stages.bake import bake

        return bake
    from ..stages.draft import draft

    return draft


def run(task: Task, create: "EngineFactory") -> None:
    """Run a task in this process.

    Args:
        task: The task.
        create: Builds the engine.
    """
    stage_of(task)(task, create)


@dataclass(frozen=True)
class RemoteStage:
    """A stage that runs in another process; see `core.cut_jobs.Stage`.

    Attributes:
        send: Sends a task to that process, and waits for it.
    """

    send: Callable[[Task], None]

    def __call__(self, task: Task, /) -> None:
        """Run a task in the other process.

        Args:
            task: The task.
        """
        self.send(task)

    def on_fault(self, task: Task, fault: FaultValues, /) -> None:
        """Write the outputs of a cut that is passed through because of a fault.

        Args:
            task: The task that failed.
            fault: The fault. The outputs contain it.
        """
        stage_of(task).on_fault(task, fault)
