"""Answers that are read line by line as they come, within a time and a size."""

import logging
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import httpx

from ..core.errors import Fault, InputError
from .attempt import NO_ANSWER, Attempt, Deadline, Limits, no_answer, open_answer, received
from .endpoint import Endpoint

log = logging.getLogger(__name__)


def answer_lines(
    endpoint: Endpoint, path: str, body: Mapping[str, Any], most_bytes: int
) -> Iterator[str]:
    """Ask a service once, and read the lines of its answer as they come.

    Args:
        endpoint: The service; its time holds for the whole answer.
        path: What is added to the base address, such as "/chat/completions".
        body: The request, JSON values.
        most_bytes: How much of the answer is taken.

    Yields:
        The lines without their ends.

    Raises:
        InputError: The config lacks something, or the service refuses to answer.
        Fault: There is no answer, or it breaks off.
    """
    content, headers = endpoint.content(body), endpoint.headers()
    settings = endpoint.settings
    url = settings.base_url.rstrip("/") + path
    limits = Limits(most_bytes, settings.timeout_s, settings.proxy)
    with Deadline(limits) as deadline:
        try:
            with open_answer("POST", url, content, headers, limits, deadline) as response:
                problem = yield from _lines(response, most_bytes)
        except NO_ANSWER as error:
            problem = no_answer(error, limits)
    if deadline.is_over:
        problem = Attempt(0, failure=f"is not done within {limits.timeout_s:g} s")
    if problem:
        message = endpoint.problem(problem)
        raise InputError(message) if 400 <= problem.status < 500 else Fault(message)


def _lines(response: httpx.Response, most_bytes: int) -> Generator[str, None, Attempt | None]:
    """The lines of an answer; returns what became of one that is not good, or not whole."""
    if response.status_code != 200:
        return received(response, most_bytes)
    rest, size = b"", 0
    for part in response.iter_raw():
        size += len(part)
        if size > most_bytes:
            return Attempt(0, failure=f"sends more than {most_bytes:,} bytes")
        *lines, rest = (rest + part).split(b"\n")
        yield from (line.decode("utf-8", "replace").rstrip("\r") for line in lines)
    if rest:
        yield rest.decode("utf-8", "replace")
    return None
