"""The text of greetings: sentences, columns in braces."""

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.runs.greeting_text import MOST_LETTERS, GreetingText


def test_sentences_are_divided_before_names_are_put_in() -> None:
    text = GreetingText.parse("Hello { name }!  Welcome, dear Dr. {name},\nto {the city}. Bye …")
    assert text.columns == ("name", "the city")
    assert text.filled({"name": "J. R. Who", "the city": "{name}"}) == [
        "Hello J. R. Who!",
        "Welcome, dear Dr. J. R. Who, to {name}.",
        "Bye …",
    ]


def test_one_sentence_may_be_a_name_alone() -> None:
    assert GreetingText.parse("{name}! Hello. ...").filled({"name": "Anna"}) == [
        "Anna!",
        "Hello. ...",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("Hello Anna.", "names no column"),
        ("Hello {name.", "belongs to no column"),
        ("Hello {name}}.", "belongs to no column"),
        ("Hello {}.", "belongs to no column"),
        ("Hello {name}\x07.", "control character"),
        ("{name} " + "a" * MOST_LETTERS, "letters, more than"),
    ],
)
def test_a_text_that_cannot_be_used_is_one_message(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        GreetingText.parse(text)
