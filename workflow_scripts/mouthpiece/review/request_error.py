"""Why the review server cannot do what a request asks for."""

from http import HTTPStatus
from typing import Protocol


class Said(Protocol):
    """What a table says of a cut or a line."""

    @property
    def sent(self) -> dict[str, str]:
        """What a page is told of it, with its revision."""


class RequestError(Exception):
    """A request that cannot be answered.

    Attributes:
        status: The HTTP status.
    """

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class ConflictError(RequestError):
    """Somebody else has decided since the page read the table.

    Attributes:
        now: What the table says now; None: nothing.
    """

    def __init__(self, what: str, now: Said | None) -> None:
        super().__init__(HTTPStatus.CONFLICT, f"somebody else has decided on this {what} meanwhile")
        self.now = now
