"""Agreement with what MuseTalk's own code computes on the same weights (fp32, CPU)."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import soundfile
import torch
import upstream

from mouthpiece.engines.musetalk import audio, boxes, generate, masks, parsing
from mouthpiece.engines.musetalk.crops import sample, stage
from mouthpiece.engines.musetalk.faces import Face, part
from mouthpiece.engines.musetalk.generate import SIDE_PX, Generator
from mouthpiece.engines.musetalk.networks import Networks
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from places import ROOT

PARITY = ROOT / "tests" / "parity"
Golden = dict[str, np.ndarray]
WAVS = ("speech_3p37s", "speech_31p2s")
MODES = ("raw", "neck", "jaw")
CHEEKS = ((90, 90), (80, 110))


def mostly_equal(found: np.ndarray, wanted: np.ndarray) -> bool:
    """At most 1 of 255 apart on 99.9 % of the pixels."""
    apart = np.abs(found.astype(int) - wanted.astype(int))
    return bool(found.shape == wanted.shape and (apart <= 1).mean() >= 0.999)


@pytest.fixture(scope="module")
def rows(generator: Generator) -> Callable[[str], tuple[torch.Tensor, int]]:
    """Whisper's rows of a wav, and how many samples it has; each heard once."""
    heard: dict[str, tuple[torch.Tensor, int]] = {}

    def hear(wav: str) -> tuple[torch.Tensor, int]:
        if wav not in heard:
            samples, _ = soundfile.read(PARITY / f"{wav}.wav", dtype="float32")
            networks = generator.networks
            rows = audio.hear(samples, networks.encoder)
            heard[wav] = audio.with_silence(rows), len(samples)
        return heard[wav]

    return hear


@pytest.mark.parametrize("wav", WAVS)
@pytest.mark.parametrize("fps", [24, 25, 30])
def test_audio_tokens(wav: str, fps: int, golden: Golden, rows: Callable) -> None:
    key = f"audio.{wav}.fps{fps}"
    heard, samples = rows(wav)
    frames = upstream.frames_of(samples, Fraction(fps))
    assert frames == golden[f"{key}.count"]
    found = audio.tokens(
        heard, torch.from_numpy(audio.upstream_windows(len(heard) - 1, frames, Fraction(fps), 2, 2))
    )
    assert found.shape == (frames, 50, 384)
    some = found[golden[f"{key}.index"]][:, ::7].numpy()
    np.testing.assert_allclose(some, golden[f"{key}.tokens"], atol=1e-4)
    np.testing.assert_allclose(found.mean((1, 2)).numpy(), golden[f"{key}.frame_mean"], atol=1e-4)


def test_audio_tokens_with_other_padding(golden: Golden, rows: Callable) -> None:
    key = "audio.speech_3p37s.fps25.pad3_1"
    heard, samples = rows("speech_3p37s")
    frames = upstream.frames_of(samples, Fraction(25))
    assert frames == golden[f"{key}.count"]
    found = audio.tokens(
        heard, torch.from_numpy(audio.upstream_windows(len(heard) - 1, frames, Fraction(25), 3, 1))
    )
    np.testing.assert_allclose(
        found[[0, -1]][:, ::7].numpy(), golden[f"{key}.first_last"], atol=1e-4
    )


def test_exact_windows_are_upstreams_at_25_fps(rows: Callable) -> None:
    heard, samples = rows("speech_3p37s")
    frames = upstream.frames_of(samples, Fraction(25))
    ours = audio.exact_windows(len(heard) - 1, 0, frames, Fraction(25), 2, 2)
    theirs = audio.upstream_windows(len(heard) - 1, frames, Fraction(25), 2, 2)
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("shift", [0, 7, -7])
def test_boxes(shift: int, golden: Golden) -> None:
    somewhere = np.array([1, 2, 3, 4])
    found = [boxes.face_box(points, somewhere, shift) for points in golden["box.landmarks"]]
    np.testing.assert_array_equal(found, golden[f"box.shift{shift}"])


def test_degenerate_boxes(golden: Golden) -> None:
    outside = golden["box.degenerate_landmarks"]
    points = [outside, golden["box.landmarks"][1], golden["box.landmarks"][2]]
    detected = [golden["box.degenerate_detector"][0], None, golden["box.degenerate_detector"][2]]
    found = [boxes.face_box(p, d) for p, d in zip(points, detected, strict=True)]
    np.testing.assert_array_equal(found, golden["box.degenerate"])


