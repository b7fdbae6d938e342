"""An open mouth shows a row of upper teeth before a dark red cavity; a shut one shows none."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from drawn import LIP, MOUTH_PX, SKIN, Person, draw_person

from mouthpiece.audio.speech import Speech
from mouthpiece.core.spans import find_spans
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.preview import avatar as avatars
from mouthpiece.engines.preview import inner, shape
from mouthpiece.engines.preview.canvas import Canvas
from mouthpiece.engines.preview.engine import Preview
from mouthpiece.engines.preview.inner import InnerMouth
from mouthpiece.engines.preview.inner_seen import seen, tone_of, with_painted_row
from mouthpiece.engines.preview.motion import Motion
from mouthpiece.engines.preview.painted_teeth import painted_row, seen_tone, unseen_tone
from mouthpiece.engines.preview.painter import Painter
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.engines.preview.upper_teeth import UpperTeeth, redness, seen_row
from mouthpiece.faces.track import Track

OPENINGS = np.repeat([0, 0.1, 0.2, 0.3, 0.3, 0.2, 0.1, 0], 3)
TEETH = (235, 228, 214)


def drawn(person: Person, folder: Path, aperture: np.ndarray) -> list[np.ndarray]:
    """The patches of a person whose mouth is told to open."""
    controls = np.zeros((len(aperture), 4), np.float32)
    controls[:, 0], controls[:, 1], controls[:, 2] = aperture, 1, 0.6 * aperture
    motion = Motion(controls, np.zeros(len(aperture), bool))
    engine = Preview(PreviewSettings(), lambda *_: motion)
    engine.prepare(iter(person.pictures), person.track, folder / "avatar")
    sound = Speech(np.zeros(16000 * 6, np.float32), 16000)
    clock = Clock(Fraction(25), 0, len(aperture))
    return [patch.pixels for patch in engine.render(folder / "avatar", sound, clock)]


def painted_over(person: Person, paint: Callable[[np.ndarray, np.ndarray, float], None]) -> Person:
    """A person whose pictures are changed, given their meshes and openings."""
    pictures = []
    for picture, points, opening in zip(
        person.pictures, person.track.points, person.apertures, strict=True
    ):
        changed = picture.copy()
        paint(changed, points[..., :2], float(opening))
        pictures.append(changed)
    return Person(pictures, person.track, person.apertures)


def toothed(picture: np.ndarray, points: np.ndarray, opening: float) -> None:
    """A row of teeth, a tenth of the mouth's width high."""
    upper, lower = points[list(shape.UPPER_INNER[2:9])], points[list(shape.LOWER_INNER[2:9])]
    edge = np.minimum(upper + [0, 0.1 * MOUTH_PX], lower)
    if opening > 0.05:
        polygon = np.round(np.concatenate([upper, edge[::-1]]) * 16).astype(np.int32)
        cv2.fillPoly(picture, [polygon], TEETH, cv2.LINE_AA, 4)


def middle_column(patch: np.ndarray) -> np.ndarray:
    """The colours down the middle of the mouth, [N, 3] float."""
    middle = patch.shape[1] // 2
    return patch[70:190, middle - 4 : middle + 5].mean(1)


def whitish(colours: np.ndarray) -> np.ndarray:
    return (colours[:, 0] - colours[:, 1] < 30) & (colours[:, 0] < 230) & (colours[:, 0] > 85)


def test_an_open_mouth_shows_teeth_and_dark_red_though_its_film_shows_a_black_hole(
    tmp_path: Path,
) -> None:
    person = draw_person(OPENINGS)
    found = middle_column(drawn(person, tmp_path, OPENINGS)[12])
    row = np.flatnonzero(whitish(found))
    dark = np.flatnonzero(found.max(1) < 90)
    assert 3 <= len(row) <= 14 and len(dark) > 6
    assert row.max() < dark.max(), "teeth hang above"
    assert (found[dark, 0] > 1.8 * found[dark, 1]).all() and found[dark, 0].min() > 30


