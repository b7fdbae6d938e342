"""Wav2Lip agrees with what the published code computes, on seeded weights of the published size."""

import json
from fractions import Fraction

import cv2
import numpy as np
import pytest
import soundfile
import torch

from mouthpiece.audio.clipped_mel import clipped_mel
from mouthpiece.engines.face_boxes import to_picture
from mouthpiece.engines.wav2lip import boxes, sound
from mouthpiece.engines.wav2lip.boxes import Pads
from mouthpiece.engines.wav2lip.faces import cut_out
from mouthpiece.engines.wav2lip.generate import Generator
from mouthpiece.engines.wav2lip.network import Wav2Lip
from mouthpiece.patches.composite import lay_in_rgb
from mouthpiece.patches.patch import Patch
from once import WAV2LIP

Golden = dict[str, np.ndarray]
PADS = Pads(top=0, bottom=10, left=0, right=0)
RATES = {"23.97": Fraction(24000, 1001), "29.97": Fraction(30000, 1001)}
HEARD = slice(8000, 17800)
"""The part of the sound that `run.*` hears."""


def speech() -> np.ndarray:
    samples, _ = soundfile.read(WAV2LIP.parent / "speech_3p37s.wav", dtype="float32")
    return np.asarray(samples)


def test_the_network_has_the_published_tensors() -> None:
    published = json.loads((WAV2LIP / "keys.json").read_text())
    with torch.device("meta"):
        found = Wav2Lip().state_dict()
    assert {
        key: [list(value.shape), str(value.dtype).removeprefix("torch.")]
        for key, value in found.items()
    } == published


@torch.inference_mode()
def test_the_network(golden: Golden, generator: Generator) -> None:
    random = torch.Generator().manual_seed(21)
    mel = torch.rand((2, 1, 80, 16), generator=random) * 8 - 4
    faces = torch.rand((2, 6, 96, 96), generator=random)
    network = generator.network
    found = network.audio_encoder(mel)[..., 0, 0].numpy()
    np.testing.assert_allclose(found, golden["network.embedding"], rtol=1e-5, atol=1e-4)
    seen = faces
    for number, stage in enumerate(network.face_encoder_blocks):
        seen = stage(seen)
        wanted = golden[f"network.encoder{number}"]
        np.testing.assert_allclose(seen[:, ::8, ::4, ::4], wanted, rtol=1e-5, atol=1e-4)
    drawn = network(mel, faces)[..., ::2, ::2]
    np.testing.assert_allclose(drawn, golden["network.out"], rtol=0, atol=1e-5)


def test_the_mel_spectrogram(golden: Golden) -> None:
    found = clipped_mel(speech(), beyond="mirror")
    np.testing.assert_allclose(found, golden["mel.speech_3p37s"], rtol=0, atol=1e-4)


@pytest.mark.parametrize("fps", ["24", "25", "30", "50", "23.97", "29.97"])
def test_which_columns_each_frame_hears(fps: str, golden: Golden) -> None:
    wanted = golden[f"windows.fps{fps}"]
    found = sound.first_columns(271, 0, len(wanted), RATES.get(fps) or Fraction(fps))
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    ("name", "pads"), [("default", PADS), ("wide", Pads(top=5, bottom=20, left=7, right=9))]
)
def test_boxes(name: str, pads: Pads, golden: Golden) -> None:
    found = boxes.face_boxes(golden["boxes.detected"].astype(float), pads, 0, 330, 310)
    np.testing.assert_array_equal(found, golden[f"boxes.{name}"])


def test_a_whole_run(golden: Golden, generator: Generator, pictures: list[np.ndarray]) -> None:
    """Boxes, faces and sound are equal; what is drawn and pasted is within its tolerance."""
    frames = int(golden["run.count"])
    places = boxes.face_boxes(golden["detected"].astype(float), PADS, 0, 512, 512)
    np.testing.assert_array_equal(places, golden["run.boxes"])
    faces = np.stack([cut_out(p, box) for p, box in zip(pictures, places, strict=True)])
    picked = golden["run.picked"]
    np.testing.assert_array_equal(faces[picked, ::6, ::6, ::-1], golden["run.faces"])
    mel = clipped_mel(speech()[HEARD], beyond="mirror")
    heard = sound.windows(mel, sound.first_columns(mel.shape[1], 0, frames, Fraction(25)))
    np.testing.assert_allclose(heard, golden["run.mel"], rtol=0, atol=1e-4)
    drawn = generator.drawn(faces[picked], heard[picked]).numpy()
    np.testing.assert_allclose(drawn[[0, -1]], golden["run.out"], rtol=0, atol=5e-5)
    for number, frame in enumerate(picked):
        wanted = golden[f"run.pasted{number}"].astype(int)
        cut_off = (drawn[number].transpose(1, 2, 0) * 255).astype(np.uint8)
        pasted = cv2.resize(cut_off, (wanted.shape[1], wanted.shape[0]))
        apart = np.abs(pasted.astype(int) - wanted)
        assert apart.max() <= 1 and (apart > 0).mean() < 1e-3
        laid = laid_in(pictures[frame], cut_off[..., ::-1], places[frame])
        x1, y1, x2, y2 = places[frame]
        apart = np.abs(laid[y1:y2, x1:x2, ::-1].astype(int) - wanted)
        assert (apart[2:-2, 2:-2] <= 1).mean() > 0.999


def laid_in(picture: np.ndarray, pixels: np.ndarray, box: np.ndarray) -> np.ndarray:
    """A picture with a whole drawn face, laid in as patches are."""
    whole = np.full((96, 96), 255, np.uint8)
    return lay_in_rgb(picture, Patch(pixels, whole, to_picture(box[None], 96)[0], 1.0))


@pytest.mark.parametrize(
    ("frames", "left"),
    [
        (1, [10]),
        (2, [15, 17]),
        (3, [25, 25, 27]),
        (4, [40, 40, 40, 40]),
        (5, [30, 34, 36, 38, 37]),
        (6, [30, 40, 44, 46, 48, 47]),
    ],
)
def test_upstream_s_boxes_lean_on_those_that_follow(frames: int, left: list[int]) -> None:
    """What its own code gives for so many frames."""
    found = np.array([[10, 20, 110, 120]]) + np.arange(frames)[:, None] * 10.0
    steady = boxes.face_boxes(found, PADS, 0, 500, 500)
    assert steady[:, 0].tolist() == left
    assert (steady - steady[:, :1]).tolist() == [[0, 10, 100, 120]] * frames
