import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from mouthpiece.audio.phone_features import FEATURES
from mouthpiece.engines.preview.phone_lips import around
from mouthpiece.training import fit_phone_lips
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
    """An encoder that hears how loud it is.

    Args:
        chance: Where given, what the features are noise of that it has beside this one.
    """

    def __init__(self, chance: np.random.Generator | None = None) -> None:
        self._chance = chance

    def rows(self, samples: np.ndarray) -> np.ndarray:
        level = np.abs(np.pad(samples, (0, 320))[: len(samples) // 320 * 320 + 320])
        level = level.reshape(-1, 320).mean(1)[:, None]
        if self._chance is None:
            return np.repeat(level, 4, axis=1)
        noise = self._chance.normal(0, 0.01, (len(level), FEATURES - 1))
        return np.concatenate([level, noise], 1)


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


def test_talkers_are_learnt_from_where_the_data_set_has_any(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Their lips do the opposite of the film's: with them, the map follows them halfway."""
    chance = np.random.default_rng(0)
    loud = np.sin(np.linspace(0, 6 * np.pi, 301)) ** 2
    sound = (np.repeat(loud[:300], 160) * np.tile([1, -1], 24000) * 9000).astype(np.int16)
    shapes = np.repeat(loud[:, None].astype(np.float32), 7, axis=1)
    classes = np.zeros(301, np.int8)

    def corpus(sign: int, clips: int) -> Corpus:
        names = [f"s1/{number}" for number in range(clips)]
        count = len(names)
        return Corpus(names, [sound] * count, None, [sign * shapes] * count, [classes] * count)

    encoder = Level(chance)
    monkeypatch.setattr(fit_phone_lips, "PhoneEncoder", lambda: encoder)
    corpus(1, 70).save(tmp_path, "film")
    corpus(1, 4).save(tmp_path, "voices")
    swings = []
    for data in ("without", "with"):
        if data == "with":
            corpus(-1, 70).save(tmp_path, "talkers")
        fit_phone_lips.fit_phone_lips(tmp_path, tmp_path / data)
        tensors = load_file(tmp_path / data / "phone_lips.safetensors")
        heard = (encoder.rows(sound.astype(np.float32) / 32768) - tensors["mean"]) @ tensors[
            "basis"
        ]
        swings.append(float(np.std(around(heard) @ tensors["weights"][:, 0])))
    assert swings[1] < 0.5 * swings[0]