def test_shown_teeth_are_as_high_as_in_the_film_and_stay_where_they_are(tmp_path: Path) -> None:
    person = painted_over(draw_person(OPENINGS), toothed)
    patches = drawn(person, tmp_path, np.tile([0.12, 0.2, 0.3], len(OPENINGS) // 3))
    edges = []
    for patch in patches[6:18]:
        white = np.flatnonzero(middle_column(patch).min(1) > 150)
        white = white[white > 30]
        edges.append(white[white < 60].max())
    assert np.ptp(edges) <= 3, "the lower edge does not go with the jaw"


def open_mouth(
    paint: Callable[[np.ndarray, np.ndarray, float], None],
) -> tuple[np.ndarray, np.ndarray]:
    """The picture, square, and the mesh of an open mouth that is painted over."""
    person = painted_over(draw_person(np.array([0.3])), paint)
    picture = person.pictures[0]
    return picture[: picture.shape[1]], person.track.points[0, :, :2]


def row_of(
    picture: np.ndarray,
    points: np.ndarray,
    lips: tuple[int, int, int] = LIP,
    in_warm_light: bool = False,
) -> UpperTeeth | None:
    size = len(picture)
    core = np.zeros((size, size), np.uint8)
    area = np.concatenate([points[list(shape.UPPER_INNER)], points[list(shape.LOWER_INNER)][::-1]])
    cv2.fillPoly(core, [np.round(area).astype(np.int32)], 1)
    high, low = (points[half, 1].mean() for half in (shape.UPPER_MIDDLE, shape.LOWER_MIDDLE))
    depth = (np.arange(size)[:, None] - high) / (low - high) + np.zeros((1, size))
    colour = np.array(lips, np.float32)
    return seen_row(picture, core > 0, depth, MOUTH_PX, colour, in_warm_light)


def test_the_dark_below_is_not_of_the_teeth() -> None:
    picture, points = open_mouth(toothed)
    high = points[list(shape.UPPER_MIDDLE), 1].mean()
    row = row_of(picture, points)
    assert row is not None and abs(row.reach - 0.1) < 0.03
    x = round(points[13, 0])
    shown = row.share[:, x]
    assert shown[round(high) - 8] > 0.9, "carried on behind the lip"
    assert shown[round(high + 0.05 * MOUTH_PX)] > 0.9
    assert shown[round(high + 0.16 * MOUTH_PX) :].max() < 0.1
    assert row_of(np.full_like(picture, 20), points) is None


def row(
    top: float, edge: float, colour: tuple[int, int, int], points: tuple[int, int] = (2, 9)
) -> Callable[[np.ndarray, np.ndarray, float], None]:
    """Paint something between the lips, from and to so far below the upper one, in mouth widths."""

    def paint(picture: np.ndarray, mesh: np.ndarray, _: float) -> None:
        upper, lower = mesh[list(shape.UPPER_INNER)], mesh[list(shape.LOWER_INNER)]
        begun, ended = (
            np.minimum(upper + [0, y * MOUTH_PX], lower)[slice(*points)] for y in (top, edge)
        )
        polygon = np.round(np.concatenate([begun, ended[::-1]]) * 16).astype(np.int32)
        cv2.fillPoly(picture, [polygon], colour, cv2.LINE_AA, 4)

    return paint


def test_teeth_with_the_dark_above_them_are_lower_ones() -> None:
    assert row_of(*open_mouth(row(0, 0.12, TEETH))) is not None
    assert row_of(*open_mouth(row(0.08, 0.2, TEETH))) is None


def test_what_is_as_red_as_lips_is_no_row_of_teeth() -> None:
    gleam = tuple(min(255, round(1.25 * one)) for one in LIP)
    assert row_of(*open_mouth(row(0, 0.12, gleam))) is None


def test_teeth_in_warm_light_are_a_row_and_a_tongue_in_it_is_none() -> None:
    """White teeth were painted brown: under a warm lamp they are nearly as red as dark lips."""
    lips = (172, 107, 72)
    teeth, tongue = (open_mouth(row(0, 0.12, one)) for one in ((236, 176, 125), (196, 124, 88)))
    assert row_of(*teeth, lips) is None, "they may gleam"
    assert row_of(*teeth, lips, in_warm_light=True) is not None
    assert row_of(*tongue, lips, in_warm_light=True) is None


def test_what_is_redder_than_pale_lips_is_no_row_of_teeth_either() -> None:
    # A mesh that is beside the lips takes the skin for them, and a lip for what they show.
    pale = (116, 92, 79)
    assert row_of(*open_mouth(row(0, 0.12, (119, 82, 80))), pale) is None
    assert row_of(*open_mouth(row(0, 0.12, (137, 122, 111))), pale) is not None


def test_teeth_go_on_behind_the_lip_as_white_as_they_are_below_its_shade() -> None:
    def shaded(picture: np.ndarray, points: np.ndarray, opening: float) -> None:
        row(0, 0.12, TEETH)(picture, points, opening)
        row(0, 0.03, (168, 128, 118))(picture, points, opening)

    picture, points = open_mouth(shaded)
    found = row_of(picture, points)
    assert found is not None
    x, y = np.round(points[13] + [0.16 * MOUTH_PX, 0]).astype(int)  # the middle of a tooth
    for above_px in (1, 0, -2):
        assert found.colours[y - above_px, x].min() > 0.85 * min(TEETH), above_px


def test_a_row_of_which_the_middle_is_seen_goes_on_to_the_sides_in_shade() -> None:
    picture, points = open_mouth(row(0, 0.12, TEETH, (3, 8)))
    found, broad = row_of(picture, points), row_of(*open_mouth(row(0, 0.12, TEETH, (1, 10))))
    assert found is not None and broad is not None and found.breadth < broad.breadth
    x, y = np.round(points[13] + [0, 0.06 * MOUTH_PX]).astype(int)
    side = found.colours[y, x : x + round(0.32 * MOUTH_PX)].mean(1)
    assert found.share[y, x + round(0.22 * MOUTH_PX)] > 0.9
    assert side.max() > 1.3 * side[-1] > 0 and np.diff(side).min() > -40, "no edge"


def test_scraps_below_the_upper_teeth_are_no_lower_ones() -> None:
    def scraps(picture: np.ndarray, points: np.ndarray, opening: float) -> None:
        row(0, 0.08, TEETH)(picture, points, opening)
        x, y = np.round(points[14]).astype(int)
        cv2.rectangle(picture, (x + 8, y - 7), (x + 10, y - 6), TEETH, -1)

    lower = [
        seen(picture, points, 0, 0.3).lower[..., 3].max()
        for picture, points in (open_mouth(scraps), open_mouth(both_rows))
    ]
    assert lower[0] == 0 and lower[1] > 200


def both_rows(picture: np.ndarray, points: np.ndarray, opening: float) -> None:
    """Upper and lower teeth, parted."""
    row(0, 0.08, TEETH)(picture, points, opening)
    row(0.18, 0.28, TEETH)(picture, points, opening)


def rows_drawn(lip_lower_px: float, aperture: float = 0.3) -> list[list[int]]:
    """The first and last row of each row of teeth, in the middle of an incisor of a mouth whose
    lower lip is drawn so much lower in the face than in the film, from the upper lip on.
    """
    picture, points = open_mouth(both_rows)
    mouth, size = seen(picture, points, 0, 0.3), len(picture)
    lip = points[shape.LOWER_MIDDLE].mean(0) + [0, lip_lower_px]
    x, first, end = round(points[13, 0] + 0.16 * MOUTH_PX), round(points[13, 1]), round(lip[1])
    whole = slice(0, size), slice(0, size)
    skull, low = np.eye(2, 3), np.full(size, lip[1])
    image = inner.draw(mouth, skull, lip, low, MOUTH_PX, aperture, whole, whole)
    white = image[first:end, x - 2 : x + 3].mean(1).min(1) > 120
    return [list(span) for span in find_spans(white)]


def test_lower_teeth_go_with_the_lower_lip_wherever_the_mouth_is_drawn() -> None:
    """They hung from the upper ones where the mouth was drawn lower in the face."""
    as_filmed, lower = rows_drawn(0), rows_drawn(8)
    assert len(as_filmed) == len(lower) == 2
    assert lower[0] == as_filmed[0], "upper teeth go with the skull"
    assert lower[1] == [edge + 8 for edge in as_filmed[1]]


def test_a_row_that_the_lower_lip_cuts_to_a_half_moon_is_carried_on_behind_it() -> None:
    """Such a half moon hung in a mouth that opens wider."""

    def moon(picture: np.ndarray, points: np.ndarray, _: float) -> None:
        upper = points[list(shape.UPPER_INNER[2:9])]
        across = (upper[:, 0] - upper[3, 0]) / MOUTH_PX
        edge = upper[:, 1].max() + (0.14 - 1.6 * across**2) * MOUTH_PX
        edge = np.column_stack([upper[:, 0], np.maximum(edge, upper[:, 1])])
        polygon = np.round(np.concatenate([upper, edge[::-1]]) * 16).astype(np.int32)
        cv2.fillPoly(picture, [polygon], TEETH, cv2.LINE_AA, 4)

    picture, points = open_mouth(moon)
    found = row_of(picture, points)
    assert found is not None
    last = np.where(found.share > 0.5, np.arange(len(picture))[:, None], 0).max(0)
    middle, aside = (round(float(points[13, 0]) + off * MOUTH_PX) for off in (0, 0.22))
    assert 0 <= last[middle] - last[aside] < 0.04 * MOUTH_PX, "as seen, it is .08 mouth widths"


def test_gleams_in_a_row_are_no_lower_teeth() -> None:
    """They floated as white dots in the dark of a wide mouth."""

    def gleaming(picture: np.ndarray, points: np.ndarray, opening: float) -> None:
        row(0, 0.08, TEETH)(picture, points, opening)
        x, y = np.round(points[14] - [0, 0.06 * MOUTH_PX]).astype(int)
        for off in (-17, -6, 5, 16):
            picture[y - 5 : y + 2, x + off - 1 : x + off + 2] = TEETH

    gleams, teeth = (seen(*open_mouth(paint), 0, 0.3).lower for paint in (gleaming, both_rows))
    assert not gleams[..., 3].any() and teeth[..., 3].any()


def test_of_a_mouth_that_is_always_clenched_the_upper_teeth_are_half(tmp_path: Path) -> None:
    """Both rows were drawn as one, twice as long as teeth."""

    def clenched(picture: np.ndarray, points: np.ndarray, opening: float) -> None:
        row(0, 0.9 * opening, TEETH)(picture, points, opening)

    person = painted_over(draw_person(np.minimum(OPENINGS, 0.2)), clenched)
    Preview(PreviewSettings()).prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    found = avatars.load(tmp_path / "avatar")
    mouth, frame = Canvas.of(found).inner, int(found.inside[0])
    (crop,) = found.crops.pick([mouth.frame])
    both = seen(crop, found.points[mouth.frame], mouth.frame, mouth.aperture)
    assert frame == mouth.frame and both.has_row and not both.is_clear
    heights = [np.median((one.upper[..., 3] > 127).sum(0)[118:139]) for one in (mouth, both)]
    width = crop.shape[0] / avatars.CROP_SIDE
    assert heights[1] - heights[0] == round((both.reach - mouth.reach) * width)
    assert 0.4 < mouth.reach / mouth.aperture < 0.6 < both.reach / both.aperture


def test_a_row_that_is_two_at_one_side_is_passed_over() -> None:
    """Upper and lower teeth that met at one side were cut out as one slanted row."""

    def slanted(picture: np.ndarray, points: np.ndarray, opening: float) -> None:
        upper = points[list(shape.UPPER_INNER[1:10])]
        edge = upper + np.column_stack([np.zeros(9), np.linspace(0.06, 0.19, 9) * MOUTH_PX])
        polygon = np.round(np.concatenate([upper, edge[::-1]]) * 16).astype(np.int32)
        cv2.fillPoly(picture, [polygon], TEETH, cv2.LINE_AA, 4)

    level, tilted = (
        seen(*open_mouth(paint), 0, 0.3) for paint in (row(0, 0.12, TEETH, (1, 10)), slanted)
    )
    assert level.is_clear and tilted.has_row and not tilted.is_clear


def test_teeth_between_lips_that_hardly_part_are_dim_and_in_their_tint(tmp_path: Path) -> None:
    """They were a strip of grey, much lighter than people's own."""
    person = painted_over(draw_person(OPENINGS), toothed)
    Preview(PreviewSettings()).prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    painter = Painter.of(avatars.load(tmp_path / "avatar"))
    crops = painter.person.crops.pick([0])
    teeth = []
    for aperture in (0.05, 0.2):
        (target,) = painter.targets(np.array([[aperture, 1.0, 0, 0]]), [0])
        patch = painter.patch(0, crops[0], target, aperture, 1.0).pixels
        x, y = np.round(target[13] + [0.08 * MOUTH_PX, 0.02 * MOUTH_PX]).astype(int)
        teeth.append(patch[y - 1 : y + 2, x - 3 : x + 4].mean((0, 1)))
    narrow, wide = teeth
    assert narrow.mean() < 0.85 * wide.mean()
    assert narrow[0] - narrow[1:].mean() > wide[0] - wide[1:].mean() + 20


def test_it_is_dark_between_upper_and_lower_teeth_however_near_they_come() -> None:
    found = rows_drawn(-7)
    assert len(found) == 2 and found[0] == rows_drawn(0)[0]
    assert found[1][0] - found[0][1] >= 1


def test_a_painted_row_is_lit_from_the_front_and_ends_at_its_edge() -> None:
    crop = np.full((256, 256, 3), (200, 160, 140), np.uint8)
    x = np.linspace(83, 173, 11)
    upper = np.column_stack([x, np.full(11, 128.0)])
    row = painted_row(crop, upper, 91.0, 1.0, np.array([230, 210, 200]))
    assert row.share[128 + 2, 136] > 0.9 and row.share[128 + 12, 136] < 0.05
    assert row.share[130, 60] < 0.05
    assert row.colours[130, 126].mean() > 1.15 * row.colours[130, 100].mean()


def painted(picture: np.ndarray, points: np.ndarray) -> InnerMouth:
    """The inner mouth that a frame shows, with upper teeth that are painted into it."""
    found = seen(picture, points, 0, 0.3)
    assert not found.has_row and not found.upper[..., 3].any()
    tone = tone_of([found], picture, points) if found.tone is None else found.tone
    return with_painted_row(found, picture, points, tone)


def middle_tooth(mouth: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The colour of upper teeth that are painted, below the lip."""
    picture, points = mouth
    upper = painted(picture, points).upper
    y, x = np.round(points[13, ::-1]).astype(int) + [2, 3]
    assert upper[y, x, 3] > 200
    return upper[y, x, :3].astype(float)


def test_painted_teeth_are_as_light_as_those_that_are_seen() -> None:
    """Below teeth painted grey, the real lower ones shone white."""
    tooth = middle_tooth(open_mouth(row(0.14, 0.28, TEETH)))
    assert np.abs(tooth / TEETH - 1).max() < 0.15


def test_painted_teeth_are_hardly_lighter_than_what_may_be_teeth() -> None:
    """In a faded film, whose teeth cannot be told from its lips, white ones shone."""
    pale = (LIP[0] + 4, LIP[1] + 6, LIP[2] + 6)
    tooth = middle_tooth(open_mouth(row(0.14, 0.28, pale)))
    assert tooth.mean() < 1.2 * np.mean(pale) < 0.9 * np.mean(SKIN)
    assert redness(tooth) < 0.6 * redness(np.array(pale)), "and no redder than teeth"


def test_painted_teeth_are_as_light_as_skin_where_none_are_seen() -> None:
    tooth = middle_tooth(open_mouth(lambda *_: None))
    assert tooth.mean() > 0.9 * np.mean(SKIN)


def test_painted_teeth_are_in_the_light_that_the_mouth_is_in() -> None:
    """A nose's shadow lies on the mouth: a strip as light as the rest of the face shone in it."""

    def shaded(picture: np.ndarray, points: np.ndarray, _: float) -> None:
        x, y = np.round(points[13]).astype(int)
        shade = np.s_[y - 30 : y + 50, x - 50 : x + 50]
        picture[shade] = picture[shade] // 2

    tooth = middle_tooth(open_mouth(shaded))
    assert 0.45 * np.mean(SKIN) < tooth.mean() < 0.7 * np.mean(SKIN)


def test_painted_teeth_are_not_as_black_as_a_beard() -> None:
    lips = np.array([180, 110, 100])
    assert unseen_tone(np.array([40, 36, 34]), lips).mean() > lips.mean()


def test_teeth_are_painted_in_the_tone_that_another_frame_shows(tmp_path: Path) -> None:
    """The best frame of a mouth may show none where others show the lower ones."""

    def lower_when_wide(picture: np.ndarray, points: np.ndarray, opening: float) -> None:
        if opening > 0.25:
            row(0.16, 0.28, TEETH)(picture, points, opening)

    person = painted_over(draw_person(OPENINGS), lower_when_wide)
    Preview(PreviewSettings()).prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    best, wide = 7, 10
    found = replace(avatars.load(tmp_path / "avatar"), inside=np.array([best, wide]))
    mouth = Canvas.of(found).inner
    assert mouth.frame == wide and mouth.tone is not None and not mouth.has_row
    assert Canvas.of(replace(found, inside=np.array([best]))).inner.tone is None


def test_teeth_are_painted_into_the_frame_that_shows_the_lightest(tmp_path: Path) -> None:
    """The best frame of a mouth showed its teeth in the shade, and they were grey in all others."""

    def lower(picture: np.ndarray, points: np.ndarray, opening: float) -> None:
        if opening > 0.15:
            colour = TEETH if opening > 0.25 else (150, 142, 134)
            row(0.6 * opening, 0.95 * opening, colour)(picture, points, opening)

    person = painted_over(draw_person(OPENINGS), lower)
    Preview(PreviewSettings()).prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    shaded, bright = 7, 10
    found = replace(avatars.load(tmp_path / "avatar"), inside=np.array([shaded, bright]))
    mouth = Canvas.of(found).inner
    alone = Canvas.of(replace(found, inside=np.array([shaded]))).inner
    assert alone.tone is not None and mouth.frame == bright and not mouth.has_row
    teeth = [one.upper[one.upper[..., 3] > 200][:, :3].mean() for one in (alone, mouth)]
    assert teeth[0] < 0.75 * teeth[1]


def test_painted_teeth_are_a_glimpse_however_low_the_lip_hangs() -> None:
    mouth = painted(*open_mouth(lambda *_: None))
    shown = [mouth.reach + mouth.reaching(low).lowered - low for low in (-0.02, 0.0, 0.05)]
    assert min(shown) > 0.03 and shown[1] < 0.05 > shown[2]


def test_no_wall_behind_a_cheek_whitens_painted_teeth() -> None:
    picture = np.full((64, 64, 3), (90, 60, 55), np.uint8)
    core = np.zeros((64, 64), bool)
    core[20:40, 20:40] = True
    picture[20:40, 20:30], picture[20:40, 30:40] = 20, 255
    tone = seen_tone(picture, core, np.array([120, 60, 60], np.float32))
    assert tone is not None and 70 < tone.mean() < 110


def test_a_cut_that_never_shows_shut_lips_has_a_shut_face(tmp_path: Path) -> None:
    """A smile that bares the teeth all the time: what is lacking is more than an opening."""
    person = draw_person(np.full(8, 0.2))
    Preview(PreviewSettings()).prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    found = avatars.load(tmp_path / "avatar")
    assert found.donor_mouths[0].tolist() == [0, 1]
    gap = (
        found.donor_shapes[:, shape.LOWER_MIDDLE, 1] - found.donor_shapes[:, shape.UPPER_MIDDLE, 1]
    )
    assert abs(gap[0]).max() < 0.01 < gap[1].min()


def test_a_wide_mouth_that_is_drawn_shut_leaves_no_lip_below(tmp_path: Path) -> None:
    """The mesh finds the lower lip of a wide mouth too high: some of it lies on the chin."""

    def low_lip(picture: np.ndarray, points: np.ndarray, opening: float) -> None:
        if opening > 0.4:
            x, y = points[17] + [0, 0.15 * MOUTH_PX]
            cv2.ellipse(picture, ((float(x), float(y)), (24.0, 8.0), 0.0), LIP, -1, cv2.LINE_AA)

    person = painted_over(draw_person(np.repeat([0, 0, 0, 0.2, 0.5, 0.5], 4)), low_lip)
    points = person.track.points.copy()
    points[:, list(shape.CHIN_POINTS), 1] += 0.9 * MOUTH_PX * person.apertures[:, None]
    person = Person(person.pictures, Track(points, person.track.seen), person.apertures)
    shut = drawn(person, tmp_path, np.zeros(24))
    below = [patch[136:210, 100:156].astype(int) for patch in shut]
    red = [int((one[..., 0] - one[..., 1] > 70).sum()) for one in below]
    assert max(red[16:]) <= max(red[:12]) + 20


def test_a_row_that_is_as_red_as_pale_lips_is_a_lip() -> None:
    """Lips in a white beard, drawn as a row of teeth."""
    pale = (98, 84, 82)
    assert row_of(*open_mouth(row(0, 0.12, (114, 92, 91))), pale) is None
    assert row_of(*open_mouth(row(0, 0.12, (114, 103, 99))), pale) is not None
