"""Agreement with what LatentSync's own code computes on the same weights (fp32, CPU)."""

import json
from fractions import Fraction

import cv2
import numpy as np
import published_paste
import published_way
import pytest
import soundfile
import torch
from torch import nn

from mouthpiece.engines.latentsync import align, mask, sound
from mouthpiece.engines.latentsync.bake import to_picture
from mouthpiece.engines.latentsync.ddim import schedule
from mouthpiece.engines.latentsync.denoise import noise
from mouthpiece.engines.latentsync.generate import Generator
from mouthpiece.engines.latentsync.networks import Networks
from mouthpiece.engines.latentsync.settings import LatentSyncSettings
from mouthpiece.networks.video_unet import VideoUNet, VideoUNetConfig
from mouthpiece.networks.whisper import whole_log_mel
from mouthpiece.patches.composite import lay_in_rgb
from mouthpiece.patches.patch import Patch
from once import LATENTSYNC

Golden = dict[str, np.ndarray]
WAVS = ("speech_3p37s", "speech_31p2s")
RUN = "run"


def apart(found: object, wanted: object) -> float:
    found, wanted = np.asarray(found, np.float64), np.asarray(wanted, np.float64)
    assert found.shape == wanted.shape
    return float(np.abs(found - wanted).max())


def mostly_equal(found: np.ndarray, wanted: np.ndarray) -> bool:
    """At most 1 of 255 apart on 99.9 % of the values."""
    steps = np.abs(found.astype(int) - wanted.astype(int))
    return bool(found.shape == wanted.shape and (steps <= 1).mean() >= 0.999)


def read(wav: str) -> np.ndarray:
    samples, _ = soundfile.read(LATENTSYNC.parent / f"{wav}.wav", dtype="float32")
    return np.asarray(samples)


# Networks


def test_the_full_size_network_has_the_published_tensors(networks: Networks) -> None:
    published = json.loads((LATENTSYNC / "unet_keys.json").read_text())
    small = networks.config.model.model_dump()
    with torch.device("meta"):
        full = VideoUNet(
            VideoUNetConfig.model_validate(small | {"block_out_channels": [320, 640, 1280, 1280]})
        )
    found = {key: list(value.shape) for key, value in full.state_dict().items()}
    assert found == {key: shape for key, (shape, _) in published.items()}


@torch.inference_mode()
@pytest.mark.parametrize("case", ["f16", "f5", "f1", "f3_32x32"])
def test_unet(case: str, golden: Golden, networks: Networks) -> None:
    frames, side = int(case[1:].split("_")[0]), 32 if "32" in case else 16
    stride = side // 16
    first, second = (torch.Generator().manual_seed(base + frames) for base in (31, 61))
    x = torch.randn((1, 13, frames, side, side), generator=first)
    heard = torch.randn((frames, 50, 384), generator=second)
    step = torch.from_numpy(golden[f"unet.{case}.timestep"])[None]
    for name, context in (("out", heard), ("out_null", torch.zeros_like(heard))):
        found = networks.unet(x, step, context)[..., ::stride, ::stride]
        assert apart(found, golden[f"unet.{case}.{name}"]) < 2e-4


@torch.inference_mode()
def test_every_module_of_the_unet(golden: Golden, networks: Networks) -> None:
    """Upstream's modules see [1, C, F, H, W] where ours see [F, C, H, W]."""
    prefix, found = "unet.f16.trace.", {}
    names = [key.removeprefix(prefix) for key in golden if key.startswith(prefix)]
    names.remove("conv_norm_out")  # a call of its own weights here
    ends = {
        f"{way}_blocks.{number}": f"{way}_blocks.{number}.{end}"
        for way, end, last in (
            ("down", "downsamplers.0", "motion_modules.1"),
            ("up", "upsamplers.0", "motion_modules.2"),
        )
        for number, end in enumerate([end, end, end, last])
    }

    def keep(name: str) -> object:
        def hook(_module: nn.Module, _given: object, result: torch.Tensor) -> None:
            found[name] = result

        return hook

    modules = dict(networks.unet.named_modules())
    hooks = [
        modules[ends.get(name, name)].register_forward_hook(keep(name))  # type: ignore[arg-type]
        for name in names
    ]
    first, second = (torch.Generator().manual_seed(base + 16) for base in (31, 61))
    x = torch.randn((1, 13, 16, 16, 16), generator=first)
    heard = torch.randn((16, 50, 384), generator=second)
    networks.unet(x, torch.tensor([951]), heard)
    for hook in hooks:
        hook.remove()
    assert sorted(found) == sorted(names)
    for name, result in found.items():
        if name != "time_embedding":
            result = result.transpose(0, 1)[None][:, ::8, ::5, ::2, ::2]
        assert apart(result, golden[prefix + name]) < 1e-3, name


