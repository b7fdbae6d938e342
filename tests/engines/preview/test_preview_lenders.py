"""Which frames lend their lips and teeth, and that these stay the same while the mouth moves."""

from collections.abc import Callable
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import LIP, SKIN, Person, draw_person

from mouthpiece.audio.speech import Speech
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.preview import avatar as avatars
from mouthpiece.engines.preview import (
    bake,
    canvas,
    contour,
    donors,
    draw,
    inner,
    inner_seen,
    looks,
    own_lip,
    shape,
    teeth,
)
from mouthpiece.engines.preview.engine import Preview
from mouthpiece.engines.preview.motion import Motion
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.faces.track import Track

OPENINGS = np.repeat([0, 0.08, 0.15, 0.25, 0.35, 0.25, 0.15, 0.08], 4)


def played(aperture: np.ndarray) -> Callable[[Speech, Clock, int], Motion]:
    controls = np.zeros((len(aperture), 4), np.float32)
    controls[:, 0], controls[:, 1], controls[:, 2] = aperture, 1, 0.6 * aperture
    return lambda *_: Motion(controls, np.zeros(len(aperture), bool))


def drawn(person: Person, folder: Path, aperture: np.ndarray) -> list[np.ndarray]:
    """The patches of a person whose mouth is told to open."""
    engine = Preview(PreviewSettings(), played(aperture))
    engine.prepare(iter(person.pictures), person.track, folder / "avatar")
    clock = Clock(Fraction(25), 0, len(aperture))
    sound = Speech(np.zeros(16000 * 6, np.float32), 16000)
    return [patch.pixels for patch in engine.render(folder / "avatar", sound, clock)]


def spoilt(person: Person, frames: list[int], how: Callable[[np.ndarray], np.ndarray]) -> Person:
    pictures = [how(p) if i in frames else p for i, p in enumerate(person.pictures)]
    return Person(pictures, person.track, person.apertures)


def lopsided(person: Person, frames: list[int]) -> Person:
    points = person.track.points.copy()
    ids = list(shape.LOWER_OUTER[5:10] + shape.LOWER_INNER[5:10])
    points[np.ix_(frames, ids, [1])] += 9
    return Person(person.pictures, Track(points, person.track.seen), person.apertures)


def blurred(picture: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), 4)


def dark(picture: np.ndarray) -> np.ndarray:
    return (picture * 0.6).astype(np.uint8)


def captioned(person: Person, frames: list[int]) -> Person:
    """A white bar on the cheek, beside a corner of the mouth."""
    pictures = list(person.pictures)
    for frame in frames:
        x, y = np.round(person.track.points[frame, 61, :2]).astype(int)
        pictures[frame] = pictures[frame].copy()
        pictures[frame][y - 14 : y + 14, x - 14 : x - 5] = 255
    return Person(pictures, person.track, person.apertures)


@pytest.mark.parametrize("fault", ["lopsided", "blurred", "dark", "captioned"])
def test_faulty_frames_lend_nothing(fault: str, tmp_path: Path) -> None:
    person = draw_person(OPENINGS)
    faulty = [i for i in range(len(OPENINGS)) if i % 4 == 0]
    if fault == "lopsided":
        person = lopsided(person, faulty)
    elif fault == "captioned":
        person = captioned(person, faulty)
    else:
        person = spoilt(person, faulty, blurred if fault == "blurred" else dark)
    Preview(PreviewSettings()).prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    found = avatars.load(tmp_path / "avatar")
    lent = {*found.lips.tolist(), int(found.inside[0])}
    assert not lent & {*faulty}, "a good frame beside it shows the same"
    assert len(found.lips) == 1 and len(found.inside)


@pytest.mark.parametrize("lends", [True, False])
def test_a_caption_is_not_lent_and_is_not_covered(lends: bool, tmp_path: Path) -> None:
    """Shut mouths, one of which lends its lips, have a caption on the cheek, or open ones."""
    shut = np.flatnonzero(OPENINGS == 0)
    captions = [i for i in range(len(OPENINGS)) if (i in shut) == lends]
    person = captioned(draw_person(OPENINGS), captions)
    patches = drawn(person, tmp_path, np.full(len(OPENINGS), 0.15))
    found = avatars.load(tmp_path / "avatar")
    assert (int(found.lips[0]) in captions) == lends
    for frame, crop in enumerate(found.crops.read(range(len(OPENINGS)))):
        shown, left = (int((one.min(-1) > 215).sum()) for one in (crop, patches[frame]))
        assert (shown > 500) == (frame in captions) and abs(left - shown) < 40


def test_a_lopsided_mouth_moves_both_sides_alike() -> None:
    rest = np.zeros((468, 3))
    for half in (shape.UPPER_OUTER, shape.LOWER_OUTER):
        rest[list(half), 0] = np.linspace(-0.5, 0.5, 11)
    rest[shape.LOWER_OUTER[8], 1] = 0.02  # the person's own
    face = np.repeat(rest[None], 1, axis=0)
    face[0, shape.LOWER_OUTER[2], 1] += 0.2
    even = shape.evened(face, rest)[0]
    assert even[shape.LOWER_OUTER[2], 1] == pytest.approx(0.1)
    assert even[shape.LOWER_OUTER[8], 1] == pytest.approx(0.12)


