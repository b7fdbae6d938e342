"""The page on which the review server lists the films."""

from pathlib import Path

from .store import ReviewStore
from .templating import environment
from .verdicts import VERDICTS

TEMPLATES = Path(__file__).resolve().parent / "templates" / "film_index"


def film_index(reviews: ReviewStore) -> str:
    """Render the list of films.

    Args:
        reviews: The films.

    Returns:
        The page as HTML.

    Raises:
        InputError: A table is wrong.
    """
    template = environment(TEMPLATES).get_template("film_index.html.j2")
    return template.render(
        films=reviews.states(),
        verdicts=VERDICTS,
        table=str(reviews.table),
        edits=str(reviews.lines.table),
    )
