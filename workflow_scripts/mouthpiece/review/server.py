"""A small server for the review pages: what a reviewer decides is saved at once.

It answers this machine only (127.0.0.1), and only who knows the secret in the address that it
shows. The pages are those that `rules/review.smk` made; they save to the project's table of
decisions. A page of another site or of another port cannot use the server: it has neither the
secret nor this server's origin, and a name that it points here (DNS rebinding) is not a host that
this server answers to.
"""

import logging
import secrets
import sys
from typing import Any, Self

from ..core.bounded_server import BoundedServer
from ..core.errors import location_of
from .applying import Runner
from .handler import Handler
from .store import ReviewStore

log = logging.getLogger(__name__)

HOST = "127.0.0.1"

MAX_PORT = 65535

USUAL_PORT = 8437
"""The same each time, so that a tunnel to this machine need not change."""

MAX_CONNECTIONS = 100
"""How many connections are served at a time; a browser uses six for a page."""


class Server(BoundedServer):
    """Serves the reviews of a folder on this machine.

    Attributes:
        reviews: The films, and the table of decisions.
        secret: The first part of the path of all pages, which a reviewer knows.
        write_token: What a page sends with each decision; it is in no address.
        netloc: Host and port, as browsers write them.
        runner: What starts the project's run; None: the project is not known.
    """

    request_queue_size = 64

    def __init__(self, reviews: ReviewStore, port: int = 0, runner: Runner | None = None) -> None:
        """Start to listen.

        Args:
            reviews: The films, and the table of decisions.
            port: The port; 0: any that is free.
            runner: What starts the project's run; None: the project is not known.
        """
        self.reviews, self.runner = reviews, runner
        self.secret = secrets.token_urlsafe(32)
        self.write_token = secrets.token_urlsafe(32)
        super().__init__(HOST, port, Handler, MAX_CONNECTIONS)
        self.netloc = HOST if self.server_port == 80 else f"{HOST}:{self.server_port}"

    @classmethod
    def usual(cls, reviews: ReviewStore, runner: Runner | None = None) -> Self:
        """Start to listen on USUAL_PORT, or on any free port where that is in use.

        Args:
            reviews: The films, and the tables.
            runner: As for a server on a port that is named.

        Returns:
            The server.

        Raises:
            OSError: No port can be used.
        """
        try:
            return cls(reviews, USUAL_PORT, runner)
        except OSError:
            return cls(reviews, runner=runner)

    @property
    def address(self) -> str:
        """The address that a reviewer opens; it holds the secret."""
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
