"""How the review server answers a request: its pages, and what they save."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar, Protocol, cast

from .answers import TYPES, Answer, file_answer, json_answer
from .applying import Runner, obey, page_revision, run_view
from .cuts_request import change_cuts, tell_cuts
from .film_files import INDEX
from .film_index import film_index, named_log
from .local_handler import LocalHandler, LocalSite
from .request_error import ConflictError, RequestError, Said
from .routes import CLIP, CUTS, LOG, PAGE, ROWS, RUN, VERSIONS
from .row_saver import save_rows
from .store import ReviewStore
from .versions import CLIP as CLIP_NAME
from .versions import version_of, version_views


class Site(LocalSite, Protocol):
    """What a handler needs of its server.

    Attributes:
        reviews: The films, and the tables of decisions and edits.
        runner: What starts the project's run; None: the server does not know the project.
    """

    reviews: ReviewStore
    runner: Runner | None


class Handler(LocalHandler):
    """Answers one connection."""

    name: ClassVar[str] = "review server"

    @property
    def _site(self) -> Site:
        return cast(Site, self.server)

    # Reading

    def get(self, path: str) -> Answer:
        """See `LocalHandler.get`: a page, a clip, or what the tables say of a film."""
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

    def post(self, path: str) -> Answer:
        """See `LocalHandler.post`: saves decisions on cuts or edits of lines, or obeys."""
        found = ROWS.fullmatch(path) or RUN.fullmatch(path) or CUTS.fullmatch(path)
        if not found:
            raise RequestError(HTTPStatus.NOT_FOUND, "there is no such page")
        if found.re is RUN:
            obey(self._site.runner, self.body())
            return self._run(**found.groupdict())
        if found.re is ROWS:
            film = found["video"], found["language"]
            return save_rows(self._site.reviews, film, found["table"], self.body())
        self._site.reviews.rows(**found.groupdict())  # there is such a film
        try:
            editor = self._site.reviews.cut_editor
            return json_answer(change_cuts(editor, found["video"], self.body()))
        except ConflictError as conflict:
            answer = {"why": str(conflict), "now": conflict.now and conflict.now.sent}
            return json_answer(answer, conflict.status)
