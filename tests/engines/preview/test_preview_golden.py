"""What the engine draws stays the same: `golden.npz` has patches that an earlier version drew.

That version held a whole cut's pixels. Equal up to rounding, which is not the same on every CPU.
"""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from drawn import draw_person

from mouthpiece.audio.speech import Speech
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.preview.avatar import load
from mouthpiece.engines.preview.engine import Preview
from mouthpiece.engines.preview.settings import PreviewSettings

FRAMES = 40


def test_patches_are_those_of_an_earlier_version(tmp_path: Path) -> None:
    with np.load(Path(__file__).with_name("golden.npz")) as data:
        golden = dict(data)
    noise = 0.2 * np.random.default_rng(7).standard_normal(16000)
    sound = np.concatenate([np.zeros(16000), noise, np.zeros(32000)]).astype(np.float32)
    person = draw_person(0.15 - 0.15 * np.cos(np.arange(FRAMES) * 2 * np.pi / 17))
    engine, avatar = Preview(PreviewSettings(hearing="bands")), tmp_path / "avatar"
    engine.prepare(iter(person.pictures), person.track, avatar)
    np.testing.assert_allclose(load(avatar).mouth, golden["mouth"], atol=1e-4)
    patches = list(engine.render(avatar, Speech(sound, 16000), Clock(Fraction(25), 0, FRAMES)))
    np.testing.assert_allclose([p.alpha for p in patches], golden["alpha"], atol=1e-6)
    chosen = [patches[number] for number in golden["frames"]]
    np.testing.assert_allclose([p.affine for p in chosen], golden["affine"], atol=1e-6)
    small = [cv2.resize(p.pixels, (96, 96), interpolation=cv2.INTER_AREA) for p in chosen]
    apart = np.abs(np.array(small, int) - golden["pixels"])
    assert apart.max() <= 3 and apart.mean() < 0.1
