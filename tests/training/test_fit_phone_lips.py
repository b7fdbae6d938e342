import runpy
import sys

import numpy as np
import pytest

from mouthpiece.audio.phone_features import FEATURES
from mouthpiece.engines.preview.phone_lips import around
from mouthpiece.training.dataset import Corpus
from mouthpiece.training.fit_phone_lips import COMPONENTS, examples, solve


def test_a_linear_map_is_found_again() -> None:
    chance = np.random.default_rng(0)
    spread = np.where(np.arange(FEATURES) < 20, 5, 0.2)
    features = (chance.normal(size=(3000, FEATURES)) * spread).astype(np.float16)
    shapes = np.repeat(0.5 * features[:, :1].astype(np.float32) + 1, 6, axis=1)
    tensors = solve([([(features, shapes)], 1.0)])
    assert tensors["basis"].shape == (FEATURES, COMPONENTS)
    components = (features.astype(np.float32) - tensors["mean"]) @ tensors["basis"]
    found = around(components) @ tensors["weights"] + tensors["bias"]
    assert np.corrcoef(found[:, 0], shapes[:, 0])[0, 1] > 0.95


class Level:
    """An encoder that hears how loud it is."""

    def rows(self, samples: np.ndarray) -> np.ndarray:
        level = np.abs(np.pad(samples, (0, 320))[: len(samples) // 320 * 320 + 320])
        return np.repeat(level.reshape(-1, 320).mean(1)[:, None], 4, axis=1)


def test_readings_keep_sound_and_lips_together() -> None:
    """A clip that is heard faster, after another one, still has its own lips."""
    loud = np.sin(np.linspace(0, 6 * np.pi, 301)) ** 2
    sound = np.repeat(loud[:300], 160) * np.tile([1, -1], 24000) * 9000
    shapes = np.repeat(loud[:, None].astype(np.float32), 7, axis=1)
    corpus = Corpus(["a/1", "a/2"], [sound.astype(np.int16)] * 2, None, [shapes] * 2, [])
    chance = np.random.default_rng(1)
    for heard, seen in examples(corpus, 1, Level(), chance):  # type: ignore[arg-type]
        assert len(heard) == len(seen) == 150
        assert np.corrcoef(heard[:, 0], seen[:, 0])[0, 1] > 0.99


def test_the_commands_run_as_a_module(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["training", "--help"])
    with pytest.raises(SystemExit) as left:
        runpy.run_module("mouthpiece.training", run_name="__main__")
    assert left.value.code == 0
    assert "prepare" in capsys.readouterr().out
