"""What the review server answers: pages, JSON, files and ranges of them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".jpg": "image/jpeg",
    ".log": "text/plain; charset=utf-8",
}
"""Suffix -> media type of the files that are served."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src "
    "'unsafe-inline'; media-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""The headers of every answer."""


@dataclass(frozen=True)
class Answer:
    """A response.

    Attributes:
        body: Its first bytes.
        kind: Its media type.
        status: Its HTTP status.
        headers: More headers.
        file: A file whose bytes follow the body; None: none do.
        part: The bytes of the file that follow.
    """

    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None
    part: range = range(0)

    @property
    def all_headers(self) -> dict[str, str]:
        """All headers, with type and length."""
        size = len(self.body) + len(self.part)
        own = {"Content-Type": self.kind, "Content-Length": str(size)}
        return {**HEADERS, **own, **self.headers}


def refusal_answer(status: HTTPStatus, message: str) -> Answer:
    """Refuse a request. The connection ends: what it may still hold is not read as another one.

    Args:
        status: The HTTP status.
        message: Why, on one line.

    Returns:
        The answer.
    """
    body = f"{message}\n".encode("utf-8", "backslashreplace")
    return Answer(body, status=status, headers={"Connection": "close"})


def json_answer(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Answer with a JSON value.

    Args:
        value: The value.
        status: The HTTP status.

    Returns:
        The answer.
    """
    return Answer(json.dumps(value).encode(), "application/json", status)


def file_answer(path: Path, asked: str) -> Answer:
    """Answer with a file, or the range of it that was asked for, as players do to seek.

    Args:
        path: The file.
        asked: The Range header of the request; empty: there is none.

    Returns:
        The answer, whose bytes are read from the file when it is sent.
    """
    size = path.stat().st_size
    part = _range(asked, size)
    status, place = HTTPStatus.OK, ""
    if part is None:
        part = range(size)
    elif part:
        status, place = HTTPStatus.PARTIAL_CONTENT, f"{part.start}-{part.stop - 1}"
    else:
        status, place = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "*"
    headers = {"Content-Range": f"bytes {place}/{size}"} if place else {}
    kind = TYPES.get(path.suffix, "application/octet-stream")
    return Answer(b"", kind, status, {"Accept-Ranges": "bytes", **headers}, file=path, part=part)


def _range(header: str, size: int) -> range | None:
    """The bytes that a Range header asks for (RFC 9110); empty: outside; None: the whole file."""
    found = re.fullmatch(r"bytes=([0-9]{0,15})-([0-9]{0,15})", header)
    if not found or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(size, int(last) + 1) if last else size)
