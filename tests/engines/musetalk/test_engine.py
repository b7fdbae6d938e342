"""The engine as the stages call it; it does not have upstream's known faults."""

import weakref
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
import upstream
from torch.nn import functional

from mouthpiece.audio.speech import Speech
from mouthpiece.core.batches import Batches
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.timeline import Clock, LoopedClock
from mouthpiece.engines.avatar_file import avatar_engine
from mouthpiece.engines.musetalk import masks
from mouthpiece.engines.musetalk import networks as network_files
from mouthpiece.engines.musetalk.avatar import (
    Avatar,
    load_mask_bounds,
    load_masks,
    load_shift_range,
)
from mouthpiece.engines.musetalk.engine import MusetalkEngine
from mouthpiece.engines.musetalk.faces import Face, locate
from mouthpiece.engines.musetalk.generate import Generator
from mouthpiece.engines.musetalk.landmarks import MESH_OF_68
from mouthpiece.engines.musetalk.networks import Networks
from mouthpiece.engines.musetalk.settings import MUSETALK_PRESETS, MusetalkSettings
from mouthpiece.engines.registry import EngineCache, create_engine, read_settings
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.track import Track
from mouthpiece.patches.patch import mask_extent
from patchsets import PatchSet

pytestmark = pytest.mark.slow

RATE = Fraction(25)


@pytest.fixture(scope="module")
def track(golden: dict[str, np.ndarray]) -> Track:
    """The golden landmarks as a mesh: the other points lie on the nose."""
    landmarks = golden["box.landmarks"]
    points = np.zeros((len(landmarks), MESH_POINTS, 3), np.float32)
    points[..., :2] = landmarks[:, 30:31]
    points[:, MESH_OF_68, :2] = landmarks
    return Track(points, np.ones(len(landmarks), bool))


@pytest.fixture(scope="module")
def drawing(chosen: MusetalkSettings) -> MusetalkEngine:
    """An engine with cheap stand-ins for its networks; all else is the same."""
    made = MusetalkEngine(chosen.model_copy(update={"parsing": "drawn", "timing": "exact"}))

    def encode(crops: torch.Tensor) -> torch.Tensor:
        small = functional.avg_pool2d(crops.permute(0, 3, 1, 2).float(), 8) / 255
        return torch.cat([small, small, small[:, :2]], dim=1)

    def draw(latents: torch.Tensor, prompts: torch.Tensor) -> torch.Tensor:
        loudness = prompts.abs().mean((1, 2))[:, None, None, None]
        pictures = functional.interpolate(latents[:, :3] * 200 + loudness, size=256)
        return pictures.clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1)

    made.generator.__dict__ |= {"_encode": encode, "_draw": draw}
    return made


