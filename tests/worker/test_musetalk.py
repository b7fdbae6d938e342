"""MuseTalk by a worker, on small seeded weights in upstream's layout."""

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import makers
from mouthpiece.audio.speech import CONTEXT_S, SAMPLE_RATE
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.musetalk.landmarks import MESH_OF_68
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.track import Track
from mouthpiece.scorers.aperture.settings import ApertureSettings
from mouthpiece.worker.endpoint import Endpoint
from places import ROOT

from .conftest import Command

pytestmark = pytest.mark.slow

PARITY = ROOT / "tests" / "parity"
FRAMES, SIDE_PX = 3, 320


@pytest.fixture(scope="module")
def tree(seeded_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(seeded_weights, tmp_path_factory.mktemp("weights") / "models")


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A folder with a cut: a test pattern, a track with a face in its centre, and noise."""
    picture = makers.pattern(seconds=0.2, size=f"{SIDE_PX}x{SIDE_PX}")
    makers.ffmpeg(*picture, *makers.X264, "-pix_fmt", "yuv420p", "-g", "1", tmp_path / "m.mp4")
    with np.load(PARITY / "golden.npz") as golden:
        landmarks = golden["box.landmarks"][:FRAMES] * (SIDE_PX / 512)
    points = np.zeros((FRAMES, MESH_POINTS, 3), np.float32)
    points[..., :2] = landmarks[:, 30:31]
    points[:, MESH_OF_68, :2] = landmarks
    Track(points, np.ones(FRAMES, bool)).save(tmp_path / "track.npz")
    start, end = Clock(Fraction(25), 0, FRAMES).samples(SAMPLE_RATE)
    noise = np.random.default_rng(0).standard_normal(end - start + 2 * CONTEXT_S * SAMPLE_RATE)
    soundfile.write(tmp_path / "speech.wav", 0.1 * noise, SAMPLE_RATE, subtype="PCM_16")
    return tmp_path


def commands(folder: Path, pool: Endpoint | None, tree: Path) -> list[Command]:
    """The jobs that bake and draft the cut; the draft is retried with another bake."""
    chosen = MusetalkSettings(models=str(tree), device="cpu", parsing="drawn", keep_silence=False)
    baked, options = chosen.model_dump(include=set(chosen.baked)), set(chosen.runtime_options)
    limits = ApertureSettings(
        min_judged_s=0, min_speech_s=0, min_confidence=99, fail_confidence=99
    ).gate_limits
    shared: dict[str, Any] = {
        "wildcards": {"video": "v", "cut": f"{0:06}-{FRAMES - 1:06}"},
        "resources": {"attempt": 1},
    }
    runtime_options = chosen.model_dump(include=options)
    engine = {"engine": "musetalk", "runtime_options": runtime_options, "face": 0}
    retry = {
        "presets": [chosen.with_preset("opens_too_little").model_dump(exclude=options)],
        "correct_offset": False,
        "scorer": "aperture",
        "limits": limits.model_dump(),
    }
    read = {"mezzanine": "m.mp4", "track": "track.npz"}
    bake: dict[str, Any] = {
        "input": read,
        "output": {"avatar": "avatar.zip"},
        "params": {**engine, "settings": baked},
        "log": {"log": "bake.log"},
    }
    draft: dict[str, Any] = {
        "input": {**read, "avatar": "avatar.zip", "speech": "speech.wav", "source": ""},
        "output": {"draft": "draft.zip", "row": "draft.json"},
        "params": {
            **engine,
            "settings": chosen.model_dump(exclude=options),
            "baked": baked,
            "retry": retry,
            "may_leave": False,
            "source_cut": {},
            "weights": "w",
            "code": "c",
            "packages": {},
        },
        "log": {"log": "draft.log"},
    }
    return [
        Command(folder, pool, script, {**shared, **lists}, kind="device")
        for script, lists in (("bake", bake), ("draft", draft))
    ]


def test_results_are_the_same_bytes_with_and_without_a_worker(
    endpoint: Endpoint, scene: Path, tree: Path
) -> None:
    """Also of a worker that has drawn before, and with a retry that needs another bake."""
    names = ("avatar.zip", "draft.zip", "draft.json")

    def outputs(pool: Endpoint | None) -> list[bytes]:
        for command in commands(scene, pool, tree):
            code, said = command.run()
            assert code == 0, said
        found = [(scene / name).read_bytes() for name in names]
        for name in names:
            (scene / name).unlink()
        return found

    without, first, second = outputs(None), outputs(endpoint), outputs(endpoint)
    assert len(json.loads(without[2])["attempts"]) == 2
    assert first == without
    assert second == without
