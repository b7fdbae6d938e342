"""What a model of Replicate takes, as it says itself: the part of its OpenAPI schema that counts.

Cog writes choices and limits beside the type, or in a schema of their own that `allOf` refers to.
"""

import json
from typing import Any

from pydantic import Field

from .words import Wire, parsed, shown

REF = "#/components/schemas/"
"""How a schema refers to another one of the same model."""

MOST_SCHEMAS = 100
"""How many schemas one parameter may refer to; what others say is not looked at."""

MOST_CHOICES = 20
"""How many choices a message lists."""

KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


class Property(Wire):
    """What a parameter may be; what is not said is not limited."""

    type: str | None = None
    format: str | None = None
    enum: list[Any] | None = None
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = Field(None, alias="exclusiveMinimum")
    exclusive_maximum: float | None = Field(None, alias="exclusiveMaximum")
    ref: str = Field("", alias="$ref")
    all_of: "list[Property]" = Field([], alias="allOf")
    any_of: "list[Property]" = Field([], alias="anyOf")


class _Inputs(Wire):
    properties: dict[str, Property]
    required: tuple[str, ...] = ()


class _Version(Wire):
    class _OpenApi(Wire):
        class _Components(Wire):
            schemas: dict[str, Any]

        components: _Components

    openapi_schema: _OpenApi


class ModelSchema:
    """What a model takes.

    Attributes:
        properties: Its parameters, clip and sound among them, by name.
        required: The names of those that it cannot do without.
    """

    def __init__(self, body: bytes, host: str) -> None:
        """Read a schema.

        Args:
            body: A version of the model, as the service describes it: JSON.
            host: Who describes it, for messages.

        Raises:
            Fault: It is something else.
        """
        self._host = host
        self._schemas = parsed(_Version, body, host).openapi_schema.components.schemas
        inputs = parsed(_Inputs, json.dumps(self._schemas.get("Input")).encode(), host)
        self.properties, self.required = inputs.properties, inputs.required

    def problem(self, name: str, value: object) -> str:
        """Look for what is wrong with a parameter.

        Args:
            name: Its name, one of `properties`.
            value: Its value.

        Returns:
            What it is to be instead; empty: it is taken.

        Raises:
            Fault: The schema cannot be read.
        """
        return self._problem(self.properties[name], value, {})

    def _problem(self, wanted: Property, value: object, known: dict[str, str]) -> str:
        """See `problem`. `known` has what was found of the schemas that were referred to: each is
        looked at once, however they refer to each other.
        """
        problems = [_own_problem(wanted, value), self._problem_of(wanted.ref, value, known)]
        problems += [self._problem(one, value, known) for one in wanted.all_of]
        either = [self._problem(one, value, known) for one in wanted.any_of]
        problems += [" or ".join(dict.fromkeys(either))] if either and all(either) else []
        return next(filter(None, problems), "")

    def _problem_of(self, ref: str, value: object, known: dict[str, str]) -> str:
        name = ref.removeprefix(REF)
        if name not in known and len(known) < MOST_SCHEMAS:
            known[name] = ""
            found = self._schemas.get(name)
            if found is not None:
                wanted = parsed(Property, json.dumps(found).encode(), self._host)
                known[name] = self._problem(wanted, value, known)
        return known.get(name, "")


def _own_problem(wanted: Property, value: object) -> str:
    if not _is_of(wanted.type, value):
        return f"of the type {shown(wanted.type)}"
    if wanted.enum is not None and not any(_same(value, one) for one in wanted.enum):
        return f"one of {', '.join(shown(repr(one)) for one in wanted.enum[:MOST_CHOICES])}"
    if not isinstance(value, int | float):
        return ""
    least, above = wanted.minimum, wanted.exclusive_minimum
    most, below = wanted.maximum, wanted.exclusive_maximum
    limits = {
        "at least": (least, least is None or value >= least),
        "above": (above, above is None or value > above),
        "at most": (most, most is None or value <= most),
        "below": (below, below is None or value < below),
    }
    if all(is_kept for _, is_kept in limits.values()):
        return ""
    return " and ".join(
        f"{word} {limit:g}" for word, (limit, _) in limits.items() if limit is not None
    )


def _is_of(kind: str | None, value: object) -> bool:
    """Whether a value is of the type that a schema names; of one that is not scalar, any is."""
    if kind == "null":
        return value is None
    if kind not in KINDS:
        return True
    return isinstance(value, KINDS[kind]) and (kind == "boolean") == isinstance(value, bool)


def _same(value: object, choice: object) -> bool:
    return value == choice and isinstance(value, bool) == isinstance(choice, bool)