@pytest.fixture(scope="module")
def avatar(
    drawing: MusetalkEngine,
    pictures: list[np.ndarray],
    track: Track,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The three frames, baked."""
    path = tmp_path_factory.mktemp("avatars") / 'a cut\'s "first".avatar'
    drawing.prepare(iter(pictures), track, path)
    return path


@pytest.fixture(scope="module")
def speech() -> Speech:
    """Noise, with a second of context on either side."""
    random = np.random.default_rng(0)
    return Speech((0.1 * random.standard_normal(16000 * 3)).astype(np.float32), 16000)


def render(engine: MusetalkEngine, avatar: Path, speech: Speech, clock: Clock) -> PatchSet:
    return PatchSet.of(engine.render(avatar, speech, clock))


def draw(
    engine: MusetalkEngine,
    avatar: Path,
    order: list[int],
    person: Avatar,
    speech: Speech,
    clock: Clock,
) -> PatchSet:
    """Frames of an avatar in any order; `person` may differ from the file's."""
    return PatchSet.of(engine.draw(person, iter(read_masks(avatar)[order]), speech, clock))


def read_masks(avatar: Path) -> np.ndarray:
    return np.stack(list(load_masks(avatar).read()))


def test_the_stages_get_it_by_name(chosen: MusetalkSettings) -> None:
    settings = read_settings("musetalk", chosen.model_dump())
    assert isinstance(create_engine(settings), MusetalkEngine)


def test_pictures_and_sound_to_patches_by_the_seeded_networks(
    chosen: MusetalkSettings,
    pictures: list[np.ndarray],
    track: Track,
    speech: Speech,
    tmp_path: Path,
) -> None:
    whole = MusetalkEngine(chosen)
    two = Track(track.points[:2], track.seen[:2])
    whole.prepare(iter(pictures[:2]), two, tmp_path / "avatar")
    person, masks_of = Avatar.load(tmp_path / "avatar"), read_masks(tmp_path / "avatar")
    assert person.latents.shape == (2, 8, 32, 32) and person.latents.dtype == np.float16
    assert masks_of.shape == (2, 256, 256) and not masks_of[:, :100].any()
    drawn = render(whole, tmp_path / "avatar", speech, Clock(RATE, 40, 2))
    assert drawn.pixels.shape == (2, 256, 256, 3) and drawn.pixels.std() > 1
    least, most = whole.facts(tmp_path / "avatar")["bbox_shift_range_px"]
    assert least < 0 < most


def test_frames_out_are_frames_in_the_last_too(
    drawing: MusetalkEngine, avatar: Path, speech: Speech
) -> None:
    drawn = render(drawing, avatar, speech, Clock(RATE, 40, 3))
    assert drawn.frames == 3 and avatar_engine(avatar) == "musetalk"
    assert drawn.pixels.shape == (3, 256, 256, 3) and drawn.pixels[-1].std() > 0
    np.testing.assert_array_equal(drawn.alpha, np.ones(3))


def test_the_same_in_the_same_out(
    drawing: MusetalkEngine,
    avatar: Path,
    speech: Speech,
    pictures: list[np.ndarray],
    track: Track,
    tmp_path: Path,
) -> None:
    again = tmp_path / avatar.name
    drawing.prepare(iter(pictures), track, again)
    assert again.read_bytes() == avatar.read_bytes()
    clock = Clock(RATE, 0, 3)
    one, two = (render(drawing, path, speech, clock) for path in (avatar, again))
    np.testing.assert_array_equal(one.pixels, two.pixels)


def test_two_cuts_of_one_name_are_kept_apart(
    drawing: MusetalkEngine, avatar: Path, pictures: list[np.ndarray], track: Track, tmp_path: Path
) -> None:
    other = tmp_path / "with space" / avatar.name
    drawing.prepare((picture[:, ::-1].copy() for picture in pictures), track, other)
    assert (Avatar.load(other).latents != Avatar.load(avatar).latents).any()


def test_a_frame_without_a_face_keeps_its_place(
    drawing: MusetalkEngine,
    avatar: Path,
    speech: Speech,
    pictures: list[np.ndarray],
    track: Track,
    tmp_path: Path,
) -> None:
    points = track.points.copy()
    points[1] = np.nan
    path = tmp_path / "gap.avatar"
    drawing.prepare(iter(pictures), Track(points, track.seen), path)
    clock = Clock(RATE, 0, 3)
    gap, whole = render(drawing, path, speech, clock), render(drawing, avatar, speech, clock)
    np.testing.assert_array_equal(gap.alpha, [1, 0, 1])
    assert not gap.masks[1].any()
    for i in (0, 2):
        apart = np.abs(gap.pixels[i].astype(int) - whole.pixels[i].astype(int))
        assert apart.max() <= 1


@pytest.mark.parametrize("keep_silence", [True, False])
def test_a_shut_mouth_keeps_its_picture_where_the_dub_is_silent(
    drawing: MusetalkEngine, avatar: Path, keep_silence: bool
) -> None:
    person = Avatar.load(avatar).at([0] * 60)
    person = replace(person, shut=np.ones(person.frames, bool))
    sound = np.zeros(16000 * 5, np.float32)
    sound[16000:24000] = 0.1 * np.random.default_rng(0).standard_normal(8000)
    engine = copy(drawing)
    engine._settings = drawing._settings.model_copy(update={"keep_silence": keep_silence})
    alpha = draw(engine, avatar, [0] * 60, person, Speech(sound, 16000), Clock(RATE, 0, 60)).alpha
    assert (alpha[:12] == 1).all(), "speech"
    assert (alpha[30:] == 0).all() == keep_silence
    assert (alpha == 1).all() != keep_silence


def test_there_must_be_as_many_pictures_as_the_track_has_frames(
    drawing: MusetalkEngine, pictures: list[np.ndarray], track: Track, tmp_path: Path
) -> None:
    for given in (pictures[:2], [*pictures, pictures[0]]):
        with pytest.raises(Fault, match="face track"):
            drawing.prepare(iter(given), track, tmp_path / "x.avatar")
    assert not (tmp_path / "x.avatar").exists()


def test_an_avatar_is_drawn_in_reverse_where_its_film_loops(
    drawing: MusetalkEngine, avatar: Path, speech: Speech
) -> None:
    person, back = Avatar.load(avatar), LoopedClock(RATE, 43, 2, Clock(RATE, 40, 3), reversed=True)
    drawn = render(drawing, avatar, speech, back)
    np.testing.assert_array_equal(drawn.affine, person.affine[[2, 1]])
    np.testing.assert_array_equal(drawn.masks, read_masks(avatar)[[2, 1]])
    turned = draw(drawing, avatar, [2, 1], person.at([2, 1]), speech, Clock(RATE, 43, 2))
    np.testing.assert_array_equal(drawn.pixels, turned.pixels)


def test_an_avatar_of_another_length_is_refused(
    drawing: MusetalkEngine, avatar: Path, speech: Speech
) -> None:
    with pytest.raises(ValueError, match="3 frames, wanted 7"):
        drawing.render(avatar, speech, Clock(RATE, 0, 7))


@pytest.mark.parametrize("content", [b"", b"garbage"])
def test_a_broken_avatar_is_a_fault_that_names_it(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "avatar.zip").write_bytes(content)
    for read in (Avatar.load, load_masks, load_mask_bounds, load_shift_range):
        with pytest.raises(Fault, match=r"avatar\.zip: the file is broken"):
            read(tmp_path / "avatar.zip")


def test_the_avatar_has_the_range_of_the_shift(avatar: Path, track: Track) -> None:
    points = track.points[:, MESH_OF_68, :2].astype(int)
    down = points[:, 30, 1] - points[:, 29, 1]
    up = points[:, 29, 1] - points[:, 28, 1]
    assert load_shift_range(avatar) == (-int(down.mean()), int(up.mean()))


@pytest.mark.parametrize("box", [(150, 60, 300, 210), (100, 40, 420, 400)])
def test_a_patch_composes_as_upstream_does(
    box: tuple[int, ...], golden: dict[str, np.ndarray], astronaut: np.ndarray
) -> None:
    """The patch form (a mask of 256 x 256, one affine) against upstream's, in RGB."""
    square = masks.surroundings(np.array(box))
    region = masks.region(torch.from_numpy(golden["blend.labels"])[None], "jaw", 90, 90)
    mask = upstream.on_square(region, np.array(box), 0.05)
    face = cv2.GaussianBlur(golden["blend.face256"][..., ::-1].copy(), (5, 5), 0)
    wanted = upstream.composite(astronaut, face, np.array(box), mask, square)
    place = Face(astronaut, np.zeros((68, 2)), np.array(box))
    small = masks.on_patches(region, place.box[None], place.affine[None], 0.05, 256)[0].numpy()
    drawn, weight = (
        cv2.warpAffine(image.astype(np.float32), place.affine, (512, 512), borderMode=border)
        for image, border in ((face, cv2.BORDER_REPLICATE), (small, cv2.BORDER_CONSTANT))
    )
    found = astronaut + (weight / 255)[..., None] * (drawn - astronaut)
    inside = (slice(box[1] + 1, box[3] - 1), slice(box[0] + 1, box[2] - 1))
    apart = np.abs(found - wanted)
    assert apart[inside].mean() < 0.5
    assert (apart[inside] <= 4).mean() > 0.99
    apart[box[1] - 1 : box[3] + 1, box[0] - 1 : box[2] + 1] = 0
    assert apart.max() == 0


def test_a_batch_that_does_not_fit_is_halved_and_remembered(
    drawing: MusetalkEngine, avatar: Path, speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, order = Clock(RATE, 0, 7), [0, 1, 2, 2, 1, 0, 0]
    person = Avatar.load(avatar).at(order)
    wanted = draw(drawing, avatar, order, person, speech, clock)
    generator = drawing.generator
    networks: Callable[..., torch.Tensor] = generator._draw
    tried = []

    def short(latents: torch.Tensor, prompts: torch.Tensor) -> torch.Tensor:
        tried.append(len(latents))
        if len(latents) > fits:
            raise torch.OutOfMemoryError("no room")
        return networks(latents, prompts)

    monkeypatch.setitem(generator.__dict__, "_draw", short)
    monkeypatch.setattr(generator, "draw_batches", Batches(4))
    assert "halved_to" not in drawing.facts(avatar)
    fits = 2
    found = draw(drawing, avatar, order, person, speech, clock)
    assert tried[0] == 4 and max(tried[1:]) == 2 and generator.draw_batches.frames == 2
    assert drawing.facts(avatar)["halved_to"] == {"batch_frames": 2}, "the cut's row says so"
    assert generator.encode_batches.frames == 4, "a bake that runs short is another matter"
    assert (np.abs(found.pixels.astype(int) - wanted.pixels.astype(int)) <= 1).all()
    tried.clear()
    draw(drawing, avatar, order, person, speech, clock)
    assert max(tried) == 2
    fits = 0
    with pytest.raises(Fault, match="one frame"):
        draw(drawing, avatar, order, person, speech, clock)


def test_what_the_engine_declares(drawing: MusetalkEngine, avatar: Path, speech: Speech) -> None:
    """The part of the patches that masks take is known before they are drawn."""
    assert (drawing.window_frames, drawing.overlap_frames, drawing.patch_px) == (4, 0, 256)
    assert not drawing.needs_clip
    whole, back = Clock(RATE, 0, 3), LoopedClock(RATE, 3, 1, Clock(RATE, 0, 3), reversed=True)
    for clock in (whole, back):
        wanted = mask_extent(render(drawing, avatar, speech, clock).masks.max(0))
        assert wanted is not None and drawing.extent(avatar, clock) == wanted


def test_a_batch_is_begun_before_the_last_is_handed_out(
    drawing: MusetalkEngine, avatar: Path, speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator, begun = drawing.generator, []
    networks: Callable[..., torch.Tensor] = generator._draw

    def watched(latents: torch.Tensor, prompts: torch.Tensor) -> torch.Tensor:
        begun.append(len(latents))
        return networks(latents, prompts)

    monkeypatch.setitem(generator.__dict__, "_draw", watched)
    monkeypatch.setattr(generator.draw_batches, "frames", 2)
    order = [0, 1, 2, 2, 1, 0, 0]
    masks = iter(read_masks(avatar)[order])
    patches = drawing.draw(Avatar.load(avatar).at(order), masks, speech, Clock(RATE, 0, 7))
    assert begun == [2], "the first is begun at once"
    next(patches)
    assert begun == [2, 2]
    next(patches)
    assert begun == [2, 2]
    next(patches)
    assert begun == [2, 2, 2]
    assert len(list(patches)) == 4 and begun == [2, 2, 2, 1]


def test_patches_may_be_kept(drawing: MusetalkEngine, avatar: Path, speech: Speech) -> None:
    """What is handed out is not written over by later batches."""
    order = [0, 1, 2] * 6
    person, masks = Avatar.load(avatar).at(order), read_masks(avatar)[order]
    patches = drawing.draw(person, iter(masks), speech, Clock(RATE, 0, 18))
    kept = [(patch.pixels, patch.pixels.copy()) for patch in patches]
    assert all(np.array_equal(*pair) for pair in kept)


def test_a_missing_weight_says_how_to_fetch_it(tmp_path: Path, tree: Path) -> None:
    networks = Networks(MusetalkSettings(models=str(tmp_path), device="cpu"))
    with pytest.raises(InputError, match="mouthpiece models fetch musetalkV15/"):
        networks.unet  # noqa: B018


def test_a_weight_of_another_network_is_a_fault(tmp_path: Path, tree: Path) -> None:
    folder = tmp_path / "musetalkV15"
    folder.mkdir()
    (folder / "musetalk.json").write_bytes((tree / "musetalkV15/musetalk.json").read_bytes())
    torch.save({"conv_in.weight": torch.zeros(3)}, folder / "unet.pth")
    with pytest.raises(Fault, match="does not fit"):
        Networks(MusetalkSettings(models=str(tmp_path), device="cpu")).unet  # noqa: B018


@pytest.mark.parametrize("text", ["[]", "{", '{"no_such_key": 1}', '{"block_out_channels": 7}'])
@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("musetalkV15/musetalk.json", "unet"),
        ("sd-vae/config.json", "vae"),
        ("whisper/config.json", "encoder"),
    ],
)
def test_a_broken_config_is_a_fault_that_names_it(
    name: str, network: str, text: str, tmp_path: Path, tree: Path
) -> None:
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text(text)
    with pytest.raises(Fault, match=rf"{name}: not a usable config"):
        getattr(Networks(MusetalkSettings(models=str(tmp_path), device="cpu")), network)


def test_no_memory_for_a_network_is_a_fault(
    chosen: MusetalkSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(network_files, "load_tensors", full)
    with pytest.raises(Fault, match=r"unet\.pth: out of memory while it is loaded"):
        Networks(chosen).unet  # noqa: B018


def test_a_gpu_that_is_not_there_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(Fault, match="cuda"):
        Networks(MusetalkSettings(device="cuda"))


def test_presets_are_sets_that_single_keys_override() -> None:
    for name in MUSETALK_PRESETS:
        assert MusetalkSettings(preset=name).preset == name
    assert MusetalkSettings(preset="opens_too_much").bbox_shift_px == -5
    assert MusetalkSettings(preset="jaw_seam", extra_margin_px=15).extra_margin_px == 15
    assert MusetalkSettings().extra_margin_px == 10


@pytest.mark.parametrize(
    ("version", "shift_1_5", "moves"),
    [("1.5", True, True), ("1.5", False, False), ("1.0", False, True)],
)
def test_the_shift_works_for_both_versions_but_as_upstream_if_asked(
    version: str,
    shift_1_5: bool,
    moves: bool,
    chosen: MusetalkSettings,
    pictures: list[np.ndarray],
    track: Track,
) -> None:
    def box(shift_px: int) -> np.ndarray:
        asked = {"version": version, "shift_1_5": shift_1_5, "bbox_shift_px": shift_px}
        asked_of = chosen.model_copy(update=asked)
        return next(locate(pictures, track, asked_of, None)).box

    assert (box(7)[1] == box(0)[1] + 14) == moves
    assert (box(0)[3] == track.points[0, MESH_OF_68, 1].astype(int).max() + 10) == (
        version == "1.5"
    )


def test_engines_of_a_cache_share_networks_and_the_batch_that_was_found(
    chosen: MusetalkSettings,
) -> None:
    cache = EngineCache()

    def generator(**changed: Any) -> Generator:
        made = cache(chosen.model_copy(update=changed))
        assert isinstance(made, MusetalkEngine)
        return made.generator

    first = generator()
    first.draw_batches.frames = 2
    assert generator(bbox_shift_px=7, parsing="drawn") is first
    other = generator(batch_frames=3)
    assert other.networks is first.networks and other.draw_batches.frames == 3
    assert generator() is first
    assert generator(precision="bf16").networks is not first.networks
    assert generator().networks is not first.networks, "one set at a time"


def test_one_set_of_networks_is_in_memory_whatever_the_settings_were(
    chosen: MusetalkSettings,
) -> None:
    cache = EngineCache()
    made, unets = [], []
    for changed in ({}, {"precision": "bf16"}, {"version": "1.0"}):
        settings = chosen.model_copy(update=changed)
        made.append(cache(settings))
        unets.append(weakref.ref(made[-1].generator.networks.unet))
    assert [unet() is not None for unet in unets] == [False, False, True]


def test_a_replaced_weight_file_is_loaded_again(chosen: MusetalkSettings, tree: Path) -> None:
    cache = EngineCache()
    first = cache(chosen).generator.networks
    assert cache(chosen).generator.networks is first
    unet = tree / "musetalkV15" / "unet.pth"
    weights = torch.load(unet, weights_only=True)
    name = next(name for name, value in weights.items() if value.is_floating_point())
    weights[name] = weights[name] + 1
    torch.save(weights, unet)
    assert cache(chosen).generator.networks is not first
