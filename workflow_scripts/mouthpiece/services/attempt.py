"""One HTTP request, within a time and a size."""

import contextlib
import email.utils
import functools
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from .settings import EndpointSettings

CONNECT_S = 15.0
"""Seconds within which a connection is made."""

MOST_ERROR_BYTES = 64 << 10
"""How much is read of an answer that says what is wrong."""

PASSING = (408, 409, 425, 429)
"""The statuses below 500 that may pass when the request is sent again."""


@dataclass(frozen=True)
class Attempt:
    """What became of a request.

    Attributes:
        status: The HTTP status; 0: there is no answer.
        body: The answer.
        failure: Why there is no answer that can be taken; empty where there is one.
        may_pass: Whether it may be better the next time.
        retry_after_s: How long the service asks to wait, in seconds; None: it does not say.
    """

    status: int
    body: bytes = b""
    failure: str = ""
    may_pass: bool = False
    retry_after_s: float | None = None


def send(
    settings: EndpointSettings,
    path: str,
    content: bytes,
    headers: Mapping[str, str],
    most_bytes: int,
) -> Attempt:
    """Send a request once.

    A connection is made for each: they are few, and each can be ended from outside when its time is
    over, whatever its server does.

    Args:
        settings: Where the service is.
        path: What is added to the base address.
        content: The request's bytes.
        headers: The request's headers.
        most_bytes: The largest answer that is taken.

    Returns:
        What became of it.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs each address
    late = f"does not answer within {settings.timeout_s:g} s"
    with _Deadline(settings.timeout_s) as deadline:
        try:
            with _client(settings) as client:
                request = client.build_request(
                    "POST",
                    settings.base_url.rstrip("/") + path,
                    content=content,
                    headers=dict(headers),
                    extensions={"trace": deadline.trace},
                )
                with contextlib.closing(client.send(request, stream=True)) as response:
                    found = _received(response, most_bytes)
        except httpx.TimeoutException:
            found = Attempt(0, failure=late, may_pass=True)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            found = Attempt(0, failure=f"cannot be asked ({_kind(error)})", may_pass=True)
    return Attempt(0, failure=late, may_pass=True) if deadline.is_over else found


def _client(settings: EndpointSettings) -> httpx.Client:
    timeout = httpx.Timeout(settings.timeout_s, connect=min(CONNECT_S, settings.timeout_s))
    return httpx.Client(
        verify=_certificates(),
        timeout=timeout,
        trust_env=False,  # neither a proxy nor a password of the environment is used unasked
        follow_redirects=False,
        proxy=settings.proxy or None,
    )


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Who is trusted. Reading it takes a fifth of a second."""
    return httpx.create_ssl_context(trust_env=False)


def _received(response: httpx.Response, most_bytes: int) -> Attempt:
    status = response.status_code
    if response.is_redirect or 300 <= status < 400:
        return Attempt(status, failure="redirects to another address; it was not followed")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        return Attempt(status=0, failure="sends a compressed answer, which was not asked for")
    is_good = status == 200
    body, is_whole = _read(response, most_bytes if is_good else MOST_ERROR_BYTES)
    if is_good and not is_whole:
        return Attempt(0, failure=f"sends more than {most_bytes:,} bytes; nothing of it was kept")
    may_pass = status in PASSING or status >= 500
    return Attempt(status, body, may_pass=may_pass, retry_after_s=_retry_after_s(response))


def _read(response: httpx.Response, most_bytes: int) -> tuple[bytes, bool]:
    """The bytes of an answer, and whether these are all."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_raw():
        size += len(part)
        if size > most_bytes:
            return b"".join(parts), False
        parts.append(part)
    return b"".join(parts), True


def _retry_after_s(response: httpx.Response) -> float | None:
    """The header Retry-After, in seconds or as a date."""
    text = response.headers.get("Retry-After", "").strip()[:40]
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        then = email.utils.parsedate_to_datetime(text)
        return max(0.0, then.timestamp() - time.time())
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _kind(error: Exception) -> str:
    """What went wrong, without an address or what was sent: the errors of httpx may hold both."""
    kinds = {
        httpx.ConnectError: "no connection",
        httpx.RemoteProtocolError: "the answer is no HTTP, or breaks off",
        httpx.ReadError: "the connection broke",
        httpx.ProxyError: "the proxy refuses",
    }
    return next((words for kind, words in kinds.items() if isinstance(error, kind)), "it failed")


class _Deadline:
    """Ends a connection when its time is over: timeouts of sockets count from byte to byte."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of the connection's socket; see httpx's extension `trace`."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            found = info["return_value"].get_extra_info("socket")
            if isinstance(found, socket.socket):
                self._sockets.append(found)

    def _end(self) -> None:
        self.is_over = True
        for one in self._open():
            with contextlib.suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RDWR)

    def _open(self) -> Iterator[socket.socket]:
        return (one for one in self._sockets if one.fileno() >= 0)
