"""Sentences out of a text that is still being written."""

import pytest

from mouthpiece.talk.borders import LONGEST_SENTENCE
from mouthpiece.talk.sentences import sentences

TEXT = (
    "Hello, Dr. Who! It costs 3.14 euros. Is that… much? No.\n"
    "- A list\n- of two things\n\nこんにちは。元気ですか？はい"
)
DIVIDED = [
    "Hello, Dr. Who!",
    "It costs 3.14 euros.",
    "Is that…",
    "much?",
    "No.",
    "- A list",
    "- of two things",
    "こんにちは。",
    "元気ですか？",
    "はい",
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_how_the_text_arrives_changes_nothing(size: int) -> None:
    parts = [TEXT[at : at + size] for at in range(0, len(TEXT), size)]
    assert list(sentences(parts)) == DIVIDED


def test_a_sentence_is_given_before_the_next_one_is_written() -> None:
    def writing():
        yield "One. "
        yield pytest.fail("the first sentence was not given")

    assert next(sentences(writing())) == "One."


def test_a_long_sentence_is_divided_at_a_comma() -> None:
    found = list(sentences(["word " * 45 + "end, " + "more " * 30 + "done."]))
    assert len(found) == 2 and found[0].endswith("end,")


@pytest.mark.parametrize("text", ["x" * 5000, "word " * 1000, "\n" * 3000, ""])
def test_no_piece_is_too_long(text: str) -> None:
    found = list(sentences([text]))
    assert all(0 < len(piece) <= LONGEST_SENTENCE for piece in found)
    assert "".join(found).replace(" ", "") == text.replace(" ", "").strip()
