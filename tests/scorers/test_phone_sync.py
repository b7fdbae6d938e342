"""The towers that hear by a recognizer's encoder."""

import numpy as np
import pytest

from mouthpiece.audio.phone_features import FEATURES, has_encoder
from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.faces.mouth import MEASURES, measures
from mouthpiece.scorers import phone_sync
from mouthpiece.scorers.embedded.settings import EmbeddedSettings
from mouthpiece.scorers.odds import valley
from mouthpiece.scorers.phone_sync import FRAME_SAMPLES, distances, heard_phones
from mouthpiece.scorers.settings import ScorerSettings
from mouthpiece.training.prepare import Clip

needs_encoder = pytest.mark.skipif(not has_encoder(), reason="the recognizer's weights")


def speech(clip: Clip, before_s: float = 1.0) -> Speech:
    """A clip's sound with silence around it."""
    silent = round(before_s * SAMPLE_RATE)
    return Speech(np.pad(clip.samples, (silent, SAMPLE_RATE)), silent)


@needs_encoder
def test_the_sound_of_a_stranger_is_told_from_another(strangers: list[Clip]) -> None:
    one, two = strangers
    frames = len(one.points)
    own, other = (
        distances(measures(one.points), heard_phones(speech(clip), frames)).mean(0)
        for clip in (one, two)
    )
    depth, offset = valley(own)
    assert abs(offset) <= 1
    assert depth > valley(other)[0] + 0.05


@needs_encoder
@pytest.mark.parametrize("early", [-9, 4])
def test_early_sound_has_a_positive_offset(strangers: list[Clip], early: int) -> None:
    lips = measures(strangers[0].points[15:60])
    sound = heard_phones(speech(strangers[0]), 75)[15 + early : 60 + early]
    assert abs(valley(distances(lips, sound).mean(0))[1] - early) <= 1


class Loudness:
    """An encoder that hears how loud it is."""

    def rows(self, samples: np.ndarray) -> np.ndarray:
        rows = np.abs(np.pad(samples, (0, 320))[: len(samples) // 320 * 320 + 320])
        return np.repeat(rows.reshape(-1, 320).mean(1)[:, None], FEATURES, axis=1)


class Features:
    """A network that embeds a frame's first row as it is."""

    def sound(self, features: np.ndarray) -> np.ndarray:
        return features[:: phone_sync.ROWS_PER_FRAME, :2]


@pytest.mark.parametrize("start_s", [0.0, 1.0, 1.03])
def test_frames_begin_with_the_cut(monkeypatch: pytest.MonkeyPatch, start_s: float) -> None:
    monkeypatch.setattr(phone_sync, "phone_encoder", Loudness)
    monkeypatch.setattr(phone_sync, "_network", Features)
    start = round(start_s * SAMPLE_RATE)
    samples = np.zeros(start + 10 * FRAME_SAMPLES, np.float32)
    samples[start + 3 * FRAME_SAMPLES : start + 4 * FRAME_SAMPLES] = 0.5
    found = heard_phones(Speech(samples, start), 12)
    assert found.shape == (12, 2)
    assert np.flatnonzero(found[:, 0]).tolist() == [3]


def test_any_length_is_compared() -> None:
    chance = np.random.default_rng(0)
    for frames in (1, 2, 40):
        seen = 0.02 * chance.normal(size=(frames, len(MEASURES)))
        table = distances(seen, chance.normal(size=(frames, 64)))
        assert table.shape == (frames, 31) and np.isfinite(table).all()


def test_who_hears_a_source_is_decided_by_what_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for here, hearing in ((True, "phones"), (False, "bands")):
        monkeypatch.setattr("mouthpiece.audio.phone_features.has_encoder", lambda here=here: here)
        assert EmbeddedSettings.hearing() == hearing
        odds = EmbeddedSettings.odds_by({"hearing": hearing})
        assert odds is (EmbeddedSettings.phone_odds if here else EmbeddedSettings.speaking_odds)
    versions = {EmbeddedSettings.hearing_weights_version(one) for one in ("phones", "bands")}
    assert len(versions) == 2


def test_a_scorer_without_odds_does_not_ask_the_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mouthpiece.audio.phone_features.has_encoder", lambda: True)
    assert ScorerSettings.hearing() == "bands"
