"""Different speakers get different voices, the nearest in pitch."""

from mouthpiece.voices.casting import Part, cast
from mouthpiece.voices.kokoro.settings import KokoroSettings
from mouthpiece.voices.settings import Voice

VOICES = [
    Voice("deep", "m", 95.0),
    Voice("man", "m", 130.0),
    Voice("woman", "f", 190.0),
    Voice("high", "f", 230.0),
    Voice("foreign_man", "m", 112.0, is_guest=True),
]
HERO = Part("S1", 100.0, 60.0)
HEROINE = Part("S2", 200.0, 40.0)
FRIEND = Part("S3", 125.0, 10.0)


def test_speakers_get_the_voices_that_are_nearest_in_pitch() -> None:
    found = cast([HERO, HEROINE, FRIEND], VOICES, {})
    assert found == {"S1": "deep", "S2": "woman", "S3": "man"}


def test_no_voice_speaks_twice_while_others_are_free() -> None:
    crowd = [Part(f"S{n}", 100.0, 10.0 - n) for n in range(len(VOICES) + 1)]
    names = list(cast(crowd, VOICES, {}).values())
    assert sorted(names[:-1]) == sorted(voice.name for voice in VOICES)
    assert names[-1] == "deep"


def test_a_third_man_gets_a_man_of_another_language_before_a_woman() -> None:
    men = [Part(f"S{n}", 115.0, 10.0 - n) for n in range(3)]
    assert {"deep", "man", "foreign_man"} == set(cast(men, VOICES, {}).values())


def test_a_minor_part_changes_no_larger_one() -> None:
    before = cast([HERO, HEROINE], VOICES, {})
    for pitch_hz in (0.0, 95.0, 200.0):
        after = cast([Part("S0", pitch_hz, 5.0), HERO, HEROINE], VOICES, {})
        assert {speaker: after[speaker] for speaker in before} == before
        assert after["S0"] not in before.values()


def test_who_has_no_pitch_is_cast_all_the_same() -> None:
    assert cast([Part("S1", 0.0, 1.0)], VOICES, {}) == {"S1": "deep"}


def test_a_voice_that_a_person_chose_is_not_given_to_others() -> None:
    found = cast([HERO, HEROINE], VOICES, {"S2": "deep"})
    assert found == {"S1": "man", "S2": "deep"}


def test_the_voices_of_a_language_come_before_guests() -> None:
    voices = KokoroSettings().voices("pt-BR")
    assert [voice.name for voice in voices[:3]] == ["pf_dora", "pm_alex", "pm_santa"]
    assert all(voice.is_guest for voice in voices[3:])
    assert len(KokoroSettings(guests=False).voices("pt")) == 3
    assert all(voice.pitch_hz > 60 for voice in voices)


def test_kokoro_serves_the_languages_whose_phonemes_it_knows() -> None:
    served = [tag for tag in ("en", "en-AU", "es-MX", "fr-CA", "pt", "it", "hi") if _serves(tag)]
    assert len(served) == 7
    assert not any(map(_serves, ("pt-PT", "ja", "zh", "de", "x-foo")))


def _serves(tag: str) -> bool:
    return KokoroSettings().serves(tag)
