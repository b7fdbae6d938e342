"""StableSyncNet agrees with the published code, on seeded weights in the published layout."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
import soundfile
import torch
from published import PARITY, Publish, seeded
from skimage import data

from mouthpiece.audio.clipped_mel import clipped_mel
from mouthpiece.faces.detector import FaceDetector
from mouthpiece.faces.mesh import FaceMesh
from mouthpiece.faces.region import Region
from mouthpiece.scorers.base import Seen
from mouthpiece.scorers.latentsync import alignment
from mouthpiece.scorers.latentsync import scorer as latentsync
from mouthpiece.scorers.latentsync.network import LIPS, SOUND, StableSyncNet, Tower
from mouthpiece.scorers.latentsync.scorer import Latentsync

Golden = dict[str, np.ndarray]
SMALL_SOUND = replace(SOUND, channels=(32, 32, 32, 64, 64, 64, 64))
SMALL_LIPS = replace(LIPS, channels=(32, 32, 32, 32, 64, 64, 64, 64))
POINTS = np.random.default_rng(0).uniform(30, 90, (468, 3))


def blind(tower: Tower) -> Tower:
    """A tower without attention, as the older file has it."""
    return replace(tower, attention=(False,) * len(tower.attention))


@pytest.mark.parametrize(
    ("file", "sound", "lips", "size"),
    [
        ("stable_syncnet", SOUND, LIPS, 1_605_328_746),
        ("latentsync_syncnet", blind(SOUND), blind(LIPS), None),
    ],
)
def test_keys_and_shapes_are_the_published_ones(
    file: str, sound: Tower, lips: Tower, size: int | None
) -> None:
    with torch.device("meta"):
        found = StableSyncNet(sound, lips).state_dict()
    published = json.loads((PARITY / f"{file}_keys.json").read_text(encoding="utf-8"))["keys"]
    assert {k: [list(v.shape), str(v.dtype)[6:]] for k, v in found.items()} == published
    if size:
        # The published file: these tensors, and a zip archive's 4 kB around each tenth of them.
        assert 0 < size - sum(4 * v.numel() for v in found.values()) < 2_000_000


@pytest.mark.parametrize("file", ["stable_syncnet", "latentsync_syncnet"])
def test_embeddings_are_those_of_the_published_code(golden: Golden, file: str) -> None:
    towers = SMALL_SOUND, SMALL_LIPS
    if file == "latentsync_syncnet":
        towers = blind(SMALL_SOUND), blind(SMALL_LIPS)
    network = StableSyncNet(*towers).eval()
    network.load_state_dict(seeded(network.state_dict()))
    generator = torch.Generator().manual_seed(int(golden["stable.input_seed"]))
    lips = torch.rand((2, 48, 128, 256), generator=generator) * 2 - 1
    sound = torch.rand((2, 1, 80, 52), generator=generator) * 8 - 4
    with torch.inference_mode():
        seen, heard = network.lips(lips), network.sound(sound)
    np.testing.assert_allclose(seen, golden[f"{file}.small.visual_embedding"], atol=1e-5)
    np.testing.assert_allclose(heard, golden[f"{file}.small.audio_embedding"], atol=1e-5)


def test_mel_is_that_of_the_published_code(golden: Golden) -> None:
    samples, _ = soundfile.read(PARITY / "speech_3p37s.wav", dtype="float32")
    found = clipped_mel(samples, beyond="silence")
    np.testing.assert_allclose(found, golden["stable.mel.speech_3p37s"], atol=1e-4)


def test_faces_are_laid_onto_the_template_as_the_published_code_does() -> None:
    # The published way: spreads normalized separately, points as rows.
    random = np.random.default_rng(3)
    for _ in range(20):
        points = random.uniform(0, 500, (3, 2))
        found = alignment.similarity(points, alignment.TEMPLATE)
        one, two = (p - p.mean(0) for p in (points, alignment.TEMPLATE))
        one, two = one / one.std(), two / two.std()
        u, _, vt = np.linalg.svd(one.T @ two)
        v = vt.T.copy()
        if np.linalg.det(v @ u.T) < 0:
            v[:, -1] *= -1
        scale = (alignment.TEMPLATE - alignment.TEMPLATE.mean(0)).std()
        scale /= (points - points.mean(0)).std()
        np.testing.assert_allclose(found[:, :2], scale * v @ u.T, atol=1e-9)
        moved = found @ [*points.mean(0), 1]
        np.testing.assert_allclose(moved, alignment.TEMPLATE.mean(0), atol=1e-9)
        assert np.linalg.det(found[:, :2]) > 0


def test_a_turned_face_is_aligned_to_the_same_picture() -> None:
    portrait = np.asarray(data.astronaut())
    (face,) = FaceDetector().detect(portrait)
    points, _ = FaceMesh().locate(portrait, Region.of_detection(face))
    turn = cv2.getRotationMatrix2D((220, 120), 20, 1.2)
    turned = np.column_stack([points[:, :2] @ turn[:, :2].T + turn[:, 2], points[:, 2]])
    upright = alignment.aligned(Seen(portrait, points)).astype(int)
    again = alignment.aligned(Seen(cv2.warpAffine(portrait, turn, (512, 512)), turned))
    assert np.abs(upright - again).mean() < 4
    # The mouth lies in the half that the network sees, the eyes do not.
    affine = alignment.similarity(
        np.array([points[list(g), :2].mean(0) for g in alignment.BROWS_AND_NOSE]),
        alignment.TEMPLATE,
    )
    rows = (points[:, :2] @ affine.T[:2] + affine[:, 2])[:, 1] * 256 / 280
    assert rows[[61, 291, 13, 14]].min() > 128 > rows[[33, 263]].max()


@pytest.fixture(scope="module")
def judge(publish: Publish) -> Latentsync:
    """The scorer on seeded weights, narrow, in a file that holds what training leaves in it."""
    network = StableSyncNet(SMALL_SOUND, SMALL_LIPS)
    state = {"global_step": 7, "state_dict": seeded(network.state_dict())}
    publish(latentsync.WEIGHTS, state)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latentsync, "SOUND", SMALL_SOUND)
        patch.setattr(latentsync, "LIPS", SMALL_LIPS)
        return Latentsync()


def film(frames: int) -> list[Seen]:
    random = np.random.default_rng(0)
    small = random.integers(0, 256, (frames, 9, 9, 3)).astype(np.uint8)
    return [Seen(cv2.resize(picture, (120, 120)), POINTS) for picture in small]


def noise(samples: int) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 0.1, samples).astype(np.float32)


def test_the_score_is_the_median_cosine_of_windows(judge: Latentsync) -> None:
    frames, samples = 45, noise(45 * 640)
    halves = list(alignment.lower_halves(film(frames)))
    spectrum = clipped_mel(samples, beyond="silence")
    cosines = np.full((frames - 15, 31), np.nan)
    with torch.inference_mode():
        lips, sound = [], []
        for start in range(frames - 15):
            window = torch.from_numpy(np.concatenate(halves[start : start + 16]))[None] / 127.5 - 1
            lips.append(judge._net.lips(window)[0].numpy())
            first = int(80 * start / 25)
            heard = torch.from_numpy(spectrum[None, None, :, first : first + 52]).float()
            sound.append(judge._net.sound(heard)[0].numpy())
    for start in range(0, frames - 15, 4):
        for column in range(31):
            if 0 <= start + column - 15 < len(sound):
                cosines[start, column] = lips[start] @ sound[start + column - 15]
    rows = cosines[::4]
    rows = np.where(np.isnan(rows), np.nanmean(rows, axis=1, keepdims=True), rows)
    medians = np.median(rows, axis=0)
    found = judge.score(iter(film(frames)), samples)
    assert found.offset_frames == 15 - medians.argmax()
    assert found.confidence == pytest.approx(medians.max(), abs=1e-5)
    assert found.distance == pytest.approx(1 - medians.max(), abs=1e-5)
    assert found.margin == pytest.approx(medians.max() - np.median(medians), abs=1e-5)


@pytest.mark.parametrize(("frames", "samples"), [(1, 640), (15, 0), (16, 9000), (21, 90_000)])
def test_any_length_has_a_score(judge: Latentsync, frames: int, samples: int) -> None:
    found = judge.score(film(frames), noise(samples))
    assert np.isfinite([found.confidence, found.distance]).all()
    assert found.margin is not None and found.margin >= 0
    assert abs(found.offset_frames) <= 15


class Loudness(StableSyncNet):
    """Its lips open as the picture is bright, its sound is loud: the 16 frames' levels."""

    def lips(self, halves: torch.Tensor) -> torch.Tensor:
        bright = halves.unflatten(1, (16, 3)).mean((2, 3, 4))
        return torch.nn.functional.normalize(bright - bright.mean(1, keepdim=True))

    def sound(self, mel: torch.Tensor) -> torch.Tensor:
        columns = (torch.arange(16) * 3.2 + 2).round().long()
        loud = mel[:, 0, 20:60].mean(1)[:, columns]
        return torch.nn.functional.normalize(loud - loud.mean(1, keepdim=True))


@pytest.mark.parametrize("early", [-9, -2, 0, 1, 8])
def test_early_sound_has_a_positive_offset(
    judge: Latentsync, early: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with torch.device("meta"):
        monkeypatch.setattr(judge, "_net", Loudness(SMALL_SOUND, SMALL_LIPS))
    level = np.random.default_rng(4).uniform(0, 4, 120)
    face = [Seen(np.full((120, 120, 3), round(50 * v), np.uint8), POINTS) for v in level[20:100]]
    amplitude = np.repeat(np.exp(level - 8), 640)[(20 + early) * 640 :][: 80 * 640]
    found = judge.score(face, (amplitude * noise(80 * 640) * 50).astype(np.float32))
    assert found.offset_frames == early
    assert found.confidence > 0.7 and found.margin is not None and found.margin > 0.4
