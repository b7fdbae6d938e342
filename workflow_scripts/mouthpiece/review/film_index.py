"""The page on which the review server lists the films."""

from pathlib import Path
from typing import Any

from .folded_films import fold
from .store import ReviewStore
from .templating import environment
from .unmade_films import unmade_films
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
        unmade=unmade_films(reviews.known or (), reviews.films(), reviews.results.parent),
        verdicts=VERDICTS,
        table=str(reviews.table),
        edits=str(reviews.lines.table),
    )


def _sums(films: list[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(film[name] for film in films) for name in COUNTED}
