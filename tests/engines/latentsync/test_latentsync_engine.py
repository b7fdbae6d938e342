"""LatentSync as the stages use it, on small seeded networks."""

import json
import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from mouthpiece.audio.speech import Speech
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.latentsync import align
from mouthpiece.engines.latentsync.avatar import Avatar
from mouthpiece.engines.latentsync.bake import to_picture
from mouthpiece.engines.latentsync.engine import LatentSyncEngine
from mouthpiece.engines.latentsync.model_cache import ModelCache
from mouthpiece.engines.latentsync.networks import Networks
from mouthpiece.engines.latentsync.settings import LatentSyncSettings
from mouthpiece.faces.track import Track
from patchsets import PatchSet
from portraits import moving_track, noise

pytestmark = pytest.mark.slow

RATE, FRAMES = Fraction(25), 10


@pytest.fixture(scope="module")
def settings(tree: Path) -> LatentSyncSettings:
    return LatentSyncSettings(models=str(tree), device="cpu", steps=2, keep_silence=False)


@pytest.fixture(scope="module")
def engine(settings: LatentSyncSettings) -> LatentSyncEngine:
    return LatentSyncEngine(settings)


@pytest.fixture(scope="module")
def track() -> Track:
    return moving_track(FRAMES)


@pytest.fixture(scope="module")
def avatar(
    engine: LatentSyncEngine,
    pictures: list[np.ndarray],
    track: Track,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    path = tmp_path_factory.mktemp("avatars") / "a cut's.avatar"
    engine.prepare(iter(pictures), track, path)
    return path


@pytest.fixture(scope="module")
def speech() -> Speech:
    return noise()


def render(engine: LatentSyncEngine, avatar: Path, speech: Speech, clock: Clock) -> PatchSet:
    return PatchSet.of(engine.render(avatar, speech, clock))


def test_pictures_and_sound_to_patches(
    engine: LatentSyncEngine, avatar: Path, speech: Speech
) -> None:
    person = Avatar.load(avatar)
    assert person.latents.shape == (FRAMES, 8, 16, 16) and person.latents.dtype == np.float32
    clock = Clock(RATE, 40, FRAMES)
    drawn = render(engine, avatar, speech, clock)
    assert drawn.pixels.shape == (FRAMES, 128, 128, 3) and drawn.pixels.std() > 1
    assert not drawn.masks[:, :40].any() and drawn.masks.max() == 255
    assert (drawn.alpha == 1).all()
    extent = engine.extent(avatar, clock)
    assert extent is not None and extent.rows.start > 20
    assert engine.facts(avatar)["face_side_px"] > 100
    again = render(engine, avatar, speech, clock)
    np.testing.assert_array_equal(again.pixels, drawn.pixels)


def test_what_memory_did_not_hold_is_in_the_cut_s_facts(
    settings: LatentSyncSettings, avatar: Path, speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = LatentSyncEngine(settings.model_copy(update={"vae_batch_frames": 4}))
    seen = engine.generator.seen

    def narrow(latents: torch.Tensor) -> torch.Tensor:
        if len(latents) > 2:
            raise torch.OutOfMemoryError("a test: no memory left")
        return seen(latents)

    monkeypatch.setattr(engine.generator, "seen", narrow)
    assert "halved_to" not in engine.facts(avatar)
    render(engine, avatar, speech, Clock(RATE, 0, FRAMES))
    assert engine.facts(avatar)["halved_to"] == {"vae_batch_frames": 2}


def test_the_sound_drives_the_face(engine: LatentSyncEngine, avatar: Path, speech: Speech) -> None:
    clock = Clock(RATE, 40, FRAMES)
    other = Speech(speech.samples[::-1].copy(), speech.start)
    found = [render(engine, avatar, one, clock).pixels.astype(int) for one in (speech, other)]
    assert np.abs(found[0] - found[1]).mean() > 0.1


def test_a_looped_cut_takes_pictures_in_its_own_order(
    engine: LatentSyncEngine, avatar: Path, speech: Speech
) -> None:
    person = Avatar.load(avatar)
    back = person.at(range(FRAMES)[::-1])
    drawn = PatchSet.of(engine.draw(back, speech, Clock(RATE, 40, FRAMES)))
    np.testing.assert_array_equal(drawn.affine, person.affine[::-1])


def test_frames_without_a_face_keep_the_picture(
    engine: LatentSyncEngine,
    pictures: list[np.ndarray],
    track: Track,
    speech: Speech,
    tmp_path: Path,
) -> None:
    points = track.points[:4].copy()
    points[1:3] = np.nan
    gap = Track(points, np.array([True, False, False, True]))
    engine.prepare(iter(pictures[:4]), gap, tmp_path / "a")
    drawn = render(engine, tmp_path / "a", speech, Clock(RATE, 40, 4))
    assert drawn.alpha.tolist() == [1, 0, 0, 1]
    nobody = Track(np.full_like(points, np.nan), np.zeros(4, bool))
    engine.prepare(iter(pictures[:4]), nobody, tmp_path / "b")
    clock = Clock(RATE, 40, 4)
    assert render(engine, tmp_path / "b", speech, clock).alpha.tolist() == [0] * 4
    assert engine.extent(tmp_path / "b", clock) is None and engine.facts(tmp_path / "b") == {}
    assert engine.region(nobody, 512, 512) is None


def test_what_is_looked_at_is_enough(
    engine: LatentSyncEngine, avatar: Path, pictures: list[np.ndarray], track: Track, tmp_path: Path
) -> None:
    region = engine.region(track, 512, 512)
    assert region is not None
    cut = []
    for picture in pictures:
        cut.append(np.zeros_like(picture))
        cut[-1][region.rows, region.columns] = picture[region.rows, region.columns]
    engine.prepare(iter(cut), track, tmp_path / "cut")
    assert (tmp_path / "cut").read_bytes() == avatar.read_bytes()


def test_a_patch_lies_where_its_face_was(astronaut: np.ndarray, golden: dict) -> None:
    """A point of the picture is found at the same place of the resized face."""
    template = align.Template.of(512)
    matrix = golden["align.res512.matrix"][0]
    affine = to_picture(matrix, template, 512)
    face = align.aligned(astronaut, matrix, template, 512)
    x, y = np.meshgrid(np.arange(150, 350, 10), np.arange(150, 350, 10))
    places = np.stack([x, y, np.ones_like(x)], -1) @ affine.T
    smooth = np.rint(places).astype(int)
    seen = astronaut[smooth[..., 1], smooth[..., 0]].astype(int)
    assert np.median(np.abs(seen - face[y, x])) <= 4


def test_smoothing_steadies_the_face(track: Track) -> None:
    shaken = track.points + np.random.default_rng(1).normal(0, 1, track.points.shape)
    moved = Track(shaken.astype(np.float32), track.seen)
    template = align.Template.of(256)
    found = [align.matrices(moved, template, deviation)[:, :, 2] for deviation in (0.0, 3.0)]
    jitter = [np.abs(np.diff(one, 2, axis=0)).mean() for one in found]
    assert jitter[1] < 0.2 * jitter[0]


def test_more_or_fewer_pictures_are_a_fault(
    engine: LatentSyncEngine, pictures: list[np.ndarray], track: Track, tmp_path: Path
) -> None:
    with pytest.raises(Fault, match="9 pictures or more, its face track 10 frames"):
        engine.prepare(iter(pictures[:9]), track, tmp_path / "a")
    assert not (tmp_path / "a").exists()


# Weights


def other(tree: Path, folder: Path) -> LatentSyncSettings:
    shutil.copytree(tree, folder / "models")
    return LatentSyncSettings(models=str(folder / "models"), device="cpu")


def test_weights_of_another_size_are_a_fault(tree: Path, tmp_path: Path) -> None:
    chosen = other(tree, tmp_path)
    path = tmp_path / "models" / "configs" / "unet" / "stage2_512.yaml"
    config = json.loads(path.read_text())
    config["model"]["block_out_channels"] = [32, 64, 96, 128]
    path.write_text(json.dumps(config))
    with pytest.raises(Fault, match="VideoUNet: the weight file does not fit"):
        _ = Networks(chosen).unet


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("use_motion_module", False),
        ("motion_module_resolutions", [1, 2]),
        ("act_fn", "gelu"),
        ("in_channels", 12),
        ("norm_eps", "many"),
    ],
)
def test_a_network_that_is_none_of_these_is_a_fault(
    tree: Path, tmp_path: Path, key: str, value: object
) -> None:
    chosen = other(tree, tmp_path)
    path = tmp_path / "models" / "configs" / "unet" / "stage2_512.yaml"
    config = json.loads(path.read_text())
    config["model"][key] = value
    path.write_text(json.dumps(config))
    with pytest.raises(Fault, match=r"stage2_512\.yaml: (not a usable config|a network of 12)"):
        _ = Networks(chosen).unet


