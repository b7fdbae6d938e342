"""Lips are rounded, spread and near the teeth where phones ask for it, in languages not trained on.

The sentences are spoken by espeak-ng's library, which has to be installed.
"""

import ctypes.util
from typing import Any

import numpy as np
import pytest

from mouthpiece.audio.phone_features import has_encoder
from mouthpiece.engines.preview.lip_network import CONTROLS, REST
from mouthpiece.training.phones import Phone
from mouthpiece.training.prepare import RATE
from mouthpiece.training.shape_metrics import shape_results

needs_espeak = pytest.mark.skipif(
    ctypes.util.find_library("espeak-ng") is None, reason="espeak-ng's library (apt-get install)"
)
needs_encoder = pytest.mark.skipif(not has_encoder(), reason="the recognizer's weights")

SAID = [
    *(Phone("t", 0.2, 0.4), Phone("uː", 0.4, 0.8), Phone("f", 0.8, 1.0), Phone("iː", 1.0, 1.4)),
    *(Phone("a", 1.4, 1.8), Phone("ɔ", 1.8, 2.2)),
]


def said_with(control: str, **values: float) -> np.ndarray:
    """Lips at rest, slightly open, but for a control during some of `SAID`, by their letters."""
    shapes = np.tile(REST, (60, 1)).astype(np.float32)
    shapes[:, 0] = 0.1
    for phone in SAID:
        frames = slice(round(phone.start_s * RATE), round(phone.end_s * RATE))
        if phone.ipa[0] in values:
            shapes[frames, CONTROLS.index(control)] = values[phone.ipa[0]]
    return shapes


def test_a_rounded_vowel_is_to_be_further_forward_than_a_spread_one() -> None:
    found = shape_results(said_with("protrusion", u=0.06, i=-0.02), SAID)
    assert found["rounding_order"] == [1.0]
    assert found["rounding_by"] == pytest.approx([0.08], abs=0.01)
    assert found["spreading_order"] == [0.0]
    assert shape_results(said_with("protrusion", u=-0.06), SAID)["rounding_order"] == [0.0]


def test_a_rounded_vowel_is_to_be_narrower_than_a_spread_one() -> None:
    found = shape_results(said_with("width", u=0.9, i=1.05), SAID)
    assert found["spreading_order"] == [1.0]
    assert found["spreading_by"] == pytest.approx([0.15], abs=0.02)
    assert found["rounding_order"] == [0.0]
    assert shape_results(said_with("width", u=1.1), SAID)["spreading_order"] == [0.0]


def test_w_is_rounded_and_j_is_spread() -> None:
    said = [Phone("w", 0.2, 0.3), Phone("a", 0.3, 0.5), Phone("j", 0.5, 0.6)]
    assert len(shape_results(said_with("width"), said)["spreading_order"]) == 1


def test_short_and_open_vowels_are_neither_rounded_nor_spread() -> None:
    said = [Phone("u", 0.2, 0.23), Phone("ɒ", 0.3, 0.5), Phone("æ", 0.5, 0.7), Phone("i", 0.7, 1)]
    assert shape_results(said_with("width"), said)["spreading_order"] == []


def test_the_lower_lip_is_to_be_higher_in_f_than_in_t() -> None:
    assert shape_results(said_with("lower", t=0.1, f=0.02), SAID)["labiodental_order"] == [1.0]
    assert shape_results(said_with("lower", t=0.1, f=0.2), SAID)["labiodental_order"] == [0.0]


@pytest.mark.parametrize(("gap", "is_so"), [(0.0, 0.0), (0.03, 1.0), (0.09, 0.0)])
def test_f_is_to_be_nearly_closed_but_not_wholly(gap: float, is_so: float) -> None:
    assert shape_results(said_with("aperture", f=gap), SAID)["labiodental_open"] == [is_so]


@needs_espeak
@pytest.mark.parametrize("suffix", ["", pytest.param("_phones", marks=needs_encoder)])
def test_lips_have_the_shapes_of_languages_that_were_not_trained_on(
    suffix: str, shapes_of_new_languages: dict[str, Any]
) -> None:
    def value(name: str, of: str = suffix) -> float:
        return float(shapes_of_new_languages[f"{name}_new_languages{of}"]["value"])

    for name, least in (
        ("rounding_order", 0.8),
        ("spreading_order", 0.8),
        ("labiodental_order", 0.68),
        ("closure_rate", 0.85),
    ):
        assert value(name) > least
        assert value(name) > value(name, "_energy")
    assert value("rounding_by") > 0.01
    assert value("spreading_by") > 0.015


@pytest.fixture(scope="module")
def shapes_of_new_languages() -> dict[str, Any]:
    """The figures on sentences of ten languages that no network was trained on."""
    from mouthpiece.training.voice_metrics import voice_metrics

    return voice_metrics(heard_languages=False)
