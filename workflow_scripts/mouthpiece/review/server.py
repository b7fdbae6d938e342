"""A small server for the review pages: what a reviewer decides is saved at once.

    python -m mouthpiece.reviewserver --configfile job.yaml

It answers this machine only (127.0.0.1), and only who knows the token in the address that it logs.
The pages are those that `rules/review.smk` made; they save to the project's decisions table. A page
of another site cannot use it: it has neither the token nor this server's origin, and a name that it
lets point here (DNS rebinding) is no host that this server goes by.
"""

import argparse
import contextlib
import hmac
import json
import logging
import re
import secrets
import signal
import socketserver
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from ..core.errors import Fault, InputError
from ..core.jobs import os_error_text, run_command
from ..project.tables import Decision, one_line
from .decisions import COLUMNS, Table
from .templating import environment
from .store import FILM, INDEX, ConflictError, RequestError, ReviewStore, open_reviews, revision
from .verdicts import VERDICTS

log = logging.getLogger(__name__)

HOST = "127.0.0.1"

MAX_PORT = 65535

MAX_BODY = 64 * 1024
"""Largest request body, in bytes."""

TOKEN_HEADER = "X-Mouthpiece-Token"

SAID = COLUMNS[3:]
"""What may be said on a cut."""

PAGE = re.compile(FILM + r"/(?:index\.html)?")

CLIP = re.compile(FILM + r"/clips/(?P<name>[ -.0-\[\]-~]{1,200})")  # ASCII without / and \

DECISIONS = re.compile(FILM + r"/decisions")

