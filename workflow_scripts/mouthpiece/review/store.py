"""The films that a reviewer may look at, and the decisions on their cuts."""

import contextlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any

from ..core.errors import Fault, InputError, quoted
from ..core.user_files import folder_problem, shown
from ..project.config_file import config_files, read_config
from ..project.decision_table import stamp_now
from ..project.project import Project
from ..project.tables import LANGUAGE_PATTERN, VIDEO_PATTERN
from .cached_table import CachedTable
from .cut_decision import CutDecision, cut_decision, cut_decisions, release, revision
from .cut_editor import CutEditor
from .cut_request import checked
from .decisions import Table
from .draft_facts import engines_of
from .film_files import INDEX
from .film_state import film_state
from .last_cuts import LastCuts
from .line_store import LineStore
from .merge import meaning
from .refusals import REFUSAL
from .remedies import CutSettings
from .remedy_store import RemedyStore
from .request_error import ConflictError, RequestError

FILM = f"/(?P<video>{VIDEO_PATTERN})/(?P<language>{LANGUAGE_PATTERN})"
"""The address of a film."""


@dataclass(frozen=True)
class ReviewStore:
    """The films of a results folder, and the tables that the decisions on them go to.

    Attributes:
        results: The results folder.
        table: The path of the table of decisions; there need be no file yet.
        known: The videos and languages of the project; None: all films in the folder.
        edits: The path of the table of edits; None: beside the other one.
        made: Those of the project whose dub is made; None: all with a script in the folder.
        overrides: The path of the table of overrides; None: beside the one of decisions.
        cuts_tables: Video -> its table of cuts; None: there is no project.
    """

    results: Path
    table: Path
    known: Collection[tuple[str, str]] | None = None
    edits: Path | None = None
    made: Collection[tuple[str, str]] | None = None
    overrides: Path | None = None
    cuts_tables: Mapping[str, Path] | None = None

    def films(self) -> list[tuple[str, str]]:
        """List the films that have been made.

        Returns:
            Video and language of each, sorted.
        """
        found = (path.parent for path in self.results.glob("*/*/cuts.tsv"))
        films = ((folder.parent.name, folder.name) for folder in found)
        return sorted(f for f in films if re.fullmatch(FILM, "/{}/{}".format(*f)) and self._has(f))

    def _has(self, film: tuple[str, str]) -> bool:
        return self.known is None or film in self.known

    def rows(self, video: str, language: str) -> dict[str, dict[str, str]]:
        """Read cuts.tsv of a film.

        Args:
            video: The video.
            language: The key of the dub.

        Returns:
            Cut id -> its row.

        Raises:
            RequestError: There is no such film, or no table at the moment.
        """
        folder = self.folder(video, language)
        try:
            return self._cuts.read(folder / "cuts.tsv")
        except (InputError, Fault, FileNotFoundError):
            if (folder / "cuts.tsv").exists():
                raise
            raise RequestError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"snakemake is making {video} in {language} again; decisions are saved once it is "
                "done",
            ) from None

    def file(self, video: str, language: str, name: str) -> Path:
        """Find a file of a film's review folder.

        Args:
            video: The video.
            language: The key of the dub.
            name: Its path in that folder.

        Returns:
            The path of the file.

        Raises:
            RequestError: There is no such file in the folder; a link that leads out of it counts as
                none.
        """
        folder = self.results.resolve() / video / language / "review"
        path = (folder / name).resolve()
        if not self._has((video, language)) or not path.is_relative_to(folder):
            raise RequestError(HTTPStatus.NOT_FOUND, "there is no such file")
        if not path.is_file():
            if name == INDEX and folder.parent.is_dir():
                raise RequestError(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    f"the page of {video} in {language} is not there: snakemake makes it at the "
                    "end of its run; load it again then",
                )
            raise RequestError(HTTPStatus.NOT_FOUND, "there is no such file")
        return path

    def folder(self, video: str, language: str) -> Path:
        """Find the folder of a film.

        Args:
            video: The video.
            language: The key of the dub.

        Returns:
            It.

        Raises:
            RequestError: There is no such film.
        """
        folder = self.results / video / language
        if not self._has((video, language)) or not folder.is_dir():
            raise RequestError(HTTPStatus.NOT_FOUND, f"there is no film {video} in {language}")
        return folder

    @cached_property
    def _cuts(self) -> LastCuts:
        return LastCuts()

    @cached_property
    def cached(self) -> CachedTable[Table]:
        """The table of decisions, which is read again only after it changed."""
        return CachedTable(self.table, Table)

    @cached_property
    def lines(self) -> LineStore:
        """The lines of the films whose dub is made, and the edits of them."""
        known = self.known if self.made is None else self.made
        return LineStore(self.results, self.edits or self.table.with_name("edits.tsv"), known)

    @cached_property
    def remedies(self) -> RemedyStore:
        """The settings of single cuts that reviewers change."""
        return RemedyStore(self.overrides or self.table.with_name("overrides.tsv"))

    @cached_property
    def cut_editor(self) -> CutEditor:
        """The cuts that reviewers split and merge."""
        return CutEditor(self.results, self.cuts_tables, self.cached, self.remedies.cached)

    def save_settings(
        self, video: str, language: str, cut: str, values: Mapping[str, str], seen: str
    ) -> CutSettings | None:
        """Save the settings of a cut: see `RemedyStore.save`.

        Args:
            video: The video.
            language: The key of the dub.
            cut: The id of the cut.
            values: The settings.
            seen: The `revision` of the settings that the page knew.

        Returns:
            What the table says of the cut now; None: nothing.

        Raises:
            RequestError: There is no such film or cut, or a setting is wrong.
            InputError: The table is wrong, or would be.
        """
        row = self.rows(video, language).get(cut)
        if row is None:
            raise RequestError(HTTPStatus.NOT_FOUND, f"there is no cut {quoted(cut)} in this film")
        return self.remedies.save((video, language), cut, engines_of(row), values, seen)

    def decisions(self, video: str, language: str) -> dict[str, CutDecision]:
        """Read the decisions on a film.

        Args:
            video: The video.
            language: The key of the dub.

        Returns:
            Cut id -> decision, for the cuts that have one.

        Raises:
            RequestError: There is no such film, or no table of its cuts at the moment.
            InputError: The table of decisions is wrong.
        """
        rows = self.rows(video, language)
        return cut_decisions(self.cached.table().film(video, language), rows)

    def save(
        self, video: str, language: str, cut: str, values: Mapping[str, str], seen: str
    ) -> CutDecision | None:
        """Save the decision on a cut.

        A refusal is saved whatever draft the page showed, and even if the cut is gone: it binds to
        frames. Any other decision takes the cut out of a refusal that was carried to it.

        Args:
            video: The video.
            language: The key of the dub.
            cut: The id of the cut.
            values: The columns of `decisions.VALUES`; all empty but draft, frame and reviewer: the
                row is taken out.
            seen: The `revision` of the decision that the page knew.

        Returns:
            What the table says of the cut now; None: nothing.

        Raises:
            ConflictError: The table says something else than the page knew.
            RequestError: There is no such film, cut or preset, or the cut has another draft.
            InputError: The table is wrong, or would be.
        """
        rows = self.rows(video, language)
        wanted = checked(rows, cut, values, self.folder(video, language))
        with self.cached.changing() as table:
            now = cut_decision(table, (video, language), cut, rows)
            meant = meaning(wanted)
            if revision(now) != seen and (meaning(now.values) if now else {}) != meant:
                raise ConflictError("cut", now)
            if now and now.own and not now.carried and meaning(now.own.values) == meant:
                return now  # it stays the decision of who made it first
            if wanted.get("decision") != REFUSAL:
                drafts = {name: row["draft"] for name, row in rows.items()}
                release(table, video, language, cut, drafts)
            key = (video, language, cut)
            if wanted:
                table.put(key, wanted | {"time": stamp_now()})
            else:
                table.drop(key)
            return cut_decision(table, (video, language), cut, rows)

    def states(self) -> list[dict[str, Any]]:
        """Summarize the films, without those that snakemake is making again at the moment.

        Returns:
            The `state` of each.
        """
        states = []
        for film in self.films():
            with contextlib.suppress(RequestError):
                states.append(self.state(*film))
        return states

    def state(self, video: str, language: str) -> dict[str, Any]:
        """Summarize a film for the index.

        Args:
            video: The video.
            language: The key of the dub.

        Returns:
            Its figures by name, as JSON values.
        """
        rows = self.rows(video, language)
        decisions = cut_decisions(self.cached.table().film(video, language), rows)
        lines = self.lines.state(video, language)
        return film_state(self.results, (video, language), rows, decisions) | {"lines": lines}


