"""How the review server answers a request."""

import contextlib
import hmac
import re
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol, cast
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from ..core.errors import Fault, InputError
from ..core.user_files import os_error_text
from .answers import TYPES, Answer, file_answer, json_answer, refusal_answer
from .cut_decision import CutDecision
from .decision_request import DecisionRequest
from .film_index import film_index
from .store import FILM, INDEX, ConflictError, RequestError, ReviewStore

MAX_BODY = 64 * 1024
"""Largest request body, in bytes."""

BLOCK = 1 << 18
"""How many bytes of a file are sent at a time."""

TOKEN_HEADER = "X-Mouthpiece-Token"

PAGE = re.compile(FILM + r"/(?:index\.html)?")

CLIP = re.compile(FILM + r"/clips/(?P<name>[ -.0-\[\]-~]{1,200})")  # ASCII without / and \

DECISIONS = re.compile(FILM + r"/decisions")


class Site(Protocol):
    """What a handler needs of its server.

    Attributes:
        reviews: The films, and the table of decisions.
        token: The secret that a reviewer knows.
        netloc: Host and port of the server.
        cookie: The name of the cookie that holds the token.
    """

    reviews: ReviewStore
    token: str
    netloc: str
    cookie: str


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server_version = "mouthpiece"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        """Answer with a page, a clip or the decisions on a film."""
        self._answer(self._get)

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        """Save the decision on a cut."""
        self._answer(self._post)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing: addresses may hold the token.

        Args:
            format: What the base class would log.
            *arguments: The values for it.
        """

    @property
    def _site(self) -> Site:
        return cast(Site, self.server)

    def _answer(self, find: Callable[[], Answer]) -> None:
        try:
            self._check_origin()
            answer = find()
        except RequestError as error:
            answer = refusal_answer(error.status, str(error))
        except (InputError, Fault) as error:
            answer = refusal_answer(HTTPStatus.CONFLICT, str(error))
        except ConnectionError:
            raise
        except OSError as error:
            answer = refusal_answer(HTTPStatus.INTERNAL_SERVER_ERROR, os_error_text(error))
        is_last = answer.headers.get("Connection") == "close"
        self.close_connection |= is_last
        self._send(answer)
        if is_last:
            self._drain()

    def _drain(self) -> None:
        """Read the rest of a request: a client that is still sending may miss the answer."""
        self.connection.settimeout(0.5)
        with contextlib.suppress(OSError):
            self.rfile.read(16 * MAX_BODY)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.all_headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(answer.body)
        if answer.part and answer.file:
            with answer.file.open("rb") as file:
                file.seek(answer.part.start)
                left = len(answer.part)
                while left and (block := file.read(min(left, BLOCK))):
                    self.wfile.write(block)
                    left -= len(block)

    def _check_origin(self) -> None:
        if self.headers.get_all("Host", []) != [self._site.netloc]:
            raise RequestError(HTTPStatus.FORBIDDEN, "this is not the host that was asked for")
        origins = self.headers.get_all("Origin", [])
        if origins not in ([], [f"http://{self._site.netloc}"]):
            raise RequestError(HTTPStatus.FORBIDDEN, "another origin may not use this server")

    def _address(self) -> SplitResult:
        try:
            return urlsplit(self.path)
        except ValueError:
            raise RequestError(HTTPStatus.BAD_REQUEST, "the request has no valid address") from None

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode("utf-8", "replace"), self._site.token.encode())

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
            return Answer(film_index(self._site.reviews).encode(), TYPES[".html"])
        if found := PAGE.fullmatch(path):
            return self._file(found, INDEX)
        if found := CLIP.fullmatch(path):
            return self._file(found, f"clips/{found['name']}")
        if found := DECISIONS.fullmatch(path):
            return self._decisions(found["video"], found["language"])
        raise RequestError(HTTPStatus.NOT_FOUND, "there is no such page")

    def _cookie(self) -> str:
        # Other services of this machine set cookies too, which http.cookies may fail to parse.
        sent = "; ".join(self.headers.get_all("Cookie", []))
        found = re.search(rf"(?:^|;) *{self._site.cookie}=([\w-]*) *(?:;|$)", sent)
        return found[1] if found else ""

    def _without_token(self, path: str) -> Answer:
        """Move the token from the address, where it would be seen and kept, to a cookie."""
        cookie = f"{self._site.cookie}={self._site.token}; Path=/; HttpOnly; SameSite=Strict"
        return Answer(
            b"", status=HTTPStatus.SEE_OTHER, headers={"Location": path, "Set-Cookie": cookie}
        )

    def _decisions(self, video: str, language: str) -> Answer:
        """The decisions on a film; with the token, which only a page of this origin can read."""
        reviews = self._site.reviews
        decisions = {
            cut: _json_value(decision)
            for cut, decision in reviews.decisions(video, language).items()
        }
        return json_answer(
            {"token": self._site.token, "table": reviews.table.name, "decisions": decisions}
        )

    def _file(self, found: re.Match[str], name: str) -> Answer:
        path = self._site.reviews.file(found["video"], found["language"], name)
        return file_answer(path, self.headers.get("Range", ""))

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
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the request is not application/json"
            )
        sent = DecisionRequest.parse(self._body())
        try:
            saved = self._site.reviews.save(
                found["video"], found["language"], sent.cut, sent.values, sent.revision
            )
        except ConflictError as conflict:
            answer = {"why": str(conflict), "now": _json_value(conflict.now)}
            return json_answer(answer, conflict.status)
        return json_answer({"saved": _json_value(saved)})

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not re.fullmatch(r"[0-9]{1,12}", length):
            raise RequestError(HTTPStatus.LENGTH_REQUIRED, "the request does not give its length")
        if int(length) > MAX_BODY:
            raise RequestError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the request is larger than {MAX_BODY} bytes"
            )
        return self.rfile.read(int(length))


def _json_value(decision: CutDecision | None) -> dict[str, str] | None:
    """A decision with its revision, and with the cut id that a refusal is carried from."""
    if decision is None:
        return None
    carried = {"carried_from": decision.carried_from} if decision.carried else {}
    return {**decision.values, "revision": decision.revision, **carried}
