from pathlib import Path

import numpy as np
import soundfile

from mouthpiece.recognition.base import macrolanguage
from mouthpiece.recognition.pieces import SAMPLE_RATE, Piece, clips_of, pack
from mouthpiece.recognition.spoken_language import spoken_languages
from mouthpiece.text.transcript import Word


def samples(*seconds: float) -> tuple[int, ...]:
    return tuple(round(s * SAMPLE_RATE) for s in seconds)


def spans(*edges: tuple[float, float]) -> list[tuple[int, int]]:
    return [(samples(a)[0], samples(b)[0]) for a, b in edges]


def test_short_pauses_stay_and_clips_have_margins() -> None:
    clips = clips_of(spans((0.1, 2.0), (2.2, 4.0), (4.6, 5.0), (9.0, 10.0)), samples(10.1)[0])
    assert clips == spans((0.0, 4.2), (4.4, 5.2), (8.8, 10.1))
    assert [piece.clips for piece in pack(clips, ["en", "en", "es"])] == [
        tuple(spans((0.0, 5.2))),
        tuple(spans((8.8, 10.1))),
    ]


def test_pieces_hold_clips_of_one_language_up_to_their_length() -> None:
    clips = spans((0, 10), (20, 30), (40, 50), (60, 65))
    pieces = pack(clips, ["en", "en", "es", "es"])
    assert [(len(piece.clips), piece.language) for piece in pieces] == [(2, "en"), (2, "es")]
    assert [len(piece.clips) for piece in pack(clips, ["en"] * 4)] == [2, 2]


def test_words_are_led_back_to_the_film(tmp_path: Path) -> None:
    sound = tmp_path / "mono.wav"
    soundfile.write(sound, np.linspace(0, 0.9, samples(12)[0]), SAMPLE_RATE)
    piece = Piece(tuple(spans((1, 3), (10, 11))))
    assert len(piece.read(sound)) == piece.length == samples(3.4)[0]
    assert piece.film_word(Word("a", 0.5, 1.0, 1.0)) == Word("a", 1.5, 2.0, 1.0)
    assert piece.film_word(Word("b", 2.5, 2.9, 1.0)) == Word("b", 10.1, 10.5, 1.0)
    assert piece.film_word(Word("c", 1.9, 2.6, 1.0)) == Word("c", 10.0, 10.2, 1.0)
    assert piece.film_word(Word("d", 9.0, 9.9, 1.0)) == Word("d", 11.0, 11.0, 1.0)


def test_a_clip_is_in_another_language_only_where_that_is_sure() -> None:
    english, spanish, unsure = {"en": 0.95, "es": 0.02}, {"es": 0.97, "en": 0.01}, {"es": 0.7}
    edges = [(0, 9), (10, 14), (15, 19), (19.5, 20.0), (25, 26)]
    found = spoken_languages([english, spanish, unsure, {}, {}], edges, "")
    assert found.of_clips == ("en", "es", "en", "en", "en")
    assert (found.main, found.heard) == ("en", "en")
    assert 0.4 < found.probability < 0.7


def test_a_short_clip_is_in_the_language_of_its_nearest_neighbour() -> None:
    chances = [{"en": 0.95}, {"es": 0.97}, {}, {"en": 0.96}]
    found = spoken_languages(chances, [(0, 9), (10, 14), (14.5, 15), (20, 24)], "")
    assert found.of_clips == ("en", "es", "es", "en")


def test_the_language_of_the_table_holds_against_what_most_is_heard_as() -> None:
    chances = [{"pt": 0.9, "gl": 0.05}, {"en": 0.95, "pt": 0.01}]
    found = spoken_languages(chances, [(0, 20), (21, 26)], "gl-ES")
    assert found.of_clips == ("gl-ES", "en")
    assert (found.main, found.probability, found.heard) == ("gl-ES", 1.0, "pt")


def test_languages_are_compared_without_region_and_by_macrolanguage() -> None:
    assert [macrolanguage(tag) for tag in ("pt-BR", "nb", "cmn", "")] == ["pt", "no", "zh", ""]
