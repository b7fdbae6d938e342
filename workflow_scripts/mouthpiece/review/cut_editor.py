"""Reviewers split and merge cuts: the table of cuts, and the rows on the cuts that change."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from ..core.cuts import Cut, read_boundaries
from ..core.files import digest, remove
from ..core.user_files import exists
from ..project.decision_table import STAMP, stamp_now
from .cached_table import CachedTable
from .carried_rows import Carried, carry_decisions, carry_overrides
from .cuts_table import CutsTable
from .decisions import Table
from .override_table import OverrideTable
from .request_error import ConflictError, RequestError
from .user_table import Key, UserTable, locked, write_content

MOST_STEPS = 200
"""How many steps may be taken back."""


@dataclass(frozen=True)
class CutsState:
    """What the table of cuts says now.

    Attributes:
        table: Its name.
        is_made: Whether there is a table; else these are the cuts as they were found.
        cuts: The ids of the cuts.
        stamp: Who set boundaries last, and when: the columns `STAMP`, which may be empty.
    """

    table: str
    is_made: bool
    cuts: Sequence[str]
    stamp: Mapping[str, str]

    @property
    def revision(self) -> str:
        """A name that changes with the cuts."""
        return digest(list(self.cuts))[:12]

    @property
    def sent(self) -> dict[str, Any]:
        """What a page is told."""
        return {
            "table": self.table,
            "is_made": self.is_made,
            "cuts": list(self.cuts),
            "revision": self.revision,
            **self.stamp,
        }


@dataclass(frozen=True)
class CutPlan:
    """What a change of boundaries does.

    Attributes:
        old: The ids of the cuts that are there no longer.
        new: Those of the cuts that are there instead.
        carried: How many rows of decisions.tsv and overrides.tsv are carried over.
        gone: What no longer matches, in words.
        state: What the table says: now, or once it is written.
        step: What takes it back; empty: nothing was done.
    """

    old: Sequence[str]
    new: Sequence[str]
    carried: int
    gone: Sequence[str]
    state: CutsState
    step: str = ""

    @property
    def sent(self) -> dict[str, Any]:
        """What a page is told."""
        return {
            "old": list(self.old),
            "new": list(self.new),
            "carried": self.carried,
            "gone": list(self.gone),
            "step": self.step,
            **self.state.sent,
        }


RowsOf = Mapping[Key, Mapping[str, str] | None]
"""Values without the key, by key; None: there is no row."""


@dataclass(frozen=True)
class _Step:
    """A change that was made: the table, decisions and overrides, before and since."""

    video: str
    before: bytes | None
    after: CutsTable
    rows: Sequence[tuple[RowsOf, RowsOf]]


@dataclass(frozen=True)
class CutEditor:
    """Changes the cuts of videos.

    Attributes:
        results: The results folder.
        tables: Video -> its table of cuts; there need be no file. None: there is no project.
        decisions: The table of decisions.
        overrides: The table of overrides.
    """

    results: Path
    tables: Mapping[str, Path] | None
    decisions: CachedTable[Table]
    overrides: CachedTable[OverrideTable]
    _steps: dict[str, _Step] = field(default_factory=dict)

    def state(self, video: str) -> CutsState:
        """Tell what the table of cuts says.

        Args:
            video: The video.

        Returns:
            Its cuts.

        Raises:
            RequestError: There is no project, or the cuts are not found yet.
            InputError: The table is wrong.
        """
        return _state(self._read(video))

    def plan(self, video: str, action: str, frame: int) -> CutPlan:
        """Tell what a change would do; nothing is written.

        Args:
            video: The video.
            action: `split`: a cut begins at the frame; `merge`: none does.
            frame: The frame of the film.

        Returns:
            The plan.

        Raises:
            RequestError: It cannot be done.
            InputError: A table is wrong.
        """
        return self._planned(self._read(video), action, frame, video)[0]

    def change(self, video: str, action: str, frame: int, seen: str, reviewer: str = "") -> CutPlan:
        """Change the cuts, and carry the rows on them over.

        Args:
            video: The video.
            action: `split`: a cut begins at the frame; `merge`: none does.
            frame: The frame of the film.
            seen: The `revision` of the cuts that the page knew.
            reviewer: Who changes them; empty: nobody said so.

        Returns:
            What was done, with the step that takes it back.

        Raises:
            ConflictError: The table says something else than the page knew.
            RequestError: It cannot be done.
            InputError: A table is wrong.
        """
        path = self._path(video)
        with locked(path), locked(self.decisions.path), locked(self.overrides.path):
            found = self._read(video)
            now = _state(found)
            if now.revision != seen:
                raise ConflictError("film's cuts", now)
            stamped = found.stamped(reviewer, stamp_now())
            plan, changed, carried = self._planned(stamped, action, frame, video)
            step = secrets.token_hex(8)
            before = found.text.content if exists(path) else None
            rows = [
                _put(table, {key: None if v is None else dict(v) for key, v in one.rows.items()})
                for table, one in zip(self._tables, carried, strict=True)
            ]
            write_content(path, changed.text.content)
            self._steps[step] = _Step(video, before, changed, rows)
            if len(self._steps) > MOST_STEPS:
                del self._steps[next(iter(self._steps))]
        return replace(plan, step=step, state=replace(plan.state, is_made=True))

    def undo(self, video: str, step: str) -> CutsState:
        """Take a change back: the table and all rows are as before it.

        Args:
            video: The video.
            step: What `change` returned.

        Returns:
            What the table says now.

        Raises:
            RequestError: The step is not known, or the table or a row was changed since.
        """
        path = self._path(video)
        with locked(path), locked(self.decisions.path), locked(self.overrides.path):
            made = self._steps.get(step)
            if made is None or made.video != video:
                raise RequestError(HTTPStatus.CONFLICT, "the server no longer knows this step")
            if news := self._news(made, path):
                raise RequestError(
                    HTTPStatus.CONFLICT,
                    f"{path.name}, or a row on these cuts, was changed since{_by(news)}; take that "
                    "back first",
                )
            for table, (before, _) in zip(self._tables, made.rows, strict=True):
                _put(table, before)
            if made.before is None:
                remove(path)
            else:
                write_content(path, made.before)
            del self._steps[step]
            return self.state(video)

    def _news(self, made: _Step, path: Path) -> list[Mapping[str, str]]:
        """Who changed what a step left, and when, of each change; empty where that is not known."""
        news = []
        if not exists(path) or path.read_bytes() != made.after.text.content:
            news.append(_since(self._read(made.video).stamp, made.after.stamp))
        for table, (_, since) in zip(self._tables, made.rows, strict=True):
            for key, left in since.items():
                now = _values(table.table(), key)
                if now != left:
                    news.append(_since(now or {}, left or {}))
        return news

    def _planned(
        self, table: CutsTable, action: str, frame: int, video: str
    ) -> tuple[CutPlan, CutsTable, tuple[Carried, Carried]]:
        cuts = table.cuts
        if problem := _problem(cuts, action, frame):
            raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, problem)
        changed = table.split(frame) if action == "split" else table.merge(frame)
        after = {cut.cut for cut in changed.cuts}
        old = [cut.cut for cut in cuts if cut.cut not in after]
        new = [cut.cut for cut in changed.cuts if cut not in cuts]
        carried = (
            carry_decisions(_rows_on(self.decisions.table(), video, old), old, new),
            carry_overrides(_rows_on(self.overrides.table(), video, old), old, new),
        )
        count = sum(values is not None for one in carried for values in one.rows.values())
        gone = [text for one in carried for text in one.gone]
        return CutPlan(old, new, count, gone, _state(changed)), changed, carried

    @property
    def _tables(self) -> tuple[CachedTable[Any], CachedTable[Any]]:
        return self.decisions, self.overrides

    def _path(self, video: str) -> Path:
        if self.tables is None or video not in self.tables:
            raise RequestError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "cuts are changed in a project: start the server with --config job.yaml",
            )
        return self.tables[video]

    def _read(self, video: str) -> CutsTable:
        """The table of cuts; of the cuts as they were found where there is none."""
        path, boundaries = self._path(video), self.results / video / "_shared" / "boundaries.tsv"
        if not boundaries.is_file():
            raise RequestError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"the cuts of {video} are not found yet: snakemake looks for them",
            )
        found = read_boundaries(boundaries)
        if exists(path):
            return CutsTable.read(path, found[-1].end_frame)
        return CutsTable.made(path, found)


def _state(table: CutsTable) -> CutsState:
    path = table.text.path
    return CutsState(path.name, exists(path), [cut.cut for cut in table.cuts], table.stamp)


def _since(now: Mapping[str, str], before: Mapping[str, str]) -> Mapping[str, str]:
    """The cells `STAMP` of a row; empty where they are as before: somebody else edited the file."""
    stamps = [{name: values.get(name, "") for name in STAMP} for values in (now, before)]
    return {} if stamps[0] == stamps[1] else stamps[0]


def _by(stamps: Sequence[Mapping[str, str]]) -> str:
    """The last of those who have a name, in words; empty: none has."""
    named = [stamp for stamp in stamps if stamp.get("reviewer")]
    last = max(named, key=lambda stamp: stamp["time"], default=None)
    return f" by {last['reviewer']} ({last['time']})" if last else ""


def _problem(cuts: Sequence[Cut], action: str, frame: int) -> str:
    """Why a change cannot be made; empty: it can."""
    begins = any(cut.first_frame == frame for cut in cuts)
    if not 0 < frame < cuts[-1].end_frame:
        return f"frame {frame} does not lie between two frames of the film"
    if action == "split" and begins:
        return f"a cut begins at frame {frame} already"
    if action == "merge" and not begins:
        return f"no cut begins at frame {frame}"
    return "" if action in ("split", "merge") else "cuts are split or merged"


def _rows_on(
    table: UserTable[Any], video: str, cuts: Sequence[str]
) -> dict[Key, Mapping[str, str]]:
    """The rows of a table on some cuts of a video."""
    return {
        key: entry.values
        for key, entry in table.entries.items()
        if key[0] == video and key[2] in cuts
    }


def _values(table: UserTable[Any], key: Key) -> Mapping[str, str] | None:
    entry = table.get(key)
    return entry.values if entry else None


def _put(cached: CachedTable[Any], rows: RowsOf) -> tuple[RowsOf, RowsOf]:
    """Write rows, and take out those that are None; returns the rows before, and since."""
    table = cached.table().copy()
    before = {key: _values(table, key) for key in rows}
    for key, values in rows.items():
        if values is None:
            table.drop(key)
        else:
            table.put(key, values)
    if before != dict(rows):
        cached.write(table)
    return before, {key: _values(table, key) for key in rows}