def test_ddim(golden: Golden, networks: Networks) -> None:
    for steps in (20, 25, 50):
        planned = schedule(networks.schedule, steps)
        assert [step.timestep for step in planned] == golden[f"ddim.timesteps{steps}"].tolist()
    latents, found = (
        torch.from_numpy(golden[f"ddim.{name}"]) for name in ("latents", "noise_pred")
    )
    for number in (0, 9, 19):
        step = schedule(networks.schedule, 20)[number]
        assert apart(step.take(latents, found), golden[f"ddim.prev{number}"]) < 1e-5


def test_the_noise_is_upstream_s_on_a_cpu(golden: Golden) -> None:
    assert apart(noise(1247, 16), golden["rng.noise"][0]) == 0


# Sound


@pytest.mark.parametrize("wav", WAVS)
def test_sound_features(wav: str, golden: Golden, generator: Generator) -> None:
    key, samples = f"audio.{wav}", read(wav)
    mel = whole_log_mel(samples)[0].numpy()
    assert list(mel.shape) == golden[f"{key}.mel_shape"].tolist()
    columns = 4 if wav == WAVS[0] else 40
    assert apart(mel[::4, ::columns], golden[f"{key}.mel"]) < 1e-4
    rows = generator.hear(samples)
    assert list(rows.shape) == golden[f"{key}.feature_shape"].tolist()
    assert apart(rows[golden[f"{key}.feature_rows"]], golden[f"{key}.feature"]) < 1e-4


@pytest.mark.parametrize(
    ("wav", "fps"), [(WAVS[0], 24), (WAVS[0], 25), (WAVS[0], 30), (WAVS[1], 25)]
)
def test_sound_tokens(wav: str, fps: int, golden: Golden, generator: Generator) -> None:
    key, rows = f"audio.{wav}.fps{fps}", generator.hear(read(wav))
    frames = published_way.frames_of(len(rows), Fraction(fps))
    assert frames == golden[f"{key}.count"]
    around = generator.networks.config.data.audio_feat_length
    windows = sound.windows(len(rows), 0, frames, Fraction(fps), around)
    index = golden[f"{key}.index"]
    np.testing.assert_array_equal(windows[index], golden[f"{key}.window"])
    found = sound.tokens(rows, torch.from_numpy(windows))
    assert found.shape == (frames, 50, 384)
    assert apart(found[index][:, ::7], golden[f"{key}.tokens"]) < 1e-4
    assert apart(found.mean((1, 2)), golden[f"{key}.frame_mean"]) < 1e-4


def test_sound_of_no_length_is_heard(generator: Generator) -> None:
    rows = generator.hear(np.zeros(0, np.float32))
    assert len(rows) >= 1 and rows.isfinite().all()


# Alignment and paste


@pytest.mark.parametrize("side", [256, 512])
def test_alignment(side: int, golden: Golden, astronaut: np.ndarray) -> None:
    key, template = f"align.res{side}", align.Template.of(side)
    assert list(template.size) == golden[f"{key}.face_size"].tolist()
    assert apart(template.points, golden[f"{key}.template"]) < 1e-4
    aligner = align.Aligner(template)
    points = [published_way.points(one) for one in golden["align.landmarks"]]
    np.testing.assert_array_equal(points, golden["align.points3"])
    matrices = np.stack([aligner.matrix(one) for one in points])
    assert apart(matrices, golden[f"{key}.matrix"]) < 1e-3
    stored, stride = ((0, 3, 4), 1) if side == 256 else (range(6), 4)
    for case, wanted in zip(stored, golden[f"{key}.faces"], strict=True):
        face = align.aligned(astronaut, matrices[case], template, side).transpose(2, 0, 1)
        assert mostly_equal(face[:, ::stride, ::stride], wanted)


