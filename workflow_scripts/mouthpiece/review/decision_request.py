"""A decision as the page sends it to the review server."""

import json
from dataclasses import dataclass
from http import HTTPStatus

from ..project.rows import one_line
from .decisions import VALUES
from .store import RequestError


@dataclass(frozen=True)
class DecisionRequest:
    """A decision that is to be saved.

    Attributes:
        cut: The id of the cut.
        revision: The revision of the decision that the page knew.
        values: Decision, draft, preset, tier and note, each on one line.
    """

    cut: str
    revision: str
    values: dict[str, str]

    @classmethod
    def parse(cls, body: bytes) -> "DecisionRequest":
        """Read the body of a request.

        Args:
            body: A JSON object of texts: cut, revision, and the columns of VALUES.

        Returns:
            The request.

        Raises:
            RequestError: It is something else.
        """
        try:
            values = json.loads(body)
        except (ValueError, RecursionError):
            raise RequestError(HTTPStatus.BAD_REQUEST, "the request is not JSON") from None
        wanted = {"cut", "revision", *VALUES}
        if not isinstance(values, dict) or set(values) != wanted:
            raise RequestError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"wanted an object of {', '.join(sorted(wanted))}; "
                "if the page is of an older version, run snakemake, which writes it again",
            )
        if not all(isinstance(value, str) for value in values.values()):
            raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "wanted text values")
        lines = {name: one_line(value) for name, value in values.items()}
        return cls(lines.pop("cut"), lines.pop("revision"), lines)
