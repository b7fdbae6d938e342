import numpy as np

from mouthpiece.training.phones import ARPABET, CLASSES, FEATURES, Phone, features, timeline


def test_a_diphthong_is_two_vowels() -> None:
    first, second = Phone("aɪ", 1.0, 1.2).parts
    assert (first.ipa, second.ipa) == ("a", "ɪ")
    assert first.end_s == second.start_s
    assert 1.0 < first.end_s < second.end_s == 1.2


def test_marks_and_affricates_are_one_sound() -> None:
    assert [p.ipa for p in Phone("ˈtʃ", 0, 1).parts] == ["ʃ"]
    assert [p.ipa for p in Phone("ɔ̃ː", 0, 1).parts] == ["ɔ"]
    assert [p.ipa for p in Phone("", 0, 1).parts] == [""]


def test_every_phone_of_the_dictionary_has_an_articulation() -> None:
    silence = features("")
    for name, ipa in ARPABET.items():
        for part in Phone(ipa, 0, 1).parts:
            assert np.array_equal(features(part.ipa), silence) == (name == "SIL"), name


def test_timeline_covers_every_row_once() -> None:
    phones = [Phone("b", 0.1, 0.2), Phone("a", 0.2, 0.355), Phone("n", 0.355, 0.5)]
    rows, classes = timeline(phones, 60)
    kinds = rows[:, : FEATURES.index("openness")]
    np.testing.assert_allclose(kinds.sum(1), 1, atol=1e-5)
    names = [CLASSES[c] for c in classes]
    assert names[5] == "silence"
    assert names[15] == "bilabial"
    assert names[30] == "open"
    assert names[40] == "coronal"
    assert "silence" not in names[11:49]
