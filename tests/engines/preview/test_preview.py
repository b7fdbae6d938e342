"""The preview engine as a whole, on a drawn person and, where they are, on GRID's."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from drawn import CENTRE, LIP, MOUTH_PX, Person, draw_person

from mouthpiece.audio.silence import opacity
from mouthpiece.audio.speech import Speech
from mouthpiece.core.errors import Fault
from mouthpiece.core.timeline import Clock, LoopedClock
from mouthpiece.engines.avatar_file import avatar_engine
from mouthpiece.engines.preview import avatar as avatars
from mouthpiece.engines.preview import draw
from mouthpiece.engines.preview.engine import Preview
from mouthpiece.engines.preview.motion import Motion
from mouthpiece.engines.preview.rest import idle
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.faces.detector import FaceDetector
from mouthpiece.faces.mesh import FaceMesh
from mouthpiece.faces.region import Region
from mouthpiece.faces.track import Track
from mouthpiece.patches.patch import mask_extent
from patchsets import PatchSet
from places import ROOT

GRID = ROOT.parent / "shared" / "data" / "grid" / "other"
SILENCE = Speech(np.zeros(16000 * 6, np.float32), 16000)


class Played:
    """A motion that is given."""

    def __init__(
        self, aperture: np.ndarray, closure: float = 0.0, silent: np.ndarray | None = None
    ) -> None:
        self.silent = np.zeros(len(aperture), bool) if silent is None else silent
        self.controls = np.zeros((len(aperture), 4), np.float32)
        self.controls[:, 0], self.controls[:, 1] = aperture, 1
        self.controls[:, 2], self.controls[:, 3] = 0.6 * aperture, closure

    def __call__(self, speech: Speech, clock: Clock, phones: bool = False) -> Motion:
        return Motion(self.controls, self.silent)


def _render(person: Person, folder: Path, motion: Played, **options: Any) -> PatchSet:
    engine = Preview(PreviewSettings(**options), motion)
    engine.prepare(iter(person.pictures), person.track, folder / "avatar")
    return PatchSet.of(engine.render(folder / "avatar", SILENCE, _clock(len(person.pictures))))


def _clock(frames: int) -> Clock:
    return Clock(Fraction(25), 0, frames)


def _composite(pictures: list[np.ndarray], patches: PatchSet) -> list[np.ndarray]:
    out = []
    for picture, patch, mask, affine in zip(
        pictures, patches.pixels, patches.masks, patches.affine, strict=True
    ):
        size = picture.shape[1::-1]
        drawn = cv2.warpAffine(patch, affine, size).astype(np.float32)
        share = cv2.warpAffine(mask, affine, size)[..., None] / np.float32(255)
        out.append(np.round(picture + share * (drawn - picture)).astype(np.uint8))
    return out


def test_a_looped_film_shows_the_avatar_in_reverse(tmp_path: Path) -> None:
    person = draw_person(np.array([0, 0.1, 0.25, 0.1, 0.05]))
    opened = np.linspace(0, 0.2, 5)
    _render(person, tmp_path, Played(np.zeros(5)))
    engine = Preview(PreviewSettings(), Played(opened))
    back = LoopedClock(Fraction(25), 5, 5, _clock(5), reversed=True)
    found = PatchSet.of(engine.render(tmp_path / "avatar", SILENCE, back))
    whole = Preview(PreviewSettings(), Played(opened[::-1]))
    wanted = PatchSet.of(whole.render(tmp_path / "avatar", SILENCE, _clock(5)))
    assert np.array_equal(found.affine, wanted.affine[::-1])
    assert np.array_equal(found.pixels, wanted.pixels[::-1])


@pytest.mark.parametrize("shift", [(0, 0), (-130, 60), (90, -150)])
@pytest.mark.parametrize("size_px", ["auto", 256])
def test_what_is_looked_at_is_enough(
    shift: tuple[int, int], size_px: str | int, tmp_path: Path
) -> None:
    """Where nothing is looked at, pictures may be black; a face may reach beyond the picture."""
    person = draw_person(np.array([0, 0.1, 0.3, 0.1, 0.05, 0]))
    track = Track(person.track.points + np.array([*shift, 0], np.float32), person.track.seen)
    engine = Preview(PreviewSettings(size_px=size_px))
    region = engine.region(track, 340, 320)
    cut = [np.zeros_like(picture) for picture in person.pictures]
    for picture, whole in zip(cut, person.pictures, strict=True):
        picture[region.rows, region.columns] = whole[region.rows, region.columns]
    for pictures, name in ((person.pictures, "whole"), (cut, "cut")):
        engine.prepare(iter(pictures), track, tmp_path / name)
    assert (tmp_path / "cut").read_bytes() == (tmp_path / "whole").read_bytes()
    assert np.mean([one.mean() for one in cut]) < np.mean([one.mean() for one in person.pictures])


def _dark_px(picture: np.ndarray, dark: int = 82) -> int:
    """Pixels of an opened mouth: dark, or of teeth, which are less red than the skin."""
    red, green, _ = picture.astype(int).transpose(2, 0, 1)
    teeth = red - green < 31
    return int(((picture.max(-1) < dark) | teeth).sum())


def test_opens_and_shuts_a_moving_mouth(tmp_path: Path) -> None:
    person = draw_person(np.array([0, 0, 0, 0.1, 0.2, 0.3, 0.3, 0.2, 0.1, 0, 0, 0]))
    shut = _composite(person.pictures, _render(person, tmp_path, Played(np.zeros(12))))
    assert max(map(_dark_px, shut)) < 0.05 * _dark_px(person.pictures[5])
    wide = _composite(person.pictures, _render(person, tmp_path, Played(np.full(12, 0.3))))
    tongue = 125
    areas = [_dark_px(picture, tongue) for picture in wide]
    own = _dark_px(person.pictures[5], tongue)
    assert min(areas) > 0.7 * own and max(areas) < 1.4 * own


def test_lips_are_closed_in_silence_whatever_source_and_motion_do(tmp_path: Path) -> None:
    frames = 24
    silent = (np.arange(frames) >= 6) & (np.arange(frames) < 20)
    person = draw_person(np.repeat([0, 0.1, 0.3, 0.3, 0.2, 0, 0.1, 0.3], 3))
    patches = _render(person, tmp_path, Played(np.full(frames, 0.25), silent=silent))
    areas = np.array(list(map(_dark_px, _composite(person.pictures, patches))))
    spoken = areas[~silent].mean()
    assert areas[8:18].max() < 0.05 * spoken, "three frames are for closing, and for opening"
    assert (np.diff(areas[5:8]) < 0).all() and areas[6] > 0.4 * spoken, "eased"


def test_skin_that_is_lent_for_a_mouth_drawn_shut_is_lit_as_what_is_around_it(
    tmp_path: Path,
) -> None:
    """The frame whose shut lips are lent has light on one cheek, away from the mouth."""
    true = np.array([0, 0, 0, 0.3, 0.5, 0.6, 0.6, 0.6, 0.5, 0.3, 0, 0])
    person = draw_person(true)
    lit = np.clip((np.arange(320) - CENTRE[0] - 0.65 * MOUTH_PX) / 20, 0, 1)[None, :, None]
    bright = [
        np.clip(picture + 16 * lit * (aperture == 0), 0, 255).astype(np.uint8)
        for picture, aperture in zip(person.pictures, true, strict=True)
    ]
    person = Person(bright, person.track, true)
    shut = _composite(person.pictures, _render(person, tmp_path, Played(np.zeros(len(true)))))
    wide = int(true.argmax())
    x, y = (CENTRE + [0.95 * MOUTH_PX, 0]).astype(int)
    cheek = np.s_[y - 8 : y + 8, x - 6 : x + 6]
    apart = shut[wide][cheek].mean() - person.pictures[wide][cheek].mean()
    assert abs(apart) < 4


def test_an_open_mouth_in_the_lips_own_colour_is_open(tmp_path: Path) -> None:
    """In poor light teeth and tongue have the lips' colour: then the mesh tells."""
    true = np.array([0, 0, 0, 0, 0.08, 0.12, 0.12, 0.08, 0, 0, 0, 0] * 2)
    seen = draw_person(true)
    red = [np.where(p.max(-1, keepdims=True) < 130, LIP, p).astype(np.uint8) for p in seen.pictures]
    person = Person(red, seen.track, true)
    engine = Preview(PreviewSettings(), Played(np.zeros(len(true))))
    engine.prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    found = avatars.load(tmp_path / "avatar").mouth[:, 0]
    assert (found[true > 0.1] > 0.06).all()
    assert (found[true == 0] < 0.05).all()


