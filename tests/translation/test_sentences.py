import pytest

from mouthpiece.services.store import AnswerStore
from mouthpiece.text.syllables import syllables
from mouthpiece.translation.base import Line
from mouthpiece.translation.checks import flags_of, room_for
from mouthpiece.translation.glossary import missing_terms, replaced, terms_in
from mouthpiece.translation.sentences import runs, sentences_of, shared_out

from .fake_translator import Toy, ToySettings


def translated(tmp_path, *lines: Line) -> list[str]:  # type: ignore[no-untyped-def]
    store = AnswerStore(tmp_path, ".json")
    return [one.target for one in Toy(ToySettings()).translate(lines, "en", "pt-BR", store)]


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [
        ("I don't know what you are talking about.", "en", 11),
        ("used houses", "en", 3),
        ("saída, país, heróico", "pt-BR", 8),
        ("東京に行きます", "ja", 7),
        ("안녕하세요", "ko", 5),
        ("नमस्ते", "hi", 4),
        ("Привет, как дела?", "ru", 5),
        ("42", "de", 3),
        ("", "en", 0),
    ],
)
def test_syllables_are_about_right(text: str, language: str, count: int) -> None:
    assert abs(syllables(text, language) - count) <= (1 if language == "hi" else 0)


def test_a_sentence_over_two_lines_is_translated_as_one(tmp_path) -> None:  # type: ignore[no-untyped-def]
    lines = [
        Line("Good morning, today we", "S1", 0, 2),
        Line("go home.", "S1", 2.2, 3),
        Line("go home.", "S2", 3.1, 4),
        Line("Go home.", "S2", 4.1, 5),
    ]
    assert runs(lines) == [[0, 1], [2], [3]]
    found = translated(tmp_path, *lines)
    assert " ".join(found[:2]) == "bom dia, today nós vamos casa."
    assert found[1].endswith("casa.")


def test_a_text_is_shared_out_at_spaces_and_commas() -> None:
    assert shared_out("one two, three four", [1, 1]) == ["one two,", "three four"]
    assert shared_out("one", [1, 1, 1]) == ["one", "", ""]
    assert shared_out("", [1, 1]) == ["", ""]


def test_texts_are_split_into_sentences() -> None:
    text = 'He said "go." Now! 3.5 m. 東京。大阪'
    assert sentences_of(text) == ['He said "go."', "Now!", "3.5 m.", "東京。", "大阪"]


def test_terms_of_the_glossary_are_put_into_the_source(tmp_path) -> None:  # type: ignore[no-untyped-def]
    glossary = {"Mouthpiece": "Boquilha", "river bank": "margem", "bank": "banco"}
    text = "the mouthpiece by the River  bank"
    assert terms_in(text, glossary) == glossary
    assert replaced(text, glossary) == "the Boquilha by the margem"
    assert terms_in("banking", glossary) == {}
    assert missing_terms(text, "a boquilha da margem", glossary) == ["bank"]
    line = Line("The mouthpiece is good", glossary={"mouthpiece": "Boquilha"})
    assert translated(tmp_path, line) == ["The Boquilha is bom"]
    known = Line("The river is good", glossary={"river": "River"})  # a name, to be copied
    assert translated(tmp_path, known) == ["The River is bom"]


def test_captions_in_capitals_are_read_as_words(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert translated(tmp_path, Line("GOOD MORNING, LONDON!"), Line("NATO")) == [
        "bom dia, london!",
        "NATO",
    ]


@pytest.mark.parametrize(
    ("source", "target", "flags"),
    [
        ("Good morning", "", ["empty"]),
        ("Good morning", "-", ["empty"]),
        ("Good morning!", "good morning", ["untranslated"]),
        ("Taxi!", "Taxi", []),
        ("Go", "vamos agora para casa já", ["too_long=2.50"]),
        ("The river; go", "vai", ["glossary_missing=river, go"]),
    ],
)
def test_doubts_are_flags(source: str, target: str, flags: list[str]) -> None:
    found = flags_of(
        source,
        target,
        languages=("en", "pt-BR"),
        room=4,
        glossary={"river; go": "rio"},
    )
    assert found == flags


def test_a_slot_has_room_for_something() -> None:
    assert (room_for(0.1, 7), room_for(2, 7)) == (2, 14)