def test_open_mouths_have_the_lips_of_shut_ones(tmp_path: Path) -> None:
    """Lips of another shade would flicker as the mouth opens, and those that open mouths lent had
    teeth and dark on them, where the mesh draws a mouth less open than it is.
    """
    person = draw_person(OPENINGS)

    def redder(picture: np.ndarray) -> np.ndarray:
        lips = np.abs(picture.astype(int) - LIP).max(-1) < 40
        return np.where(lips[..., None], picture * [1, 0.6, 0.6], picture).astype(np.uint8)

    person = spoilt(person, [i for i, one in enumerate(OPENINGS) if one > 0.05], redder)
    told = np.tile([0, 0.15], len(OPENINGS) // 2)
    told[-4:] = OPENINGS.max()  # as wide as the person: nothing is scaled to their own range
    patches = drawn(person, tmp_path, told)
    shades = []
    for patch in patches:
        lips = (patch[..., 0] > 120) & (patch[..., 1] < 0.65 * patch[..., 0])
        assert lips.sum() > 500
        shades.append(np.median(patch[lips], axis=0))
    assert np.abs(np.subtract(shades, LIP)).max() < 15, "they are the shut mouth's"


def test_teeth_are_the_same_row_however_far_the_mouth_is_open(tmp_path: Path) -> None:
    person = draw_person(OPENINGS)

    def toothed(number: int, picture: np.ndarray) -> np.ndarray:
        """Upper teeth with a gap that each frame shows elsewhere: averages would show many."""
        inside = (picture.max(-1) < 70).astype(np.uint8)
        rows, columns = np.nonzero(inside)
        if len(rows) < 100:
            return picture
        teeth = inside.copy()
        teeth[rows.min() + 6 :] = 0
        gap = columns.min() + 18 + number // 4 % 4 * 6
        teeth[:, gap : gap + 3] = 0
        return np.where(teeth[..., None] > 0, np.uint8(235), picture)

    pictures = [toothed(i, picture) for i, picture in enumerate(person.pictures)]
    person = Person(pictures, person.track, person.apertures)
    told = 0.2 + 0.15 * np.sin(np.arange(len(OPENINGS)))
    rows = []
    for patch in drawn(person, tmp_path, told):
        white = patch.min(-1) > 150
        if white.sum() > 150:
            rows.append(white.any(0)[106:150])
    assert len(rows) > len(told) / 2
    apart = np.mean([(row != rows[0]).sum() for row in rows])
    assert apart < 3, "of 44 columns in the middle, in which gaps of 4 lie at four places"


def lenders(
    mouth: np.ndarray,
    mesh: np.ndarray | None = None,
    cost: np.ndarray | None = None,
    row: np.ndarray | None = None,
    spot: np.ndarray | None = None,
    **seen: np.ndarray,
) -> donors.Lenders:
    """The frames that lend, of mouths between whose lips so much is seen; else nothing."""
    none = np.zeros(len(mouth))
    around = looks.Looks.empty(len(mouth))
    around.skin[:], around.spot[:] = 0, none if spot is None else spot
    names = (field.name for field in fields(teeth.Teeth))
    mesh, cost, row = (none if given is None else given for given in (mesh, cost, row))
    found = teeth.Teeth(**dict.fromkeys(names, none) | seen)
    return donors.choose_lenders(mouth, mesh, cost, row, found, around)


def test_the_frame_that_shows_the_upper_teeth_lends_them() -> None:
    mouth = np.column_stack([np.full(9, 0.25), np.ones(9)])
    row = np.array([0.02] * 8 + [0.1])
    found = lenders(mouth, row=row)
    assert found.inside[0] == 8


def test_frames_that_may_lend_their_inner_mouth_are_not_neighbours() -> None:
    mouth = np.column_stack([np.full(60, 0.25), np.ones(60)])
    found = lenders(mouth).inside
    assert len(found) == donors.MOST_INSIDE
    assert np.diff(np.sort(found)).min() >= donors.APART_FRAMES


@pytest.mark.parametrize(
    ("rows", "chosen"),
    [
        ({0: (True, 0.1)}, 0),
        ({0: (False, 0.04), 1: (True, 0.1)}, 1),
        ({0: (True, 0.24), 1: (False, 0.04), 2: (True, 0.1)}, 2),  # the first one is clenched
        ({0: (False, 0.04), 1: (True, 0.24)}, 1),
        ({0: (False, 0.04), 1: (False, 0.04)}, 0),
        ({0: (True, 0.1, 0.2), 1: (True, 0.1, 0.5), 2: (True, 0.1, 0.6)}, 1),  # a narrow row
        ({0: (True, 0.1, 0.2), 1: (True, 0.24, 0.6), 2: (True, 0.1, 0.4)}, 2),
    ],
)
def test_the_first_frame_that_shows_upper_teeth_alone_lends_them(
    rows: dict[int, tuple[bool, float] | tuple[bool, float, float]],
    chosen: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = draw_person(OPENINGS)
    Preview(PreviewSettings()).prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    found = avatars.load(tmp_path / "avatar")
    frames = found.inside[: len(rows)].tolist()
    assert len(frames) == len(rows)
    seen = inner_seen.seen

    def told(
        crop: np.ndarray, points: np.ndarray, frame: int, *_: float | bool
    ) -> inner.InnerMouth:
        has_row, reach, *breadth = rows[frames.index(frame)]
        found = seen(crop, points, frame, 0.3)
        return replace(found, has_row=has_row, reach=reach, breadth=breadth[0] if breadth else 0.5)

    monkeypatch.setattr(canvas.inner_seen, "seen", told)
    lent = canvas.Canvas.of(replace(found, inside=np.array(frames)))
    assert lent.inner.frame == frames[chosen]


def test_light_on_the_skin_changes_at_once_or_slowly() -> None:
    skin = np.full((30, 20, 3), 100, np.float32)
    skin[15:] += 40  # the light goes on
    skin[7, 3] += 30  # a shadow passes over one spot
    settled = looks.settled(skin)
    assert np.median(np.diff(settled[:, 10, 0])[14]) == pytest.approx(40, abs=1)
    assert np.abs(np.diff(settled[:14, 3, 0])).max() < 6
    assert looks.settled(skin[:1]) == pytest.approx(skin[:1])


def test_a_lip_that_takes_half_of_the_skin_s_spots_is_no_shadow() -> None:
    """The mesh ends above a lower lip that drops far: all of the drawn mouth went dark for a frame.

    The light itself, which falls on all spots, may change by as much.
    """
    usual = np.full((30, 20, 3), 110, np.float32) + np.linspace(0, 12, 20)[:, None]
    skin = usual.astype(np.float32).copy()
    skin[12:14, :11] -= 70
    assert np.abs(looks.settled(skin) - usual).max() < 6
    skin = usual.astype(np.float32).copy()
    skin[12:] -= 50
    assert looks.settled(skin) == pytest.approx(skin, abs=1)


def test_a_light_that_falls_on_a_part_of_the_skin_s_spots_is_none_on_the_others() -> None:
    """Where sun fell on one side of a mouth, all of the drawn lips went pale and grey."""
    usual = np.full((30, 20, 3), 110, np.float32) + np.linspace(0, 12, 20)[:, None]
    skin = usual.astype(np.float32).copy()
    skin[12:14, 12:] += (40, 65, 75)
    assert np.abs(looks.settled(skin) - usual)[:, :12].max() < 6


def test_sun_on_one_side_of_a_mouth_leaves_drawn_lips_on_the_other_side_as_they_are(
    tmp_path: Path,
) -> None:
    def sunlit(picture: np.ndarray) -> np.ndarray:
        lit = picture.astype(int)
        lit[:, 178:] += (30, 55, 65)
        return np.clip(lit, 0, 255).astype(np.uint8)

    person = spoilt(draw_person(np.zeros(24)), [10, 11], sunlit)
    patches = drawn(person, tmp_path, np.zeros(24))
    half = patches[0].shape[0] // 2
    beside = [patch[half - 30 : half + 30, half - 40 : half - 20].mean((0, 1)) for patch in patches]
    assert np.abs(np.array(beside) - beside[0]).max() < 6


def test_the_frames_own_lip_beyond_its_mesh_is_nothing_foreign() -> None:
    """It was kept, and drawn as a second edge below the lip. A caption beside a mouth is kept."""
    away = np.tile(np.linspace(0, 0.4, 80, dtype=np.float32)[:, None], (1, 120))
    shade = np.array([-25, -70, -60], np.float32)
    found = []
    darker = 1.3 * shade
    for change, place in ((shade, 0.08), (darker, 0.08), ([50, 90, 115], 0.08), (darker, 0.3)):
        picture = np.zeros((80, 120, 3), np.float32)
        picture[np.abs(away - place) < 0.03] = change
        found.append(float(looks.foreign(picture, away, 200, shade).max()))
    lip, dark_lip, caption, far = found
    assert max(lip, dark_lip) < 0.05 and min(caption, far) > 0.9


def below_lip(
    avatar: Path, patches: list[np.ndarray], frame: int, from_px: int
) -> tuple[float, float]:
    """How far 10 rows below the middle of the lower lip are from skin: as filmed, and as drawn."""
    found = avatars.load(avatar)
    (own,) = found.crops.pick([frame])
    x, y = np.round(found.points[frame, shape.LOWER_OUTER[5]]).astype(int).tolist()
    place = slice(y + from_px, y + from_px + 10), slice(x - 10, x + 10)
    shown, left = (np.abs(one[place].mean((0, 1)) - SKIN).max() for one in (own, patches[frame]))
    return float(shown), float(left)


def unreached(person: Person, frames: list[int], colour: tuple[int, int, int]) -> Person:
    """Something below the lower lip, as far from it as a lip that is turned out."""
    pictures = list(person.pictures)
    for frame in frames:
        x, y = np.round(person.track.points[frame, shape.LOWER_OUTER[5], :2]).astype(int).tolist()
        pictures[frame] = cv2.ellipse(
            pictures[frame].copy(), (x, y + 10), (14, 6), 0, 0, 360, colour, -1, cv2.LINE_AA
        )
    return Person(pictures, person.track, person.apertures)


@pytest.mark.parametrize(
    ("colour", "kept"), [(LIP, False), ((165, 50, 60), False), ((250, 250, 250), True)]
)
def test_the_frames_own_lower_lip_is_not_left_below_the_drawn_one(
    colour: tuple[int, int, int], kept: bool, tmp_path: Path
) -> None:
    """The mesh of a pursed lip ended above it: it was left as a spot. A caption there is kept."""
    pursed = [i for i, one in enumerate(OPENINGS) if one == 0.08]
    person = unreached(draw_person(OPENINGS), pursed, colour)
    patches = drawn(person, tmp_path, np.full(len(OPENINGS), 0.08))
    for frame in pursed:
        shown, left = below_lip(tmp_path / "avatar", patches, frame, 14)
        assert shown > 40 and (left > 40 if kept else left < 20)


@pytest.mark.parametrize(
    ("change", "shade", "found"),
    [
        ((-30, -75, -55), (-25, -70, -60), True),
        ((-15, -15, -15), (-25, -70, -60), False),  # a fold of the chin
        ((-90, -90, -90), (-25, -70, -60), False),  # a microphone
        ((60, 90, 90), (-25, -70, -60), False),  # a caption
        ((60, 30, 30), (50, 25, 25), False),  # a beard that parts around lips
    ],
)
def test_what_is_below_the_lips_is_a_lip_by_its_shade(
    change: tuple[int, int, int], shade: tuple[int, int, int], found: bool
) -> None:
    lent = np.full((200, 200, 3), 160, np.uint8)
    picture = lent.copy()
    picture[92:112] += np.array(change).astype(np.uint8)
    lower = np.column_stack([np.linspace(50, 150, 11), np.full(11, 80.0)])
    still = np.zeros((64, 64, 2), np.float32)
    below = own_lip.below(picture, lent, still, lower, 100, np.array(shade, np.float32))
    assert (0.32 < below < 0.42) if found else below == 0


@pytest.mark.parametrize(
    ("first", "change", "chin", "found"),
    [
        (80, (-95, -90, -85), 160, True),
        (92, (-95, -90, -85), 160, False),  # a microphone before the chin
        (80, (-95, -40, -20), 160, False),  # something red
        (80, (-15, -15, -15), 160, False),  # a fold
        (80, (-95, -90, -85), 60, False),  # the edge of a beard
    ],
)
def test_the_shadow_of_a_lip_begins_at_the_lip(
    first: int, change: tuple[int, int, int], chin: int, found: bool
) -> None:
    lent = np.full((200, 200, 3), 160, np.uint8)
    lent[118:] = chin
    picture = lent.copy()
    picture[first:104] += np.array(change).astype(np.uint8)
    lower = np.column_stack([np.linspace(50, 150, 11), np.full(11, 80.0)])
    still = np.zeros((64, 64, 2), np.float32)
    shade = np.array([-25, -70, -60], np.float32)
    below = own_lip.below(picture, lent, still, lower, 100, shade)
    assert (0.24 < below < 0.34) if found else below == 0


def test_the_shadow_of_a_pursed_lip_is_not_left_below_the_drawn_one(tmp_path: Path) -> None:
    pursed = [i for i, one in enumerate(OPENINGS) if one == 0.08]
    person = draw_person(OPENINGS)
    pictures = list(person.pictures)
    for frame in pursed:
        x, y = np.round(person.track.points[frame, shape.LOWER_OUTER[5], :2]).astype(int).tolist()
        shade = np.zeros(pictures[frame].shape[:2], np.uint8)
        cv2.ellipse(shade, (x, y + 5), (16, 10), 0, 0, 360, 255, -1, cv2.LINE_AA)
        soft = cv2.GaussianBlur(shade, (0, 0), 2)[..., None] / 255
        lip = person.pictures[frame][:, :, 1] < 130
        soft[lip] = 0
        pictures[frame] = np.clip(pictures[frame] - 110 * soft, 0, 255).astype(np.uint8)
    shaded = Person(pictures, person.track, person.apertures)
    patches = drawn(shaded, tmp_path, np.full(len(OPENINGS), 0.08))
    for frame in pursed:
        shown, left = below_lip(tmp_path / "avatar", patches, frame, 12)
        assert shown > 40 and left < 20


def below_pressed(person: Person, frames: list[int], half: tuple[int, int]) -> Person:
    """A soft dark ellipse just below the lower lip, of such half axes, in pixels."""
    pictures = list(person.pictures)
    for frame in frames:
        x, y = np.round(person.track.points[frame, shape.LOWER_OUTER[5], :2]).astype(int).tolist()
        dark = np.zeros(pictures[frame].shape[:2], np.float32)
        cv2.ellipse(dark, (x, y + 4), half, 0, 0, 360, 1, -1, cv2.LINE_AA)
        soft = cv2.GaussianBlur(dark, (0, 0), 1.5)[..., None]
        shaded = pictures[frame] - soft * np.float32([50, 40, 35])
        pictures[frame] = np.clip(shaded, 0, 255).astype(np.uint8)
    return Person(pictures, person.track, person.apertures)


@pytest.mark.parametrize("has_spot", [True, False])
def test_lips_with_a_spot_below_them_are_not_lent_to_shut_mouths(
    has_spot: bool, tmp_path: Path
) -> None:
    """A pressed lip's shadow was a red spot on the chin whenever the drawn lips met.

    Other shut lips are a little less sharp.
    """
    person = draw_person(np.concatenate([np.zeros(12), OPENINGS[4:]]))
    others = [i for i in range(12) if i != 5]
    person = spoilt(person, others, lambda picture: cv2.GaussianBlur(picture, (0, 0), 0.7))
    if has_spot:
        person = below_pressed(person, [5], (4, 2))
    Preview(PreviewSettings()).prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    lent = int(avatars.load(tmp_path / "avatar").lips[0])
    assert lent != 5 if has_spot else lent == 5


def test_a_shadow_as_broad_as_the_lip_is_no_spot() -> None:
    person = draw_person(np.zeros(1))
    (points,) = person.track.points[..., :2]
    spots = []
    for half in (4, 2), (30, 2):
        found = looks.Looks.empty(1)
        found.note(0, below_pressed(person, [0], half).pictures[0], points)
        spots.append(float(found.spot[0]))
    spot, shadow = spots
    assert spot > 14 > 10 > shadow


def test_a_spot_below_shut_lips_counts_against_those_below_other_shut_lips() -> None:
    mouth = np.column_stack([[0.0, 0.0, 0.0, 0.0, 0.2], np.ones(5)])
    cost = np.array([0.0, 0.2, 0.3, 0.3, 0.0])
    found = lenders(mouth, cost=cost, spot=np.array([22.0, 14, 14, 15, 14]))
    assert found.lips == 1
    found = lenders(mouth, cost=cost, spot=np.array([22.0, 21, 20, 21, 4]))
    assert found.lips == 0, "all of the shut ones have it: it is the person's own"


def test_a_cut_whose_mouth_hardly_opens_lends_no_inner_mouth() -> None:
    mouth = np.column_stack([np.full(9, 0.01), np.ones(9)])
    found = lenders(mouth)
    assert (len(found.shapes), found.lips, len(found.inside)) == (1, found.shapes[0], 0)


def test_upper_teeth_are_white_and_begin_at_the_lip() -> None:
    """A tongue is as light, but red. The lips part over the middle half of each line."""
    edges = np.full((4, 9), 0.25), np.full((4, 9), 0.75)
    parting = contour.Parting(*edges, np.full(9, 0.5), redness=np.zeros(4), stray=np.zeros(4))
    profiles = np.tile(np.float32([40, 25, 10]), (4, 9, contour.STEPS, 1))
    upper = slice(contour.STEPS // 4, contour.STEPS * 3 // 8)
    profiles[0, :, upper] = 70, 3, 8
    profiles[1, :, upper] = 62, 37, 15  # a tongue
    profiles[2, :, contour.STEPS * 5 // 8 : contour.STEPS * 3 // 4] = 70, 3, 8  # lower teeth
    points = np.zeros((4, 468, 2))
    points[:, list(shape.LOWER_OUTER[1:-1]), 1] = 40
    points[:, 61, 0] = 100
    height = teeth.upper_height(profiles, parting, points)
    assert height[0] == pytest.approx(0.4 / 8, abs=0.01)
    assert (height[1:] == 0).all()


def profiles_of(*lines: np.ndarray) -> np.ndarray:
    """Frames in which all lines across the lips are as light as this, in one redness."""
    found = np.full((len(lines), *contour.PROFILE), 20, np.float32)
    found[..., 0] = np.stack(lines)[:, None]
    return found


def test_teeth_are_a_ridge_between_two_dark_edges() -> None:
    at = (np.arange(contour.STEPS) + 0.5) / contour.STEPS
    shut = 60 - 30 * np.exp(-(((at - 0.5) / 0.1) ** 2))
    bared = shut + 25 * np.exp(-(((at - 0.5) / 0.04) ** 2))
    gleam = shut + 25 * np.exp(-(((at - 0.75) / 0.04) ** 2))
    points = np.zeros((3, 468, 2))
    for contour_half, y in (
        (shape.UPPER_OUTER, 0.0),
        (shape.UPPER_INNER, 4.8),
        (shape.LOWER_INNER, 5.2),
        (shape.LOWER_OUTER, 10.0),
    ):
        points[:, list(contour_half[1:-1]), 1] = y
        points[:, list(contour_half[1:-1]), 0] = np.arange(9)
    found = teeth.find_teeth(profiles_of(shut, bared, gleam), points, points)
    assert found.ridge[[0, 2]] == pytest.approx(0) and found.ridge[1] > teeth.SEEN
    assert found.upper[1] == pytest.approx(0.43, abs=0.05)
    assert found.lower[1] == pytest.approx(0.57, abs=0.05)
    assert (found.upper[[0, 2]] == 1).all() and (found.lower[[0, 2]] == 0).all()


def test_teeth_beside_the_place_where_shut_lips_meet_are_less_red_than_lips() -> None:
    """A smile's sliver of teeth lies lower on the lines than the crease of shut lips."""
    at = (np.arange(contour.STEPS) + 0.5) / contour.STEPS
    points = np.zeros((4, 468, 2))
    for half, y in ((shape.UPPER_INNER, 4.4), (shape.LOWER_INNER, 4.6), (shape.LOWER_OUTER, 10)):
        points[:, list(half[1:-1]), 1] = y
    light = np.tile(60 - 40 * np.exp(-(((at - 0.45) / 0.1) ** 2)), (4, 1))
    profiles = profiles_of(*light)
    profiles[..., 1] = 0.6 * (profiles[..., 0] + 16)
    low = np.abs(at - 0.6) < 0.04
    profiles[1, :, low, :2] = 45, 10  # teeth
    profiles[2, :, low, :2] = 80, 56  # a gleam
    profiles[3, ..., :2] = profiles[0, ..., :2] * 0.5 - [8, 0]  # shade
    found = teeth.find_teeth(profiles, points, points)
    assert found.ridge[1] == 0, "the ridge is looked for where the lips meet"
    assert found.red[[0, 2, 3]] == pytest.approx(0.6, abs=0.03)
    assert found.red[1] < 0.3


def crossed(*inner_y: float) -> np.ndarray:
    """The mesh of one frame with ten pixels of lips, whose inner contours lie so low, [468, 2]."""
    points = np.zeros((468, 2))
    heights = zip(
        (shape.UPPER_OUTER, shape.UPPER_INNER, shape.LOWER_INNER, shape.LOWER_OUTER),
        (0.0, *inner_y, 10.0),
        strict=True,
    )
    for half, y in heights:
        points[list(half[1:-1])] = np.column_stack([np.arange(9), np.full(9, y)])
    points[[61, 291]] = [[-10, 5], [20, 5]]
    return points


def test_a_lip_that_is_lighter_than_what_is_around_it_is_no_row_of_teeth() -> None:
    """A pink lower lip between a brown upper one and brown skin is a ridge, too, but red."""
    at = (np.arange(contour.STEPS) + 0.5) / contour.STEPS
    profiles = profiles_of(*[np.full(contour.STEPS, 36)] * 2)
    profiles[..., 1] = 16
    ridge = (at > 0.45) & (at < 0.8)
    profiles[0, :, ridge, :2] = 64, 32
    profiles[1, :, ridge, :2] = 64, 4
    points = np.stack([crossed(4.6, 5.4)] * 2)
    found = teeth.find_teeth(profiles, points, points)
    assert (found.upper[0] == 1).all() and (found.lower[0] == 0).all()
    assert (found.upper[1] < 0.5).all() and (found.lower[1] > 0.75).all()


def test_the_dark_between_lips_is_measured_and_found() -> None:
    at = (np.arange(contour.STEPS) + 0.5) / contour.STEPS
    line, gap = (np.where(np.abs(at - 0.5) < half, 8, 50) for half in (0.02, 0.1))
    profiles = profiles_of(line, gap, np.full(contour.STEPS, 50))
    points = np.stack([crossed(4.8, 5.2)] * 3)
    found = teeth.find_teeth(profiles, points, points)
    black = 1 - 8 / 50
    assert found.dark == pytest.approx([0.04 / 3 * black, 0.2 / 3 * black, 0], abs=0.006)
    upper, lower = found.dark_upper, found.dark_lower
    assert upper[1] == pytest.approx(0.4, abs=0.02) and lower[1] == pytest.approx(0.6, abs=0.02)
    assert (upper[2] == 1).all() and (lower[2] == 0).all()


def test_a_dark_gap_at_one_side_of_lips_is_measured_however_brown_it_is() -> None:
    """Lips that part at one side only, and let some light in."""
    at = (np.arange(contour.STEPS) + 0.5) / contour.STEPS
    line = np.where(np.abs(at - 0.5) < 0.02, 8, 50)
    profiles = profiles_of(line, line)
    profiles[1, 4:8, np.abs(at - 0.5) < 0.1, 0] = 30
    points = np.stack([crossed(4.8, 5.2)] * 2)
    found = teeth.find_teeth(profiles, points, points)
    assert found.dark[1] > 1.6 * found.dark[0]


def test_grey_teeth_between_lips_take_of_their_red_and_a_gleam_does_not() -> None:
    """In the shade of the lips teeth are no lighter than these: there is no ridge."""
    at = (np.arange(contour.STEPS) + 0.5) / contour.STEPS
    shut = 60 - 30 * np.exp(-(((at - 0.5) / 0.04) ** 2))
    profiles = profiles_of(*[shut] * 3)
    profiles[..., 1] = 0.5 * (profiles[..., 0] + 16)
    middle = np.abs(at - 0.5) < 0.06
    profiles[1, 3:6, middle, :2] = 36, 18  # teeth, in half of the mouth
    profiles[2, :, middle, :2] = 80, 38  # a gleam
    points = np.stack([crossed(4.8, 5.2)] * 3)
    found = teeth.find_teeth(profiles, points, points)
    assert found.faded[[0, 2]] == pytest.approx(0, abs=0.01)
    assert found.faded[1] > 0.1 and found.ridge[1] < teeth.SEEN


def bared(person: Person) -> Person:
    """Teeth that reach further than the mesh's inner contours, with a dark edge."""
    pictures = []
    for picture, points in zip(person.pictures, person.track.points, strict=True):
        upper, lower = points[list(shape.UPPER_INNER), :2], points[list(shape.LOWER_INNER), :2]
        painted = picture.copy()
        for reach_px, colour in ((4, (30, 12, 14)), (2.5, (240, 235, 225))):
            polygon = np.concatenate([upper - [0, reach_px], lower[::-1] + [0, reach_px]])
            cv2.fillPoly(painted, [np.round(polygon * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)
        pictures.append(painted)
    return Person(pictures, person.track, person.apertures)


def white_pixels(picture: np.ndarray) -> int:
    return int((picture.min(-1) > 200).sum())


def test_lips_that_never_shut_are_shut_over_all_of_their_teeth(tmp_path: Path) -> None:
    """The mesh sees the opening a third of as wide as it is, as on real people."""
    person = bared(draw_person(np.full(12, 0.08)))
    quiet = drawn(person, tmp_path, np.zeros(12))
    assert white_pixels(person.pictures[6]) > 100
    assert max(map(white_pixels, quiet)) < 100, "but for what is in the corners"


def parted(person: Person) -> Person:
    """Lips that part by more than their inner contours say, with nothing but the dark between."""
    pictures = []
    for picture, points in zip(person.pictures, person.track.points, strict=True):
        upper, lower = points[list(shape.UPPER_INNER), :2], points[list(shape.LOWER_INNER), :2]
        painted = picture.copy()
        polygon = np.concatenate([upper, lower[::-1] + [0, 2]])
        cv2.fillPoly(painted, [np.round(polygon * 16).astype(np.int32)], (8, 4, 4), cv2.LINE_AA, 4)
        pictures.append(painted)
    return Person(pictures, person.track, person.apertures)


def black_height(picture: np.ndarray) -> float:
    """How high the black is in the middle of a crop, in pixels."""
    middle = picture.shape[1] // 2
    return float((picture[:, middle - 20 : middle + 20].max(-1) < 40).sum(0).mean())


def test_lips_that_never_shut_are_shut_over_the_dark_between_them(tmp_path: Path) -> None:
    person = parted(draw_person(np.full(12, 0.07)))
    quiet = drawn(person, tmp_path, np.zeros(12))
    assert max(map(black_height, quiet)) < 2, "as they part, it is 7 pixels high"


def test_a_mouth_lends_its_shut_lips_where_the_mesh_sees_them_shut() -> None:
    mouth = np.column_stack([[0.0, 0.0, 0.02, 0.2, 0.2], np.ones(5)])
    mesh = np.array([0.09, 0.03, 0.03, 0.2, 0.2])
    cost = np.array([0.0, 0.05, 0.0, 0.0, 0.0])
    found = lenders(mouth, mesh, cost)
    assert found.lips == 1, "the first is not shut by the mesh, the third by the colour"
    ridge = np.array([0, 9, 0, 0, 0])
    found = lenders(mouth, mesh, cost, ridge=ridge)
    assert found.lips == 2, "teeth are seen between the second's"
    crease = np.array([0.3, 0.6, 0.3, 0.6, 0.6])
    found = lenders(mouth, cost=cost, crease=crease)
    assert found.lips == 0, "the second's lips do not meet in the dark"
    red = np.array([0.3, 0.5, 0.5, 0.2, 0.2])
    found = lenders(mouth, cost=cost, red=red)
    assert found.lips == 1, "something grey is between the first's"
    pink = np.array([0.40, 0.43, 0.43, 0.2, 0.2])
    found = lenders(mouth, cost=1.4 * cost, red=pink)
    assert found.lips == 1, "teeth between the first's are nearly as red as lips"
    dark = np.array([0.04, 0.01, 0.05, 0.1, 0.1])
    found = lenders(mouth, cost=cost, dark=dark)
    assert found.lips == 1, "the dark between the first's is higher than a line"
    faded = np.array([0.1, 0.02, 0.0, 0.0, 0.0])
    found = lenders(mouth, cost=cost, faded=faded)
    assert found.lips == 1, "something between the first's is less red than they are"


def test_shut_lips_are_lent_by_a_frame_that_shows_all_of_their_red() -> None:
    mouth = np.column_stack([[0.0, 0.0, 0.01, 0.2], np.ones(4)])
    cost = np.array([0.0, 0.05, 0.3, 0.0])
    fullness = np.array([9.0, 18.0, 19.0, 4.0])
    found = lenders(mouth, cost=cost, lips_red=fullness)
    assert found.lips == 1, "the first are pressed together"
    found = lenders(mouth, cost=cost, lips_red=fullness / 20)
    assert found.lips == 0, "where lips have the skin's colour, it tells nothing"


def test_where_lips_are_hardly_red_teeth_may_be_redder_than_their_crease() -> None:
    """Lips without a frame as red as others' were all taken for parted, shut ones the most."""
    mouth = np.column_stack([[0.0, 0.0, 0.2, 0.2], np.ones(4)])
    cost, mesh = np.array([0.25, 0.25, 0.0, 0.0]), np.array([0.005, 0.029, 0.2, 0.2])
    red, crease = np.array([0.23, 0.26, 0.2, 0.2]), np.array([0.7, 0.68, 0.7, 0.7])
    found = lenders(mouth, mesh, cost=cost, red=red, crease=crease)
    assert found.lips == 0, "the mesh is shut, and the rosy teeth of the second tell nothing"


def test_a_dark_red_gap_says_nothing_of_the_crease_of_shut_lips() -> None:
    """Lips that meet in a line are lighter and less red there than a gap is."""
    mouth = np.column_stack([[0.0, 0.0, 0.2, 0.2], np.ones(4)])
    cost = np.array([0.0, 0.1, 0.0, 0.0])
    crease, red = np.array([0.3, 0.7, 0.7, 0.7]), np.array([0.5, 0.4, 0.4, 0.4])
    dark = np.array([0.03, 0.01, 0.1, 0.1])
    found = lenders(mouth, cost=cost, crease=crease, red=red, dark=dark)
    assert found.lips == 1


def test_an_opening_narrows_to_its_corners_however_steep_its_contour_is() -> None:
    x = np.array([0, 1, 2, 20, 35, 50, 65, 80, 98, 99, 100], float)
    gap = np.array([0, 25, 30, 30, 30, 30, 30, 30, 30, 25, 0], float)
    upper, lower = draw._tapered(np.column_stack([x, -gap / 2]), np.column_stack([x, gap / 2]))
    heights = lower[:, 1] - upper[:, 1]
    assert heights[[0, -1]] == pytest.approx(0)
    assert heights[len(heights) // 2] == pytest.approx(30)
    assert np.abs(np.diff(heights)).max() < 3, "no step at a corner"


@pytest.mark.parametrize("side", [1, -1])
def test_no_end_of_an_opening_is_a_hook_where_one_lip_goes_straight_to_the_corner(
    side: int,
) -> None:
    """A lip that left the corner steeply bent the other one's edge away from it."""
    x = np.array([0, 1, 2, 20, 35, 50, 65, 80, 98, 99, 100], float)
    steep = side * np.array([0, 25, 30, 30, 30, 30, 30, 30, 30, 25, 0], float)
    straight, lip = np.column_stack([x, 0 * x]), np.column_stack([x, steep])
    if side > 0:
        edge, other = draw._tapered(straight, lip)
    else:
        other, edge = draw._tapered(lip, straight)
    assert np.abs(edge[:, 1]).max() < 1e-6
    assert np.abs(other[:, 1]).max() == pytest.approx(30) and other[[0, -1], 1] == pytest.approx(0)


def test_an_open_mouth_whose_lips_hold_teeth_does_not_lend_its_inside(tmp_path: Path) -> None:
    """The mesh does not draw it as open as it is."""
    person = draw_person(0.12 + 0.1 * np.sin(np.arange(24) / 2))

    def lent() -> int:
        bake.bake(iter(person.pictures), person.track, 256, tmp_path / "avatar")
        return int(avatars.load(tmp_path / "avatar").inside[0])

    first = lent()
    x, y = person.track.points[first, shape.UPPER_OUTER[7], :2]
    person.pictures[first][int(y) + 4 : int(y) + 7, int(x) - 3 : int(x) + 4] = 235
    assert lent() != first


@pytest.mark.parametrize(("light_steps", "is_shadow"), [(15, True), (12, False)])
def test_a_shadow_on_a_small_chin_is_no_beard(light_steps: int, is_shadow: bool) -> None:
    """Below a mouth that is drawn wide open the chin is near, and its underside is dark."""
    places = np.arange(own_lip.STEPS)
    lent = np.where(places < light_steps, 180.0, 60.0)
    change = np.repeat(-100 * np.exp(-(((places - 3) / 3.0) ** 2))[:, None], 3, axis=1)
    assert (own_lip._shadow(change, lent) > 0.1) is is_shadow
