"""An HTTP server that serves a bounded number of connections, each in a thread."""

import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class BoundedServer(ThreadingHTTPServer):
    """Listens on an address; a connection too many is closed unanswered."""

    def __init__(
        self, host: str, port: int, handler: type[BaseHTTPRequestHandler], most_connections: int
    ) -> None:
        """Start to listen.

        Args:
            host: The address.
            port: The port; 0: any that is free.
            handler: Answers a connection.
            most_connections: How many are served at a time.
        """
        self._free = threading.BoundedSemaphore(most_connections)
        super().__init__((host, port), handler)

    def server_bind(self) -> None:
        """Bind without asking a name server for this machine's name, as HTTPServer would."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread; one too many is closed.

        Args:
            request: The connection's socket.
            client_address: The address at its other end.
        """
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer a connection.

        Args:
            request: The connection's socket.
            client_address: The address at its other end.
        """
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()
