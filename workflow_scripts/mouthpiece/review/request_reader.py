"""Reading requests that must arrive in time, however slowly they are sent."""

import io
import socket
import time
from typing import Any


class RequestReader(io.RawIOBase):
    """Reads a socket until a moment that is set for each request.

    A timeout of the socket starts again with each byte, so a client that sends a byte now and then
    would be waited for without end.
    """

    def __init__(self, connection: socket.socket) -> None:
        """Read a connected socket.

        Args:
            connection: The socket.
        """
        self._connection = connection
        self._deadline = float("inf")

    def allow(self, seconds: float) -> None:
        """Set how long all reads together may take from now on.

        Args:
            seconds: The time in seconds.
        """
        self._deadline = time.monotonic() + seconds

    def readable(self) -> bool:
        """Tell `io` that this can be read.

        Returns:
            True.
        """
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what has arrived; see `io.RawIOBase.readinto`.

        Args:
            buffer: Where it is put.

        Returns:
            How many bytes it is; 0: the other side has closed the connection.

        Raises:
            TimeoutError: Nothing arrived in time.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request did not arrive in time")
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)
