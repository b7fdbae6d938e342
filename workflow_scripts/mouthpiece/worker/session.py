"""One job in a worker: what its client sends, and what the worker answers."""

import contextlib
import dataclasses
import io
import logging
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..core.errors import Fault
from ..core.files import remove
from ..core.owners import temporary_name
from ..core.user_files import folder_problem
from ..engines.base import EngineFactory
from .client import ALIVE, BEGUN, EXIT, LIMIT_BYTES, RENAME, TEXT
from .rule_job import NamedList, RuleJob
from .runner import run_rule_job

log = logging.getLogger(__name__)

REQUEST_S = 10.0
"""How long a client may take to send its request."""
ANSWER_S = 20.0
"""How long a client may take to read an answer. After that it gets none."""
RENAME_S = 60.0
"""How long a client may take to rename the outputs."""
ALIVE_S = 2.0
"""How often the worker tells its client that it is alive; more often than `client.LOOK_S`."""
LONGEST_TEXT = 1 << 16
"""The longest text of one frame, in characters. Longer texts are cut."""


def send_frame(connection: socket.socket, letter: bytes, data: bytes = b"") -> None:
    """Send a frame; see `client.HEADER_BYTES`.

    Args:
        connection: A connected socket.
        letter: The kind of the frame.
        data: The data.

    Raises:
        OSError: The client is gone, or does not read.
    """
    connection.sendall(letter + len(data).to_bytes(4, "big") + data)


class Session:
    """A connection with the client of one job."""

    def __init__(self, connection: socket.socket) -> None:
        """Use a connection.

        Args:
            connection: The connected socket.
        """
        self._connection = connection
        self._sending = threading.Lock()
        self._staged: list[Path] = []

    def serve(self, engines: EngineFactory) -> bool:
        """Run the job.

        Args:
            engines: Builds engines.

        Returns:
            Whether it went well. After a fault, this process may be unusable.
        """
        try:
            job = self._receive()
        except (OSError, Fault) as error:
            self.refuse(error)
            return True
        self._send(BEGUN, str(os.getpid()).encode())
        job = dataclasses.replace(job, create_engine=engines, is_watched=True)
        with self._watched(), self._speaking(), _own_log():
            staged, names = self._stage(job)
            code, is_well = _run(staged)
        if code == 0:
            self._deliver(names, job)
        else:
            self._send(EXIT, str(code).encode())
        for path in self._staged:
            remove(path)
        return is_well

    def turn_away(self, fault: Fault) -> None:
        """Refuse the job, whatever it is; its log says why.

        Args:
            fault: Why this worker does no job.
        """
        try:
            job = self._receive()
        except (OSError, Fault) as error:
            self.refuse(error)
            return
        job.log_error(str(fault))
        self.refuse(fault)

    def _receive(self) -> RuleJob:
        self._connection.settimeout(REQUEST_S)
        length = int.from_bytes(self._read(4), "big")
        if length > LIMIT_BYTES:
            raise Fault(f"a request of {length} bytes; the limit is {LIMIT_BYTES}")
        folder, *words = self._read(length).decode("utf-8", "surrogateescape").split("\0")
        self._connection.settimeout(ANSWER_S)
        if not Path(folder).is_absolute():
            raise Fault("the working folder is relative")
        if problem := folder_problem(Path(folder)):
            raise Fault(f"the working folder: {problem}")
        job = RuleJob.parse(words)
        os.chdir(folder)
        return job

    def _read(self, count: int) -> bytes:
        deadline = time.monotonic() + REQUEST_S  # for all of it, not for each part
        data = b""
        while len(data) < count:
            self._connection.settimeout(max(0.001, deadline - time.monotonic()))
            part = self._connection.recv(count - len(data))
            if not part:
                raise ConnectionResetError
            data += part
        return data

    def refuse(self, error: Exception) -> None:
        """Tell the client that its job is not done.

        Args:
            error: Why. A client that is gone, or says nothing, is told nothing.
        """
        if isinstance(error, Fault):
            log.error("refused: %s", error)
            self._send(BEGUN, str(os.getpid()).encode())
            self._send(TEXT, f"mouthpiece: a worker refused this job: {error}\n".encode())
            self._send(EXIT, b"1")

    def _stage(self, job: RuleJob) -> tuple[RuleJob, list[tuple[Path, Path]]]:
        """The job with temporary names of its outputs, in their own folders, and both names."""
        names: dict[str, str] = {}
        for output in map(str, job.output):
            path = Path(output)
            path.parent.mkdir(parents=True, exist_ok=True)
            names[output] = str(path.with_name(temporary_name(path)))
        self._staged = [Path(temporary) for temporary in names.values()]
        pairs = [(Path(temporary), Path(output)) for output, temporary in names.items()]
        return dataclasses.replace(job, output=_renamed(job.output, names)), pairs

    def _deliver(self, names: list[tuple[Path, Path]], job: RuleJob) -> None:
        """Let the client rename the outputs, and wait until it has."""
        missing = [str(final) for temporary, final in names if not temporary.exists()]
        if missing:
            problem = f"the job did not write {', '.join(missing)}"
            job.log_error(problem)
            self._send(TEXT, f"mouthpiece: {problem}\n".encode())
            self._send(EXIT, b"1")
            return
        for temporary, final in names:
            if temporary.is_dir():
                remove(final)
        paths = "\0".join(str(path) for pair in names for path in pair)
        self._send(RENAME, paths.encode("utf-8", "surrogateescape"))
        with contextlib.suppress(OSError):
            self._connection.settimeout(RENAME_S)
            self._connection.recv(1)

    def _send(self, letter: bytes, data: bytes = b"") -> None:
        with self._sending, contextlib.suppress(OSError):
            send_frame(self._connection, letter, data)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Tell the client that the worker is alive; end this process when the client is gone."""
        over, stop = socket.socketpair()
        thread = threading.Thread(target=self._watch, args=(over,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.close()
            thread.join()
            over.close()

    def _watch(self, over: socket.socket) -> None:
        while True:
            ready = select.select([self._connection, over], [], [], ALIVE_S)[0]
            if over in ready:
                return
            if ready:  # a client says nothing, so this is its end
                self._abandon()
            self._send(ALIVE)

    def _abandon(self) -> None:
        """End with all programs that this process runs: nobody would rename what it writes."""
        for path in self._staged:
            with contextlib.suppress(OSError):
                remove(path)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    @contextlib.contextmanager
    def _speaking(self) -> Iterator[None]:
        """Send what the job writes to stdout and stderr to the client."""
        with contextlib.redirect_stderr(_Text(self)), contextlib.redirect_stdout(_Text(self)):
            yield

    def say(self, text: str) -> None:
        """Write a text to the client's stderr.

        Args:
            text: The text.
        """
        self._send(TEXT, text[:LONGEST_TEXT].encode("utf-8", "replace"))


@contextlib.contextmanager
def _own_log() -> Iterator[None]:
    """Log to the worker's log again when the block, which logs to that of the job, is over."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        for handler in set(root.handlers) - set(handlers):
            handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)


class _Text(io.TextIOBase):
    def __init__(self, session: Session) -> None:
        self._session = session

    def write(self, text: str) -> int:
        self._session.say(text)
        return len(text)


def _run(job: RuleJob) -> tuple[int, bool]:
    """The exit code, and whether this process can run another job."""
    try:
        run_rule_job(job)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1, False
    except Exception:
        sys.stderr.write(traceback.format_exc())
        return 1, False
    return 0, True


def _renamed(output: NamedList, names: dict[str, str]) -> NamedList:
    def of(value: Any) -> Any:
        return names[str(value)]

    return output.mapped(of)
