"""Wav2Lip as the stages use it, on seeded weights."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from mouthpiece.audio.speech import Speech
from mouthpiece.core.batches import Batches
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.wav2lip import mask
from mouthpiece.engines.wav2lip.avatar import Avatar
from mouthpiece.engines.wav2lip.engine import Wav2LipEngine
from mouthpiece.engines.wav2lip.generate import Generator
from mouthpiece.engines.wav2lip.model_cache import ModelCache
from mouthpiece.engines.wav2lip.settings import Wav2LipSettings
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.track import Track
from mouthpiece.patches.composite import lay_in_rgb
from patchsets import PatchSet
from portraits import moving_track, noise

FRAMES = 12

RATE = Fraction(25)
CLOCK = Clock(RATE, 40, FRAMES)


@pytest.fixture(scope="module")
def engine(settings: Wav2LipSettings, loaded: ModelCache) -> Wav2LipEngine:
    made = Wav2LipEngine(
        Wav2LipSettings(research_use=True, models=settings.models, device="cpu", keep_silence=False)
    )
    made.loaded = loaded
    return made


@pytest.fixture(scope="module")
def track() -> Track:
    return moving_track(FRAMES)


@pytest.fixture(scope="module")
def avatar(
    engine: Wav2LipEngine,
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


def other(engine: Wav2LipEngine, **changed: object) -> Wav2LipEngine:
    """An engine with other settings."""
    return Wav2LipEngine(engine._settings.model_copy(update=changed))


def test_pictures_and_sound_to_patches(
    engine: Wav2LipEngine, avatar: Path, speech: Speech, pictures: list[np.ndarray]
) -> None:
    drawn = PatchSet.of(engine.render(avatar, speech, CLOCK))
    assert drawn.pixels.shape == (FRAMES, 96, 96, 3) and drawn.pixels.std() > 10
    assert (drawn.alpha == 1).all() and drawn.masks.max() == 255
    assert engine.facts(avatar)["face_height_px"] > 100
    extent = engine.extent(avatar, CLOCK)
    assert extent is not None and extent.rows.start >= 32
    again = PatchSet.of(engine.render(avatar, speech, CLOCK))
    np.testing.assert_array_equal(again.pixels, drawn.pixels)


def test_noise_stays_in_the_lower_face(
    engine: Wav2LipEngine,
    avatar: Path,
    speech: Speech,
    track: Track,
    pictures: list[np.ndarray],
) -> None:
    """Whatever is drawn: nothing changes above the nose's end, nor at the rim of the mask."""
    for frame, patch in enumerate(engine.render(avatar, speech, CLOCK)):
        nose_px = track.points[frame, list(mask.NOSE_BASE), 1].min()
        ends_px = track.points[frame, :, :2].max(0)
        found = lay_in_rgb(pictures[frame], patch)
        rows, columns = np.nonzero((found != pictures[frame]).any(-1))
        assert rows.min() > nose_px - 30 and rows.max() < ends_px[1] + 11
        assert columns.max() < ends_px[0]
        steps = [np.abs(np.diff(patch.mask.astype(int), axis=axis)).max() for axis in (0, 1)]
        assert max(steps) < 64


def test_the_sound_drives_the_face(engine: Wav2LipEngine, avatar: Path, speech: Speech) -> None:
    heard = [speech, Speech(speech.samples[::-1].copy(), speech.start)]
    found = [PatchSet.of(engine.render(avatar, one, CLOCK)).pixels.astype(int) for one in heard]
    assert np.abs(found[0] - found[1]).mean() > 0.5


def test_a_looped_cut_takes_pictures_in_its_own_order(
    engine: Wav2LipEngine, avatar: Path, speech: Speech
) -> None:
    person = Avatar.load(avatar)
    back = person.at(range(FRAMES)[::-1])
    drawn = PatchSet.of(engine.draw(back, speech, CLOCK))
    np.testing.assert_array_equal(drawn.affine, person.affine[::-1])
    np.testing.assert_array_equal(drawn.masks, person.masks[::-1])


def test_frames_without_a_face_keep_the_picture(
    engine: Wav2LipEngine,
    pictures: list[np.ndarray],
    track: Track,
    speech: Speech,
    tmp_path: Path,
) -> None:
    points, clock = track.points[:4].copy(), Clock(RATE, 40, 4)
    points[1:3] = np.nan
    gap = Track(points, np.array([True, False, False, True]))
    engine.prepare(iter(pictures[:4]), gap, tmp_path / "a")
    drawn = PatchSet.of(engine.render(tmp_path / "a", speech, clock))
    assert drawn.alpha.tolist() == [1, 0, 0, 1]
    nobody = Track(np.full_like(points, np.nan), np.zeros(4, bool))
    engine.prepare(iter(pictures[:4]), nobody, tmp_path / "b")
    assert PatchSet.of(engine.render(tmp_path / "b", speech, clock)).alpha.tolist() == [0] * 4
    assert engine.extent(tmp_path / "b", clock) is None and engine.facts(tmp_path / "b") == {}
    assert engine.region(nobody, 512, 512) is None


@pytest.mark.parametrize("shift", [(-150, 0), (150, 200), (0, -120), (600, 600)])
def test_a_face_beyond_the_picture(
    engine: Wav2LipEngine,
    pictures: list[np.ndarray],
    track: Track,
    speech: Speech,
    shift: tuple[int, int],
    tmp_path: Path,
) -> None:
    """Boxes end with the picture, as upstream's; what is not there is not drawn."""
    moved = Track(track.points + np.array([*shift, 0], np.float32), track.seen)
    engine.prepare(iter(pictures), moved, tmp_path / "a")
    drawn = PatchSet.of(engine.render(tmp_path / "a", speech, CLOCK))
    assert (drawn.alpha == (0 if shift == (600, 600) else 1)).all()
    for picture, patch in zip(pictures, drawn, strict=True):
        assert lay_in_rgb(picture, patch).shape == picture.shape