def test_alignment_without_a_frame_before(golden: Golden) -> None:
    template = align.Template.of(512)
    points = [published_way.points(one) for one in golden["align.landmarks"]]
    mirrored = points[0][[1, 0, 2]]
    fresh = [align.Aligner(template).matrix(one) for one in [*points, mirrored]]
    assert apart(fresh, golden["align.res512.matrix_fresh_and_mirrored"]) < 1e-3
    plain = [align.Aligner(template, leans=False).matrix(one) for one in points]
    assert apart(plain, golden["align.res512.matrix_no_bias"]) < 1e-3


def made_face(side: int) -> torch.Tensor:
    """The face that upstream's code pasted for the goldens, [3, S, S], in [-1, 1]."""
    across = torch.linspace(-1, 1, side).expand(side, side)
    return torch.stack([0.9 * across, 0.9 * across.T, torch.sin(6 * across * across.T)])


@pytest.mark.parametrize("side", [256, 512])
def test_paste(side: int, golden: Golden, astronaut: np.ndarray) -> None:
    template, stride = align.Template.of(side), side // 128
    for matrix, wanted, changed in zip(
        golden[f"align.res{side}.matrix"],
        golden[f"paste.res{side}.frames"],
        golden[f"paste.res{side}.changed"],
        strict=True,
    ):
        found = published_paste.pasted(astronaut, made_face(side), matrix, template)
        assert mostly_equal(found[::stride, ::stride], wanted)
        assert abs((found != astronaut).any(-1).sum() - changed) <= 0.001 * changed