def test_a_missing_key_is_a_fault(tree: Path, tmp_path: Path) -> None:
    chosen = other(tree, tmp_path)
    path = tmp_path / "models" / "checkpoints" / "latentsync_unet.pt"
    held = torch.load(path, weights_only=True)
    del held["state_dict"]["mid_block.resnets.0.conv1.weight"]
    held["state_dict"]["one.more"] = torch.zeros(1)
    torch.save(held, path)
    with pytest.raises(Fault, match=r"mid_block\.resnets\.0\.conv1\.weight"):
        _ = Networks(chosen).unet


def test_whisper_without_sizes_is_a_fault(tree: Path, tmp_path: Path) -> None:
    chosen = other(tree, tmp_path)
    path = tmp_path / "models" / "checkpoints" / "whisper" / "tiny.pt"
    held = torch.load(path, weights_only=True)
    torch.save(held["model_state_dict"], path)
    with pytest.raises(Fault, match=r"tiny\.pt: states no sizes"):
        _ = Networks(chosen).encoder


def test_an_overlap_of_whole_chunks_is_refused(tree: Path, tmp_path: Path) -> None:
    chosen = other(tree, tmp_path)
    path = tmp_path / "models" / "configs" / "unet" / "stage2_512.yaml"
    config = json.loads(path.read_text())
    config["data"]["num_frames"] = 4
    path.write_text(json.dumps(config))
    engine = LatentSyncEngine(chosen.model_copy(update={"overlap_frames": 4}))
    with pytest.raises(InputError, match=r"latentsync\.overlap_frames: 4 .* chunks of 4 frames"):
        assert engine.window_frames
    assert LatentSyncEngine(chosen.model_copy(update={"overlap_frames": 3})).window_frames == 4


@pytest.mark.parametrize(
    ("values", "is_kept"),
    [
        *[({"seed": 5}, True), ({"steps": 3}, True), ({"mask_feather": 0.0}, True)],
        *[({"guidance": 1.0}, False), ({"vae_batch_frames": 5}, False), ({"deep_every": 2}, False)],
    ],
)
def test_batches_that_fit_stay_where_as_much_memory_is_needed(
    values: dict, is_kept: bool, settings: LatentSyncSettings
) -> None:
    cache = ModelCache()
    first = cache.generator(settings.model_copy(update={"deep_every": 1, "guidance": 1.5}))
    first.sizes.vae.frames = first.sizes.unet.frames = 1  # as where memory ran out
    given = {"deep_every": 1, "guidance": 1.5} | values
    second = cache.generator(settings.model_copy(update=given))
    assert second is not first
    assert (second.sizes.vae.frames == 1) == is_kept
    assert (second.sizes is first.sizes) == is_kept


def test_a_missing_file_names_the_command(tmp_path: Path) -> None:
    chosen = LatentSyncSettings(models=str(tmp_path), version="1.5", device="cpu")
    with pytest.raises(InputError, match=r"mouthpiece models fetch latentsync-1\.5"):
        _ = Networks(chosen).config
