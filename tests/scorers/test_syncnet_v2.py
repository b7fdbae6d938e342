"""SyncNet's judge agrees with the published code, on seeded weights in the published layout."""

import json
from collections import OrderedDict
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import soundfile
import torch
from published import PARITY, Publish, seeded
from skimage import data

import patchsets
from mouthpiece.audio.slices import write_slice
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.files import read_json
from mouthpiece.core.timeline import Clock
from mouthpiece.faces.detector import FaceDetector
from mouthpiece.faces.mesh import FaceMesh
from mouthpiece.faces.region import Region
from mouthpiece.faces.track import Track
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.scorers import lse
from mouthpiece.scorers.base import Score, Seen
from mouthpiece.scorers.registry import create_scorer
from mouthpiece.scorers.syncnet_v2 import crops as syncnet_crops
from mouthpiece.scorers.syncnet_v2 import scorer as syncnet_v2
from mouthpiece.scorers.syncnet_v2.mfcc import mfcc
from mouthpiece.scorers.syncnet_v2.network import SyncNet
from mouthpiece.scorers.syncnet_v2.scorer import SyncnetV2
from mouthpiece.stages.normalize import normalize
from mouthpiece.stages.requests import ScoreRequest
from mouthpiece.stages.score import score

Golden = dict[str, np.ndarray]
COUNTER = "num_batches_tracked"
POINTS = np.random.default_rng(0).uniform(30, 90, (468, 3))


@pytest.fixture(scope="module")
def judge(publish: Publish) -> SyncnetV2:
    """The scorer on seeded weights, in a file as old as the published one."""
    state = seeded(SyncNet().state_dict())
    old = OrderedDict((k, v) for k, v in state.items() if not k.endswith(COUNTER))
    publish(syncnet_v2.WEIGHTS, old, _use_new_zipfile_serialization=False)
    return SyncnetV2()


def film(frames: int, seed: int = 0) -> list[Seen]:
    """Noise that changes slowly, where a face might be."""
    random = np.random.default_rng(seed)
    pictures = [
        cv2.resize(random.integers(0, 256, (9, 9, 3)).astype(np.uint8), (120, 120))
        for _ in range(frames)
    ]
    return [Seen(picture, POINTS) for picture in pictures]


def noise(samples: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, samples).astype(np.float32)


def test_keys_and_shapes_are_the_published_ones() -> None:
    with torch.device("meta"):
        found = SyncNet().state_dict()
    published = json.loads((PARITY / "syncnet_v2_keys.json").read_text(encoding="utf-8"))
    assert {k: [list(v.shape), str(v.dtype)[6:]] for k, v in found.items()} == published
    # The published file has 54,573,114 bytes: these tensors less the counters, and 12 kB of names.
    stored = sum(4 * v.numel() for k, v in found.items() if not k.endswith(COUNTER))
    assert 0 < 54_573_114 - stored < 20_000


def test_embeddings_are_those_of_the_published_code(judge: SyncnetV2, golden: Golden) -> None:
    generator = torch.Generator().manual_seed(int(golden["syncnet_v2.lip_input_seed"]))
    lips = (torch.rand((4, 3, 5, 224, 224), generator=generator) * 255).floor()
    with torch.inference_mode():
        seen = torch.cat([judge._net.lips(window) for window in lips])
        heard = judge._net.sound(torch.from_numpy(golden["syncnet_v2.audio_input"]))
    np.testing.assert_allclose(seen, golden["syncnet_v2.lip_embedding"], atol=1e-3)
    np.testing.assert_allclose(heard, golden["syncnet_v2.audio_embedding"], atol=1e-4)


def test_mfcc_is_that_of_python_speech_features(golden: Golden) -> None:
    samples, rate = soundfile.read(PARITY / "speech_3p37s.wav", dtype="float32")
    assert rate == syncnet_v2.SAMPLE_RATE
    np.testing.assert_allclose(mfcc(samples), golden["syncnet_v2.mfcc.speech_3p37s"], atol=1e-9)


@pytest.mark.parametrize(("samples", "rows"), [(1, 1), (400, 1), (401, 2), (6400, 39)])
def test_mfcc_of_any_length_is_finite(samples: int, rows: int) -> None:
    found = mfcc(np.zeros(samples, np.float32))
    assert found.shape == (rows, 13) and np.isfinite(found).all()


@pytest.mark.parametrize("shift", [0, 3, -4])
def test_scores_are_those_of_the_published_code(golden: Golden, shift: int) -> None:
    face, sound = golden[f"score.shift{shift}.face"], golden[f"score.shift{shift}.audio"]
    offset, distance, confidence = golden[f"score.shift{shift}.offset_lsed_lsec"]
    found = lse.lse(lse.distance_table(face, sound, beyond="zeros"))
    assert found.offset_frames == offset == shift
    assert found.distance == pytest.approx(distance, abs=1e-5)
    assert found.confidence == pytest.approx(confidence, abs=1e-5)


