"""Requests to a service over HTTP, and what each status means for money."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from ...core.errors import Fault, InputError
from ...services.attempt import Attempt, Limits, exchange
from ...services.public import url_problem
from .contract import Ask, BusyError, LostError, RefusedError
from .words import WireType, parsed, shown

MOST_ANSWER_BYTES = 4 << 20

MOST_STORED_BYTES = 1 << 16
"""The largest answer to a file that was sent."""

HEADERS = {"Accept": "application/json", "User-Agent": "mouthpiece"}

UNSURE = (408, 409, 425)
"""The statuses below 500 that do not say whether a request was taken."""

PASSING = (408, 409, 425, 429)

OF_THE_KEY = (401, 403)
"""The statuses that are about who asks, and not about what is asked."""


def direct(timeout_s: float, proxy: str, public_only: bool = False) -> Ask:
    """Make what sends requests over the network.

    Args:
        timeout_s: How long one may take, in seconds.
        proxy: A proxy; empty: none.
        public_only: See `Limits.public_only`.

    Returns:
        The function; see `Ask`.
    """

    def ask(
        method: str, url: str, content: bytes, headers: Mapping[str, str], most_bytes: int
    ) -> Attempt:
        limits = Limits(most_bytes, timeout_s, proxy, public_only)
        return exchange(method, url, content, headers, limits)

    return ask


def secret(variable: str) -> str:
    """Read a key from the environment.

    Args:
        variable: The variable's name.

    Returns:
        The key.

    Raises:
        InputError: There is none, or it holds what no key has.
    """
    key = os.environ.get(variable, "").strip()
    if not key:
        raise InputError(f"the environment variable {variable}, which holds a key, is not set")
    if not (key.isascii() and key.isprintable()):
        raise InputError(f"the environment variable {variable} holds characters that no key has")
    return key


@dataclass(frozen=True)
class Client:
    """Asks the hosts of one service.

    Attributes:
        host: The service, for messages.
        origins: Scheme, host and port of all hosts that may get the key.
        ask: Sends a request.
        ask_stranger: Sends one to an address that an answer named.
        headers: Who asks: the header with the key.
        variable: The environment variable that holds the key.
        is_local: Whether the service is on this machine, as tests have it.
    """

    host: str
    origins: tuple[str, ...]
    ask: Ask
    ask_stranger: Ask
    headers: Mapping[str, str] = field(repr=False)
    variable: str
    is_local: bool = False

    def check_origin(self, url: str) -> str:
        """Check that an address which the service named is its own: the key is sent there.

        Args:
            url: The address.

        Returns:
            The address.

        Raises:
            Fault: It is another host's.
        """
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" not in self.origins:
            raise Fault(f"{self.host}: names an address of another host, {shown(parts.netloc)!r}")
        return url

    def send(
        self, method: str, url: str, content: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Attempt:
        """Send a request with the key, once.

        Args:
            method: Such as "GET".
            url: The address, one of the service's own.
            content: The request's bytes.
            headers: More headers.

        Returns:
            What became of it.
        """
        known = HEADERS | dict(self.headers) | dict(headers or {})
        return self.ask(method, self.check_origin(url), content, known, MOST_ANSWER_BYTES)

    def read(self, kind: type[WireType], url: str) -> WireType:
        """Ask for something that costs nothing.

        Args:
            kind: What is expected.
            url: The address.

        Returns:
            What was answered.

        Raises:
            BusyError: There is no answer now.
            InputError: The key is not taken.
            Fault: There is none, or it is something else.
        """
        return parsed(kind, self.body("GET", url), self.host)

    def body(
        self, method: str, url: str, content: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Send what costs nothing, and may be sent again.

        Args:
            method: Such as "GET".
            url: The address.
            content: The request's bytes.
            headers: More headers.

        Returns:
            The answer.

        Raises:
            BusyError: There is no answer now.
            InputError: The key is not taken.
            Fault: It is refused.
        """
        answer = self.send(method, url, content, headers)
        if 200 <= answer.status < 300:
            return answer.body
        raise self.error(answer)

    def error(self, answer: Attempt) -> Fault | InputError:
        """Tell what an answer means that is no success, to what costs nothing.

        Args:
            answer: The answer.

        Returns:
            One of the errors of `body`, for the caller to raise.
        """
        problem = self.problem(answer)
        if (
            answer.status in PASSING
            or answer.status >= 500
            or (not answer.status and answer.may_pass)
        ):
            return BusyError(problem, answer.retry_after_s)
        return self._wrong_key(problem) if answer.status in OF_THE_KEY else Fault(problem)

    def _wrong_key(self, problem: str) -> InputError:
        return InputError(f"{problem}: is the key in {self.variable} right, and may it do this?")

    def buy(self, url: str, content: bytes, headers: Mapping[str, str]) -> bytes:
        """Send what costs. It is sent once.

        Args:
            url: The address.
            content: The request's bytes.
            headers: More headers.

        Returns:
            The answer of a service that has taken it.

        Raises:
            RefusedError: It is not taken.
            BusyError: It is not taken now.
            InputError: The key is not taken.
            LostError: Nobody knows.
        """
        answer = self.send("POST", url, content, headers)
        if 200 <= answer.status < 300:
            return answer.body
        problem = self.problem(answer)
        if not answer.was_sent or answer.status == 429:
            raise BusyError(problem, answer.retry_after_s)
        if answer.status in OF_THE_KEY:
            raise self._wrong_key(problem)
        if 400 <= answer.status < 500 and answer.status not in UNSURE:
            raise RefusedError(f"{problem}; nothing was bought")
        raise LostError(problem)

    def put(self, url: str, content: bytes, media_type: str) -> None:
        """Store a file at an address that the service named for it, on a host that gets no key.

        Args:
            url: The address; its query may be a signature.
            content: The file.
            media_type: Such as "video/mp4".

        Raises:
            BusyError: It is not stored now.
            Fault: It is not stored, or the address is none of the public network.
        """
        if problem := url_problem(url, self.is_local):
            raise Fault(f"{self.host}: names an address for files that {problem}")
        headers = {"Content-Type": media_type}
        answer = self.ask_stranger("PUT", url, content, headers, MOST_STORED_BYTES)
        if 200 <= answer.status < 300:
            return
        problem = f"{self.problem(answer)}: a file was not stored"
        if answer.may_pass:
            raise BusyError(problem, answer.retry_after_s)
        raise Fault(problem)

    def problem(self, answer: Attempt) -> str:
        """Say what is wrong with an answer.

        Args:
            answer: The answer.

        Returns:
            A sentence without a full stop.
        """
        if answer.failure:
            return f"{self.host}: {answer.failure}"
        # What is said of a wrong key may repeat it.
        said = "" if answer.status in OF_THE_KEY else said_of_error(answer.body)
        return f"{self.host}: HTTP {answer.status}" + (f" ({said})" if said else "")


