"""What every local server asks of a request before it answers: the secret, host, origin and token.

All pages lie under a path that only their reader knows, `/SECRET/`. There is no cookie: browsers
send cookies to every port of a host. A page learns the write token from an answer that only a page
of this origin can read, keeps it in its memory, and sends it with each change in a header, which no
page of another origin can do.
"""

import contextlib
import hmac
import io
import logging
import re
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar, Protocol, cast
from urllib.parse import unquote, urlsplit

from ..core.errors import Fault, InputError, location_of
from ..core.user_files import os_error_text
from .answers import Answer, refusal_answer
from .request_error import RequestError
from .request_reader import RequestReader

log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
"""Largest request body, in bytes."""

BLOCK = 1 << 18
"""How many bytes of a file are sent at a time."""

REQUEST_S = 30.0
"""How long a request may take to arrive, and how long a connection may be idle, in seconds."""

SEND_S = 60.0
"""How long a client may take to accept a block of an answer, in seconds."""

TOKEN_HEADER = "X-Mouthpiece-Token"


class LocalSite(Protocol):
    """What a handler needs of its server.

    Attributes:
        secret: The first part of the path of all pages.
        write_token: What a page sends with each change.
        netloc: Host and port of the server.
    """

    secret: str
    write_token: str
    netloc: str


