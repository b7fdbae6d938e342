"""What passes the borders of a turn, and what does not."""

import numpy as np
import pytest
from pydantic import ValidationError

from mouthpiece.talk.borders import (
    HEARD_RATE_HZ,
    LONGEST_SENTENCE,
    MOST_CHARACTERS,
    Sentence,
    Speech,
    Utterance,
    Words,
    why_refused,
)

SECOND = np.zeros(HEARD_RATE_HZ, np.float32)


def test_words_are_one_printable_line() -> None:
    assert Words(text="  a\n\tb\x00\u202ec ").text == "a b c"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no words"),
        (" \n ", "no words"),
        ("?!… –", "no words"),
        ("a" * (MOST_CHARACTERS + 1), "longer than 2000 characters"),
    ],
)
def test_words_that_are_none_are_refused(text: str, why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Words(text=text)
    assert why in why_refused(caught.value)


def test_a_sentence_is_short() -> None:
    with pytest.raises(ValidationError):
        Sentence(text="a" * (LONGEST_SENTENCE + 1))


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        (np.zeros(0, np.float32), "no samples"),
        (SECOND[:100], "0.0 s long"),
        (np.tile(SECOND, 31), "31.0 s long"),
        (np.zeros((2, 16000), np.float32), "wanted float32 [N]"),
        (np.zeros(16000, np.int16), "wanted float32 [N]"),
        (np.full(16000, np.nan, np.float32), "no numbers"),
        (np.full(16000, 3e4, np.float32), "not in [-1, 1]"),
    ],
)
def test_an_utterance_that_is_none_is_refused(samples: np.ndarray, why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Utterance(samples=samples)
    assert why in why_refused(caught.value)


@pytest.mark.parametrize("rate_hz", [0, -1, 7999, 192_001, 24000.5, "24000"])
def test_speech_of_a_wrong_rate_is_refused(rate_hz: object) -> None:
    with pytest.raises(ValidationError):
        Speech(samples=SECOND, rate_hz=rate_hz)


def test_speech_that_never_ends_is_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        Speech(samples=np.zeros(8000 * 121, np.float32), rate_hz=8000)
    assert "121 s long" in why_refused(caught.value)
