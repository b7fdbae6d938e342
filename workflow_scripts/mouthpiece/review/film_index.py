"""The page on which the review server lists the films."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from .folded_films import fold
from .request_error import RequestError
from .store import ReviewStore
from .templating import environment
from .unmade_films import UnmadeFilm, unmade_films
from .verdicts import VERDICTS

TEMPLATES = Path(__file__).resolve().parent / "templates" / "film_index"

COUNTED = ("cuts", "lipsynced", "to_review", "decided")


def film_index(reviews: ReviewStore) -> str:
    """Render the list of films.

    Args:
        reviews: The films.

    Returns:
        The page as HTML.

    Raises:
        InputError: A table is wrong.
    """
    films = reviews.states()
    shown, folded = fold(films, lambda film: str(film["video"]))
    template = environment(TEMPLATES).get_template("film_index.html.j2")
    return template.render(
        has_lines=any(film["lines"] for film in films),
        shown=shown,
        folded=[{"video": video, "films": dubs, **_sums(dubs)} for video, dubs in folded.items()],
        unmade=_unmade(reviews),
        verdicts=VERDICTS,
        table=str(reviews.table),
        edits=str(reviews.lines.table),
    )


def named_log(reviews: ReviewStore, name: str) -> Path:
    """Find a log that the list of films names.

    Args:
        reviews: The films.
        name: The log, from the project's folder.

    Returns:
        Its path.

    Raises:
        RequestError: The list names no such log.
    """
    logs = (reviews.results.parent / "logs").resolve()
    path = (reviews.results.parent / name).resolve()
    is_named = name in {film.log for film in _unmade(reviews)}
    if not is_named or not path.is_relative_to(logs):
        raise RequestError(HTTPStatus.NOT_FOUND, "the list of films names no such log")
    return path


def _unmade(reviews: ReviewStore) -> list[UnmadeFilm]:
    return unmade_films(reviews.known or (), reviews.films(), reviews.results.parent)


def _sums(films: list[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(film[name] for film in films) for name in COUNTED}