TYPES = {".html": "text/html; charset=utf-8", ".mp4": "video/mp4"}

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src "
    "'unsafe-inline'; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Server(ThreadingHTTPServer):
    """Serves some reviews on this machine. Port 0: any that is free."""

    def __init__(self, reviews: ReviewStore, port: int = 0) -> None:
        self.reviews = reviews
        self.token = secrets.token_urlsafe(32)
        super().__init__((HOST, port), Handler)
        self.netloc = HOST if self.server_port == 80 else f"{HOST}:{self.server_port}"
        self.cookie = f"mouthpiece-{self.server_port}"  # cookies do not tell ports apart

    def server_bind(self) -> None:
        """Bind without asking a name server for this machine's name, as HTTPServer would."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    @property
    def address(self) -> str:
        """Where a reviewer begins; holds the token."""
        return f"http://{self.netloc}/?token={self.token}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong with a connection; browsers close them at will."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            log.exception("a request failed")


@dataclass(frozen=True)
class Answer:
    """A response: what it holds, and how it is to be taken."""

    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None
    part: range = range(0)
    """The bytes of the file that follow the body."""


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "mouthpiece"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        """Answer with a page, a clip or the decisions on a film."""
        self._answer(self._get)

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        """Save what was said of a cut."""
        self._answer(self._post)

    def _answer(self, find: Callable[[], Answer]) -> None:
        try:
            self._check_origin()
            answer = find()
        except RequestError as refused:
            answer = self._refusal(refused.status, str(refused))
        except (InputError, Fault) as error:
            answer = self._refusal(HTTPStatus.CONFLICT, str(error))
        except ConnectionError:
            raise
        except OSError as error:
            answer = self._refusal(HTTPStatus.INTERNAL_SERVER_ERROR, os_error_text(error))
        self._head(answer)
        if self.command != "HEAD":
            self.wfile.write(answer.body)
            self._copy(answer)
        if answer.headers.get("Connection") == "close":
            self._drain()

    def _drain(self) -> None:
        """Read away what is still being sent: a client that is at it may miss the answer."""
        self.connection.settimeout(0.5)
        with contextlib.suppress(OSError):
            self.rfile.read(16 * MAX_BODY)

    def _refusal(self, status: HTTPStatus, why: str) -> Answer:
        # What the request may still hold is not read as another one.
        self.close_connection = True
        return Answer(f"{why}\n".encode(), status=status, headers={"Connection": "close"})

    def _head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        size = len(answer.body) + len(answer.part)
        own = {"Content-Type": answer.kind, "Content-Length": str(size)}
        for name, value in {**HEADERS, **own, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _copy(self, answer: Answer) -> None:
        if not answer.part or answer.file is None:
            return
        with answer.file.open("rb") as file:
            file.seek(answer.part.start)
            left = len(answer.part)
            while left and (block := file.read(min(left, 1 << 18))):
                self.wfile.write(block)
                left -= len(block)

    def _check_origin(self) -> None:
        if self.headers.get_all("Host", []) != [self.server.netloc]:
            raise RequestError(HTTPStatus.FORBIDDEN, "this is not the host that was asked for")
        origins = self.headers.get_all("Origin", [])
        if origins not in ([], [f"http://{self.server.netloc}"]):
            raise RequestError(HTTPStatus.FORBIDDEN, "another origin may not use this server")

    def _address(self) -> SplitResult:
        try:
            return urlsplit(self.path)
        except ValueError:
            raise RequestError(HTTPStatus.BAD_REQUEST, "the request names no address") from None

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode("utf-8", "replace"), self.server.token.encode())

    # Reading

    def _get(self) -> Answer:
        address = self._address()
        path = unquote(address.path)
        tokens = parse_qs(address.query).get("token", [])
        if not self._is_token(tokens[0] if tokens else self._cookie()):
            raise RequestError(
                HTTPStatus.FORBIDDEN, "open the address that the server logged when it started"
            )
        if tokens and (path == "/" or PAGE.fullmatch(path)):
            return self._without_token(path)
        if path == "/":
            return self._index()
        if found := PAGE.fullmatch(path):
            return self._file(self._reviewed(found, INDEX))
        if found := CLIP.fullmatch(path):
            return self._file(self._reviewed(found, f"clips/{found['name']}"))
        if found := DECISIONS.fullmatch(path):
            return self._decisions(found["video"], found["language"])
        raise RequestError(HTTPStatus.NOT_FOUND, "there is no such page")

    def _cookie(self) -> str:
        # Other services of this machine set cookies too, which http.cookies may fail to parse.
        sent = "; ".join(self.headers.get_all("Cookie", []))
        found = re.search(rf"(?:^|;) *{self.server.cookie}=([\w-]*) *(?:;|$)", sent)
        return found[1] if found else ""

    def _without_token(self, path: str) -> Answer:
        """The token goes from the address, where it would be seen and kept, to a cookie."""
        cookie = f"{self.server.cookie}={self.server.token}; Path=/; HttpOnly; SameSite=Strict"
        return Answer(
            b"", status=HTTPStatus.SEE_OTHER, headers={"Location": path, "Set-Cookie": cookie}
        )

    def _index(self) -> Answer:
        reviews = self.server.reviews
        page = environment().get_template("reviewserver.html.j2")
        text = page.render(films=reviews.states(), verdicts=VERDICTS, table=str(reviews.table))
        return Answer(text.encode(), TYPES[".html"])

    def _decisions(self, video: str, language: str) -> Answer:
        """The decisions on a film; with the token, which only a page of this origin can read."""
        reviews = self.server.reviews
        reviews.rows(video, language)
        said = {cut: _said(d) for cut, d in reviews.said(video, language).items()}
        return _json({"token": self.server.token, "table": reviews.table.name, "decisions": said})

    def _reviewed(self, found: re.Match[str], name: str) -> Path:
        return self.server.reviews.file(found["video"], found["language"], name)

    def _file(self, path: Path) -> Answer:
        """A file, or the range of it that was asked for, as players do to seek."""
        size = path.stat().st_size
        part = _range(self.headers.get("Range", ""), size)
        status, place = HTTPStatus.OK, ""
        if part is None:
            part = range(size)
        elif part:
            status, place = HTTPStatus.PARTIAL_CONTENT, f"{part.start}-{part.stop - 1}"
        else:
            status, place = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "*"
        headers = {"Content-Range": f"bytes {place}/{size}"} if place else {}
        kind = TYPES.get(path.suffix, "application/octet-stream")
        return Answer(
            b"", kind, status, {"Accept-Ranges": "bytes", **headers}, file=path, part=part
        )

    # Writing

    def _post(self) -> Answer:
        if not self.headers.get("Origin"):
            raise RequestError(HTTPStatus.FORBIDDEN, "the request names no origin")
        if not self._is_token(self.headers.get(TOKEN_HEADER, "")):
            raise RequestError(HTTPStatus.FORBIDDEN, "the request lacks the token; reload the page")
        found = DECISIONS.fullmatch(unquote(self._address().path))
        if not found:
            raise RequestError(HTTPStatus.NOT_FOUND, "there is no such page")
        if self.headers.get_content_type() != "application/json":
            raise RequestError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the request is no application/json"
            )
        sent = _values(self._body())
        cut, seen = sent.pop("cut"), sent.pop("revision")
        film = (found["video"], found["language"])
        try:
            return _json({"saved": _said(self.server.reviews.save(*film, cut, sent, seen))})
        except ConflictError as changed:
            return _json({"why": str(changed), "now": _said(changed.now)}, changed.status)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not re.fullmatch(r"[0-9]{1,12}", length):
            raise RequestError(HTTPStatus.LENGTH_REQUIRED, "the request does not say its length")
        if int(length) > MAX_BODY:
            raise RequestError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the request is larger than {MAX_BODY} bytes"
            )
        return self.rfile.read(int(length))

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log no request: addresses may hold the token."""


