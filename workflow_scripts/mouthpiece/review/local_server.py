"""A server for pages on this machine.

It answers this machine only (127.0.0.1), and only who knows the secret in the address that it
shows. A page of another site or of another port cannot use the server: it has neither the secret
nor this server's origin, and a name that it points here (DNS rebinding) is not a host that this
server answers to.
"""

import logging
import sys
from typing import Any

from ..core.bounded_server import BoundedServer
from ..core.errors import location_of
from .local_handler import LocalHandler
from .secret_file import new_secret

log = logging.getLogger(__name__)

HOST = "127.0.0.1"

MAX_PORT = 65535

MAX_CONNECTIONS = 100
"""How many connections are served at a time; a browser uses six for a page."""


class LocalServer(BoundedServer):
    """Serves pages on this machine.

    Attributes:
        secret: The first part of the path of all pages, which their reader knows.
        write_token: What a page sends with each change; it is in no address.
        netloc: Host and port, as browsers write them.
    """

    request_queue_size = 64

    def __init__(self, port: int, handler: type[LocalHandler], secret: str = "") -> None:
        """Start to listen.

        Args:
            port: The port; 0: any that is free.
            handler: Answers a connection.
            secret: A secret that was kept; empty: a new one.
        """
        self.secret = secret or new_secret()
        self.write_token = new_secret()
        super().__init__(HOST, port, handler, MAX_CONNECTIONS)
        self.netloc = HOST if self.server_port == 80 else f"{HOST}:{self.server_port}"

    @property
    def address(self) -> str:
        """The address that is opened; it holds the secret."""
        return f"http://{self.netloc}/{self.secret}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong with a connection, unless the browser closed it.

        Args:
            request: The connection's socket.
            client_address: The address at its other end.
        """
        error = sys.exception()
        if isinstance(error, Exception) and not isinstance(error, ConnectionError | TimeoutError):
            where = location_of(error)  # its text may hold an address or a name
            log.error("a connection failed: unexpected %s %s", type(error).__name__, where)
