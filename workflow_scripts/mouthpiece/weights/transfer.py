"""HTTP downloads that resume where the last attempt stopped."""

import contextlib
import http.client
import logging
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..core.errors import Fault
from .sources import TOKEN_VARIABLE, address, host, token
from .table import Weight

log = logging.getLogger(__name__)

CHUNK_BYTES = 1 << 20
"""Bytes that are read at once."""

LOGGED_BYTES = 256 << 20
"""Bytes that arrive between two progress lines in the log."""

TIMEOUT_S = 60
"""Seconds without data after which a connection counts as lost."""

_NOT_SATISFIABLE = http.client.REQUESTED_RANGE_NOT_SATISFIABLE


@dataclass(frozen=True)
class Response:
    """A server's answer to a request for a file from some byte on.

    Attributes:
        body: The stream of the answer's bytes.
        start: The first byte that it holds.
        total: The whole file's size in bytes; None where the server does not state it.
    """

    body: Any
    start: int
    total: int | None


def receive(weight: Weight, partial: Path) -> None:
    """Download what is missing of a file.

    Args:
        weight: A row of weights.tsv whose source is `hf:` or `url:`.
        partial: What has arrived so far; it is appended to, and kept on errors.

    Raises:
        Fault: If the server does not send the file, or the connection is lost.
    """
    have = bytes_on_disk(partial)
    if have == weight.size_bytes:
        return
    if weight.size_bytes is not None and have > weight.size_bytes:
        have = 0
    response = _request(weight, have)
    with contextlib.closing(response.body):
        if response.total is not None and weight.size_bytes not in (None, response.total):
            raise Fault(
                f"{weight.name}: {host(weight)} has another file there: of {response.total:,} "
                f"bytes, wanted {weight.size_bytes:,}; it was not taken"
            )
        total = weight.size_bytes or response.total
        whole = f"{total:,}" if total else "an unknown number of"
        if response.start:
            log.info("%s: goes on at %s of %s bytes", weight.name, f"{response.start:,}", whole)
        is_complete = _write(response, partial, weight.name, whole)
    have = bytes_on_disk(partial)
    if not is_complete or (total is not None and have < total):
        raise Fault(
            f"{weight.name}: the connection was lost at {have:,} of {whole} bytes; run again: it "
            "goes on from there"
        )


def bytes_on_disk(path: Path) -> int:
    """Measure a file that may not exist.

    Args:
        path: Any path.

    Returns:
        Its size in bytes; 0 where there is no file.
    """
    return path.stat().st_size if path.exists() else 0


def _write(response: Response, partial: Path, name: str, whole: str) -> bool:
    """Append what arrives to `partial`; whether the server ended the answer properly."""
    have = logged = response.start
    with partial.open("ab" if response.start else "wb") as file:
        try:
            for chunk in _chunks(response.body):
                file.write(chunk)
                have += len(chunk)
                if have - logged >= LOGGED_BYTES:
                    logged = have
                    log.info("%s: %s of %s bytes", name, f"{have:,}", whole)
        except EOFError:
            return False
    return True


def _chunks(body: Any) -> Iterator[bytes]:
    """What arrives. Raises EOFError where the connection breaks noticeably."""
    try:
        while chunk := body.read1(CHUNK_BYTES):
            yield chunk
    except (http.client.HTTPException, OSError) as error:
        raise EOFError(str(error)) from None


def _request(weight: Weight, start: int) -> Response:
    """Request a file from byte `start` on; all of it from a server that cannot resume."""
    try:
        body = _open(weight, start)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == _NOT_SATISFIABLE and start:
            return _request(weight, 0)
        hint = f"; does it want a token? Set {TOKEN_VARIABLE}" if error.code in (401, 403) else ""
        raise Fault(
            f"{weight.name}: {host(weight)} does not give {weight.source}: HTTP {error.code} "
            f"{error.reason}{hint}"
        ) from None
    except (http.client.HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        raise Fault(
            f"{weight.name}: cannot download {weight.source} from {host(weight)}: {reason}; what "
            "has arrived is kept: run again"
        ) from None
    if body.status != http.client.PARTIAL_CONTENT:
        length = body.headers.get("Content-Length", "")
        return Response(body, 0, int(length) if length.isdecimal() else None)
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", body.headers.get("Content-Range", ""))
    if found and int(found[1]) == start:
        return Response(body, start, None if found[2] == "*" else int(found[2]))
    body.close()
    if start:
        return _request(weight, 0)
    raise Fault(f"{weight.name}: {host(weight)} sends parts of the file that nobody asked for")


def _open(weight: Weight, start: int) -> Any:
    request = urllib.request.Request(address(weight), headers={"User-Agent": "mouthpiece"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    secret = token(weight)
    if secret:
        request.add_header("Authorization", f"Bearer {secret}")
    return urllib.request.build_opener(_Redirects).open(request, timeout=TIMEOUT_S)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect to another host without the token."""

    def redirect_request(self, req: Any, *given: Any) -> urllib.request.Request | None:
        """See `urllib.request.HTTPRedirectHandler.redirect_request`."""
        following = super().redirect_request(req, *given)
        if following is not None and _origin(following.full_url) != _origin(req.full_url):
            following.remove_header("Authorization")
        return following


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