def test_opens_further_than_the_person_ever_did(tmp_path: Path) -> None:
    person = draw_person(np.zeros(6))
    patches = _render(person, tmp_path, Played(np.array([0, 0.1, 0.2, 0.3, 0.2, 0.0])))
    areas = [_dark_px(picture) for picture in _composite(person.pictures, patches)]
    assert areas[0] == areas[-1] == 0
    assert areas[3] > areas[2] > areas[0]


def test_keeps_the_rest_of_the_face(tmp_path: Path) -> None:
    person = draw_person(np.array([0, 0.1, 0.3, 0.1, 0]))
    patches = _render(person, tmp_path, Played(np.array([0.3, 0, 0.1, 0.2, 0])))
    assert not patches.masks[:, [0, -1]].any()
    assert not patches.masks[:, :, [0, -1]].any()
    assert patches.masks[:, 128, 128].min() == 255
    out = _composite(person.pictures, patches)
    for before, after in zip(person.pictures, out, strict=True):
        assert np.array_equal(before[:95], after[:95])
        nose = (slice(130, 150), slice(130, 190))
        assert np.abs(before[nose].astype(int) - after[nose]).mean() < 2


def test_closure_and_strength_scale_the_opening(tmp_path: Path) -> None:
    person = draw_person(np.array([0, 0, 0.1, 0.2, 0.3, 0.2]))
    told = np.full(6, 0.25)
    plain = _render(person, tmp_path, Played(told))
    pressed = _render(person, tmp_path, Played(told, closure=1))
    gentle = _render(person, tmp_path, Played(told), strength=0.5)
    areas = [
        sum(map(_dark_px, _composite(person.pictures, patches)))
        for patches in (pressed, gentle, plain)
    ]
    assert areas[0] < 0.1 * areas[2]
    assert areas[0] < areas[1] < 0.8 * areas[2]


