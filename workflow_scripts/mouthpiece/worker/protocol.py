"""Messages between a worker and its clients over a Unix socket.

A message is its length (4 bytes, big-endian) and JSON. A client sends a `Request`. The worker
answers `Begun`, any number of `Record`s, and `Done` or `Failed`; between them `Alive`, as long as
it is. Then the client renames the outputs and closes the connection, and the worker removes outputs
that were not renamed.
"""

import contextlib
import json
import os
import select
import socket
import struct
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import NoneType
from typing import Any, ClassVar, Literal

from ..core.errors import Fault, InputError, location_of
from ..stages.requests import CLOSED
from .tasks import Task

LIMIT_BYTES = 1 << 20
"""The maximum length of a message."""
LIMIT_TEXT = 1 << 16
"""The maximum length of a log line or an error message, in characters. Longer texts are cut."""
LONGEST_IDLE_S = 86400.0
"""How long a worker may be idle at most: a day."""
LONGEST_REFUSAL = 300
"""How much of the reason of a refusal is reported, in characters."""
HEADER = struct.Struct("!I")
CREDENTIALS = struct.Struct("3i")


class ClosedError(Exception):
    """The other side closed the connection."""


class SilentError(Exception):
    """The other side does not send what it should, though the connection is open."""


@dataclass(frozen=True)
class Request:
    """A task for a worker.

    Attributes:
        task: The task.
        folder: The folder that the task's paths are relative to.
        idle_s: How long the worker then waits for another task, in seconds.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED

    task: Task
    folder: Path
    idle_s: float

    def __post_init__(self) -> None:
        if not 0 < self.idle_s <= LONGEST_IDLE_S:  # also of no number
            raise ValueError(f"idle_s: expected more than 0, and {LONGEST_IDLE_S:g} at most")
        if not self.folder.is_absolute():
            raise ValueError("folder: expected an absolute path")
        for path in self.task.output_paths:
            if not path.name.startswith("."):
                raise ValueError("an output has its final name; expected a temporary one")


@dataclass(frozen=True)
class Begun:
    """The worker has begun the task."""


@dataclass(frozen=True)
class Alive:
    """The worker is at work."""


@dataclass(frozen=True)
class Record:
    """A line for the log of the job.

    Attributes:
        logger: The logger's name.
        level: The level.
        text: The line.
        created_s: When it was logged, in seconds since 1970.
    """

    logger: str
    level: int
    text: str
    created_s: float


@dataclass(frozen=True)
class Done:
    """The task is done."""


@dataclass(frozen=True)
class Failed:
    """The task failed.

    Attributes:
        kind: The class of the error that the client raises.
        text: The error's message.
        number: `errno` of an OSError.
        file: The file of an OSError.
    """

    kind: Literal["InputError", "Fault", "OSError", "unexpected"]
    text: str
    number: int | None = None
    file: str | None = None

    @classmethod
    def of(cls, error: Exception) -> "Failed":
        """Describe an error for the client.

        Args:
            error: The error that the task raised.

        Returns:
            The answer.
        """
        text = str(error)[:LIMIT_TEXT]
        if isinstance(error, InputError):
            return cls("InputError", text)
        if isinstance(error, Fault):
            return cls("Fault", text)
        if isinstance(error, OSError):
            file = None if error.filename is None else str(error.filename)
            return cls("OSError", error.strerror or text, error.errno, file)
        text = f"unexpected {type(error).__name__} {location_of(error)}; the log has more"
        return cls("unexpected", text)

    @property
    def error(self) -> Exception:
        """The error that the client raises."""
        if self.kind == "InputError":
            return InputError(self.text)
        if self.kind == "OSError" and self.number is not None:
            return OSError(self.number, self.text, self.file)
        return Fault(self.text)


Answer = Begun | Alive | Record | Done | Failed

ANSWERS: dict[str, type[Answer]] = {
    kind.__name__: kind for kind in (Begun, Alive, Record, Done, Failed)
}
FIELDS: dict[str, tuple[type, ...]] = {
    "logger": (str,),
    "level": (int,),
    "text": (str,),
    "created_s": (int, float),
    "kind": (str,),
    "number": (int, NoneType),
    "file": (str, NoneType),
}
"""The types of an answer's fields."""


