"""Saves the rows of a request, each as if it came alone, and all of them in one go."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from ..core.errors import InputError
from .answers import Answer, json_answer
from .decisions import VALUES
from .edits import VALUES as EDIT_VALUES
from .request_error import ConflictError, RequestError, Said
from .row_request import RowRequest, rows_of
from .store import ReviewStore

COLUMNS = {
    "decisions": ("cut", VALUES),
    "edits": ("line", EDIT_VALUES),
    "overrides": ("cut", ("settings", "reviewer")),
}
"""Table -> what its rows are about, and the columns that a reviewer fills in."""

Save = Callable[[str, str, str, Mapping[str, str], str], Said | None]


def save_rows(reviews: ReviewStore, film: tuple[str, str], table: str, body: bytes) -> Answer:
    """Save what a page sends.

    Args:
        reviews: The tables.
        film: Video and key of the dub.
        table: "decisions", "edits" or "overrides".
        body: The rows; see `rows_of`.

    Returns:
        Of each row an HTTP status, and `saved`, what the table says now of its cut or line; or
        `why` it is not saved, and `now`, what somebody else has decided there.

    Raises:
        RequestError: The request is none.
        InputError: The table is wrong, or this user may not write it.
    """
    rows = rows_of(body, *COLUMNS[table])
    with _cached(reviews, table).together():
        return json_answer([_answered(reviews, film, table, row) for row in rows])


def _cached(reviews: ReviewStore, table: str) -> Any:
    if table == "edits":
        return reviews.lines.cached
    return reviews.remedies.cached if table == "overrides" else reviews.cached


def _answered(
    reviews: ReviewStore, film: tuple[str, str], table: str, row: RowRequest
) -> dict[str, Any]:
    """Save a row; where it is refused, the others are saved all the same."""
    saves: dict[str, Save] = {
        "decisions": reviews.save,
        "edits": reviews.lines.save,
        "overrides": reviews.save_settings,
    }
    try:
        saved = saves[table](*film, row.item, row.values, row.revision)
    except ConflictError as error:
        now = error.now and error.now.sent
        return {"status": error.status, "why": str(error), "now": now}
    except RequestError as error:
        return {"status": error.status, "why": str(error)}
    except InputError as error:
        return {"status": HTTPStatus.CONFLICT, "why": str(error)}
    return {"status": HTTPStatus.OK, "saved": saved and saved.sent}
