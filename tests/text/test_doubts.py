import pytest

from mouthpiece.text.doubts import Doubtful, doubts, plain
from mouthpiece.text.sentences import SaidLine, SaidWord
from mouthpiece.text.transcript import Word


def line(text: str, log_probability: float = -0.2, no_speech: float = 0.05) -> SaidLine:
    words = [
        SaidWord(Word(token, at * 0.3, at * 0.3 + 0.3, 0.9), "en", log_probability, no_speech)
        for at, token in enumerate(text.split())
    ]
    return SaidLine(tuple(words))


def flags(one: SaidLine, voiced: float = 0.9) -> tuple[str, ...]:
    return doubts([one], [voiced], Doubtful())[0]


@pytest.mark.parametrize(
    ("one", "voiced", "expected"),
    [
        (line("We carried the boxes up to the second floor."), 0.9, ()),
        (line("No, no, no."), 0.9, ()),
        (line("and then and then and then and then"), 0.9, ("repeated=4",)),
        (line("Come in."), 0.1, ("over_silence=0.10",)),
        (line("Come in.", no_speech=0.8), 0.9, ("no_speech=0.80",)),
        (line("Come in.", log_probability=-1.3), 0.9, ("low_probability=-1.30",)),
        (line("Thank you."), 0.9, ()),
        (line("Thank you.", no_speech=0.4), 0.9, ("phantom",)),
        (line("Thanks for watching!", -0.8), 0.9, ("phantom",)),
    ],
)
def test_doubts(one: SaidLine, voiced: float, expected: tuple[str, ...]) -> None:
    assert flags(one, voiced) == expected


def test_long_text_that_repeats_itself_is_marked() -> None:
    text = "the river was high and the road was gone, " * 3
    assert flags(line(text.strip()))[0].startswith("repeated=")


def test_three_equal_lines_in_a_row_are_a_loop() -> None:
    rows = [line("Come in."), line("Yes."), line("Yes!"), line("yes"), line("Come in.")]
    found = doubts(rows, [0.9] * 5, Doubtful())
    assert found == [(), *[("repeated=3",)] * 3, ()]


@pytest.mark.parametrize("text", ["नमस्ते दुनिया", "สวัสดี ครับ", "Não, José!"])
def test_marks_part_no_words(text: str) -> None:
    assert len(plain(text).split()) == 2