def straightforward(lips: np.ndarray, sound: np.ndarray) -> Score:
    """The arithmetic as the paper's code has it, frame by frame."""
    reach, length = 15, len(lips)
    padded = np.concatenate([np.zeros((reach, lips.shape[1])), sound, np.zeros_like(sound[:reach])])
    if len(padded) < length + 2 * reach:
        padded = np.pad(padded, ((0, length + 2 * reach - len(padded)), (0, 0)))
    total = np.zeros(2 * reach + 1)
    for frame in range(length):
        for column in range(2 * reach + 1):
            total[column] += np.sqrt(((lips[frame] - padded[frame + column]) ** 2).sum())
    mean = total / length
    best = int(np.argmin(mean))
    return Score(float(np.median(mean) - mean[best]), float(mean[best]), reach - best)


@pytest.mark.parametrize("frames", [1, 8, 20, 60])
def test_scores_agree_with_the_plain_arithmetic(frames: int) -> None:
    random = np.random.default_rng(frames)
    lips, sound = random.normal(0, 0.4, (2, frames, 1024)).astype(np.float32)
    found, wanted = lse.lse(lse.distance_table(lips, sound, "zeros")), straightforward(lips, sound)
    assert found.offset_frames == wanted.offset_frames
    assert found.distance == pytest.approx(wanted.distance, abs=1e-5)
    assert found.confidence == pytest.approx(wanted.confidence, abs=1e-5)


def test_a_film_is_scored_as_window_by_window(judge: SyncnetV2) -> None:
    frames, seen, samples = 30, film(30), noise(30 * 640)
    crops = torch.from_numpy(np.stack(list(syncnet_crops.crops(seen)))).permute(3, 0, 1, 2).float()
    columns = torch.from_numpy(mfcc(samples).T.astype(np.float32))
    lips, sound = [], []
    with torch.inference_mode():
        for frame in range(frames - 5):
            lips.append(judge._net.lips(crops[:, frame : frame + 5])[0].numpy())
            window = columns[:, 4 * frame : 4 * frame + 20]
            sound.append(judge._net.sound(window[None, None])[0].numpy())
    wanted = straightforward(np.stack(lips), np.stack(sound))
    found = judge.score(iter(seen), samples)
    assert found.offset_frames == wanted.offset_frames
    assert found.distance == pytest.approx(wanted.distance, abs=1e-3)
    assert found.confidence == pytest.approx(wanted.confidence, abs=1e-3)


def test_pictures_without_sound_are_left_out(judge: SyncnetV2) -> None:
    seen, samples = film(30), noise(30 * 640)
    assert judge.score(seen, samples[: 20 * 640]) == judge.score(seen[:20], samples[: 20 * 640])


@pytest.mark.parametrize(("frames", "samples"), [(1, 640), (5, 0), (6, 6 * 640), (8, 100_000)])
def test_any_length_has_a_score(judge: SyncnetV2, frames: int, samples: int) -> None:
    found = judge.score(film(frames), noise(samples))
    assert np.isfinite([found.confidence, found.distance]).all()
    assert abs(found.offset_frames) <= 15


class Loudness(SyncNet):
    """Its lips open as the crop is bright, its sound is loud: the five frames' levels."""

    def lips(self, crops: torch.Tensor) -> torch.Tensor:
        level = crops.mean((0, 2, 3)) / 50 - 2.5
        return level.unfold(0, 5, 1)

    def sound(self, windows: torch.Tensor) -> torch.Tensor:
        return windows[:, 0, 0, 1::4] / 2 - 7.5


@pytest.mark.parametrize("early", [-9, -2, 0, 1, 8])
def test_early_sound_has_a_positive_offset(
    judge: SyncnetV2, early: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "_net", Loudness())
    level = np.random.default_rng(4).uniform(0, 4, 100)
    face = [Seen(np.full((120, 120, 3), round(50 * v), np.uint8), POINTS) for v in level[20:80]]
    amplitude = np.repeat(np.exp(level - 8), 640)[(20 + early) * 640 :][: 60 * 640]
    found = judge.score(face, (amplitude * noise(60 * 640) * 10).astype(np.float32))
    assert found.offset_frames == early
    assert found.confidence > 0.5


def test_a_crop_is_wider_than_the_face_and_reaches_under_the_chin() -> None:
    # Painted by columns and rows: red is x, green is y.
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[..., 0], picture[..., 1] = np.arange(200), np.arange(200)[:, None]
    points = np.zeros((468, 3))
    points[:, 0] = np.linspace(80, 120, 468)
    points[:, 1] = np.linspace(60 + 80 * 0.09 / 1.09, 140, 468)
    x, y, half = syncnet_crops.face_box(points)
    assert (x, y, half) == (pytest.approx(100), pytest.approx(100), pytest.approx(40))
    found = syncnet_crops.crop(picture, np.array([100.0, 100.0, 40.0]))
    assert found.shape == (224, 224, 3)
    assert found[100, [0, 223], 2].tolist() == [pytest.approx(44, abs=1), pytest.approx(155, abs=1)]
    assert found[[0, 223], 100, 1].tolist() == [pytest.approx(60, abs=1), pytest.approx(171, abs=1)]
    assert not found[..., 0].any()


