"""What passes from one part of a turn to the next. What does not fit is refused, with a phrase."""

from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

LONGEST_NAME = 200
"""The longest name of an avatar, in characters."""

MOST_CHARACTERS = 2000
"""The longest text that a person may type or say in a turn."""

LONGEST_SENTENCE = 400
"""The longest text that is spoken at once, in characters."""

PAUSE_S = 0.64
"""A pause in speech that ends an utterance: longer than a breath."""

LEAST_HEARD_S, MOST_HEARD_S = 0.2, 30.0
"""The length of what a recognizer is given. Whisper hears 30 s at once."""

HEARD_RATE_HZ = 16000
"""Samples/s of what a recognizer is given."""

LEAST_RATE_HZ, MOST_RATE_HZ = 8000, 192_000
"""The rates of sound that an avatar takes, in samples/s."""

MOST_SPOKEN_S = 120.0
"""The longest speech of one sentence. A synthesizer that gives more is broken."""

LOUDEST = 4.0
"""A sample above it is no sound in [-1, 1] that overshot: its scale is wrong."""


class Border(BaseModel):
    """The base class of all that passes a border: frozen, without unknown parts. No `repr` has what
    was said, as event loops and threads log what a call was given that failed.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True
    )


class Words(Border):
    """A text of words: what a person typed or said, or a sentence of the answer.

    Attributes:
        text: Printable, without spaces around it.
    """

    text: Annotated[str, Field(max_length=MOST_CHARACTERS, repr=False)]

    @field_validator("text", mode="before")
    @classmethod
    def _printable(cls, text: object) -> object:
        """Turn line breaks and control characters into spaces."""
        if not isinstance(text, str):
            return text
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())

    @field_validator("text")
    @classmethod
    def _has_words(cls, text: str) -> str:
        if not any(c.isalnum() for c in text):
            raise ValueError("there are no words in it")
        return text


class Sentence(Words):
    """A sentence of the answer, or a part of a long one."""

    text: Annotated[str, Field(max_length=LONGEST_SENTENCE, repr=False)]


class Utterance(Border):
    """What somebody said into the microphone, from its begin to its end.

    Attributes:
        samples: Mono, `HEARD_RATE_HZ`, [N] float32 in [-1, 1].
    """

    samples: Annotated[np.ndarray, Field(repr=False)]

    @model_validator(mode="after")
    def _is_sound(self) -> "Utterance":
        _check_sound(self.samples)
        seconds = len(self.samples) / HEARD_RATE_HZ
        if not LEAST_HEARD_S <= seconds <= MOST_HEARD_S:
            raise ValueError(
                f"it is {seconds:.1f} s long; wanted {LEAST_HEARD_S:g} to {MOST_HEARD_S:g}"
            )
        return self


class Speech(Border):
    """A sentence as it sounds.

    Attributes:
        samples: Mono, [N] float32 in [-1, 1].
        rate_hz: Samples/s.
    """

    samples: Annotated[np.ndarray, Field(repr=False)]
    rate_hz: Annotated[int, Field(ge=LEAST_RATE_HZ, le=MOST_RATE_HZ, strict=True)]

    @model_validator(mode="after")
    def _is_sound(self) -> "Speech":
        _check_sound(self.samples)
        if self.seconds > MOST_SPOKEN_S:
            raise ValueError(f"it is {self.seconds:.0f} s long; wanted {MOST_SPOKEN_S:g} at most")
        return self

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate_hz


def _check_sound(samples: np.ndarray) -> None:
    if samples.ndim != 1 or samples.dtype != np.float32:
        raise ValueError(f"it is {samples.dtype} {list(samples.shape)}; wanted float32 [N]")
    if not len(samples):
        raise ValueError("it has no samples")
    if not np.isfinite(samples).all():
        raise ValueError("it has samples that are no numbers")
    if np.abs(samples).max() > LOUDEST:
        raise ValueError("its samples are not in [-1, 1]")


def why_refused(error: ValidationError) -> str:
    """Tell why something did not pass a border, without what it holds.

    Args:
        error: What pydantic raised.

    Returns:
        A phrase.
    """
    first = error.errors(include_input=False, include_url=False)[0]
    if first["type"] == "string_too_long":
        return f"it is longer than {first['ctx']['max_length']} characters"
    return str(first["msg"]).removeprefix("Value error, ")
