"""What the sound gate found in the lines of films whose dub is made, counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from ..core.errors import Fault
from ..core.files import read_json
from ..core.plain_table import damage_is_fault, read_plain
from ..review.script_wordings import SEVERITIES, VERDICTS, in_brief
from ..review.unmatched import FilmName

MADE = "made"
"""The kind in the dub.json of a film whose dub is made."""


@dataclass(frozen=True)
class LineCounts:
    """What became of the lines of a film.

    Attributes:
        lines: How many there are.
        verdicts: Verdict -> how many lines have it.
        severities: Severity -> how many lines have it, the worst first; those that none has are
            left out.
        reasons: Code -> how many lines have it, the most frequent first.
        to_review: How many are doubtful or wrong, and not approved.
        blockers: A few words for each Blocker: when it begins, who speaks and why.
        damage: Why the table cannot be read; empty: it can.
    """

    lines: int = 0
    verdicts: Mapping[str, int] = field(default_factory=dict)
    severities: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    to_review: int = 0
    blockers: tuple[str, ...] = ()
    damage: str = ""

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, str]]) -> Self:
        """Count lines.

        Args:
            rows: Rows of lines.tsv.

        Returns:
            The counts.
        """
        verdicts, severities = (Counter(row[name] for row in rows) for name in WEIGHED)
        reasons = Counter(code for row in rows for code in set(_codes(row)))
        return cls(
            len(rows),
            {name: verdicts[name] for name in VERDICTS if verdicts[name]},
            {name: severities[name] for name in SEVERITIES if severities[name]},
            dict(reasons.most_common()),
            sum(
                row["verdict"] in ("fail", "review") and row.get("status") != "approved"
                for row in rows
            ),
            tuple(_blocker(row) for row in rows if row["severity"] == "Blocker"),
        )


NO_LINES = LineCounts()
"""Those of a film whose dub is given."""

WEIGHED = ("verdict", "severity")
"""The columns that are counted."""


def line_counts(results: Path, film: FilmName) -> LineCounts:
    """Count the lines of a film.

    Args:
        results: The results folder.
        film: Video and key of the dub.

    Returns:
        The counts; none where the dub is given, whatever an earlier run left, or is not made yet.
    """
    folder = results.joinpath(*film)
    table, facts = folder / "lines.tsv", folder / "dub.json"
    try:
        if not (table.is_file() and facts.is_file()) or read_json(facts).get("kind") != MADE:
            return NO_LINES
        with damage_is_fault(table):
            return LineCounts.of(read_plain(table))
    except Fault as error:
        return LineCounts(damage=str(error))


def _codes(row: Mapping[str, str]) -> list[str]:
    return [reason.partition("=")[0] for reason in row["reasons"].split(";") if reason]


def _blocker(row: Mapping[str, str]) -> str:
    """A Blocker in a few words; those of the script are not among them."""
    at = row.get("start_s", "")
    when = f"{int(float(at)) // 60}:{float(at) % 60:04.1f}" if at else row["line"]
    why = ", ".join(in_brief(reason) for reason in row["reasons"].split(";") if reason)
    return " ".join(filter(None, (when, row.get("speaker", ""), why)))