@pytest.fixture(scope="module")
def faces(golden: Golden, pictures: list[np.ndarray]) -> list[Face]:
    """The three faces of `bake.*`."""
    grown = boxes.extend(golden["box.shift0"], 10, 512)
    return [
        Face(picture, points, box)
        for picture, points, box in zip(pictures, golden["box.landmarks"], grown, strict=True)
    ]


def test_crops(golden: Golden, faces: list[Face]) -> None:
    found = sample(stage([part(face) for face in faces], "cpu"), SIDE_PX, "cpu").numpy()
    np.testing.assert_array_equal(found[..., ::-1], golden["bake.crops"])


def test_latents(golden: Golden, generator: Generator) -> None:
    crops = torch.from_numpy(golden["bake.crops"][..., ::-1].copy())
    networks = generator.networks
    with torch.no_grad():
        found = generate.encode(networks.vae, networks.scale, crops, torch.float32)
    np.testing.assert_allclose(found.numpy(), golden["bake.latents"], atol=1e-4)


def test_predicted_latents_and_faces(golden: Golden, generator: Generator, rows: Callable) -> None:
    heard, _ = rows("speech_3p37s")
    prompts = audio.tokens(
        heard, torch.from_numpy(audio.upstream_windows(len(heard) - 1, 7, Fraction(25), 2, 2))
    )
    latents = torch.from_numpy(golden["bake.latents"][[0, 1, 2, 2, 1, 0, 0]])
    networks = generator.networks
    positions = audio.positions(50, 384)
    with torch.no_grad():
        predicted = torch.cat(
            [
                generate.predict(networks.unet, positions, latents[part], prompts[part])
                for part in (slice(4), slice(4, 7))
            ]
        )
        found = generate.decode(networks.vae, networks.scale, predicted).numpy()
    np.testing.assert_allclose(predicted.numpy(), golden["draft.pred_latents"], atol=1e-3)
    assert mostly_equal(found[..., ::-1], golden["draft.faces"])


def test_parsing_logits(golden: Golden, generator: Generator, astronaut: np.ndarray) -> None:
    picture = torch.from_numpy(astronaut.copy())[None]
    with torch.no_grad():
        logits = generator.networks.parser(parsing.normalize(picture, torch.float32))
    np.testing.assert_allclose(
        logits[:, :, ::16, ::16].numpy(), golden["parse.logits_stride16"], atol=1e-3
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("cheeks", CHEEKS)
def test_masks_and_composites(
    mode: str, cheeks: tuple[int, int], golden: Golden, astronaut: np.ndarray
) -> None:
    key = f"blend.cheek{cheeks[0]}_{cheeks[1]}.{mode}"
    box = golden["blend.box"]
    square = masks.surroundings(box)
    assert square == tuple(golden["blend.crop_box"])
    region = masks.region(torch.from_numpy(golden["blend.labels"])[None], mode, *cheeks)
    face = golden["blend.face256"][..., ::-1]
    realtime = upstream.on_square(region, box, 0.1)
    assert mostly_equal(realtime, golden[f"{key}.realtime_mask"])
    offline = upstream.on_square(region, box, 0.05)
    for mask, name in ((offline, "composite"), (realtime, "realtime_composite")):
        found = upstream.composite(astronaut, face, box, mask, square)
        assert mostly_equal(found[40:260, 140:310, ::-1], golden[f"{key}.{name}"])
        outside = found.copy()
        outside[box[1] : box[3], box[0] : box[2]] = astronaut[box[1] : box[3], box[0] : box[2]]
        np.testing.assert_array_equal(outside, astronaut)


def test_version_1_0_reads_its_own_weights(chosen: MusetalkSettings) -> None:
    older = Networks(chosen.model_copy(update={"version": "1.0"}))
    with torch.no_grad():
        latents = generate.predict(
            older.unet, audio.positions(50, 384), torch.zeros(1, 8, 32, 32), torch.zeros(1, 50, 384)
        )
    assert latents.shape == (1, 4, 32, 32) and latents.isfinite().all()
