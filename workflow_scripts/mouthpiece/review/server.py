"""A small server for the review pages: what a reviewer decides is saved at once.

It answers this machine only (127.0.0.1), and only who knows the token in the address that it logs.
The pages are those that `rules/review.smk` made; they save to the project's table of decisions. A
page of another site cannot use the server: it has neither the token nor this server's origin, and a
name that it points here (DNS rebinding) is not a host that this server answers to.
"""

import logging
import secrets
import socketserver
import sys
from http.server import ThreadingHTTPServer
from typing import Any

from .handler import Handler
from .store import ReviewStore

log = logging.getLogger(__name__)

HOST = "127.0.0.1"

MAX_PORT = 65535


class Server(ThreadingHTTPServer):
    """Serves the reviews of a folder on this machine.

    Attributes:
        reviews: The films, and the table of decisions.
        token: The secret that a reviewer knows.
        netloc: Host and port, as browsers write them.
        cookie: The name of the cookie that holds the token; cookies do not tell ports apart.
    """

    def __init__(self, reviews: ReviewStore, port: int = 0) -> None:
        """Start to listen.

        Args:
            reviews: The films, and the table of decisions.
            port: The port; 0: any that is free.
        """
        self.reviews = reviews
        self.token = secrets.token_urlsafe(32)
        super().__init__((HOST, port), Handler)
        self.netloc = HOST if self.server_port == 80 else f"{HOST}:{self.server_port}"
        self.cookie = f"mouthpiece-{self.server_port}"

    def server_bind(self) -> None:
        """Bind without asking a name server for this machine's name, as HTTPServer would."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    @property
    def address(self) -> str:
        """The address that a reviewer opens; it holds the token."""
        return f"http://{self.netloc}/?token={self.token}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong with a connection, unless the browser closed it.

        Args:
            request: The connection's socket.
            client_address: The address at its other end.
        """
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            log.exception("a request failed")