def test_what_is_looked_at_is_enough(
    engine: Wav2LipEngine, avatar: Path, pictures: list[np.ndarray], track: Track, tmp_path: Path
) -> None:
    region = engine.region(track, 512, 512)
    assert region is not None
    cut = []
    for picture in pictures:
        cut.append(np.zeros_like(picture))
        cut[-1][region.rows, region.columns] = picture[region.rows, region.columns]
    engine.prepare(iter(cut), track, tmp_path / "cut")
    assert (tmp_path / "cut").read_bytes() == avatar.read_bytes()


def test_smoothing_steadies_the_face(engine: Wav2LipEngine, track: Track) -> None:
    shaken = track.points + np.random.default_rng(1).normal(0, 3, track.points.shape)
    moved = Track(shaken.astype(np.float32), track.seen)
    regions = [
        other(engine, smoothing_frames=deviation).region(moved, 512, 512) for deviation in (0.1, 3)
    ]
    sizes = [one.rows.stop - one.rows.start for one in regions if one]
    assert sizes[1] < sizes[0]


@pytest.mark.parametrize("count", [FRAMES - 1, 0])
def test_more_or_fewer_pictures_are_a_fault(
    engine: Wav2LipEngine, pictures: list[np.ndarray], track: Track, count: int, tmp_path: Path
) -> None:
    with pytest.raises(Fault, match=f"{count} pictures or more, its face track 12 frames"):
        engine.prepare(iter(pictures[:count]), track, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_upstream_s_mask_is_the_whole_box(track: Track) -> None:
    points = track.points[0][:, :2]
    assert (mask.draw(points, "box", 0.0) == 255).all()
    soft = mask.draw(points, "box", 0.1)
    assert soft[0].max() < 10 and soft[48, 48] == 255


def test_a_mask_is_soft_by_as_much_as_is_asked_for() -> None:
    """Of a jaw that leaves the box: 5 % of 96 rows fade at its lower side."""
    points = np.zeros((MESH_POINTS, 2))
    points[list(mask.JAW)] = [
        [x, 40 + 90 * np.sin(np.pi * i / 16)] for i, x in enumerate(np.linspace(-50, 150, 17))
    ]
    points[list(mask.NOSE_BASE)] = [[40, 50], [48, 50], [56, 50]]
    column = mask.draw(points, "face", 0.05)[:, 48].astype(int)
    assert not column[:48].any() and column[60:90].min() == 255
    assert 0 < column[95] < column[92] < 255


# Batches and weights


def test_batches_are_halved_where_memory_runs_out(
    engine: Wav2LipEngine, generator: Generator, avatar: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "halved_to" not in engine.facts(avatar)
    faces = np.random.default_rng(0).integers(0, 255, (5, 96, 96, 3)).astype(np.uint8)
    heard = np.zeros((5, 80, 16), np.float32)
    wanted = np.concatenate(list(generator.draw(faces, heard)))
    tried, drawn = [], generator.drawn

    def narrow(faces: np.ndarray, sound: np.ndarray) -> torch.Tensor:
        tried.append(len(faces))
        if len(faces) > 2:
            raise torch.OutOfMemoryError("a test: no memory left")
        return drawn(faces, sound)

    monkeypatch.setattr(generator, "drawn", narrow)
    monkeypatch.setattr(generator, "batches", Batches(64))
    found = np.concatenate(list(generator.draw(faces, heard)))
    np.testing.assert_allclose(found.astype(int), wanted.astype(int), atol=1)
    assert tried[0] == 5 and max(tried[1:]) == 2 and generator.batches.frames == 2
    assert engine.facts(avatar)["halved_to"] == {"batch_frames": 2}, "the cut's row says so"


def test_engines_of_one_process_share_the_network(
    settings: Wav2LipSettings, loaded: ModelCache, generator: Generator
) -> None:
    assert loaded.generator(settings.model_copy(update={"pad_bottom_px": 3})) is generator
    cache = ModelCache()
    plain = cache.generator(settings.model_copy(update={"version": "plain"}))
    found = [one.network.output_block[1].weight for one in (generator, plain)]
    assert not torch.equal(*found)


def test_the_terms_are_asked_for(settings: Wav2LipSettings) -> None:
    asked = Wav2LipSettings(models=settings.models, device="cpu")
    assert "research_use" in asked.problem() and asked.refused_users
    with pytest.raises(InputError, match=r"engines\.wav2lip\.research_use is not true"):
        ModelCache().generator(asked)
    assert not settings.problem() and not settings.refused_users


def test_weights_are_those_of_a_file(settings: Wav2LipSettings, tmp_path: Path) -> None:
    versions = {settings.weights_version("draft")}
    versions.add(settings.model_copy(update={"version": "plain"}).weights_version("draft"))
    assert len(versions) == 2 and settings.weights_version("bake") == ""
    gone = Wav2LipSettings(models=str(tmp_path), research_use=True, device="cpu")
    assert gone.weights_version("draft") == "missing"
    with pytest.raises(InputError, match=r"mouthpiece models fetch wav2lip/wav2lip_gan\.pth"):
        ModelCache().generator(gone)


def test_another_network_is_a_fault(settings: Wav2LipSettings, tmp_path: Path) -> None:
    chosen = settings.model_copy(update={"models": str(tmp_path)})
    torch.save({"state_dict": {"module.a": torch.zeros(3)}}, tmp_path / "wav2lip_gan.pth")
    with pytest.raises(Fault, match="Wav2Lip: the weight file does not fit"):
        ModelCache().generator(chosen)
