"""One file of a stranger: over https, from a public address, bounded in size and time."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import httpx

from ..core.files import atomic
from .attempt import Attempt, Deadline, Limits, error_kind, open_answer
from .public import NotPublicError, url_problem

MOST_REDIRECTS = 3


class _TooLargeError(Exception):
    """More is sent than is taken."""


def download(url: str, path: Path, limits: Limits, local: bool = False) -> Attempt:
    """Download a file once. No key and no cookie is sent.

    Where a name leads is checked at the connection itself, so no name can lead to a machine of this
    network; see `Limits.public_only` for what a proxy changes.

    Args:
        url: Its address.
        path: The file to write, whole or not at all.
        limits: Size and time.
        local: Whether the service that named it is on this machine, as tests have it.

    Returns:
        What became of it; status 200: the file is there.
    """
    limits = replace(limits, public_only=not local)
    with Deadline(limits) as deadline:
        found = _followed(url, path, limits, deadline)
    if deadline.is_over:
        return Attempt(0, failure=f"is not there within {limits.timeout_s:g} s", may_pass=True)
    return found


def _followed(url: str, path: Path, limits: Limits, deadline: Deadline) -> Attempt:
    for _ in range(MOST_REDIRECTS + 1):
        if problem := url_problem(url, local=not limits.public_only):
            return Attempt(0, failure=problem, was_sent=False)
        try:
            with (
                open_answer("GET", url, b"", {}, limits, deadline) as response,
            ):
                status = response.status_code
                if not response.has_redirect_location:
                    return _stored(response, path, limits.most_bytes)
                url = urljoin(url, response.headers["Location"])
        except (NotPublicError, _TooLargeError) as error:
            return Attempt(0, failure=str(error), was_sent=False)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Attempt(0, failure=f"cannot be read ({error_kind(error)})", may_pass=True)
    return Attempt(status, failure=f"redirects more than {MOST_REDIRECTS} times")


def _stored(response: httpx.Response, path: Path, most_bytes: int) -> Attempt:
    status = response.status_code
    if status != 200:
        may_pass = status in (408, 425, 429) or status >= 500
        return Attempt(status, failure=f"HTTP {status}", may_pass=may_pass)
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        return Attempt(0, failure="is sent compressed, which was not asked for")
    size = 0
    with atomic(path) as temporary, temporary.open("wb") as file:
        for part in response.iter_raw():
            size += len(part)
            if size > most_bytes:
                break
            file.write(part)
        if size > most_bytes:
            raise _TooLargeError(f"has more than {most_bytes:,} bytes; nothing of it was kept")
    return Attempt(status)