def open_reviews(
    results: Path, table: Path | None, named: Sequence[Path], edits: Path | None = None
) -> ReviewStore:
    """Open the reviews of a results folder.

    Args:
        results: The folder.
        table: The table to save decisions to; None: the project's.
        named: Config files, as for `mouthpiece run --config`.
        edits: The table to save edits of lines to; None: the project's, or beside `table`.

    Returns:
        The store.

    Raises:
        InputError: There is no such folder, or no config, or the config or a table is wrong.
    """
    if problem := folder_problem(results):
        raise InputError(
            f"{shown(results)}: {problem}; make the films first (mouthpiece run), or name "
            "the folder (--results)"
        )
    if table is not None:
        return ReviewStore(results, table, edits=edits)
    files = config_files(named)
    if not files:
        raise InputError(
            "there is no config/config.yaml here; name your config: --config job.yaml, or the "
            "table to save to: --decisions decisions.tsv"
        )
    project = Project.open(read_config(files), files)
    made = {film for film, dub in project.dubs.items() if dub.kind == "made"}
    edits = edits or project.edits_table
    return ReviewStore(
        results,
        project.decisions_table,
        set(project.dubs),
        edits,
        made,
        project.overrides_table,
        {name: video.cuts_table for name, video in project.videos.items()},
    )
