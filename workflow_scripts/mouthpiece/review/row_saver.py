"""Saves the rows of a request, each as if it came alone, and all of them in one go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from ..core.errors import InputError
from .answers import Answer, json_answer
from .cached_table import CachedTable
from .decisions import VALUES
from .edits import VALUES as EDIT_VALUES
from .request_error import ConflictError, RequestError, Said
from .row_request import RowRequest, rows_of
from .store import ReviewStore

Save = Callable[[str, str, str, Mapping[str, str], str], Said | None]


@dataclass(frozen=True)
class Kind:
    """How the rows of a table are saved.

    Attributes:
        item: What a row is about: "cut" or "line".
        columns: The columns that a reviewer fills in.
        table: Finds the table.
        save: Finds what saves one row.
    """

    item: str
    columns: Sequence[str]
    table: Callable[[ReviewStore], CachedTable[Any]]
    save: Callable[[ReviewStore], Save]


KINDS = {
    "decisions": Kind("cut", VALUES, lambda store: store.cached, lambda store: store.save),
    "edits": Kind(
        "line", EDIT_VALUES, lambda store: store.lines.cached, lambda store: store.lines.save
    ),
    "overrides": Kind(
        "cut",
        ("settings", "reviewer"),
        lambda store: store.remedies.cached,
        lambda store: store.save_settings,
    ),
}
"""By the table's name."""


def save_rows(reviews: ReviewStore, film: tuple[str, str], table: str, body: bytes) -> Answer:
    """Save what a page sends.

    Args:
        reviews: The tables.
        film: Video and key of the dub.
        table: A name of `KINDS`.
        body: The rows; see `rows_of`.

    Returns:
        Of each row an HTTP status, and `saved`, what the table says now of its cut or line; or
        `why` it is not saved, and `now`, what somebody else has decided there.

    Raises:
        RequestError: The request is none.
        InputError: The table is wrong, or this user may not write it.
    """
    kind = KINDS[table]
    rows, save = rows_of(body, kind.item, kind.columns), kind.save(reviews)
    with kind.table(reviews).together():
        return json_answer([_answered(save, film, row) for row in rows])


def _answered(save: Save, film: tuple[str, str], row: RowRequest) -> dict[str, Any]:
    """Save a row; where it is refused, the others are saved all the same."""
    try:
        saved = save(*film, row.item, row.values, row.revision)
    except ConflictError as error:
        now = error.now and error.now.sent
        return {"status": error.status, "why": str(error), "now": now}
    except RequestError as error:
        return {"status": error.status, "why": str(error)}
    except InputError as error:
        return {"status": HTTPStatus.CONFLICT, "why": str(error)}
    return {"status": HTTPStatus.OK, "saved": saved and saved.sent}
