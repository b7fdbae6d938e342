"""Rows of decisions.tsv and overrides.tsv on cuts that a film does not have.

Cut ids are frame ranges, so an id may be mistyped, or its cut may be gone since the boundaries
moved. Such a row does nothing, except for a refusal, which is carried to other cuts. Each is named
on the console, the overview and the review page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..project.decision_table import REMARK, Decision
from ..project.overrides import Override
from ..project.tables import tag_of
from .refusals import REFUSAL, carried_to, frames_of, overlap

FilmName = tuple[str, str]
"""Video, and key of the dub (`de`, or `de_anna`)."""


@dataclass(frozen=True, kw_only=True)
class UserRow:
    """A row of a user's table that is about one cut.

    Attributes:
        kind: The table it is of.
        table: The path of that table.
        row: The row's line in the file, counted from 1.
        video: The video.
        language: A language, the key of a dub, or `*` for all.
        cut: The id of the cut.
        what: What it says: a decision, or the names of the other columns; an override's setting.
        note: A person's note.
    """

    kind: Literal["decision", "override"]
    table: str
    row: int
    video: str
    language: str
    cut: str
    what: str
    note: str = ""

    @property
    def is_refusal(self) -> bool:
        """Whether it is a decision that follows frames, see `refusals`."""
        return self.kind == "decision" and self.what == REFUSAL

    def is_of(self, film: FilmName) -> bool:
        """Tell whether the row is about a film.

        Args:
            film: Video and key of the dub.

        Returns:
            True where the row's video and language are the film's.
        """
        video, key = film
        languages = ("*", key, tag_of(key)) if self.kind == "override" else (key,)
        return self.video == video and self.language in languages


@dataclass(frozen=True)
class FilmCuts:
    """The ids of the cuts that rows may name.

    Attributes:
        film: The cuts of the film, which decisions are about.
        source: The cuts of its video, which overrides are about. A looped film has others.
    """

    film: Sequence[str]
    source: Sequence[str]


@dataclass(frozen=True)
class UnmatchedRow:
    """A row whose cut is not a cut of the film.

    Attributes:
        row: The row.
        nearest: The cut that shows most of its frames, or else the nearest one; empty: the film
            has no cuts.
        carried_to: The cuts that a refusal is carried to.
    """

    row: UserRow
    nearest: str
    carried_to: tuple[str, ...] = ()

    def __str__(self) -> str:
        row = self.row
        language = "" if row.language == "*" else f" in {row.language}"
        text = (
            f"{row.table}, row {row.row}: {row.what} on cut {row.cut} of {row.video}{language}: "
            "there is no such cut"
        )
        if self.carried_to:
            return f"{text} now; the refusal is carried to {', '.join(self.carried_to)}"
        return f"{text}; the nearest is {self.nearest}" if self.nearest else text


def rows_on_cuts(
    decisions: Iterable[Decision], overrides: Iterable[Override]
) -> list[dict[str, Any]]:
    """List the rows of a project's tables that are about single cuts.

    Args:
        decisions: The rows of decisions.tsv.
        overrides: The rows of overrides.tsv; those on all cuts (`*`) are left out.

    Returns:
        The fields of a `UserRow` each, as JSON values.
    """
    rows = [
        UserRow(
            kind="decision",
            table=str(decision.row.table),
            row=decision.row.line,
            video=decision.row.values["video"],
            language=decision.row.values["language"],
            cut=decision.row.values["cut"],
            what=decision.decision
            or ", ".join(
                name for name in ("preset", "tier", *REMARK[:3]) if getattr(decision, name)
            ),
            note=decision.note,
        )
        for decision in decisions
    ]
    rows += [
        UserRow(
            kind="override",
            table=str(override.row.table),
            row=override.row.line,
            video=override.video,
            language=override.language,
            cut=override.cut,
            what=override.setting,
        )
        for override in overrides
        if override.cut != "*"
    ]
    return [asdict(row) for row in rows]


def unmatched(
    rows: Iterable[Mapping[str, Any]], films: Mapping[FilmName, FilmCuts]
) -> list[UnmatchedRow]:
    """Find the rows whose cut is not a cut of the films that they are about.

    Args:
        rows: Rows as `rows_on_cuts` gives them. One on a film that is not in `films` is left out.
        films: The cuts of each film.

    Returns:
        These rows, in the same order.
    """
    found = []
    for values in rows:
        row = UserRow(**values)
        ids = [cut for name, cuts in films.items() if row.is_of(name) for cut in _ids(row, cuts)]
        is_known = any(row.is_of(name) for name in films)
        if is_known and row.cut not in ids:
            carried = tuple(carried_to(row.cut, ids)) if row.is_refusal else ()
            found.append(UnmatchedRow(row, nearest_cut(row.cut, ids), carried))
    return found


def _ids(row: UserRow, cuts: FilmCuts) -> Sequence[str]:
    return cuts.film if row.kind == "decision" else cuts.source


def nearest_cut(cut: str, cuts: Iterable[str]) -> str:
    """Find the cut that is nearest to a run of frames.

    Args:
        cut: A cut id: the run of frames.
        cuts: The ids of the cuts to choose from.

    Returns:
        The cut that shares the most frames with it; where none shares any, that with the fewest
        frames between the two. Empty where there are no cuts.
    """
    frames = frames_of(cut)

    def closeness(other: str) -> tuple[int, int]:
        found = frames_of(other)
        gap = max(found.start - frames.stop, frames.start - found.stop, 0)
        return overlap(frames, found), -gap

    return max(cuts, key=closeness, default="")
