"""Has workers load the networks of engines while a run's first jobs are at work.

Normalizing a film and finding its cuts takes about as long as loading MuseTalk. Nothing waits for
it: a cut's first job waits for a worker that is still loading, as it would load by itself.
"""

import contextlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from .command import ALONE
from .rule_job import LISTS

SCRIPT = "warm_up"
LOG = "logs/warm_up.log"


class WarmUp:
    """The clients that wait for workers which load."""

    def __init__(self) -> None:
        """Begin none yet."""
        self._clients: list[subprocess.Popen[bytes]] = []

    def begin(
        self, pool: Sequence[str], engines: Mapping[str, Mapping[str, Any]], workers: int
    ) -> None:
        """Have workers load engines' networks. Without a pool nothing would be kept: no more.

        Args:
            pool: What describes the pool; see `command.pool_words`.
            engines: All settings of each engine, JSON values, in the order of loading.
            workers: How many workers.
        """
        if tuple(pool) == ALONE:
            return
        client = [os.environ["MOUTHPIECE_PYTHON"], "-I", "-S", os.environ["MOUTHPIECE_CLIENT"]]
        command = [*client, *pool, "device", *_words(engines)]
        for _ in range(workers):
            with contextlib.suppress(OSError):  # the first cut's job says what is wrong
                self._clients.append(
                    subprocess.Popen(
                        command,
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,  # the log has it
                    )
                )

    def end(self) -> None:
        """End what is still loading: no cut needed it."""
        for client in self._clients:
            client.terminate()
            client.wait()
        self._clients.clear()


def _words(engines: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What `RuleJob.parse` reads: a job that has no file but its log."""
    parts: dict[str, tuple[list[Any], dict[str, Any]]] = {
        "params": (
            [{name: dict(values) for name, values in engines.items()}],
            {"engines": (0, None)},
        ),
        "log": ([LOG], {}),
    }
    literals = (repr(part) for name in LISTS for part in parts.get(name, ([], {})))
    return [SCRIPT, SCRIPT, "1", *literals]