def test_same_in_same_out(tmp_path: Path) -> None:
    person = draw_person(np.array([0, 0.1, 0.3, 0.1, 0]))
    motion = Played(np.array([0.0, 0.1, 0.2, 0.1, 0.0]))
    first = _render(person, tmp_path, motion)
    baked = (tmp_path / "avatar").read_bytes()
    second = _render(person, tmp_path, motion)
    assert (tmp_path / "avatar").read_bytes() == baked
    assert np.array_equal(first.pixels, second.pixels)
    assert np.array_equal(first.affine, second.affine)


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_very_short_cuts(tmp_path: Path, frames: int) -> None:
    person = draw_person(np.linspace(0, 0.2, frames))
    patches = _render(person, tmp_path, Played(np.full(frames, 0.1)))
    assert patches.frames == frames
    assert np.isfinite(patches.affine).all()


def test_an_avatar_of_another_cut_is_refused(tmp_path: Path) -> None:
    engine = Preview(PreviewSettings())
    person = draw_person(np.zeros(4))
    engine.prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    with pytest.raises(ValueError, match="4 frames, wanted 5"):
        engine.render(tmp_path / "avatar", SILENCE, _clock(5))


def test_as_many_pictures_as_the_track_has_frames(tmp_path: Path) -> None:
    engine, person = Preview(PreviewSettings()), draw_person(np.zeros(4))
    for given in (person.pictures[:3], [*person.pictures, person.pictures[0]]):
        with pytest.raises(Fault, match="face track 4 frames"):
            engine.prepare(iter(given), person.track, tmp_path / "avatar")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size_px", [256, 512])
def test_what_the_engine_declares(tmp_path: Path, size_px: int) -> None:
    engine, person = Preview(PreviewSettings(size_px=size_px)), draw_person(np.zeros(4))
    engine.prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    assert (engine.window_frames, engine.overlap_frames, engine.needs_clip) == (1, 0, False)
    patches = PatchSet.of(engine.render(tmp_path / "avatar", SILENCE, _clock(4)))
    assert patches.pixels.shape[1:3] == (engine.patch_px, engine.patch_px) == (size_px, size_px)
    extent = engine.extent(tmp_path / "avatar", _clock(4))
    assert extent == mask_extent(patches.masks.max(0))
    assert avatar_engine(tmp_path / "avatar") == "preview"


