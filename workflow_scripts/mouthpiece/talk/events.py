"""What a page is told while somebody talks, and what it sends: JSON on a data channel.

A text is in no `repr`: event loops log what a call was given that failed.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .borders import MOST_CHARACTERS

MOST_BYTES = 16 * 1024
"""The largest message of a page."""

Kind = Literal["state", "heard", "caption", "problem"]

State = Literal["idle", "listening", "thinking", "speaking"]


class Event(BaseModel):
    """What a page is told.

    Attributes:
        kind: "state": what the avatar does; "heard": what the recognizer heard; "caption": the
            sentence that begins now; "problem": why a turn ended, or a part of it.
        text: The state, the words, or the message.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    text: Annotated[str, Field(repr=False)]


class Wish(BaseModel):
    """What a page asks for.

    Attributes:
        act: "say": answer a text; "stop": be silent.
        text: The text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    act: Literal["say", "stop"]
    text: Annotated[str, Field(max_length=MOST_CHARACTERS, repr=False)] = ""