def said_of_error(body: bytes) -> str:
    """Find the sentence in which a service says what is wrong.

    Args:
        body: Its answer.

    Returns:
        A short line; empty: there is none.
    """
    try:
        values = json.loads(body)
        found = next(values[k] for k in ("detail", "message", "error", "title") if values.get(k))
        if isinstance(found, list):
            found = found[0].get("msg") if isinstance(found[0], dict) else found[0]
        if isinstance(found, dict):
            found = found.get("message") or found.get("msg")
    except (ValueError, TypeError, AttributeError, LookupError, StopIteration, RecursionError):
        return ""
    return shown(found) if isinstance(found, str) else ""


def json_bytes(values: Mapping[str, Any]) -> bytes:
    """Write JSON that has equal bytes for equal values.

    Args:
        values: JSON values.

    Returns:
        The bytes.
    """
    return json.dumps(values, sort_keys=True, ensure_ascii=False).encode()


def multipart(
    fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes, str]], boundary: str
) -> tuple[bytes, dict[str, str]]:
    """Write a form with files; equal values make equal bytes.

    Args:
        fields: The fields.
        files: Name, content and media type of each file.
        boundary: What separates the parts: letters and digits that no file has.

    Returns:
        The bytes, and their header.
    """
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    form = httpx.Request("POST", "http://form/", data=fields, files=files, headers=headers)
    return form.read(), headers
