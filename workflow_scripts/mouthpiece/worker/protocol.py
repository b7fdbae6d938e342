"""Messages between a worker and its clients: JSON behind its length, over a Unix socket.

A client sends a `Request`. The worker answers `Begun` when it begins, then any number of `Record`s,
then `Done` or `Failed`. Then the client closes; what it has not taken by then is removed.
"""

import json
import os
import select
import socket
import struct
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from ..core.errors import Fault, InputError, location_of
from ..stages.requests import CLOSED
from .tasks import Task

LIMIT_BYTES = 1 << 20
"""The longest message."""

LIMIT_TEXT = 1 << 16
"""The longest text of a log's line or of an error, in characters; what is longer is cut off."""

HEADER = struct.Struct("!I")

CREDENTIALS = struct.Struct("3i")


class ClosedError(Exception):
    """The other side is gone."""


@dataclass(frozen=True)
class Request:
    """A task for a worker.

    Attributes:
        task: What is asked for.
        folder: What the task's paths are relative to.
        idle_s: How long the worker waits for another task, in seconds, once it is done.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED

    task: Task
    folder: Path
    idle_s: float


@dataclass(frozen=True)
class Begun:
    """The worker works on the task."""


@dataclass(frozen=True)
class Record:
    """A line for the log of the job.

    Attributes:
        logger: The logger's name.
        level: The level.
        text: The line.
        created_s: When it was logged, in seconds since the epoch.
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
        kind: The class of the error, which is raised on the other side.
        text: What it says.
        number: The number of an OSError.
        file: The file of an OSError.
    """

    kind: Literal["InputError", "Fault", "OSError", "unexpected"]
    text: str
    number: int | None = None
    file: str | None = None

    @classmethod
    def of(cls, error: Exception) -> "Failed":
        """Describe an error to the client.

        Args:
            error: What the task raised.

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
        """The error, to be raised by the client."""
        if self.kind == "InputError":
            return InputError(self.text)
        if self.kind == "OSError" and self.number is not None:
            return OSError(self.number, self.text, self.file)
        return Fault(self.text)


Answer = Begun | Record | Done | Failed

ANSWERS: dict[str, type[Answer]] = {kind.__name__: kind for kind in (Begun, Record, Done, Failed)}


class Connection:
    """One end of a connection between a worker and a client."""

    def __init__(self, connection: socket.socket) -> None:
        """Talk over a socket.

        Args:
            connection: The connected socket.
        """
        self._connection = connection
        self._sending = threading.Lock()

    def send_request(self, request: Request) -> None:
        """Send a request.

        Args:
            request: The request.

        Raises:
            ClosedError: The other side is gone.
            Fault: The request is too long.
        """
        self._send(asdict(request))

    def send_answer(self, answer: Answer) -> None:
        """Send an answer.

        Args:
            answer: The answer.

        Raises:
            ClosedError: The other side is gone.
            Fault: The answer is too long.
        """
        self._send({"answer": type(answer).__name__} | asdict(answer))

    def receive_answer(self) -> Answer:
        """Wait for the next answer.

        Returns:
            The answer.

        Raises:
            ClosedError: The other side is gone.
            Fault: What arrives is not an answer.
        """
        try:
            fields = json.loads(self.receive())
            return ANSWERS[fields.pop("answer")](**fields)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Fault(f"not an answer of a worker: {error!r}") from None

    def receive(self) -> bytes:
        """Wait for the next message.

        Returns:
            The message, JSON.

        Raises:
            ClosedError: The other side is gone.
            Fault: The message is too long.
        """
        (length,) = HEADER.unpack(self._read(HEADER.size))
        if length > LIMIT_BYTES:
            raise Fault(f"a message of {length} bytes; at most {LIMIT_BYTES} are taken")
        return self._read(length)

    @property
    def is_closed(self) -> bool:
        """Whether the other side is gone, as far as can be seen without waiting."""
        try:
            readable, _, _ = select.select([self._connection], [], [], 0)
            return bool(readable) and not self._connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def wait_closed(self) -> None:
        """Wait until the other side is gone, or the socket's time limit is over."""
        try:
            while self._connection.recv(4096):
                pass
        except OSError:
            pass

    def _send(self, fields: dict[str, Any]) -> None:
        data = json.dumps(fields, default=str).encode()
        if len(data) > LIMIT_BYTES:
            raise Fault(f"a message of {len(data)} bytes; at most {LIMIT_BYTES} are sent")
        try:
            with self._sending:
                self._connection.sendall(HEADER.pack(len(data)) + data)
        except OSError as error:
            raise ClosedError from error

    def _read(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            try:
                part = self._connection.recv(count - len(parts))
            except OSError as error:
                raise ClosedError from error
            if not part:
                raise ClosedError
            parts += part
        return bytes(parts)


def peer(connection: socket.socket) -> tuple[int, int]:
    """Ask the kernel who is at the other side.

    Args:
        connection: A connected Unix socket.

    Returns:
        Process id and user id.
    """
    data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    pid, uid, _ = CREDENTIALS.unpack(data)
    return pid, uid


def check_peer(connection: socket.socket) -> None:
    """Check that the other side is this user's.

    Args:
        connection: A connected Unix socket.

    Raises:
        Fault: It is another user's.
    """
    _, uid = peer(connection)
    if uid != os.getuid():
        raise Fault(f"the other side of a worker's socket belongs to the user of id {uid}")
