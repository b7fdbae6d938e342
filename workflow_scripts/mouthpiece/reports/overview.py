"""The project's overview page: all films and languages, how good, how long, what it cost.

The page is one file that fetches nothing but small pictures of the films beside it; each plot has
its figures as a table. A small script finds other pages where it lies in a report of Snakemake.
What is known of the cuts comes from each film's cuts.tsv, the rest from side files (`timings`,
`history`) that may be missing, and then are shown as missing.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from ..config.overview import Overview
from ..core.files import digest, write_text
from ..project.gate import Gate
from ..project.tables import tag_of
from ..review.folded_films import fold
from ..review.script_wordings import SEVERITIES
from ..review.script_wordings import VERDICTS as LINE_VERDICTS
from ..review.templating import environment
from ..review.unmatched import FilmName, UnmatchedRow
from ..review.verdicts import VERDICTS
from .cost import cost_of
from .film_rows import film_rows
from .films import BARS, Counts, FilmResult, confidences, read_films
from .history import read_history, record
from .overview_sections import (
    Timings,
    final_rows,
    language_rows,
    line_rows,
    note_rows,
    outcome_section,
    reason_section,
    score_sections,
    time_section,
    trend_section,
)
from .run_summary import Unmade, table_file, unmatched_rows
from .timing_folders import timing_folders
from .timings import Timing, read_timings, total

NAMED_DUBS = 5
"""A note on the files of more dubs than these names so many, and counts the others."""

TEMPLATES = Path(__file__).resolve().parent / "templates" / "overview"


def write_overview(
    films: Sequence[FilmResult],
    *,
    gpus: Mapping[str, int],
    enhance_gpus: int,
    gate: Gate,
    settings: Overview,
    timings: Path,
    history: Path,
    page: Path,
    unmade: Sequence[Unmade] = (),
    unmatched: Sequence[UnmatchedRow] = (),
) -> None:
    """Write the overview page, and add to the history what this run came to.

    Where films are missing, the run is not added to the history, and the page gets the oldest date
    there is, so that the next run writes it again.

    Args:
        films: The films that are made.
        gpus: Engine -> how many GPUs its jobs hold.
        enhance_gpus: How many the jobs of the enhancement hold.
        gate: The gate's section of the config.
        settings: The overview's section.
        timings: The folder of timings; it may be missing.
        history: The folder of the history; it may be missing.
        page: The page to write.
        unmade: The films that are not made.
        unmatched: Rows of the user's tables on cuts that no film has.
    """
    folders = timing_folders(films, page.parent, gpus, enhance_gpus)
    timed = read_timings(timings, folders)
    entries = (
        read_history(history)
        if unmade
        else record(history, _key(films), _values(films, total(timed)))
    )
    write_text(page, render(films, timed, entries, gate, settings, unmade, unmatched))
    if unmade:
        os.utime(page, (1, 1))


def interim(
    results: Path,
    films: Iterable[FilmName],
    unmade: Sequence[Unmade],
    rows_on_cuts: Sequence[Mapping[str, Any]] = (),
    **known: Any,
) -> None:
    """Write the overview page after a run that failed: of what is made, and of what is not.

    Args:
        results: The results folder.
        films: The project's films.
        unmade: Those that are not made.
        rows_on_cuts: See `review.unmatched.rows_on_cuts`.
        **known: The other keywords of `write_overview`.
    """
    missing = {(film.video, film.language) for film in unmade}
    made = [film for film in films if film not in missing]
    write_overview(
        read_films(
            made,
            [table_file(results, film) for film in made],
            [results / video / "_shared" / "source.json" for video, _ in made],
            results,
        ),
        history=results / ".history",
        page=results / "overview.html",
        unmade=unmade,
        unmatched=unmatched_rows(results, made, rows_on_cuts),
        **known,
    )


def _key(films: Iterable[FilmResult]) -> str:
    """The digest of what the films came to."""
    columns = ("cut", "fault", "gate", "action", "scorer", "confidence", "draft")
    return digest(
        [
            [film.video, film.language, [[cut.get(c, "") for c in columns] for cut in film.cuts]]
            for film in films
        ]
    )


def _values(films: Iterable[FilmResult], spent: Timing) -> dict[str, Any]:
    """What the history keeps of a run."""
    return {
        "films": [
            {
                "video": film.video,
                "language": film.language,
                "minutes": round(film.minutes, 4),
                "cuts": len(film.cuts),
                "verdicts": film.counts.verdicts,
                "lipsynced": film.counts.lipsynced,
                "median_confidence": {
                    scorer: round(median(found), 4) for scorer, found in confidences([film]).items()
                },
            }
            for film in films
        ],
        "wall_s": round(spent.wall_s, 1),
        "gpu_s": round(spent.gpu_s, 1),
        "untimed_jobs": spent.jobs - spent.timed,
    }


def render(
    films: Sequence[FilmResult],
    timed: Timings,
    entries: Sequence[Mapping[str, Any]],
    gate: Gate,
    settings: Overview,
    unmade: Sequence[Unmade] = (),
    unmatched: Sequence[UnmatchedRow] = (),
) -> str:
    """Render the overview page.

    Args:
        films: The films that are made.
        timed: Their timings.
        entries: The history, the oldest first.
        gate: The gate's section of the config.
        settings: The overview's section.
        unmade: The films that are not made.
        unmatched: Rows of the user's tables on cuts that no film has.

    Returns:
        The page as HTML.
    """
    counts = Counts.of(cut for film in films for cut in film.cuts)
    minutes = sum(film.minutes for film in films)
    shared, language = (
        total({key: t for key, t in timed.items() if bool(key[0].language) is wanted})
        for wanted in (False, True)
    )
    return environment(TEMPLATES).get_template("overview.html.j2").render(
        counts=counts,
        minutes=minutes,
        videos=len({film.video for film in films}),
        languages=len({tag_of(film.language) for film in films}),
        films=len(films),
        rows=film_rows(films, timed),
        unmade=unmade,
        unmatched=unmatched,
        notes=fold(note_rows(films), lambda row: row[0]),
        lines=fold(line_rows(films), lambda row: str(row["video"])),
        finals=fold(final_rows(films), lambda row: row[0].video),
        line_verdicts=LINE_VERDICTS,
        severities=SEVERITIES,
        by_language=language_rows(films),
        verdicts={name: VERDICTS[name] for name in BARS},
        outcomes=outcome_section(films),
        named_dubs=NAMED_DUBS,
        scores=score_sections(films, gate),
        reasons=reason_section(films),
        time=time_section(timed, counts.cuts),
        cost=cost_of(shared, language, minutes, len(films), settings),
        untimed=shared.jobs + language.jobs - shared.timed - language.timed,
        settings=settings,
        trend=trend_section(entries),
    )  # fmt: skip
