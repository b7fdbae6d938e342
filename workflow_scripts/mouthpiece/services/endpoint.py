"""Requests to a hosted service: bounded, repeated where that helps, and kept to themselves.

No text, key or answer is logged or shown in a message. What a server says of an error is shown only
where it is one of the `KNOWN_REASONS`.
"""

import json
import logging
import os
import random
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from ..core.errors import Fault, InputError
from .attempt import Attempt, send
from .settings import EndpointSettings

log = logging.getLogger(__name__)

MOST_BODY_BYTES = 1 << 20
"""The largest request. A batch of lines has some thousand characters."""

FIRST_WAIT_S = 1.0
"""The wait before the second attempt; it doubles with each."""

KNOWN_REASONS = (
    "content_filter",
    "context_length_exceeded",
    "insufficient_quota",
    "invalid_api_key",
    "model_not_found",
    "rate_limit_exceeded",
)
"""What the field `code` or `type` of an error may say."""

HOPELESS = ("insufficient_quota",)
"""Reasons that do not pass while one waits."""

_HINTS = {
    401: "it does not know the key",
    403: "it does not allow the request",
    404: "is base_url right, and the name of the model?",
}


REFUSED = (400, 413, 422)
"""The statuses of a request that is well addressed, and whose content is not taken."""


class RefusedError(InputError):
    """The service does not take the content of a request; it may take another one."""


class UselessAnswerError(Fault):
    """A service answered, and may be paid, and its answer cannot be taken."""


class Endpoint:
    """A client of one service."""

    def __init__(
        self, settings: EndpointSettings, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Prepare a client. Nothing is sent yet.

        Args:
            settings: Where the service is.
            sleep: Waits some seconds.
        """
        self.settings = settings
        self._sleep = sleep

    def post(self, path: str, body: Mapping[str, Any], most_bytes: int) -> bytes:
        """Ask the service.

        Args:
            path: What is added to the base address, such as "/chat/completions".
            body: The request, JSON values.
            most_bytes: The largest answer that is taken.

        Returns:
            The answer. It may have no bytes.

        Raises:
            RefusedError: The service does not take the request's content.
            InputError: The config lacks something, or the service refuses to answer.
            UselessAnswerError: There is an answer, and it cannot be taken.
            Fault: There is no answer after all attempts.
        """
        return self._ask(path, self.content(body), most_bytes)

    def content(self, body: Mapping[str, Any]) -> bytes:
        """Write a request, once the service can be asked.

        Args:
            body: The request, JSON values.

        Returns:
            Its bytes.

        Raises:
            InputError: The config lacks something, or the request is too large.
        """
        if problem := self.settings.problem():
            raise InputError(f"the service {self.settings.host or 'to ask'}: {problem}")
        content = json.dumps(body, ensure_ascii=False).encode()
        if len(content) > MOST_BODY_BYTES:
            raise InputError(
                f"{self.settings.host}: the request would have {len(content):,} bytes, more than "
                f"{MOST_BODY_BYTES:,}"
            )
        return content

    def _ask(self, path: str, content: bytes, most_bytes: int) -> bytes:
        headers = self.headers()
        attempts = self.settings.attempts
        for number in range(1, attempts + 1):
            answer = send(self.settings, path, content, headers, most_bytes)
            if answer.status == 200:
                return answer.body
            problem = self.problem(answer)
            log.warning("attempt %d of %d: %s", number, attempts, problem)
            if not answer.may_pass or _reason(answer) in HOPELESS:
                if answer.status in REFUSED:
                    raise RefusedError(problem)
                # 4xx: what was asked is wrong; else the answer cannot be used.
                is_refused = 400 <= answer.status < 500
                kind = Fault if answer.status else UselessAnswerError
                raise InputError(problem) if is_refused else kind(problem)
            wait_s = self._wait_s(answer, number)
            if wait_s > self.settings.longest_wait_s:
                raise Fault(f"{problem}; it asks to wait {wait_s:.0f} s: run again later")
            if number < attempts:
                self._sleep(wait_s)
        times = "once" if attempts == 1 else f"{attempts} times"
        raise Fault(f"{problem}; it was asked {times}: run again later")

    def headers(self) -> dict[str, str]:
        """Write the head of a request.

        Returns:
            Its headers, with the key.

        Raises:
            InputError: The key is none.
        """
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "mouthpiece",
            "Idempotency-Key": uuid.uuid4().hex,  # of all attempts: none is worked on twice
        }
        if self.settings.key_variable:
            key = os.environ[self.settings.key_variable].strip()
            if not (key.isascii() and key.isprintable()):
                raise InputError(
                    f"the environment variable {self.settings.key_variable} holds characters that "
                    "no key has"
                )
            headers["Authorization"] = f"Bearer {key}"
        return headers

    def problem(self, answer: Attempt) -> str:
        """Describe why there is no good answer.

        Args:
            answer: What became of a request.

        Returns:
            The host and the reason, without what was sent.
        """
        if answer.failure:
            return f"{self.settings.host}: {answer.failure}"
        reason = _reason(answer)
        hint = reason.replace("_", " ") if reason else _HINTS.get(answer.status, "")
        if answer.status == 401:
            hint = f"is the key in {self.settings.key_variable or 'the environment'} right?"
        return f"{self.settings.host}: HTTP {answer.status}" + (f" ({hint})" if hint else "")

    def _wait_s(self, answer: Attempt, number: int) -> float:
        """How long to wait: as the service asks, else longer with each attempt, not all at once."""
        if answer.retry_after_s is not None:
            return answer.retry_after_s
        growing = FIRST_WAIT_S * 2.0 ** (number - 1) * random.uniform(0.75, 1.25)
        return min(growing, self.settings.longest_wait_s)


def _reason(answer: Attempt) -> str:
    """Why the service refuses, if that is known here."""
    try:
        error = json.loads(answer.body)["error"]
        words = [error.get("code"), error.get("type")]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""
    return next((word for word in words if word in KNOWN_REASONS), "")
