"""What became of each film of a run, as the closing summary of `mouthpiece run` tells it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..core.cut_table import read_table
from ..core.errors import Fault
from ..review.draft_facts import halvings, hearing_counts
from ..review.verdicts import verdict
from .deliverables import further_files
from .films import UNSCORED, Counts
from .finals import FinalCounts
from .lines import NO_LINES, LineCounts, line_counts
from .notes import Noted, note_files, read_notes
from .pictures import PictureCount, picture_counts
from .run_summary import FilmName, film_file, table_file

NO_FINALS = FinalCounts()


@dataclass(frozen=True)
class FilmSummary:
    """What became of a film.

    Attributes:
        video: Its video.
        language: The key of its dub.
        film: The film; None: it is not made.
        page: Its review page; None: it is not made.
        cuts: How many cuts it has.
        lipsynced: How many of them are delivered with the mouth redrawn.
        verdicts: How many cuts have each verdict, a key of `VERDICTS`.
        reasons: Why cuts were passed through: how many for each code of the guard's.
        faults: A line for each cut that a fault took, and for a table that is damaged.
        undecided: How many cuts are gated out or doubtful, and not decided.
        kept: How many cuts have a draft, and are delivered as the original by a decision.
        notes: What is to be said of its source, its dub and the film itself.
        lines: What became of its lines, where its dub is made.
        further: Its other delivered files and folders, by what they are called.
        pictures: The limits of a draft's picture that its cuts break.
        taken_back: Why enhancements were taken back: how many cuts for each code.
        hearings: How many preview drafts were drawn by each hearing, `phones` or `bands`.
        finals: What became of its finals, and what services were paid.
        halved: Names of batches that memory did not hold: in how many cuts.
        final_faults: A line for each cut whose final could not be made.
    """

    video: str
    language: str
    film: Path | None
    page: Path | None
    cuts: int
    lipsynced: int
    verdicts: Mapping[str, int]
    reasons: Mapping[str, int]
    faults: tuple[str, ...]
    undecided: int
    kept: int = 0
    notes: tuple[Noted, ...] = ()
    lines: LineCounts = NO_LINES
    further: Mapping[str, Path] = field(default_factory=dict)
    pictures: tuple[PictureCount, ...] = ()
    taken_back: Mapping[str, int] = field(default_factory=dict)
    hearings: Mapping[str, int] = field(default_factory=dict)
    finals: FinalCounts = NO_FINALS
    halved: Mapping[str, int] = field(default_factory=dict)
    final_faults: tuple[str, ...] = ()


def summarize(results: Path, films: Iterable[FilmName]) -> list[FilmSummary]:
    """Read what became of films.

    Args:
        results: The folder of results.
        films: The video and the dub's key of each.

    Returns:
        A summary of each, in the same order; one without cuts for a film that has no cuts.tsv yet.
    """
    return [_summary(results, film) for film in films]


def faulty_cuts(results: Path, films: Iterable[FilmName]) -> list[str]:
    """Name the cuts that are delivered as the original because of a fault.

    Args:
        results: The results folder.
        films: The project's films.

    Returns:
        A line for each cut.
    """
    return [
        f"{film.video} {film.language} {fault}"
        for film in summarize(results, films)
        if film.cuts
        for fault in film.faults
    ]


def _summary(results: Path, film: FilmName) -> FilmSummary:
    rows, damage = _rows(table_file(results, film))
    counts, lines = Counts.of(rows), line_counts(results, film)
    passed = (row for row in rows if verdict(row) == "passthrough")
    return FilmSummary(
        *film,
        film=_existing(film_file(results, film)),
        page=_existing(results.joinpath(*film, "review", "index.html")),
        cuts=counts.cuts,
        lipsynced=counts.lipsynced,
        verdicts=counts.verdicts,
        reasons=dict(Counter(_reason(row) for row in passed).most_common()),
        faults=(
            *damage,
            *filter(None, [lines.damage]),
            *(f"{row['cut']}: {row['fault']}" for row in rows if row.get("fault")),
        ),
        undecided=counts.undecided,
        kept=sum(_is_kept(row) for row in rows),
        notes=tuple(read_notes(note_files(results, film))),
        lines=lines,
        further=further_files(results, film),
        pictures=picture_counts(rows),
        taken_back=_taken_back(rows),
        hearings=hearing_counts(rows),
        finals=FinalCounts.of(rows),
        halved=Counter(name for row in rows for name in halvings(row)),
        final_faults=tuple(
            f"{row['cut']}: {fault}" for row in rows if (fault := row.get("final_fault"))
        ),
    )


def _rows(table: Path) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """The rows of a cuts.tsv, and why it cannot be read: that must not hide the other films."""
    try:
        return (read_table(table) if table.is_file() else []), ()
    except Fault as error:
        return [], (str(error),)


def _is_kept(row: Mapping[str, str]) -> bool:
    is_decided = row["action"] == "passthrough" and row["reason"] == "decided"
    return is_decided and verdict(row) not in UNSCORED


def _taken_back(rows: Iterable[Mapping[str, str]]) -> Mapping[str, int]:
    reverted = [row for row in rows if row.get("enhanced", "").startswith("reverted ")]
    codes = (code for row in reverted for code in row["enhance_reasons"].split(";"))
    return Counter(code.partition("=")[0] for code in codes)


def _reason(row: Mapping[str, str]) -> str:
    """The first reason for which the guard passed a cut through, as a code."""
    code = row["guard_reasons"].partition(";")[0].partition("=")[0]
    return code or row["reason"].partition("=")[0] or "no_draft"


def _existing(path: Path) -> Path | None:
    return path if path.exists() else None
