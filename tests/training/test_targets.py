import numpy as np
import pytest

from mouthpiece.engines.preview.lip_network import CONTROLS
from mouthpiece.faces.mouth import MEASURES
from mouthpiece.training.phones import FEATURES, Phone, timeline
from mouthpiece.training.targets import Coarticulation, closures, film_controls, pauses

PHONES = [
    *(Phone("m", 0.5, 0.6), Phone("a", 0.6, 0.8), Phone("p", 0.8, 0.83), Phone("i", 0.83, 1.0)),
    *(Phone("t", 1.5, 1.6), Phone("ɑ", 1.6, 1.8)),
]
OPEN_MOUTH = 0.1


@pytest.fixture
def model() -> Coarticulation:
    """A mouth that is open by the same, always."""
    flat = np.tile([OPEN_MOUTH, 1, 0, 0, 0, 0, 0], (230, 1)).astype(np.float32)
    return Coarticulation.fit([timeline(PHONES, 230)[0]], [flat])


def test_closes_for_bilabials_and_in_pauses(model: Coarticulation) -> None:
    aperture = model.shapes(timeline(PHONES, 230)[0])[:, 0]
    assert aperture[52:59].max() < 1e-6
    assert aperture[78:83].max() < 1e-6
    assert aperture[:40].max() < 1e-6
    assert aperture[112:142].max() < 1e-6
    assert aperture[200:].max() < 1e-6
    assert aperture[64:70].min() > 0.5 * OPEN_MOUTH


def test_opens_wider_for_open_vowels(model: Coarticulation) -> None:
    aperture = model.shapes(timeline(PHONES, 230)[0])[:, 0]
    assert aperture[68:73].min() > aperture[90:95].max()


def test_envelopes_are_soft() -> None:
    rows, _ = timeline(PHONES, 230)
    for curve in (closures(rows), pauses(rows)):
        assert curve.min() == 0
        assert curve.max() == 1
        assert np.abs(np.diff(curve)).max() < 0.5


def test_a_short_sound_without_silence_has_no_pause() -> None:
    rows, _ = timeline([Phone("a", -0.1, 1)], 60)
    assert pauses(rows).max() == 0
    assert rows[:, FEATURES.index("vowel")].min() == 1


def test_learns_what_a_feature_does() -> None:
    chance = np.random.default_rng(0)
    vowels = ["a", "i", "u", "e"]
    clips = []
    for _ in range(6):
        starts = np.arange(0, 6, 0.3)
        phones = [Phone(str(chance.choice(vowels)), s, s + 0.3) for s in starts]
        clips.append(timeline(phones, 600)[0])
    openness = FEATURES.index("openness")
    shapes = [np.zeros((600, len(CONTROLS)), np.float32) for _ in clips]
    for rows, shape in zip(clips, shapes, strict=True):
        shape[:, 2] = rows[:, openness]
    jaw = Coarticulation.fit(clips[:5], shapes[:5]).shapes(clips[5])[:, 2]
    assert np.corrcoef(jaw, shapes[5][:, 2])[0, 1] > 0.9


def test_film_controls_are_relative_to_the_resting_mouth() -> None:
    film = np.tile(np.linspace(0.1, 1.3, len(MEASURES)), (50, 1))
    gap, width, chin = (MEASURES.index(n) for n in ("gap", "width", "chin"))
    film[:, gap], film[:, width] = 0.02, 0.5
    film[20:30, gap] += 0.1
    film[20:30, width] -= 0.05
    film[20:30, chin] += 0.05
    controls = film_controls(film.astype(np.float32))
    rest, spoken = controls[5], controls[25]
    assert rest == pytest.approx([0, 1, 0, 0, 0, 0, 1], abs=1e-4)
    assert spoken[:3] == pytest.approx([0.2, 0.9, 0.1], abs=1e-4)
    assert spoken[-1] == 0