def test_a_large_face_gets_large_patches_and_stays_sharp(tmp_path: Path) -> None:
    small, times = draw_person(np.array([0, 0.1, 0.2, 0])), 4
    grain = np.random.default_rng(3).normal(0, 12, (340 * times, 320 * times, 3))
    grain = cv2.GaussianBlur(grain, (0, 0), 0.8)
    pictures = [
        np.clip(cv2.resize(p, None, fx=times, fy=times) + grain, 0, 255).astype(np.uint8)
        for p in small.pictures
    ]
    track = Track(small.track.points * np.float32(times), small.track.seen)
    person = Person(pictures, track, small.apertures)
    motion = Played(np.array([0.1, 0, 0.1, 0.2]))
    sharpness = {}
    for size_px in ("auto", 256):
        patches = _render(person, tmp_path, motion, size_px=size_px)
        drawn = _composite(pictures, patches)[1]
        chin = (slice(220 * times, 235 * times), slice(145 * times, 175 * times))
        edges = [cv2.Laplacian(one[chin][..., 1], cv2.CV_32F).std() for one in (drawn, pictures[1])]
        sharpness[size_px] = edges[0] / edges[1]
        assert patches.pixels.shape[1] == (704 if size_px == "auto" else 256)
    assert sharpness["auto"] > 0.7 > 0.4 > sharpness[256]


def test_patches_are_drawn_as_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, drawn = draw_person(np.zeros(6)), []
    draw_patch = draw.draw_patch

    def counted(*given: Any) -> np.ndarray:
        drawn.append(given[2])
        return draw_patch(*given)

    monkeypatch.setattr(draw, "draw_patch", counted)
    engine = Preview(PreviewSettings(), Played(np.zeros(6)))
    engine.prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    for number, _ in enumerate(engine.render(tmp_path / "avatar", SILENCE, _clock(6))):
        assert drawn == list(range(number + 1))


def test_long_silence_with_a_shut_source_keeps_the_original() -> None:
    silent = np.ones(60, bool)
    silent[40:50] = False
    told = np.zeros(60)
    mouth = np.zeros(60)
    mouth[10:14] = 0.2
    alpha = opacity(idle(told, silent, mouth), _clock(60))
    assert (alpha[9:15] == 1).all(), "the source's mouth moves in the silence"
    assert (alpha[40:50] == 1).all(), "speech"
    assert (alpha[22:32] == 0).all(), "silent and shut for long"
    assert (alpha[50:] > 0).any()
    assert np.abs(np.diff(alpha)).max() < 0.5, "eased"
    assert (opacity(idle(told, silent, np.full(60, 0.2)), _clock(60)) == 1).all()


def _track(pictures: list[np.ndarray]) -> Track:
    mesh, points = FaceMesh(), []
    region = Region.of_detection(FaceDetector().detect(pictures[0])[0])
    for _ in range(2):
        region = Region.of_mesh(mesh.locate(pictures[0], region)[0])
    for picture in pictures:
        points.append(mesh.locate(picture, region)[0])
        region = Region.of_mesh(points[-1])
    return Track(np.stack(points), np.ones(len(points), bool))


def _mesh_aperture(track: Track) -> np.ndarray:
    points = track.points[..., :2]
    gap = np.linalg.norm(points[:, 13] - points[:, 14], axis=1)
    return gap / np.linalg.norm(points[:, 33] - points[:, 263], axis=1)


@pytest.mark.slow
@pytest.mark.skipif(not GRID.is_dir(), reason="the GRID clips are not beside the checkout")
@pytest.mark.parametrize("clip", ["s2_swwp2s.mpg", "M_swiz3n_swiz3n.mpg"])
def test_real_mouths_follow_the_motion_and_forget_the_source(clip: str, tmp_path: Path) -> None:
    with av.open(str(GRID / clip)) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    track = _track(pictures)
    told = 0.1 - 0.1 * np.cos(np.arange(len(pictures)) * 2 * np.pi / 19)
    person = Person(pictures, track, told)
    out = _composite(pictures, _render(person, tmp_path, Played(told)))
    source, drawn = _mesh_aperture(track), _mesh_aperture(_track(out))
    assert np.corrcoef(drawn, told)[0, 1] > 0.85
    still = _composite(pictures, _render(person, tmp_path, Played(np.zeros(len(told)))))
    assert _mesh_aperture(_track(still)).std() < 0.35 * source.std()
