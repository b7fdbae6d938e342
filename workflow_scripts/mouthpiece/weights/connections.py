"""HTTP connections of downloads: they answer within a time, and redirect to https only."""

import contextlib
import http.client
import socket
import threading
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

SILENCE_S = 60.0
"""Seconds without data after which a connection counts as lost."""

ANSWER_S = 120.0
"""Seconds within which the head of an answer must have arrived."""


def open_address(request: urllib.request.Request) -> Any:
    """Send a request.

    Args:
        request: The request.

    Returns:
        The answer; its body can be read.

    Raises:
        HTTPError: The server refuses.
        OSError: There is no answer, or it redirects to where nothing is taken from.
        HTTPException: The answer is none.
    """
    opener = urllib.request.build_opener(_Redirects, _HttpHandler, _HttpsHandler)
    return opener.open(request, timeout=SILENCE_S)


class _Timed(http.client.HTTPConnection):
    """Ends a connection whose head comes byte by byte, each in time but never the last."""

    def connect(self) -> None:
        """See `http.client.HTTPConnection.connect`."""
        super().connect()
        self._timer = threading.Timer(ANSWER_S, _shut_down, [self.sock])
        self._timer.daemon = True
        self._timer.start()

    def getresponse(self) -> http.client.HTTPResponse:
        """See `http.client.HTTPConnection.getresponse`.

        Returns:
            The response.
        """
        try:
            return super().getresponse()
        finally:
            self._timer.cancel()


class _TimedHttps(_Timed, http.client.HTTPSConnection):
    pass


class _HttpHandler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """See `urllib.request.HTTPHandler.http_open`."""
        return self.do_open(_Timed, req)


class _HttpsHandler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """See `urllib.request.HTTPSHandler.https_open`."""
        return self.do_open(_TimedHttps, req)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect to another host without the token, and to https only."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """See `urllib.request.HTTPRedirectHandler.redirect_request`.

        A mirror that the user gave as http may redirect to http.
        """
        allowed = {"https", urlsplit(req.full_url).scheme}
        if urlsplit(newurl).scheme not in allowed:
            raise urllib.error.URLError("it redirects to an address that is not https")
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None and _origin(following.full_url) != _origin(req.full_url):
            following.remove_header("Authorization")
        return following


def _shut_down(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
