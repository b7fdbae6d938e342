from itertools import pairwise

from mouthpiece.text.alignment import matched, spread, timed, tokens
from mouthpiece.text.given_lines import aligned_lines, cue_lines, uncovered_s
from mouthpiece.text.sentences import SaidWord
from mouthpiece.text.timed_text import Cue
from mouthpiece.text.transcript import Word


def heard(text: str, start_s: float = 0.0) -> list[SaidWord]:
    return [
        SaidWord(Word(token, start_s + at, start_s + at + 0.8, 0.9), "en")
        for at, token in enumerate(text.split())
    ]


def cues(*rows: tuple[float, float, str]) -> list[Cue]:
    return [Cue(n, n, start, end, text) for n, (start, end, text) in enumerate(rows, start=1)]


def test_tokens_are_words_and_letters_of_scripts_without_spaces() -> None:
    assert tokens("Come in, Anna — it's 10:30.") == ["Come", "in,", "Anna—", "it's", "10:30."]
    assert tokens("你好，世界。Hello") == ["你", "好，", "世", "界。", "Hello"]


def test_words_that_were_heard_wrongly_are_matched_with_what_they_are_like() -> None:
    given = ["the", "second", "floor", "before", "midnight"]
    assert matched(given, ["a", "second", "flour", "before", "mid"]) == [-1, 1, 2, 3, 4]


def test_words_that_were_not_heard_share_the_time_between_their_neighbours() -> None:
    sound = [said.word for said in heard("come please")]
    words = timed(["come", "here", "please"], [0, -1, 1], sound)
    assert (words[1].start_s, words[1].end_s, words[1].probability) == (0.8, 1.0, 0.0)
    assert [word.text for word in words] == ["come", "here", "please"]


def test_a_line_that_nobody_says_is_not_scattered_over_the_film() -> None:
    script = cues((0, 0, "come in now"), (0, 0, "this line is not in the film"), (0, 0, "go"))
    sound = [*heard("come in now"), *heard("this", 20), *heard("is", 40), *heard("in the", 60)]
    lines = aligned_lines(script, [*sound, *heard("go", 90)], "en")
    assert [line.flags for line in lines] == [(), ("unaligned=0.00",), ()]
    assert lines[1].end_s - lines[1].start_s < 10


def test_a_word_that_was_heard_as_another_takes_its_time() -> None:
    sound = [said.word for said in heard("come remember now")]
    words = timed(["come", "recall", "now"], [0, -1, 2], sound)
    assert (words[1].start_s, words[1].end_s) == (1.0, 1.78)


def test_a_word_of_several_tokens_is_spread_over_its_time() -> None:
    assert [word.start_s for word in spread([Word("你好", 1.0, 2.0, 0.9)])] == [1.0, 1.5]


def test_a_transcript_takes_the_times_of_the_sound_and_keeps_its_words() -> None:
    script = cues((0, 0, "We carried the boxes."), (0, 0, "Nobody ever thought of that."))
    lines = aligned_lines(script, heard("we carry the boxes the piano was heavy"), "en")
    assert [line.text for line in lines] == [
        "We carried the boxes.",
        "Nobody ever thought of that.",
    ]
    assert (lines[0].start_s, lines[0].end_s) == (0.0, 3.8)
    assert lines[0].flags == ()
    assert lines[1].flags == ("unaligned=0.00",)
    assert [line.words[0].source for line in lines] == [0, 1]


def test_cues_keep_their_times_and_their_words_lie_on_the_speech() -> None:
    (line,) = cue_lines(cues((1.0, 4.0, "Come — in, Anna.")), [(0.0, 0.5), (1.5, 3.0)], "en")
    assert line.text == "Come — in, Anna."
    assert (line.start_s, line.end_s) == (1.0, 4.0)
    assert 1.5 < line.words[1].word.start_s < line.words[1].word.end_s < 3.0


def test_overlapping_and_silent_cues_are_marked() -> None:
    script = cues((1.0, 4.0, "One."), (3.0, 5.0, "Two."), (3.0, 5.0, "Three."), (8, 9, "Four."))
    lines = cue_lines(script, [(1.0, 5.0)], "en")
    assert [line.flags for line in lines] == [
        ("overlap",),
        ("overlap",),
        ("overlap",),
        ("over_silence=0.00",),
    ]
    spans = [(line.start_s, line.end_s) for line in lines]
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(end > start for start, end in spans)


def test_speech_outside_all_cues_is_measured() -> None:
    script = cues((1.0, 4.0, "One."), (3.0, 5.0, "Two."))
    assert uncovered_s(script, [(0.0, 2.0), (4.5, 7.0)]) == 3.0
