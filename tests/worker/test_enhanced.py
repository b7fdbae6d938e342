"""Enhancement by a worker, on small seeded weights."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

import makers
from face_weights import seeded_environment
from mouthpiece.audio.speech import CONTEXT_S, SAMPLE_RATE
from mouthpiece.config.enhance import Enhance
from mouthpiece.core.files import read_json, write_json
from mouthpiece.faces.landmarks import BROW, CHIN
from mouthpiece.faces.track import Track
from mouthpiece.patches.alignment import MESH, TEMPLATE_PX
from mouthpiece.project.settings import Gate
from mouthpiece.worker.endpoint import Endpoint
from patchsets import PatchSet, save

from .conftest import Command

pytestmark = pytest.mark.slow

FRAMES, SIDE_PX = 3, 320
OUTPUTS = {name: f"out/{name}" for name in ("draft.zip", "draft.json", "score.json")}


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A folder with a cut, and a draft of noise over the mouth of a face in its middle."""
    picture = makers.pattern(seconds=0.2, size=f"{SIDE_PX}x{SIDE_PX}")
    makers.ffmpeg(*picture, *makers.X264, "-pix_fmt", "yuv420p", "-g", "1", tmp_path / "m.mp4")
    points = np.full((FRAMES, 468, 3), 160, np.float32)
    points[:, CHIN, 1], points[:, BROW, 1] = 300, 20
    for group, spot in zip(MESH, TEMPLATE_PX, strict=True):
        points[:, list(group), :2] = np.array(spot) * SIDE_PX / 512
    Track(points, np.ones(FRAMES, bool)).save(tmp_path / "track.npz")
    noise = np.random.default_rng(0)
    sound = 0.1 * noise.standard_normal(2 * CONTEXT_S * SAMPLE_RATE + FRAMES * SAMPLE_RATE // 25)
    soundfile.write(tmp_path / "speech.wav", sound, SAMPLE_RATE, subtype="PCM_16")
    pixels = noise.integers(60, 200, (FRAMES, 64, 64, 3)).astype(np.uint8)
    affine = np.array([[2.0, 0, 96], [0, 2.0, 160]])
    masks = np.full((FRAMES, 64, 64), 255, np.uint8)
    draft = PatchSet("test", pixels, masks, np.tile(affine, (FRAMES, 1, 1)), np.ones(FRAMES))
    save(draft, tmp_path / "draft.zip")
    write_json(tmp_path / "draft.json", {"draft": "0123456789ab"})
    write_json(tmp_path / "score.json", {
        "scorer": "embedded", "confidence": 0.1, "distance": 0.9, "offset_frames": 0,
        "speech_s": 0.1, "duration_s": 0.12,
    })  # fmt: skip
    return tmp_path


def command(folder: Path, pool: Endpoint | None) -> Command:
    """The job that smooths and restores the draft, whatever it costs."""
    chosen = Enhance(
        mode="all", smooth_s=0.1, device="cpu", max_drop=1, max_flicker_gain=10, max_identity_loss=2
    )
    read = {"mezzanine": "m.mp4", "track": "track.npz", "speech": "speech.wav"}
    draft = {"draft": "draft.zip", "row": "draft.json", "score": "score.json"}
    return Command(
        folder,
        pool,
        "enhance",
        {
            "input": {**read, **draft, "source": ""},
            "output": dict(zip(draft, OUTPUTS.values(), strict=True)),
            "params": {
                "settings": chosen.model_dump(),
                "source_cut": {},
                "face": 0,
                "final": False,
                "scorer": "embedded",
                "limits": Gate().draft_limits.model_dump(),
                "weights": "w",
                "steps": "c",
                "packages": {},
            },
            "wildcards": {"video": "v", "language": "en", "cut": f"{0:06}-{FRAMES - 1:06}"},
            "resources": {"attempt": 1},
            "log": {"log": "enhance.log"},
        },
        kind="device",
    )


def test_results_are_the_same_bytes_with_and_without_a_worker(
    endpoint: Endpoint, scene: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Also of a worker that has the network loaded."""
    environment = seeded_environment(tmp_path_factory.mktemp("seeded"))

    def outputs(pool: Endpoint | None) -> list[bytes]:
        code, said = command(scene, pool).run(**environment)
        assert code == 0, said
        row = read_json(scene / OUTPUTS["draft.json"])["enhancement"]
        assert (row["steps"], row["reasons"]) == (["smoothed", "restored"], [])
        found = [(scene / name).read_bytes() for name in OUTPUTS.values()]
        for name in OUTPUTS.values():
            (scene / name).unlink()
        return found

    without, first, second = outputs(None), outputs(endpoint), outputs(endpoint)
    assert first == without
    assert second == without
