"""What a page sends to the review server: decisions on cuts, their settings, edits of lines."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from ..project.rows import one_line
from .request_error import RequestError

OLD_PAGE = "if the page is of an older version, run snakemake, which writes it again"


@dataclass(frozen=True)
class RowRequest:
    """A row that is to be saved.

    Attributes:
        item: The id of the cut or line.
        revision: The revision of the row that the page knew.
        values: The other columns, each on one line.
    """

    item: str
    revision: str
    values: dict[str, str]

    @classmethod
    def of(cls, values: Any, item: str, columns: Sequence[str]) -> "RowRequest":
        """Read a row of a request.

        Args:
            values: A JSON object of texts: the item, revision, and the columns.
            item: What the row is about: "cut" or "line".
            columns: The columns that a reviewer fills in.

        Returns:
            The request.

        Raises:
            RequestError: It is something else.
        """
        wanted = {item, "revision", *columns}
        if not isinstance(values, dict) or set(values) != wanted:
            raise RequestError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"wanted an object of {', '.join(sorted(wanted))}; {OLD_PAGE}",
            )
        if not all(isinstance(value, str) for value in values.values()):
            raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "wanted text values")
        lines = {name: one_line(value) for name, value in values.items()}
        return cls(lines.pop(item), lines.pop("revision"), lines)


def parsed(body: bytes) -> Any:
    """Parse the body of a request.

    Args:
        body: JSON.

    Returns:
        Its value.

    Raises:
        RequestError: It is something else.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise RequestError(HTTPStatus.BAD_REQUEST, "the request is not JSON") from None


def rows_of(body: bytes, item: str, columns: Sequence[str]) -> list[RowRequest]:
    """Read the body of a request.

    Args:
        body: A JSON list of rows; see `RowRequest.of`.
        item: What a row is about: "cut" or "line".
        columns: The columns that a reviewer fills in.

    Returns:
        The rows, one at least.

    Raises:
        RequestError: It is something else.
    """
    values = parsed(body)
    if not isinstance(values, list) or not values:
        raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, f"wanted a list of rows; {OLD_PAGE}")
    return [RowRequest.of(row, item, columns) for row in values]
