"""How a text is divided into subtitles and lines."""

import pytest

from mouthpiece.text.cues import Cue, Timed, titles
from mouthpiece.text.line_breaks import MeasuredText, pieces
from mouthpiece.text.subtitle_rules import rules_for


def lines(text: str, tag: str = "en") -> tuple[str, ...]:
    rules = rules_for(tag)
    parts = pieces(text, rules)
    return MeasuredText(parts, rules).lines(0, len(parts))


@pytest.mark.parametrize(
    ("tag", "characters", "speed_cps"),
    [
        ("en", 42, 20), ("pt-BR", 42, 17), ("de", 42, 17), ("ru", 39, 17), ("zh-CN", 16, 9),
        ("zh-TW", 16, 9), ("ko", 16, 12), ("ja", 13, 4), ("ar", 42, 20), ("he", 42, 17),
        ("hi", 42, 22), ("th", 35, 17), ("cmn", 16, 9), ("arb", 42, 20), ("", 42, 17),
        ("no such tag", 42, 17),
    ],
)  # fmt: skip
def test_each_language_has_its_rules(tag: str, characters: int, speed_cps: float) -> None:
    rules = rules_for(tag)
    assert (rules.characters, rules.speed_cps, rules.lines) == (characters, speed_cps, 2)


@pytest.mark.parametrize("tag", ["ar", "he", "fa", "ur", "ps", "yi"])
def test_languages_that_are_read_from_right_to_left_are_marked(tag: str) -> None:
    assert rules_for(tag).marked("x") == "\u202bx\u202c"


def test_other_languages_have_no_marks() -> None:
    assert rules_for("pt-BR").marked("x") == "x"


@pytest.mark.parametrize(
    ("tag", "text", "width"),
    [("ja", "日本ABC", 3.5), ("th", "ที่", 1), ("ar", "\u202bسلام\u202c", 4), ("en", "Café", 4)],
)
def test_characters_are_counted_as_readers_see_them(tag: str, text: str, width: float) -> None:
    assert rules_for(tag).width(text) == width


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("It fits in a single line.", ("It fits in a single line.",)),
        (
            "We should leave before the river has risen over the bridge.",
            ("We should leave before the river has risen", "over the bridge."),
        ),
        (
            "If the bridge does not hold, we will never get to the house.",
            ("If the bridge does not hold,", "we will never get to the house."),
        ),
        (
            "Yesterday evening I talked to Dr. Miller about that whole matter.",
            ("Yesterday evening I talked", "to Dr. Miller about that whole matter."),
        ),
    ],
)
def test_a_long_line_is_broken_where_it_reads_well(text: str, broken: tuple[str, ...]) -> None:
    assert lines(text) == broken


def test_the_line_of_another_language_ends_with_none_of_its_small_words() -> None:
    upper, lower = lines(
        "O homem que mora ao lado da nossa casa não quer falar com a polícia.", "pt"
    )
    assert upper.split()[-1] not in ("o", "que", "ao", "da", "nossa", "não", "com", "a")
    assert len(upper) <= 42 and len(lower) <= 42


def test_japanese_is_broken_after_a_phrase_and_never_before_a_mark() -> None:
    broken = lines("川が増水しているので、橋が持たないかも。", "ja")
    assert broken == ("川が増水しているので、", "橋が持たないかも。")


def test_latin_words_within_chinese_are_not_broken() -> None:
    found = pieces("我在Microsoft工作。", rules_for("zh-CN"))
    assert [piece.text for piece in found] == ["我", "在", "Microsoft", "工", "作。"]


def test_thai_is_broken_at_its_spaces_alone() -> None:
    text = "ฉันไม่รู้ว่าคุณกำลังพูดถึงอะไร เราควรออกไปก่อนที่พวกเขาจะพบเรา"
    assert " ".join(lines(text, "th")) == text


def test_a_word_that_is_longer_than_a_line_is_flagged_and_whole() -> None:
    word = "x" * 50
    (title,) = titles(Cue("S1", word, 0, 3), rules_for("de"))
    assert title.lines == (word,) and title.flags == ("long_line",)


def test_a_long_text_becomes_several_subtitles_at_the_ends_of_its_sentences() -> None:
    first = "I do not know what you are talking about, my friend."
    second = "We have to leave before they find us here, as the river rises."
    found = titles(Cue("S1", f"{first} {second}", 10, 16.5), rules_for("en"))
    assert [" ".join(title.lines) for title in found] == [first, second]
    assert found[0].end_s == pytest.approx(found[1].start_s)


def test_a_subtitle_begins_and_ends_with_its_words() -> None:
    spoken = [("One", 1.0, 1.2), ("two.", 1.3, 1.6), ("Three", 4.0, 4.5), ("four.", 4.5, 5.0)]
    words = [Timed(*word) for word in spoken]
    found = titles(Cue("S1", "One two. Three four.", 1.0, 5.0, words), rules_for("en"))
    assert [(t.lines, t.start_s, t.end_s) for t in found] == [
        (("One two.",), 1.0, 1.6),
        (("Three four.",), 4.0, 5.0),
    ]


def test_words_that_do_not_spell_the_text_are_not_used() -> None:
    (title,) = titles(Cue("S1", "Hello", 1, 2, [Timed("Bye", 5, 6)]), rules_for("en"))
    assert (title.start_s, title.end_s) == (1, 2)


def test_slow_speech_is_divided_by_time() -> None:
    words = [
        Timed(word, n * 4.0, n * 4.0 + 3.5) for n, word in enumerate(("All", "of", "it", "slow"))
    ]
    found = titles(Cue("S1", "All of it slow", 0, 15.5, words), rules_for("en"))
    assert all(title.end_s - title.start_s <= 7 for title in found)


def test_no_text_has_no_subtitle() -> None:
    assert titles(Cue("S1", "  ", 0, 1), rules_for("en")) == []