class Connection:
    """One end of a connection between a worker and a client."""

    def __init__(self, connection: socket.socket) -> None:
        """Use a connected socket.

        Args:
            connection: The socket.
        """
        self._connection = connection
        self._sending = threading.Lock()
        self._is_broken = False

    def send_request(self, request: Request) -> None:
        """Send a request.

        Args:
            request: The request.

        Raises:
            ClosedError: The other side closed the connection.
            Fault: The request is too long.
        """
        self._send(asdict(request))

    def send_answer(self, answer: Answer) -> None:
        """Send an answer.

        Args:
            answer: The answer.

        Raises:
            ClosedError: The other side closed the connection.
            Fault: The answer is too long.
        """
        self._send({"answer": type(answer).__name__} | asdict(answer))

    def receive_answer(self) -> Answer:
        """Wait for the next answer.

        Returns:
            The answer.

        Raises:
            ClosedError: The other side closed the connection.
            Fault: The message is not an answer.
        """
        try:
            fields = json.loads(self.receive())
            if not all(
                isinstance(fields[name], FIELDS[name]) for name in fields if name != "answer"
            ):
                raise TypeError("a field has another type")
            return ANSWERS[fields.pop("answer")](**fields)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            reason = f"{type(error).__name__}: {error}"[:LONGEST_REFUSAL]
            raise Fault(f"not an answer of a worker: {reason}") from None

    def receive(self, limit_s: float | None = None) -> bytes:
        """Wait for the next message.

        Args:
            limit_s: How long all of it may take; None: as long as the socket's timeout for each
                part.

        Returns:
            The message, JSON.

        Raises:
            ClosedError: The other side closed the connection.
            SilentError: The message does not arrive in time.
            Fault: The message is too long.
        """
        deadline = None if limit_s is None else time.monotonic() + limit_s
        (length,) = HEADER.unpack(self._read(HEADER.size, deadline))
        if length > LIMIT_BYTES:
            raise Fault(f"received a message of {length} bytes; the limit is {LIMIT_BYTES}")
        return self._read(length, deadline)

    @property
    def is_closed(self) -> bool:
        """Whether the other side closed the connection, as far as known without waiting."""
        try:
            readable, _, _ = select.select([self._connection], [], [], 0)
            return bool(readable) and not self._connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def wait_closed(self, limit_s: float) -> None:
        """Wait until the other side closes the connection.

        Args:
            limit_s: How long, in seconds.
        """
        deadline = time.monotonic() + limit_s
        with contextlib.suppress(ClosedError, SilentError):
            while True:
                self._read(1, deadline)

    def _send(self, fields: dict[str, Any]) -> None:
        data = json.dumps(fields, default=str).encode()
        if len(data) > LIMIT_BYTES:
            raise Fault(f"cannot send a message of {len(data)} bytes; the limit is {LIMIT_BYTES}")
        with self._sending:
            if self._is_broken:  # a part of a message was sent: what follows would be misread
                raise ClosedError
            try:
                self._connection.sendall(HEADER.pack(len(data)) + data)
            except OSError as error:
                self._is_broken = True
                raise ClosedError from error

    def _read(self, count: int, deadline: float | None = None) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            try:
                if deadline is not None:
                    self._connection.settimeout(max(0.001, deadline - time.monotonic()))
                part = self._connection.recv(count - len(parts))
            except TimeoutError as error:
                raise SilentError from error
            except OSError as error:
                raise ClosedError from error
            if not part:
                raise ClosedError
            parts += part
        return bytes(parts)


def peer(connection: socket.socket) -> tuple[int, int]:
    """Ask the kernel for the process at the other end of a socket.

    Args:
        connection: A connected Unix socket.

    Returns:
        Its process id and user id.
    """
    data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    pid, uid, _ = CREDENTIALS.unpack(data)
    return pid, uid


def check_peer(connection: socket.socket) -> None:
    """Check that the process at the other end of a socket belongs to this user.

    Args:
        connection: A connected Unix socket.

    Raises:
        Fault: It belongs to another user.
    """
    _, uid = peer(connection)
    if uid != os.getuid():
        raise Fault(f"the process at the other end of a worker's socket belongs to user {uid}")
