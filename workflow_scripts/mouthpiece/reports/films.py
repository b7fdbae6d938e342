"""What became of the cuts of films, counted."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Self

from ..core.cut_table import read_table
from ..core.files import read_json
from ..review.film_picture import film_picture
from ..review.refusals import CARRIED, REFUSAL, SETTLED
from ..review.unmatched import FilmName
from ..review.verdicts import REVIEWED, verdict
from ..review.versions import RESTORE
from .deliverables import film_file, further_files
from .lines import NO_LINES, LineCounts, line_counts
from .notes import Noted, note_files, read_notes

BARS = ("pass", "review", "unjudged", "fail", "passthrough", "fault")
"""The verdicts from good to bad, as bars and tables show them."""

OUTCOMES = {
    "pass": "Draft, in sync",
    "accent": "Draft, approved by a person",
    "review": "Draft, in doubt",
    "unjudged": "Original, kept by a person",
    "fail": "Original, gated out",
    "passthrough": "Original, no draft",
    "fault": "Original, a fault",
}
"""What is delivered of a cut, and why -> its name; the keys are the names of their colours."""

REPORT_DIGITS = 16
"""How many digits of a digest name a result's folder in a report of Snakemake."""

UNSCORED = ("passthrough", "fault")
"""The verdicts on cuts without a scored draft."""


def _is_settled(cut: Mapping[str, str]) -> bool:
    """Whether no person needs to look at a cut again."""
    return cut["decision"] in (*SETTLED, RESTORE)


def outcome(cut: Mapping[str, str]) -> str:
    """Tell what is delivered of a cut.

    Args:
        cut: Its row of cuts.tsv.

    Returns:
        A key of OUTCOMES.
    """
    said = verdict(cut)
    if said == "fault":
        return said
    if cut["action"] == "lipsync":
        if cut["decision"] in ("approve", RESTORE):
            return "accent"
        return "pass" if said == "pass" else "review"
    if cut["decision"] in (REFUSAL, CARRIED):
        return "unjudged"
    return "passthrough" if said == "passthrough" else "fail"


@dataclass(frozen=True)
class Counts:
    """What became of some cuts.

    Attributes:
        cuts: How many there are.
        verdicts: Verdict -> how many cuts got it, in the order of BARS.
        lipsynced: How many are delivered lip-synced.
        undecided: How many were gated out or are in doubt, without a decision that holds.
        outcomes: Outcome -> how many cuts have it, in the order of OUTCOMES.
    """

    cuts: int
    verdicts: dict[str, int]
    lipsynced: int
    undecided: int
    outcomes: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, cuts: Iterable[Mapping[str, str]]) -> Self:
        """Count cuts.

        Args:
            cuts: Rows of cuts.tsv.

        Returns:
            The counts.
        """
        cuts = list(cuts)
        verdicts = Counter(verdict(cut) for cut in cuts)
        outcomes = Counter(outcome(cut) for cut in cuts)
        return cls(
            len(cuts),
            {name: verdicts[name] for name in BARS},
            sum(cut["action"] == "lipsync" for cut in cuts),
            sum(
                verdict(cut) in REVIEWED and cut["decision"] not in (*SETTLED, RESTORE)
                for cut in cuts
            ),
            {name: outcomes[name] for name in OUTCOMES},
        )

    @property
    def drafted(self) -> int:
        """How many have a draft that was scored."""
        return self.cuts - sum(self.verdicts[name] for name in UNSCORED)

    @property
    def pass_rate(self) -> float | None:
        """The share of the scored drafts that passed; None where there are none."""
        return self.verdicts["pass"] / self.drafted if self.drafted else None

    @property
    def lipsync_rate(self) -> float | None:
        """The share of the cuts that are delivered lip-synced; None where there are none."""
        return self.lipsynced / self.cuts if self.cuts else None


@dataclass(frozen=True)
class FilmResult:
    """A film's rows of cuts.tsv.

    Attributes:
        video: The video.
        language: The key of the dub.
        rate: Frames per second.
        cuts: The rows, in the order of the film.
        notes: What is to be said of its source, its dub and the film itself.
        lines: What became of its lines, where its dub is made.
        files: Its delivered files, by what they are called, from the results folder.
        picture: A small picture of it, from the results folder; None: there is none.
    """

    video: str
    language: str
    rate: Fraction
    cuts: Sequence[Mapping[str, str]]
    notes: Sequence[Noted] = ()
    lines: LineCounts = NO_LINES
    files: Mapping[str, Path] = field(default_factory=dict)
    picture: Path | None = None

    @property
    def name(self) -> str:
        """What plots call it."""
        return f"{self.video} · {self.language}"

    @property
    def page(self) -> str:
        """The folder of its review page, from the results folder."""
        return f"{self.video}/{self.language}/review"

    @property
    def report(self) -> str:
        """The folder of its review page in a report of Snakemake, below `data/raw`.

        Snakemake names it by the path of the page.
        """
        path = f"results/{self.page}/index.html"
        return hashlib.sha256(path.encode()).hexdigest()[:REPORT_DIGITS]

    @property
    def minutes(self) -> float:
        """Its length in minutes."""
        return float(sum(int(cut["frames"]) for cut in self.cuts) / self.rate / 60)

    @cached_property
    def counts(self) -> Counts:
        """What became of its cuts."""
        return Counts.of(self.cuts)


def read_films(
    films: Sequence[FilmName],
    tables: Sequence[Path],
    facts: Sequence[Path],
    results: Path | None = None,
) -> list[FilmResult]:
    """Read what became of films.

    Args:
        films: Video and key of the dub of each film.
        tables: Each cuts.tsv, in the same order.
        facts: The source.json of each film's video, in the same order.
        results: The results folder, for notes, lines, files and picture of each film; None: none
            are read.

    Returns:
        The films, in the same order.
    """
    read = (
        FilmResult(*film, Fraction(read_json(fact)["rate"]), read_table(table))
        for film, table, fact in zip(films, tables, facts, strict=True)
    )
    return [_with_files(film, results) if results else film for film in read]


def _with_files(film: FilmResult, results: Path) -> FilmResult:
    name = film.video, film.language
    return replace(
        film,
        notes=read_notes(note_files(results, name)),
        lines=line_counts(results, name),
        files=_files(results, name),
        picture=film_picture(results, name, film.cuts),
    )


def _files(results: Path, film: FilmName) -> dict[str, Path]:
    files = {"MP4": film_file(results, film), **further_files(results, film)}
    return {name: path.relative_to(results) for name, path in files.items() if path.exists()}


def confidences(films: Iterable[FilmResult]) -> dict[str, list[float]]:
    """Collect the confidences of each scorer: those of different scorers are never compared.

    Args:
        films: The films.

    Returns:
        Scorer -> the confidence of each draft that it scored.
    """
    found: dict[str, list[float]] = {}
    for film in films:
        for cut in film.cuts:
            if cut["scorer"]:
                found.setdefault(cut["scorer"], []).append(float(cut["confidence"]))
    return found
