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

from ..core.errors import Fault
from ..core.files import remove
from .connections import open_address
from .partial import MOST_BYTES, PartialFile, bytes_on_disk
from .sources import TOKEN_VARIABLE, address, host, token
from .table import Weight

log = logging.getLogger(__name__)

CHUNK_BYTES = 1 << 20
"""Bytes that are read at once."""

LOGGED_BYTES = 256 << 20
"""Bytes that arrive between two progress lines in the log."""

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
        is_complete = _write(response, partial, weight, total or MOST_BYTES)
    have = bytes_on_disk(partial)
    if not is_complete or (total is not None and have < total):
        raise Fault(
            f"{weight.name}: the connection was lost at {have:,} of {whole} bytes; run again: it "
            "goes on from there"
        )


def _write(response: Response, partial: Path, weight: Weight, limit_bytes: int) -> bool:
    """Append what arrives to `partial`; whether the server ended the answer properly."""
    logged = response.start
    with PartialFile(partial, response.start, limit_bytes) as file:
        try:
            for chunk in _chunks(response.body):
                file.write(chunk)
                if file.is_too_long:
                    break
                if file.is_too_slow:
                    return False
                if file.size_bytes - logged >= LOGGED_BYTES:
                    logged = file.size_bytes
                    log.info("%s: %s bytes have arrived", weight.name, f"{logged:,}")
        except EOFError:
            return False
    if file.is_too_long:
        remove(partial)
        raise Fault(
            f"{weight.name}: {host(weight)} sends more than the {limit_bytes:,} bytes of the file "
            "that is meant; nothing of it was kept"
        )
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
        return Response(body, 0, int(length) if re.fullmatch("[0-9]{1,15}", length) else None)
    found = re.fullmatch(
        r"bytes ([0-9]{1,15})-[0-9]{1,15}/([0-9]{1,15}|\*)", body.headers.get("Content-Range", "")
    )
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
    return open_address(request)