@pytest.mark.parametrize("side", [256, 512])
def test_a_patch_shows_what_upstream_pastes_where_it_is_redrawn(
    side: int, golden: Golden, astronaut: np.ndarray
) -> None:
    """The engine's own way, with the hard mask of the preset `upstream`; elsewhere nothing
    changes, where upstream samples the picture twice.
    """
    template, stride = align.Template.of(side), side // 128
    pixels = ((made_face(side) / 2 + 0.5) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    taken = mask.softened(mask.resized(golden["mask.drawn"], side), 0.0)
    black = np.zeros_like(astronaut)
    for matrix, wanted in zip(
        golden[f"align.res{side}.matrix"], golden[f"paste.res{side}.frames"], strict=True
    ):
        place = to_picture(matrix, template, side)
        laid = lay_in_rgb(astronaut, Patch(pixels, taken, place, 1.0))
        weight = lay_in_rgb(black, Patch(np.full_like(pixels, 255), taken, place, 1.0))[..., 0]
        assert (laid[weight == 0] == astronaut[weight == 0]).all()
        inside = (
            cv2.erode((weight == 255).astype(np.uint8), np.ones((5, 5)))[::stride, ::stride] > 0
        )
        off = np.abs(laid[::stride, ::stride].astype(int) - wanted)[inside]
        assert inside.sum() > 100
        assert off.mean() < 0.6, "half a level: upstream cuts off what is rounded here"
        assert (off <= 1).mean() > 0.98


def test_a_mask_is_loaded_and_resized(golden: Golden) -> None:
    drawn = golden["mask.drawn"]
    assert apart(mask.resized(drawn, 128), golden["mask.res128"]) < 1e-6
    assert apart(mask.resized(drawn, 512)[::4, ::4], golden["mask.res512"]) < 1e-6
    assert apart(mask.latent(mask.resized(drawn, 128), 16), golden["run.mask_latent"]) < 1e-6


def test_the_drawn_mask_fits_its_description(golden: Golden) -> None:
    """What is published of upstream's mask are its shares by row and column, and its bounds."""
    kept = mask.draw() / 255
    rows, columns = np.nonzero(kept < 0.5)
    bounds = [columns.min(), rows.min(), columns.max(), rows.max()]
    assert np.abs(np.array(bounds) - golden["mask.published.redrawn_box_xyxy"]).max() <= 1
    assert abs(kept.mean() - golden["mask.published.kept"]) < 0.01
    at = golden["mask.published.profile_at"]
    assert apart(kept.mean(1)[at], golden["mask.published.kept_per_row"]) < 0.03
    assert apart(kept.mean(0)[at], golden["mask.published.kept_per_column"]) < 0.05


# The whole run


@pytest.fixture(scope="module")
def films(golden: Golden, pictures: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Matrices [10, 2, 3] and faces [10, S, S, 3] of the film, aligned as upstream does."""
    template = align.Template.of(128)
    aligner = align.Aligner(template)
    matrices = [aligner.matrix(published_way.points(one)) for one in golden[f"{RUN}.landmarks"]]
    faces = [
        align.aligned(picture, matrix, template, 128)
        for picture, matrix in zip(pictures, matrices, strict=True)
    ]
    return np.stack(matrices), np.stack(faces)


@pytest.fixture(scope="module")
def run(
    networks: Networks, chosen: LatentSyncSettings, golden: Golden, films: tuple
) -> tuple[np.ndarray, torch.Tensor, np.ndarray]:
    """Known latents, drawn latents and the order of pictures of upstream's run."""
    return drawn(networks, chosen, golden, films[1])


def drawn(
    networks: Networks, settings: LatentSyncSettings, golden: Golden, faces: np.ndarray
) -> tuple[np.ndarray, torch.Tensor, np.ndarray]:
    generator = Generator(networks, settings)
    generator.kept = mask.resized(golden["mask.drawn"], 128)
    rows = generator.hear(golden[f"{RUN}.sound"].astype(np.float32) / 32768)
    total = published_way.frames_of(len(rows), Fraction(25))
    assert total == golden[f"{RUN}.count"]
    order = published_way.back_and_forth(len(faces), total)
    known = generator.encode(faces)[order]
    windows = sound.windows(len(rows), 0, total, Fraction(25), (2, 2))
    return known, torch.cat(list(generator.latents(known, rows, windows))), order


def test_the_run_s_faces(golden: Golden, films: tuple) -> None:
    assert apart(films[0], golden[f"{RUN}.matrices"]) < 1e-3
    for number, wanted in zip((0, 9), golden[f"{RUN}.faces"], strict=True):
        assert mostly_equal(films[1][number].transpose(2, 0, 1), wanted)


def test_the_run_s_known_latents(golden: Golden, run: tuple) -> None:
    known = run[0]
    for name, channels in (("masked", slice(0, 4)), ("ref", slice(4, 8))):
        wanted = golden[f"{RUN}.{name}_latents"]
        assert apart(known[[0, 7, 15], channels].swapaxes(0, 1), wanted) < 1e-4
    wanted = golden[f"{RUN}.masked_latents_chunk1"]
    assert apart(known[[16, 21], :4].swapaxes(0, 1), wanted) < 1e-4


def test_the_run_s_latents(golden: Golden, run: tuple) -> None:
    found = run[1].transpose(0, 1)[None]
    assert apart(found[:, :, :16], golden[f"{RUN}.chunk0.step19.latents"]) < 2e-3
    assert apart(found[:, :, 16:], golden[f"{RUN}.chunk1.step19.latents"]) < 2e-3


@torch.inference_mode()
def test_the_run_s_pictures(
    golden: Golden, run: tuple, films: tuple, generator: Generator, pictures: list[np.ndarray]
) -> None:
    _, latents, order = run
    decoded = torch.cat([generator.seen(latents[:16]), generator.seen(latents[16:])])
    for chunk, ends in ((0, [0, 15]), (1, [16, 21])):
        assert apart(decoded[ends][..., ::2, ::2], golden[f"{RUN}.chunk{chunk}.decoded"]) < 5e-4
    faces = torch.from_numpy(films[1][order]).permute(0, 3, 1, 2) / 127.5 - 1
    kept = torch.from_numpy(mask.resized(golden["mask.drawn"], 128)).float()
    whole = published_paste.combined(decoded, faces, kept)
    index, template = golden[f"{RUN}.frame_index"], align.Template.of(128)
    assert apart(whole[index][..., ::2, ::2], golden[f"{RUN}.combined"]) < 1e-3
    x1, y1, x2, y2 = golden[f"{RUN}.crop_xyxy"]
    for number, wanted in zip(index, golden[f"{RUN}.frames"], strict=True):
        at = order[number]
        found = published_paste.pasted(pictures[at], whole[number], films[0][at], template)
        assert mostly_equal(found[y1:y2, x1:x2], wanted)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "changed"), [("guidance1", {"guidance": 1.0}), ("deepcache3_0", {"deep_every": 3})]
)
def test_other_ways_of_the_run(
    name: str,
    changed: dict,
    networks: Networks,
    chosen: LatentSyncSettings,
    golden: Golden,
    films: tuple,
) -> None:
    _, latents, _ = drawn(networks, chosen.model_copy(update=changed), golden, films[1])
    found = latents.transpose(0, 1)[None, :, ::3]
    assert apart(found, golden[f"{RUN}.{name}.latents"]) < 5e-3
