"""MuseTalk by a worker, on small seeded weights in upstream's layout."""

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

import makers
from mouthpiece.audio.speech import CONTEXT_S, SAMPLE_RATE
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.musetalk.landmarks import MESH_OF_68
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.track import Track
from mouthpiece.scorers.aperture.settings import ApertureSettings
from mouthpiece.stages.requests import BakeRequest, DraftRequest, RetryPolicy
from mouthpiece.worker.client import run_task
from mouthpiece.worker.endpoint import Endpoint
from places import ROOT

pytestmark = pytest.mark.slow

PARITY = ROOT / "tests" / "parity"
FRAMES, SIDE_PX = 3, 320


@pytest.fixture(scope="module")
def tree(seeded_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(seeded_weights, tmp_path_factory.mktemp("weights") / "models")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a cut: a test pattern, a track with a face in its centre, and noise."""
    folder = tmp_path_factory.mktemp("scene")
    picture = makers.pattern(seconds=0.2, size=f"{SIDE_PX}x{SIDE_PX}")
    makers.ffmpeg(*picture, *makers.X264, "-pix_fmt", "yuv420p", "-g", "1", folder / "m.mp4")
    with np.load(PARITY / "golden.npz") as golden:
        landmarks = golden["box.landmarks"][:FRAMES] * (SIDE_PX / 512)
    points = np.zeros((FRAMES, MESH_POINTS, 3), np.float32)
    points[..., :2] = landmarks[:, 30:31]
    points[:, MESH_OF_68, :2] = landmarks
    Track(points, np.ones(FRAMES, bool)).save(folder / "track.npz")
    start, end = Clock(Fraction(25), 0, FRAMES).samples(SAMPLE_RATE)
    noise = np.random.default_rng(0).standard_normal(end - start + 2 * CONTEXT_S * SAMPLE_RATE)
    soundfile.write(folder / "speech.wav", 0.1 * noise, SAMPLE_RATE, subtype="PCM_16")
    return folder


@pytest.fixture
def tasks(scene: Path, tree: Path, tmp_path: Path) -> tuple[BakeRequest, DraftRequest]:
    chosen = MusetalkSettings(models=str(tree), device="cpu", parsing="drawn", keep_silence=False)
    baked = chosen.model_dump(include=set(chosen.baked))
    options = set(chosen.runtime_options)
    limits = ApertureSettings(
        min_judged_s=0, min_speech_s=0, min_confidence=99, fail_confidence=99
    ).gate_limits
    shared: dict[str, Any] = {
        "mezzanine": scene / "m.mp4",
        "cut": f"{0:06}-{FRAMES - 1:06}",
        "track": scene / "track.npz",
        "engine": "musetalk",
        "runtime_options": chosen.model_dump(include=options),
        "avatar": tmp_path / "avatar.zip",
    }
    bake = BakeRequest(**shared, settings=baked)
    draft = DraftRequest(
        **shared,
        settings=chosen.model_dump(exclude=options),
        speech=scene / "speech.wav",
        baked=baked,
        retry=RetryPolicy(
            presets=[chosen.with_preset("opens_too_little").model_dump(exclude=options)],
            correct_offset=False,
            scorer="aperture",
            limits=limits.model_dump(),
        ),
        weights="w",
        code="c",
        patches=tmp_path / "draft.zip",
        row=tmp_path / "draft.json",
    )
    return bake, draft


def test_results_are_the_same_bytes_with_and_without_a_worker(
    endpoint: Endpoint,
    tasks: tuple[BakeRequest, DraftRequest],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also of a worker that has drawn before, and with a retry that needs another bake."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    names = ("avatar.zip", "draft.zip", "draft.json")

    def outputs(idle_s: float) -> list[bytes]:
        for task in tasks:
            run_task(task, idle_s)
        found = [(tmp_path / name).read_bytes() for name in names]
        for name in names:
            (tmp_path / name).unlink()
        return found

    torch.set_num_threads(1)
    without, first, second = outputs(0), outputs(60), outputs(60)
    assert len(json.loads(without[2])["attempts"]) == 2
    assert first == without
    assert second == without
    assert list(tmp_path.iterdir()) == []
