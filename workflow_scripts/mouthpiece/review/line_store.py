"""The lines of films whose dub is made, and the edits of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path

from ..core.errors import Fault, quoted
from ..core.files import digest
from ..project.decision_table import stamp_now
from ..project.spoken_tables import Edit
from ..text.script import ScriptLine, read_script
from .cached_table import CachedTable
from .edits import EditTable
from .merge import meaning
from .request_error import ConflictError, RequestError

UNSAID = ("source", "reviewer")
"""The columns that want nothing: to what the source said an edit is bound, and whose it is."""


@dataclass(frozen=True)
class LineEdit:
    """What the table says of a line now.

    Attributes:
        own: The line's row.
    """

    own: Edit

    @property
    def revision(self) -> str:
        """A name that changes with what the table says of the line."""
        return digest([self.own.values])[:12]

    @property
    def sent(self) -> dict[str, str]:
        """What a page is told: values and revision."""
        return {**self.own.values, "revision": self.revision}


@dataclass(frozen=True)
class LineStore:
    """The lines of a results folder, and the table that the edits of them go to.

    Attributes:
        results: The results folder.
        table: The path of the table; there need be no file yet.
        known: The videos and languages that may have lines; None: all in the folder.
    """

    results: Path
    table: Path
    known: Collection[tuple[str, str]] | None = None

    @cached_property
    def cached(self) -> CachedTable[EditTable]:
        """The table, which is read again only after it changed."""
        return CachedTable(self.table, EditTable)

    def lines(self, video: str, language: str) -> dict[str, ScriptLine]:
        """Read the script of a film.

        Args:
            video: The video.
            language: The key of the dub.

        Returns:
            Line id -> line.

        Raises:
            RequestError: There is no such film, or no script at the moment.
        """
        folder = self.results / video / language
        is_known = self.known is None or (video, language) in self.known
        if not is_known or not folder.is_dir():
            raise RequestError(
                HTTPStatus.NOT_FOUND, f"there is no film {video} in {language} with lines"
            )
        try:
            return {line.line: line for line in read_script(folder / "script.tsv")}
        except (Fault, FileNotFoundError):
            if (folder / "script.tsv").exists():
                raise
            raise RequestError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"snakemake is making {video} in {language} again; edits are saved once it is done",
            ) from None

    def edits(self, video: str, language: str) -> dict[str, LineEdit]:
        """Read the edits of a film's lines.

        Args:
            video: The video.
            language: The key of the dub.

        Returns:
            Line id -> edit, for the lines that have one.

        Raises:
            RequestError: There is no such film, or no script at the moment.
            InputError: The table of edits is wrong.
        """
        lines = self.lines(video, language)
        rows = self.cached.table().film(video, language)
        return {line: LineEdit(row) for line, row in rows.items() if line in lines}

    def save(
        self, video: str, language: str, line: str, values: Mapping[str, str], seen: str
    ) -> LineEdit | None:
        """Save the edit of a line.

        Args:
            video: The video.
            language: The key of the dub.
            line: The id of the line.
            values: The columns of `edits.VALUES`; all empty but source and reviewer: the row is
                taken out.
            seen: The `revision` of the edit that the page knew; empty: it knew none.

        Returns:
            What the table says of the line now; None: nothing.

        Raises:
            ConflictError: The table says something else than the page knew.
            RequestError: There is no such film or line, or its source says something else by now.
            InputError: The table is wrong, or would be.
        """
        known = self.lines(video, language).get(line)
        if known is None:
            raise RequestError(
                HTTPStatus.NOT_FOUND, f"there is no line {quoted(line)} in this film"
            )
        if values["source"].split() != known.source.split():
            raise RequestError(
                HTTPStatus.CONFLICT, "the source says something else here by now; reload the page"
            )
        wanted = dict(values) if any(values[name] for name in values if name not in UNSAID) else {}
        key = (video, language, line)
        with self.cached.changing() as table:
            row = table.get(key)
            now = LineEdit(row) if row else None
            is_same = (meaning(now.own.values) if now else {}) == meaning(wanted)
            if (now.revision if now else "") != seen and not is_same:
                raise ConflictError("line", now)
            if is_same:
                return now  # it stays the edit of who made it first
            if wanted:
                table.put(key, wanted | {"time": stamp_now()})
            else:
                table.drop(key)
            row = table.get(key)
            return LineEdit(row) if row else None

    def state(self, video: str, language: str) -> dict[str, int] | None:
        """Count a film's lines for the index.

        Args:
            video: The video.
            language: The key of the dub.

        Returns:
            How many there are, and how many are approved; None: the film has no lines.
        """
        try:
            lines, edits = self.lines(video, language), self.edits(video, language)
        except (RequestError, Fault):  # a damaged script is named by the job that reads it
            return None
        return {"lines": len(lines), "approved": sum(e.own.status != "" for e in edits.values())}