def test_beyond_the_picture_a_crop_is_grey() -> None:
    white = np.full((50, 60, 3), 255, np.uint8)
    found = syncnet_crops.crop(white, np.array([0.0, 25.0, 20.0]))
    assert (found[:, :100] == 110).all() and (found[:100, 125:] == 255).all()
    assert (syncnet_crops.crop(white, np.array([500.0, 500.0, 20.0])) == 110).all()
    assert syncnet_crops.crop(white, np.array([10.0, 10.0, 0.0])).shape == (224, 224, 3)


def test_one_jump_of_the_mesh_moves_no_crop() -> None:
    steady = film(20)
    jumped = [Seen(s.picture, s.points + 30 * (n == 9)) for n, s in enumerate(steady)]
    both = zip(syncnet_crops.crops(steady), syncnet_crops.crops(jumped), strict=True)
    assert all((a == b).all() for a, b in both)


def test_missing_weights_say_how_to_fetch_them(
    publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOUTHPIECE_MODELS", str(tmp_path))
    for name, file in (("syncnet_v2", "auxiliary/syncnet_v2.model"),
                       ("latentsync", "stable_syncnet.pt")):  # fmt: skip
        with pytest.raises(InputError, match=f"mouthpiece models fetch {file}"):
            create_scorer(name)


def test_other_weights_are_refused(
    judge: SyncnetV2, publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOUTHPIECE_MODELS", str(tmp_path))
    other = tmp_path / syncnet_v2.WEIGHTS
    other.parent.mkdir()
    torch.save({"netcnnaud.0.weight": torch.zeros(1)}, other)
    with pytest.raises(Fault, match="not the file"):
        create_scorer("syncnet_v2")


def test_weights_that_do_not_fit_are_a_fault(judge: SyncnetV2, publish: Publish) -> None:
    path = publish("stable_syncnet.pt", {"state_dict": {"a": torch.zeros(1)}})
    with pytest.raises(Fault, match="does not fit"):
        create_scorer("latentsync")
    path.unlink()


def test_a_draft_is_measured_from_mezzanine_to_score(judge: SyncnetV2, tmp_path: Path) -> None:
    frames, rate = 36, 30
    portrait = np.asarray(data.astronaut())[:320, 60:380]
    source, mezzanine = tmp_path / "film.mkv", tmp_path / "mezzanine.mp4"
    with av.open(str(source), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "8", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 320, 320, "yuv420p"
        for n in range(frames):
            moved = cv2.warpAffine(portrait, np.array([[1, 0, n / 4], [0, 1, 0.0]]), (320, 320))
            frame = av.VideoFrame.from_ndarray(moved.astype(np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    normalize(source, mezzanine, tmp_path / "a.flac", tmp_path / "f.json",
              Normalize(frame_rate="30"))  # fmt: skip
    clock = Clock(Fraction(rate), 0, frames)
    assert probe_mezzanine(mezzanine).clock == clock
    (face,) = FaceDetector().detect(portrait)
    points, _ = FaceMesh().locate(portrait, Region.of_detection(face))
    points = np.stack([points + [n / 4, 0, 0] for n in range(frames)]).astype(np.float32)
    Track(points, np.ones(frames, bool)).save(tmp_path / "track.npz")
    speech, _ = soundfile.read(PARITY / "speech_3p37s.wav", dtype="float32")
    soundfile.write(tmp_path / "speech.wav", speech, 16000, subtype="PCM_16")
    write_slice(tmp_path / "speech.wav", clock, tmp_path / "cut.wav")
    scores = []
    for alpha in (0, 1):
        draft = patchsets.PatchSet(
            "test",
            np.random.default_rng(0).integers(0, 256, (frames, 16, 16, 3)).astype(np.uint8),
            np.full((frames, 16, 16), 255, np.uint8),
            np.tile(np.array([[1.0, 0, 140], [0, 1, 150]]), (frames, 1, 1)),
            np.full(frames, alpha, np.float32),
        )
        patchsets.save(draft, tmp_path / "draft.zip")
        score(
            ScoreRequest(
                mezzanine=mezzanine,
                cut="000000-000035",
                track=tmp_path / "track.npz",
                draft=tmp_path / "draft.zip",
                speech=tmp_path / "cut.wav",
                scorer="syncnet_v2",
                score=tmp_path / "score.json",
            )
        )
        scores.append(read_json(tmp_path / "score.json"))
    for found in scores:
        assert found["scorer"] == "syncnet_v2" and found["duration_s"] == pytest.approx(1.2)
        assert found["speech_s"] > 0.5 and np.isfinite(found["confidence"])
        assert found["distance"] > 0 and abs(found["offset_frames"]) <= 15
    # What is judged is the picture with the patch in it.
    assert abs(scores[0]["distance"] - scores[1]["distance"]) > 1e-3
    untouched, drawn = ([found[name] for name in ("detail", "seam")] for found in scores)
    assert untouched == [None, None] and min(drawn) > 1, "noise with a hard rim"
