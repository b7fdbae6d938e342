import pytest

from mouthpiece.text.sentences import (
    SaidLine,
    SaidWord,
    dubbed_lines,
    ends_sentence,
    joined,
    split_turns,
)
from mouthpiece.text.transcript import Word


def said(text: str, start_s: float = 0.0, word_s: float = 0.4, **facts: object) -> list[SaidWord]:
    """Words without pauses between them; "|" is a pause of 0.7 s."""
    words, at = [], start_s
    for token in text.split():
        if token == "|":
            at += 0.7
            continue
        words.append(SaidWord(Word(token, at, at + word_s, 0.9), "en", **facts))  # type: ignore
        at += word_s
    return words


def lines(turns: list[SaidLine], longest_s: float = 7.0) -> list[str]:
    return [line.text for line in dubbed_lines(turns, longest_s)]


def test_turns_end_with_sentences_pauses_and_languages() -> None:
    words = [*said("Come in, Mr. Brown. Where | is he?"), *said("Dort.", 9, source=1)]
    assert [turn.text for turn in split_turns(words)] == [
        "Come in, Mr. Brown.",
        "Where",
        "is he?",
        "Dort.",
    ]


@pytest.mark.parametrize(
    ("word", "ends"),
    [("him.", True), ("him?”", True), ("Dr.", False), ("J.", False), ("him,", False), ("。", True)],
)
def test_the_end_of_a_sentence(word: str, ends: bool) -> None:
    assert ends_sentence(word) == ends


def test_a_sentence_is_joined_over_a_pause_and_short_ones_with_the_one_before() -> None:
    turns = split_turns(said("Where do | you live? Here. | | She waits outside the house."))
    assert lines(turns) == ["Where do you live? Here.", "She waits outside the house."]


def test_words_are_joined_as_their_language_is_written() -> None:
    assert joined(["Come", "in."], "en-US") == "Come in."
    for language in ("zh", "zh-TW", "cmn"):
        assert joined(["你好，", "Anna", "Brown", "。"], language) == "你好，Anna Brown。"


def test_lines_never_mix_speakers() -> None:
    turns = split_turns(said("Where do | you live?"))
    told = [turn.spoken_by(number) for number, turn in enumerate(turns)]
    assert lines(told) == ["Where do", "you live?"]


def test_a_long_sentence_is_divided_at_a_comma_near_its_middle() -> None:
    text = "one two three four, five six seven eight nine ten, eleven twelve thirteen fourteen"
    found = dubbed_lines(split_turns(said(text, word_s=0.8)), 7.0)
    assert [line.text for line in found][-1] == "eleven twelve thirteen fourteen"
    assert all(line.end_s - line.start_s <= 7.0 for line in found)
    assert " ".join(line.text for line in found) == text
