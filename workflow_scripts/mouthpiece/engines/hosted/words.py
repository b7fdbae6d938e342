"""What a service says: its answers and reports as types, and its words in messages."""

import re
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...core.errors import Fault

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
"""What a service may call a request; the name becomes a part of addresses."""

RAW_CHARACTERS = 80
"""How much is shown of what a service says."""

MOST_READ_CHARACTERS = 2000
"""How much is looked at of it."""

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+|(?:[\w-]+\.)+[a-z]{2,}/\S+", re.IGNORECASE)
"""An address in a text. Whoever has that of a clip can see it."""

RequestId = Annotated[str, Field(pattern=rf"^{REQUEST_ID.pattern}$")]
Url = Annotated[str, Field(min_length=8, max_length=4096, pattern=r"^https?://[!-~]+$")]


class Wire(BaseModel):
    """What came over the wire. Services add fields as they like; a field that is read is typed."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class UnreadableError(Fault):
    """A webhook is signed, and something else than its contract says."""


WireType = TypeVar("WireType", bound=Wire)


def parsed(kind: type[WireType], body: bytes, host: str) -> WireType:
    """Read what a service said.

    Args:
        kind: What it should be.
        body: JSON.
        host: Who said it, for messages.

    Returns:
        What it said.

    Raises:
        Fault: It is something else. The message names fields, and no values.
    """
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        fields = {".".join(map(str, one["loc"])) or "the whole" for one in error.errors()}
        named = ", ".join(sorted(fields)[:5])
        raise Fault(
            f"{host}: answers with something else than its contract says ({named})"
        ) from None


def parsed_report(kind: type[WireType], body: bytes, host: str) -> WireType:
    """Read a webhook whose signature is right.

    Args:
        kind: What it should be.
        body: JSON.
        host: Who sent it, for messages.

    Returns:
        What it says.

    Raises:
        UnreadableError: It is something else.
    """
    try:
        return parsed(kind, body, host)
    except Fault as error:
        raise UnreadableError(str(error)) from None


def shown(text: object) -> str:
    """Make a service's word fit for a message.

    Args:
        text: What it said.

    Returns:
        One short line of plain characters, without addresses.
    """
    told = ADDRESS.sub("(address)", str(text)[:MOST_READ_CHARACTERS])
    line = re.sub(r"[^ -~]+", " ", told).strip()
    return line if len(line) <= RAW_CHARACTERS else f"{line[:RAW_CHARACTERS]}..."


def unknown_state(host: str, raw: object) -> Fault:
    """Make the fault of a state that no contract has.

    Args:
        host: Who said it.
        raw: Its word.

    Returns:
        The fault, for the caller to raise.
    """
    return Fault(f"{host}: says {shown(raw)!r} of a request, a state that is not known here")
