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
from datetime import UTC
from typing import Any

import httpx

from .public import NotPublicError, check_host, check_machine
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
        was_sent: Whether the service may have got the request.
    """

    status: int
    body: bytes = b""
    failure: str = ""
    may_pass: bool = False
    retry_after_s: float | None = None
    was_sent: bool = True


def send(
    settings: EndpointSettings,
    path: str,
    content: bytes,
    headers: Mapping[str, str],
    most_bytes: int,
) -> Attempt:
    """Send a request to an endpoint once.

    Args:
        settings: Where the service is.
        path: What is added to the base address.
        content: The request's bytes.
        headers: The request's headers.
        most_bytes: The largest answer that is taken.

    Returns:
        What became of it.
    """
    url = settings.base_url.rstrip("/") + path
    limits = Limits(most_bytes, settings.timeout_s, settings.proxy)
    return exchange("POST", url, content, headers, limits)


@dataclass(frozen=True)
class Limits:
    """How far a service is waited for, and by which way it is asked.

    Attributes:
        most_bytes: The largest answer that is taken.
        timeout_s: How long the whole exchange may take, in seconds.
        proxy: A proxy; empty: none.
        public_only: Whether a stranger named the address, and only machines of the public network
            are asked. That is checked at the connection, before a byte is sent; with a proxy, which
            connects unseen, by what the name resolves to here.
    """

    most_bytes: int
    timeout_s: float
    proxy: str = ""
    public_only: bool = False


def exchange(
    method: str, url: str, content: bytes, headers: Mapping[str, str], limits: Limits
) -> Attempt:
    """Send a request once. It is never repeated here.

    A connection is made for each: they are few, and each can be ended from outside when its time is
    over, whatever its server does.

    Args:
        method: Such as "POST".
        url: The address.
        content: The request's bytes.
        headers: The request's headers.
        limits: Size and time of the answer.

    Returns:
        What became of it.
    """
    with Deadline(limits) as deadline:
        try:
            with open_answer(method, url, content, headers, limits, deadline) as response:
                found = received(response, limits.most_bytes)
        except NO_ANSWER as error:
            found = no_answer(error, limits)
    if deadline.is_over:
        late = f"does not answer within {limits.timeout_s:g} s"
        return Attempt(0, failure=late, may_pass=True, was_sent=found.was_sent)
    return found


NO_ANSWER = (NotPublicError, httpx.HTTPError, httpx.InvalidURL, OSError)
"""What is raised where there is no answer."""


def no_answer(error: Exception, limits: Limits) -> Attempt:
    """Describe why there is no answer.

    Args:
        error: One of `NO_ANSWER`.
        limits: How far the service was waited for.

    Returns:
        The attempt.
    """
    if isinstance(error, NotPublicError):
        return Attempt(0, failure=str(error), was_sent=False)
    words = f"cannot be asked ({error_kind(error)})"
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        words += "; is it running, and is its address right?"
        return Attempt(0, failure=words, may_pass=True, was_sent=False)
    if isinstance(error, httpx.TimeoutException):
        words = f"does not answer within {limits.timeout_s:g} s"
    return Attempt(0, failure=words, may_pass=True)


@contextlib.contextmanager
def open_answer(
    method: str,
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    limits: Limits,
    deadline: "Deadline",
) -> Iterator[httpx.Response]:
    """Send a request, and read the head of its answer.

    Args:
        method: Such as "POST".
        url: The address.
        content: The request's bytes.
        headers: The request's headers.
        limits: Time and proxy.
        deadline: What ends the connection when its time is over.

    Yields:
        The answer, whose body is not read yet.

    Raises:
        NotPublicError: A machine is not asked; see `Limits.public_only`.
    """
    if limits.public_only and limits.proxy:
        check_host(url)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs each address
    extensions = {"trace": deadline.trace}
    with _client(limits) as client:
        request = client.build_request(
            method, url, content=content, headers=dict(headers), extensions=extensions
        )
        with contextlib.closing(client.send(request, stream=True)) as response:
            yield response


def _client(limits: Limits) -> httpx.Client:
    """A client that follows nothing and takes nothing from the environment."""
    timeout = httpx.Timeout(limits.timeout_s, connect=min(CONNECT_S, limits.timeout_s))
    return httpx.Client(
        headers={"Accept-Encoding": "identity"},  # a compressed answer has no bounded size
        verify=_certificates(),
        timeout=timeout,
        trust_env=False,  # neither a proxy nor a password of the environment is used unasked
        follow_redirects=False,
        proxy=limits.proxy or None,
    )


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Who is trusted. Reading it takes a fifth of a second."""
    return httpx.create_ssl_context(trust_env=False)


def received(response: httpx.Response, most_bytes: int) -> Attempt:
    """Read an answer.

    Args:
        response: The answer, whose body is not read yet.
        most_bytes: The largest body that is taken.

    Returns:
        What became of the request.
    """
    status = response.status_code
    if response.is_redirect or 300 <= status < 400:
        return Attempt(status, failure="redirects to another address; it was not followed")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        return Attempt(status=0, failure="sends a compressed answer, which was not asked for")
    is_good = 200 <= status < 300
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
        if then.tzinfo is None:  # "-0000" is UTC, too: who wrote it tells no zone (RFC 5322)
            then = then.replace(tzinfo=UTC)
        return max(0.0, then.timestamp() - time.time())
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def error_kind(error: Exception) -> str:
    """Tell what went wrong, without an address or what was sent: httpx's texts may hold both.

    Args:
        error: An error of httpx or of the system.

    Returns:
        A few words.
    """
    kinds = {
        httpx.ConnectError: "no connection",
        httpx.ConnectTimeout: "no connection",
        httpx.RemoteProtocolError: "the answer is no HTTP, or breaks off",
        httpx.ReadError: "the connection broke",
        httpx.ProxyError: "the proxy refuses",
    }
    return next((words for kind, words in kinds.items() if isinstance(error, kind)), "it failed")


class Deadline:
    """Ends a connection when its time is over: timeouts of sockets count from byte to byte.

    Attributes:
        is_over: Whether the time is over.
    """

    def __init__(self, limits: Limits) -> None:
        """Start nothing yet.

        Args:
            limits: The time, and which machines may be reached.
        """
        self.is_over = False
        self._is_checked = limits.public_only and not limits.proxy
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(limits.timeout_s, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of the connection's socket; see httpx's extension `trace`.

        Args:
            event: What happened.
            info: What it happened with.
        """
        if event == "connection.connect_tcp.complete" and self._is_checked:
            check_machine(str(info["return_value"].get_extra_info("server_addr")[0]))
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            found = info["return_value"].get_extra_info("socket")
            if isinstance(found, socket.socket):
                self._sockets.append(found)
                if self.is_over:  # before there was a socket to end
                    self._end()

    def _end(self) -> None:
        self.is_over = True
        for one in self._open():
            with contextlib.suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RDWR)

    def _open(self) -> Iterator[socket.socket]:
        return (one for one in self._sockets if one.fileno() >= 0)
