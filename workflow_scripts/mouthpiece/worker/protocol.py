"""Messages between a worker and its clients: JSON behind its length, over a Unix socket.

A client sends a `Request`. The worker answers `Begun` when its turn has come, then any number of
`Record`s, then `Done` or `Failed`. Then the client closes; what it has not taken by then is
removed.
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

from ..core.errors import Fault, InputError, whereabouts
from .tasks import CLOSED, Bake, Draft

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
    """An order; idle_s: how long the worker waits for another one, once it is done."""

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED

    order: Bake | Draft
    folder: Path
    """What the order's paths are relative to."""
    idle_s: float


@dataclass(frozen=True)
class Begun:
    """The order is being carried out."""


@dataclass(frozen=True)
class Record:
    """A line for the log of the job."""

    logger: str
    level: int
    text: str
    created_s: float


@dataclass(frozen=True)
class Done:
    """The order is carried out."""


@dataclass(frozen=True)
class Failed:
    """It could not be: an error of this class, said in the same words on the other side."""

    kind: Literal["InputError", "Fault", "OSError", "unforeseen"]
    text: str
    number: int | None = None
    file: str | None = None

    @classmethod
    def of(cls, error: Exception) -> "Failed":
        """What the client is told of an error."""
        text = str(error)[:LIMIT_TEXT]
        if isinstance(error, InputError):
            return cls("InputError", text)
        if isinstance(error, Fault):
            return cls("Fault", text)
        if isinstance(error, OSError):
            file = None if error.filename is None else str(error.filename)
            return cls("OSError", error.strerror or text, error.errno, file)
        said = f"unforeseen {type(error).__name__} {whereabouts(error)}; the log has more"
        return cls("unforeseen", said)

    @property
    def error(self) -> Exception:
        """The error, to be raised anew."""
        if self.kind == "InputError":
            return InputError(self.text)
        if self.kind == "OSError" and self.number is not None:
            return OSError(self.number, self.text, self.file)
        return Fault(self.text)


Answer = Begun | Record | Done | Failed

ANSWERS: dict[str, type[Answer]] = {kind.__name__: kind for kind in (Begun, Record, Done, Failed)}


class Connection:
    """One end of a conversation."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def ask(self, request: Request) -> None:
        """Send a request. Raises ClosedError; Fault where it is too long."""
        self._send(asdict(request))

    def answer(self, answer: Answer) -> None:
        """Send an answer, likewise."""
        self._send({"answer": type(answer).__name__} | asdict(answer))

    def hear(self) -> Answer:
        """The next answer. Raises ClosedError; Fault where it is none."""
        try:
            fields = json.loads(self.receive())
            return ANSWERS[fields.pop("answer")](**fields)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Fault(f"not an answer of a worker: {error!r}") from None

    def receive(self) -> bytes:
        """The next message. Raises ClosedError; Fault where it is too long."""
        (length,) = HEADER.unpack(self._read(HEADER.size))
        if length > LIMIT_BYTES:
            raise Fault(f"a message of {length} bytes; at most {LIMIT_BYTES} are taken")
        return self._read(length)

    @property
    def is_closed(self) -> bool:
        """Whether the other side has gone, as far as can be seen without waiting."""
        try:
            readable, _, _ = select.select([self._connection], [], [], 0)
            return bool(readable) and not self._connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def wait_closed(self) -> None:
        """Wait until the other side has gone; for so long as the socket's time limit says."""
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
    """Process id and user id of the other side, by the kernel's word."""
    data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    pid, uid, _ = CREDENTIALS.unpack(data)
    return pid, uid


def check_peer(connection: socket.socket) -> None:
    """Raise Fault where the other side is another user's."""
    _, uid = peer(connection)
    if uid != os.getuid():
        raise Fault(f"the other side of a worker's socket belongs to the user of id {uid}")
