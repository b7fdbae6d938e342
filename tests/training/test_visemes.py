import numpy as np
import pytest

from mouthpiece.engines.preview.lip_network import CONTROLS, REST
from mouthpiece.training.phones import Phone, timeline
from mouthpiece.training.targets import Coarticulation
from mouthpiece.training.visemes import VISEMES, with_visemes

STEPS = 150
SPOKEN = slice(60, 80)
"""The rows of the sound in the middle of `drawn`."""


def drawn(*ipa: str) -> dict[str, np.ndarray]:
    """Lips that rest, slightly open, while sounds of 0.2 s are said, the middle one in `SPOKEN`."""
    first = 0.6 - 0.2 * (len(ipa) // 2)
    phones = [Phone(one, first + 0.2 * i, first + 0.2 * (i + 1)) for i, one in enumerate(ipa)]
    rest = np.tile(REST[:-1], (STEPS, 1))
    rest[:, CONTROLS.index("aperture")] = 0.1
    rest[:, CONTROLS.index("lower")] = 0.1
    curves = with_visemes(rest, timeline(phones, STEPS)[0])
    return dict(zip(CONTROLS, curves.T, strict=False))


@pytest.mark.parametrize("sound", ["u", "y", "oː", "ø", "w"])
def test_rounded_sounds_narrow_the_lips_and_push_them_forward(sound: str) -> None:
    lips = drawn(sound)
    assert lips["width"][SPOKEN].max() < 0.95
    assert lips["protrusion"][SPOKEN].min() > 0.015
    assert lips["width"][:45].min() == lips["width"][95:].min() == 1


@pytest.mark.parametrize("sound", ["i", "eː", "ɪ"])
def test_spread_vowels_widen_the_lips_and_draw_them_back(sound: str) -> None:
    lips = drawn(sound)
    assert lips["width"][SPOKEN].min() > 1.01
    assert lips["protrusion"][SPOKEN].max() < -0.02


@pytest.mark.parametrize("sound", ["a", "ə", "ɯ", "t", "m", "k"])
def test_other_sounds_are_left_alone(sound: str) -> None:
    lips = drawn(sound)
    assert (lips["width"] == 1).all()
    assert (lips["aperture"] == 0.1).all()


def test_the_closer_a_rounded_vowel_is_the_narrower_it_is() -> None:
    narrow = [drawn(vowel)["width"].min() for vowel in ("u", "o", "ɔ")]
    assert narrow == sorted(narrow)
    assert len(set(narrow)) == 3


@pytest.mark.parametrize("sound", ["f", "v"])
def test_f_raises_the_lower_lip_and_leaves_a_gap(sound: str) -> None:
    lips = drawn("a", sound, "a")
    assert lips["lower"][SPOKEN].max() < 0.04
    assert 0.02 < lips["aperture"][SPOKEN].min() < 0.05
    assert lips["upper"][SPOKEN].min() > 0


def test_lips_are_rounded_ahead_of_the_vowel_more_than_after_it() -> None:
    width = drawn("t", "u", "t")["width"]
    before, after = 1 - width[50:60], 1 - width[80:90]
    assert before.sum() > after.sum() > 0
    assert np.abs(np.diff(width)).max() < 0.03, "they move, they do not jump"


def test_between_opposed_vowels_the_lips_pass_through_the_middle() -> None:
    width = drawn("i", "u")["width"]
    assert width.max() > 1.02
    assert width.min() < 0.95
    assert 0.95 < width[60] < 1.05


def test_lips_stay_within_what_the_visemes_ask_for() -> None:
    width = drawn("w", "i", "u")["width"]
    asked = [viseme.target["width"] for viseme in VISEMES if "width" in viseme.target]
    assert min(asked) < width.min()
    assert width.max() < max(asked)


def test_film_that_shows_no_rounding_gives_voices_with_it() -> None:
    phones = [Phone("m", 0.5, 0.6), Phone("u", 0.6, 0.8), Phone("f", 0.8, 0.9), Phone("i", 0.9, 1)]
    rows = timeline(phones, STEPS)[0]
    flat = np.tile([0.1, 1, 0, 0, 0, 0, 0], (STEPS, 1)).astype(np.float32)
    shapes = Coarticulation.fit([rows], [flat]).shapes(rows)
    width, protrusion = CONTROLS.index("width"), CONTROLS.index("protrusion")
    assert shapes[65:75, width].max() < 0.93 < 1.01 < shapes[92:98, width].min()
    assert shapes[65:75, protrusion].min() > 0 > shapes[92:98, protrusion].max()
    assert shapes[52:58, 0].max() < 1e-6, "closures stay"
    assert shapes[82:88, 0].min() > 0.02, "f has a gap"
