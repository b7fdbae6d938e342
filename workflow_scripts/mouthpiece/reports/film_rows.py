"""The rows of the table of films. A video with many dubs is one line, which opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from ..project.tables import tag_of
from ..review.folded_films import fold
from ..review.unmatched import FilmName
from .films import Counts, FilmResult, confidences
from .timings import Timing, TimingFolder


@dataclass(frozen=True)
class FilmRows:
    """The films of a project as a page lists them.

    Attributes:
        shown: The rows of the films that stand in the table.
        folded: The videos with many dubs: name, languages, counts of all dubs, and their rows.
    """

    shown: Sequence[Mapping[str, Any]]
    folded: Sequence[Mapping[str, Any]]


def film_rows(
    films: Sequence[FilmResult], timed: Mapping[tuple[TimingFolder, str], Timing]
) -> FilmRows:
    """Describe films for the table of films.

    Args:
        films: The films.
        timed: The timings of all films.

    Returns:
        The rows; each has the cells by name.
    """
    spent: dict[FilmName, Timing] = {}
    for (folder, _), timing in timed.items():
        name = folder.video, folder.language
        spent[name] = spent.get(name, Timing()) + timing
    shown, folded = fold(films, lambda film: film.video)

    def rows(dubs: Sequence[FilmResult]) -> list[dict[str, Any]]:
        return [_row(dub, spent.get((dub.video, dub.language), Timing())) for dub in dubs]

    return FilmRows(
        rows(shown),
        [
            {
                "video": video,
                "languages": len({tag_of(dub.language) for dub in dubs}),
                "counts": Counts.of(cut for dub in dubs for cut in dub.cuts),
                "rows": rows(dubs),
            }
            for video, dubs in folded.items()
        ],
    )


def _row(film: FilmResult, spent: Timing) -> dict[str, Any]:
    is_timed = bool(spent.timed and film.cuts)
    return {
        "video": film.video,
        "language": film.language,
        "page": film.page,
        "picture": film.picture and film.picture.as_posix(),
        "report": film.report,
        "minutes": film.minutes,
        "counts": film.counts,
        "confidence": [(s, median(values)) for s, values in sorted(confidences([film]).items())],
        "wall_s": spent.wall_s / len(film.cuts) if is_timed else None,
        "gpu_s": spent.gpu_s / len(film.cuts) if is_timed else None,
        "untimed": spent.jobs - spent.timed,
        "files": {name: path.as_posix() for name, path in film.files.items()},
    }