class LocalHandler(BaseHTTPRequestHandler):
    """Answers one connection. A subclass has the pages: `get` and `post`."""

    name: ClassVar[str] = "server"
    """What the server is called in a message."""

    protocol_version = "HTTP/1.1"
    server_version = "mouthpiece"
    sys_version = ""

    def setup(self) -> None:
        """Prepare to read the connection's requests."""
        super().setup()
        self.rfile.close()
        self._reader = RequestReader(self.connection)
        self.rfile = io.BufferedReader(self._reader)

    def handle_one_request(self) -> None:
        """Wait for a request, and answer it."""
        self._reader.allow(REQUEST_S)
        super().handle_one_request()

    def do_GET(self) -> None:
        """Answer with what is at the path."""
        self._answer(self._checked_get)

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        """Change what is at the path."""
        self._answer(self._checked_post)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no request. What was sent is not repeated.

        Args:
            code: The HTTP status.
            message: What the base class would answer.
            explain: What it would add.
        """
        status = HTTPStatus(code)
        self.close_connection = True
        self._send(refusal_answer(status, status.phrase))

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing: addresses hold the secret and the names of films.

        Args:
            format: What the base class would log.
            *arguments: The values for it.
        """

    def get(self, path: str) -> Answer:
        """Answer a request that has been checked.

        Args:
            path: The path after the secret; empty: there is not even a slash.

        Returns:
            The answer.

        Raises:
            RequestError: It is refused.
        """
        raise NotImplementedError

    def post(self, path: str) -> Answer:
        """Obey a request that has been checked: it has this origin and the token.

        Args:
            path: The path after the secret.

        Returns:
            The answer.

        Raises:
            RequestError: It is refused.
        """
        raise NotImplementedError

    def _checked_get(self, path: str) -> Answer:
        if "Transfer-Encoding" in self.headers or self.headers.get("Content-Length", "0") != "0":
            raise RequestError(HTTPStatus.BAD_REQUEST, "a request for a page has no body")
        if not path:
            home = f"/{self._local.secret}/"
            return Answer(status=HTTPStatus.PERMANENT_REDIRECT, headers={"Location": home})
        return self.get(path)

    def _checked_post(self, path: str) -> Answer:
        if not self.headers.get("Origin"):
            raise RequestError(HTTPStatus.FORBIDDEN, "the request names no origin")
        sent_token = self.headers.get(TOKEN_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(sent_token, self._local.write_token.encode()):
            raise RequestError(HTTPStatus.FORBIDDEN, "the request lacks the token; reload the page")
        return self.post(path)

    @property
    def _local(self) -> LocalSite:
        return cast(LocalSite, self.server)

    def _answer(self, find: Callable[[str], Answer]) -> None:
        try:
            path = self._path()
            self._check_origin()
            answer = find(path)
        except RequestError as error:
            answer = refusal_answer(error.status, str(error))
        except (InputError, Fault) as error:
            answer = refusal_answer(HTTPStatus.CONFLICT, str(error))
        except TimeoutError:
            answer = refusal_answer(HTTPStatus.REQUEST_TIMEOUT, "the request came too slowly")
        except ConnectionError:
            raise
        except OSError as error:
            answer = refusal_answer(HTTPStatus.INTERNAL_SERVER_ERROR, os_error_text(error))
        except Exception as error:
            log.error(
                "a request failed: unexpected %s %s", type(error).__name__, location_of(error)
            )
            answer = refusal_answer(HTTPStatus.INTERNAL_SERVER_ERROR, f"the {self.name} failed")
        is_last = answer.headers.get("Connection") == "close"
        self.close_connection |= is_last
        self._send(answer)
        if is_last:
            self._drain()

    def _drain(self) -> None:
        """Read the rest of a request: a client that is still sending may miss the answer."""
        self._reader.allow(0.5)
        with contextlib.suppress(OSError):
            self.rfile.read(16 * MAX_BODY)

    def _send(self, answer: Answer) -> None:
        self.connection.settimeout(SEND_S)
        if (
            self.request_version == "HTTP/0.9"
        ):  # what is no request counts as one; it had no headers
            self.request_version = "HTTP/1.0"
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

    def _path(self) -> str:
        """The path after the secret. Who does not know the secret finds nothing here."""
        try:
            _, secret, *rest = urlsplit(self.path).path.split("/", 2)
        except ValueError:
            secret, rest = "", []
        sent, known = secret.encode("utf-8", "replace"), self._local.secret.encode()
        if not hmac.compare_digest(sent, known):
            raise RequestError(
                HTTPStatus.NOT_FOUND,
                "there is no such page; open the address that the server showed when it started",
            )
        return unquote(f"/{rest[0]}") if rest else ""

    def _check_origin(self) -> None:
        if self.headers.get_all("Host", []) != [self._local.netloc]:
            raise RequestError(HTTPStatus.FORBIDDEN, "this is not the host that was asked for")
        origins = self.headers.get_all("Origin", [])
        if origins not in ([], [f"http://{self._local.netloc}"]):
            raise RequestError(HTTPStatus.FORBIDDEN, "another origin may not use this server")
        if not self._is_own_fetch():
            raise RequestError(HTTPStatus.FORBIDDEN, "another page may not use this server")

    def _is_own_fetch(self) -> bool:
        """Whether a page of this server or a person asks, as far as the browser tells."""
        site = self.headers.get("Sec-Fetch-Site", "same-origin")
        if site == "same-origin" or self.command == "POST":
            return site == "same-origin"
        # A link elsewhere, such as in a web terminal, may lead here: the page there cannot read it.
        mode, goal = (self.headers.get(f"Sec-Fetch-{name}", "") for name in ("Mode", "Dest"))
        return site == "none" or (mode, goal) == ("navigate", "document")

    def body(self) -> bytes:
        """Read the request's body, which is JSON.

        Returns:
            Its bytes, `MAX_BODY` at most.

        Raises:
            RequestError: It is no JSON by its type, has no length, is too large or cut short.
        """
        if self.headers.get_content_type() != "application/json":
            raise RequestError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the request is not application/json"
            )
        lengths = self.headers.get_all("Content-Length", [])
        if (
            "Transfer-Encoding" in self.headers
            or len(lengths) != 1
            or not re.fullmatch(r"[0-9]{1,12}", lengths[0])
        ):
            raise RequestError(HTTPStatus.LENGTH_REQUIRED, "the request does not give its length")
        length = int(lengths[0])
        if length > MAX_BODY:
            raise RequestError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the request is larger than {MAX_BODY} bytes"
            )
        body = self.rfile.read(length)
        if len(body) < length:
            raise RequestError(HTTPStatus.BAD_REQUEST, "the request is cut short")
        return body
