"""How the review server answers a request.

All pages lie under a path that only the reviewer knows, `/SECRET/`. There is no cookie: browsers
send cookies to every port of a host. A page learns the write token with the decisions on its film,
keeps it in its memory, and sends it with each decision in a header, which no page of another origin
can do.
"""

import contextlib
import hmac
import io
import logging
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import unquote, urlsplit

from ..core.errors import Fault, InputError, location_of
from ..core.user_files import os_error_text
from .answers import TYPES, Answer, file_answer, json_answer, refusal_answer
from .applying import Runner, obey, page_revision, run_view
from .cuts_request import change_cuts, tell_cuts
from .decisions import VALUES
from .edits import VALUES as EDIT_VALUES
from .film_files import INDEX
from .film_index import film_index, named_log
from .request_error import ConflictError, RequestError, Said
from .request_reader import RequestReader
from .routes import CLIP, CUTS, LOG, PAGE, ROWS, RUN, VERSIONS
from .row_request import RowRequest
from .store import ReviewStore
from .versions import CLIP as CLIP_NAME
from .versions import version_of, version_views

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


class Site(Protocol):
    """What a handler needs of its server.

    Attributes:
        reviews: The films, and the tables of decisions and edits.
        secret: The first part of the path of all pages.
        write_token: What a page sends with each decision or edit.
        netloc: Host and port of the server.
        runner: What starts the project's run; None: the server does not know the project.
    """

    reviews: ReviewStore
    secret: str
    write_token: str
    netloc: str
    runner: Runner | None


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

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
        """Answer with a page, a clip, or what the tables say of a film."""
        self._answer(self._get)

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        """Save the decision on a cut, or the edit of a line."""
        self._answer(self._post)

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

    @property
    def _site(self) -> Site:
        return cast(Site, self.server)

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
            answer = refusal_answer(HTTPStatus.INTERNAL_SERVER_ERROR, "the review server failed")
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
        sent, known = secret.encode("utf-8", "replace"), self._site.secret.encode()
        if not hmac.compare_digest(sent, known):
            raise RequestError(
                HTTPStatus.NOT_FOUND,
                "there is no such page; open the address that the server showed when it started",
            )
        return unquote(f"/{rest[0]}") if rest else ""

    def _check_origin(self) -> None:
        if self.headers.get_all("Host", []) != [self._site.netloc]:
            raise RequestError(HTTPStatus.FORBIDDEN, "this is not the host that was asked for")
        origins = self.headers.get_all("Origin", [])
        if origins not in ([], [f"http://{self._site.netloc}"]):
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

    # Reading

    def _get(self, path: str) -> Answer:
        if "Transfer-Encoding" in self.headers or self.headers.get("Content-Length", "0") != "0":
            raise RequestError(HTTPStatus.BAD_REQUEST, "a request for a page has no body")
        if not path:
            return Answer(
                status=HTTPStatus.PERMANENT_REDIRECT, headers={"Location": f"/{self._site.secret}/"}
            )
        if path == "/":
            return Answer(film_index(self._site.reviews).encode(), TYPES[".html"])
        if found := PAGE.fullmatch(path):
            return self._file(found, INDEX)
        if found := CLIP.fullmatch(path):
            return self._file(found, f"clips/{found['name']}")
        if found := ROWS.fullmatch(path):
            return self._rows(**found.groupdict())
        if found := RUN.fullmatch(path):
            return self._run(**found.groupdict())
        if found := VERSIONS.fullmatch(path):
            return self._versions(**found.groupdict())
        if found := CUTS.fullmatch(path):
            return self._cuts(**found.groupdict())
        if found := LOG.fullmatch(path):
            return file_answer(named_log(self._site.reviews, found["log"]), "")
        raise RequestError(HTTPStatus.NOT_FOUND, "there is no such page")

    def _cuts(self, video: str, language: str) -> Answer:
        """The table of cuts of a film's video, or why it has none; and the write token."""
        self._site.reviews.rows(video, language)  # there is such a film
        told = tell_cuts(self._site.reviews.cut_editor, video)
        return json_answer({"token": self._site.write_token, **told})

    def _rows(self, video: str, language: str, table: str) -> Answer:
        """A table's rows on a film, and the write token, which only a page of this origin reads."""
        path, said = self._said(video, language, table)
        rows = {item: row.sent for item, row in said.items()}
        return json_answer({"token": self._site.write_token, "table": path.name, table: rows})

    def _said(self, video: str, language: str, table: str) -> tuple[Path, Mapping[str, Said]]:
        reviews = self._site.reviews
        if table == "decisions":
            return reviews.table, reviews.decisions(video, language)
        if table == "edits":
            return reviews.lines.table, reviews.lines.edits(video, language)
        reviews.rows(video, language)  # there is such a film
        return reviews.remedies.table, reviews.remedies.settings(video, language)

    def _run(self, video: str, language: str) -> Answer:
        """How far the run is, and which making of the film there is."""
        revision = page_revision(self._site.reviews.folder(video, language) / "review" / INDEX)
        token = {"token": self._site.write_token, "revision": revision}
        return json_answer(token | run_view(self._site.runner))

    def _versions(self, video: str, language: str, cut: str | None, draft: str | None) -> Answer:
        """The earlier drafts of a film, or the clip of one."""
        folder = self._site.reviews.folder(video, language)
        if cut is None or draft is None:
            rows = self._site.reviews.rows(video, language)
            return json_answer({"versions": version_views(folder, rows)})
        clip = version_of(folder, cut, draft).folder / CLIP_NAME
        if not clip.is_file():
            raise RequestError(HTTPStatus.NOT_FOUND, "that draft is not kept any more")
        return file_answer(clip, self.headers.get("Range", ""))

    def _file(self, found: re.Match[str], name: str) -> Answer:
        path = self._site.reviews.file(found["video"], found["language"], name)
        return file_answer(path, self.headers.get("Range", ""))

    # Writing

    def _post(self, path: str) -> Answer:
        if not self.headers.get("Origin"):
            raise RequestError(HTTPStatus.FORBIDDEN, "the request names no origin")
        sent_token = self.headers.get(TOKEN_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(sent_token, self._site.write_token.encode()):
            raise RequestError(HTTPStatus.FORBIDDEN, "the request lacks the token; reload the page")
        found = ROWS.fullmatch(path) or RUN.fullmatch(path) or CUTS.fullmatch(path)
        if not found:
            raise RequestError(HTTPStatus.NOT_FOUND, "there is no such page")
        if self.headers.get_content_type() != "application/json":
            raise RequestError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the request is not application/json"
            )
        if found.re is RUN:
            obey(self._site.runner, self._body())
            return self._run(**found.groupdict())
        try:
            if found.re is CUTS:
                self._site.reviews.rows(**found.groupdict())  # there is such a film
                editor = self._site.reviews.cut_editor
                return json_answer(change_cuts(editor, found["video"], self._body()))
            saved = self._save(**found.groupdict())
        except ConflictError as conflict:
            answer = {"why": str(conflict), "now": conflict.now and conflict.now.sent}
            return json_answer(answer, conflict.status)
        return json_answer({"saved": saved and saved.sent})

    def _save(self, video: str, language: str, table: str) -> Said | None:
        """Save what was sent; returns what the table says now."""
        reviews, film = self._site.reviews, (video, language)
        if table == "edits":
            sent = RowRequest.parse(self._body(), "line", EDIT_VALUES)
            return reviews.lines.save(*film, sent.item, sent.values, sent.revision)
        if table == "overrides":
            sent = RowRequest.parse(self._body(), "cut", ("settings", "reviewer"))
            return reviews.save_settings(*film, sent.item, sent.values, sent.revision)
        sent = RowRequest.parse(self._body(), "cut", VALUES)
        return reviews.save(*film, sent.item, sent.values, sent.revision)

    def _body(self) -> bytes:
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