def _json(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(json.dumps(value).encode(), "application/json", status)


def _said(decision: Decision | None) -> dict[str, str] | None:
    """What is said of a cut, with its revision."""
    return {**decision.values, "revision": revision(decision)} if decision else None


def _values(body: bytes) -> dict[str, str]:
    """The values of a request, each one line of text: cut, revision, SAID. Raises Refused."""
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestError(HTTPStatus.BAD_REQUEST, "the request is no JSON") from None
    wanted = {"cut", "revision", *SAID}
    if not isinstance(values, dict) or set(values) != wanted:
        raise RequestError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"wanted an object of {', '.join(sorted(wanted))}; "
            "a page of an older version is made anew by snakemake",
        )
    if not all(isinstance(value, str) for value in values.values()):
        raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "wanted text values")
    return {name: one_line(value) for name, value in values.items()}


def _range(header: str, size: int) -> range | None:
    """The bytes that a Range header asks for (RFC 9110); empty: outside; None: the whole file."""
    found = re.fullmatch(r"bytes=([0-9]{0,15})-([0-9]{0,15})", header)
    if not found or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(size, int(last) + 1) if last else size)


def _interrupt(*_: object) -> None:
    """SIGTERM ends the server as Ctrl-C does, which does not reach one in the background."""
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; serves until it is interrupted."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="python -m mouthpiece.reviewserver", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--configfile", nargs="+", type=Path, default=[], metavar="FILE", help="as for snakemake")
    add("--decisions", type=Path, metavar="TABLE", help="save to this table; default: the config's")
    add("--results", type=Path, default=Path("results"), metavar="FOLDER")
    add("--port", type=int, default=0, help="default: any that is free")
    options = parser.parse_args(arguments)
    return run_command(lambda: _serve(options))


def _serve(options: argparse.Namespace) -> None:
    if not 0 <= options.port <= MAX_PORT:
        raise InputError(f"port {options.port}: wanted 0 (any that is free) to {MAX_PORT}")
    reviews = open_reviews(options.results, options.decisions, options.configfile)
    Table(reviews.table)  # a wrong table is said now, not at the first decision
    try:
        server = Server(reviews, options.port)
    except OSError as error:
        raise InputError(f"port {options.port}: {error.strerror}") from None
    with server:
        log.info("decisions are saved to %s", reviews.table)
        log.info("review at %s", server.address)
        log.info("stop with Ctrl-C")
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            log.info("stopped")
