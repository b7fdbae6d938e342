"""Starts a project's own run as a process: one at a time, for the review server.

The run is `mouthpiece run`, as a person would type it, in a session of its own: it goes on where
the server ends, by Ctrl-C, with its terminal or by kill -9. It holds the project's lock while it
works, so another one is refused wherever it was started.
"""

import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.errors import InputError
from ..core.locks import lock_folder
from .event_files import FOLDER
from .event_tail import EventTail, RunFigures

log = logging.getLogger(__name__)

OUTPUT = Path("logs/review/run.log")
"""What the run writes to its terminal, relative to the project's folder."""

PROGRAM = (sys.executable, "-m", "mouthpiece")

MESSAGE_CHARACTERS = 600

TAIL_BYTES = 1 << 16
"""How much of the end of the output is looked at for what went wrong."""

PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"}
"""Environment of a run whose output is a file."""


class Runner:
    """Starts the run of a project, says how far it is, and cancels it.

    Args:
        folder: The project's working folder.
        words: The words of the command after `mouthpiece`.
        is_allowed: Whether it may be started from a page.
        program: How `mouthpiece` is called.
    """

    def __init__(
        self,
        folder: Path,
        words: Sequence[str],
        is_allowed: bool,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self.folder, self.words, self.is_allowed = folder, tuple(words), is_allowed
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._before, self._is_cancelled = "", False
        self._tail = EventTail(folder / FOLDER)
        self._lock = threading.Lock()

    @property
    def pid(self) -> int:
        """The process of the run that this has started; 0: none is at work."""
        process = self._process
        return process.pid if process and process.poll() is None else 0

    def state(self) -> dict[str, Any]:
        """Tell how far the run is: this one's, or one that was started elsewhere.

        Returns:
            `state` (`none`, `working`, `stopping`, `elsewhere`, `done`, `failed`, `stopped`),
            `stage`, `done` and `jobs`, and `message` of a run that failed; as JSON values.
        """
        with self._lock:
            found = self._tail.read()
            name = self._state(found)
            is_known = found and (name == "elsewhere" or found.run != self._before)
            counted = found if found and is_known and name != "none" else None
            return {
                "state": name,
                "stage": counted.stage if counted else "",
                "done": counted.done if counted else 0,
                "jobs": counted.jobs if counted else 0,
                "message": self._message() if name == "failed" else "",
            }

    def start(self) -> None:
        """Start the run.

        Raises:
            InputError: One is at work, or cannot be started.
        """
        with self._lock:
            if self.pid:
                raise InputError("the run that was asked for is still at work")
            lock_folder(self.folder / "results").close()  # the run locks it, as soon as it can
            self._before, self._is_cancelled = self._tail.newest, False
            try:
                self._process = self._started()
            except OSError as error:
                raise InputError(f"the run cannot be started: {error.strerror}") from None
            log.info("started: mouthpiece %s (process %d)", " ".join(self.words), self.pid)

    def cancel(self) -> None:
        """Ask the run to stop as Ctrl-C does. Asked again, its jobs are ended, and then killed.

        Raises:
            InputError: No run that this has started is at work.
        """
        with self._lock:
            if not self.pid or not self._process:
                raise InputError("no run that this page can cancel is at work")
            self._is_cancelled = True
            self._process.send_signal(signal.SIGINT)

    def _started(self) -> "subprocess.Popen[bytes]":
        path = self.folder / OUTPUT
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        output = os.open(path, flags, 0o600)
        try:
            return subprocess.Popen(
                [*self._program, *self.words],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | PLAIN,
                start_new_session=True,
            )
        finally:
            os.close(output)

    def _state(self, found: RunFigures | None) -> str:
        code = self._process.poll() if self._process else None
        if self._process and code is None:
            return "stopping" if self._is_cancelled else "working"
        if found and found.pid:
            return "elsewhere"
        if self._process is None:
            return "none"
        if code == 0:
            return "done"
        return "stopped" if self._is_cancelled else "failed"

    def _message(self) -> str:
        """Why the run failed, as it said to its terminal: its first error, or its last line."""
        try:
            with (self.folder / OUTPUT).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
                text = file.read().decode("utf-8", "replace")
        except OSError:
            return ""
        lines = [line for line in text.splitlines() if line.strip()]
        errors = (line.removeprefix("error: ") for line in lines if line.startswith("error: "))
        said = next(errors, lines[-1] if lines else "")
        plain = re.sub(r"[^\x20-\x7e\xa0-\U0010ffff]", " ", said)
        return plain[:MESSAGE_CHARACTERS]
