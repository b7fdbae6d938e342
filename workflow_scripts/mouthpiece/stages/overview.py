"""Write the project's overview page."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..config.overview import Overview
from ..core.cuts import read_boundaries
from ..project.gate import Gate
from ..reports.films import FilmResult, read_films
from ..reports.overview import write_overview
from ..review.unmatched import FilmCuts, FilmName, UnmatchedRow, unmatched

log = logging.getLogger(__name__)


def overview(
    *,
    films: Sequence[FilmName],
    tables: Sequence[Path],
    facts: Sequence[Path],
    gpus: Mapping[str, int],
    enhance_gpus: int,
    gate: Gate,
    settings: Overview,
    timings: Path,
    history: Path,
    page: Path,
    boundaries: Sequence[Path] = (),
    rows_on_cuts: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Write the overview page, and add to the history what this run came to.

    Args:
        films: Video and key of the dub of each film.
        tables: Each cuts.tsv, in the same order.
        facts: The source.json of each film's video, in the same order.
        gpus: Engine -> how many GPUs its jobs hold.
        enhance_gpus: How many the jobs of the enhancement hold.
        gate: The gate's section of the config.
        settings: The overview's section.
        timings: The folder of timings; it may be missing.
        history: The folder of the history; it may be missing.
        page: The page to write.
        boundaries: The boundaries.tsv of each film's video, in the same order; where there are
            none, rows of overrides.tsv are compared with the cuts of the films.
        rows_on_cuts: The rows of decisions.tsv and overrides.tsv that are about single cuts, as
            `review.unmatched.rows_on_cuts` gives them. The page names those on cuts that are not
            there.
    """
    results = read_films(films, tables, facts, page.parent)
    write_overview(
        results,
        gpus=gpus,
        enhance_gpus=enhance_gpus,
        gate=gate,
        settings=settings,
        timings=timings,
        history=history,
        page=page,
        unmatched=_unmatched(results, boundaries, rows_on_cuts),
    )
    log.info("%d films, %d cuts", len(results), sum(len(film.cuts) for film in results))


def _unmatched(
    films: Sequence[FilmResult],
    boundaries: Sequence[Path],
    rows_on_cuts: Sequence[Mapping[str, Any]],
) -> list[UnmatchedRow]:
    sources = [[cut.cut for cut in read_boundaries(path)] for path in boundaries]
    cuts = {}
    for index, film in enumerate(films):
        ids = [row["cut"] for row in film.cuts]
        cuts[film.video, film.language] = FilmCuts(ids, sources[index] if sources else ids)
    return unmatched(rows_on_cuts, cuts)
