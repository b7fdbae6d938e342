"""A row of upper teeth looks like teeth: parted, with rounded edges, and darker to the sides."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from drawn import DARK, MOUTH_PX, draw_person

from mouthpiece.engines.preview import avatar as avatars
from mouthpiece.engines.preview import shape
from mouthpiece.engines.preview.canvas import Canvas
from mouthpiece.engines.preview.engine import Preview
from mouthpiece.engines.preview.inner import InnerMouth
from mouthpiece.engines.preview.inner_seen import seen, tone_of, with_painted_row
from mouthpiece.engines.preview.settings import PreviewSettings

TEETH = (235, 228, 214)

Paint = Callable[[np.ndarray, np.ndarray, float], None]


def strip(top: float, edge: float, colour: tuple[int, int, int] = TEETH) -> Paint:
    """Paint one strip between the lips, so far below the upper one, in mouth widths."""

    def paint(picture: np.ndarray, mesh: np.ndarray, _: float) -> None:
        upper, lower = mesh[list(shape.UPPER_INNER)], mesh[list(shape.LOWER_INNER)]
        width = float(np.linalg.norm(mesh[61] - mesh[291]))
        begun, ended = (np.minimum(upper + [0, y * width], lower)[1:10] for y in (top, edge))
        polygon = np.round(np.concatenate([begun, ended[::-1]]) * 16).astype(np.int32)
        cv2.fillPoly(picture, [polygon], colour, cv2.LINE_AA, 4)

    return paint


def mouth(*paints: Paint, zoom: int = 1) -> tuple[InnerMouth, np.ndarray]:
    """The inner mouth of a wide open one that is painted over, with painted upper teeth where it
    shows none, and the middle of its upper lip.
    """
    person = draw_person(np.array([0.3]))
    picture = cv2.resize(person.pictures[0], None, fx=zoom, fy=zoom)
    points = zoom * person.track.points[0, :, :2]
    for paint in paints:
        paint(picture, points, 0.3)
    side = round(avatars.CROP_SIDE * MOUTH_PX * zoom)
    corner = np.round(points[13] - side / 2).astype(int)
    crop = picture[corner[1] : corner[1] + side, corner[0] : corner[0] + side]
    points = points - corner
    found = seen(crop, points, 0, 0.3)
    if not found.has_row:
        tone = tone_of([found], crop, points) if found.tone is None else found.tone
        found = with_painted_row(found, crop, points, tone)
    return found, points[13]


def across(found: InnerMouth, lip: np.ndarray, below: float) -> np.ndarray:
    """The light along a row of teeth, so far below the lip, from the middle to the right, by the
    hundredth of a mouth width.
    """
    y = round(lip[1] + below * MOUTH_PX)
    x = np.round(lip[0] + np.arange(0, 0.36, 0.01) * MOUTH_PX).astype(int)
    return np.asarray(found.upper[y, x, :3].mean(1))


def edge(found: InnerMouth, lip: np.ndarray, aside: float) -> int:
    """The last row that is teeth, so far beside the middle, in mouth widths."""
    x = round(lip[0] + aside * MOUTH_PX)
    return int(np.flatnonzero(found.upper[:, x, 3] > 100).max())


def test_teeth_are_darker_the_nearer_they_are_to_the_corners() -> None:
    """A row that was as light everywhere ended in two bright edges."""
    for found, lip in (mouth(strip(0, 0.12)), mouth()):
        light = across(found, lip, 0.02)
        middle = light[3:15].max()
        assert light[20:25].max() < 0.97 * middle
        assert light[30:33].max() < 0.8 * middle
        assert light[30:33].max() > 0.3 * middle, "not black, either"


def test_a_slab_of_teeth_is_parted_where_teeth_meet() -> None:
    for (found, lip), most in ((mouth(strip(0, 0.12)), 0.93), (mouth(), 0.99)):
        light = across(found, lip, 0.02)
        for first, gap, last in ((4, 0, 12), (10, 17, 23)):
            dip = light[max(gap - 2, 0) : gap + 3].min()
            assert 0.6 * light[first] < dip < most * min(light[first], light[last])


def test_painted_teeth_are_softly_parted_and_fade_before_the_corners() -> None:
    """A row that reached the corners, with a line at each gap, looked like a denture."""
    found, lip = mouth()
    y, x = round(lip[1]) + 1, round(lip[0])
    share = found.upper[y, :, 3]
    corners = [share[x + round(side * MOUTH_PX)] for side in (-0.36, 0.36)]
    assert share[x] > 200 and max(corners) < 0.3 * share[x]
    light = across(found, lip, 0.02)
    assert light[:2].min() > 0.86 * light[4], "a painted gap"


def test_the_corners_of_teeth_are_rounded() -> None:
    """The lower edge was one straight line."""
    for found, lip in (mouth(strip(0, 0.12)), mouth()):
        assert edge(found, lip, 0.08) > edge(found, lip, 0.175)
        assert edge(found, lip, 0.23) > edge(found, lip, 0.3)


def gapped(picture: np.ndarray, mesh: np.ndarray, _: float) -> None:
    """The person's own gaps, where others have none."""
    x, y = np.round(mesh[13]).astype(int)
    for off in (-9, 0, 9):
        cv2.line(picture, (x + off, y + 1), (x + off, y + 6), (110, 100, 95), 1, cv2.LINE_AA)


def test_a_person_s_own_gaps_go_on_behind_the_lip_and_no_others_are_drawn_beside_them() -> None:
    found, lip = mouth(strip(0, 0.12), gapped)
    light = across(found, lip, -0.03)[:22]
    gaps = [k for k in range(1, 21) if light[k] < 0.97 * min(light[k - 1], light[k + 1])]
    dips = np.flatnonzero(light < 0.93 * light.max())
    assert light[13:17].min() < 0.9 * light.max() and light[0] < 0.9 * light.max()
    assert not len(set(dips) & set(range(5, 11))), gaps


def test_a_row_under_which_it_is_dark_is_preferred_to_one_that_ends_at_the_lower_lip(
    tmp_path: Path,
) -> None:
    """Upper and lower teeth of a clenched mouth were drawn as one block."""

    openings = np.repeat([0, 0.14, 0.19, 0.3, 0.3, 0.19, 0.14, 0], 3)
    person = draw_person(openings)
    for picture, points, opening in zip(
        person.pictures, person.track.points, openings, strict=True
    ):
        if 0.05 < opening < 0.25:
            strip(0, 0.4, colour=(150, 140, 134))(picture, points[..., :2], float(opening))
        if opening > 0.05:
            strip(0, 0.12)(picture, points[..., :2], float(opening))
    Preview(PreviewSettings()).prepare(iter(person.pictures), person.track, tmp_path / "avatar")
    found = avatars.load(tmp_path / "avatar")
    block, parted = 7, 10
    chosen = Canvas.of(replace(found, inside=np.array([block, parted]))).inner
    alone = Canvas.of(replace(found, inside=np.array([block]))).inner
    assert alone.is_clear and alone.frame == block, "it is taken where there is no other"
    assert chosen.frame == parted


def test_a_sliver_of_lower_teeth_is_left_out() -> None:
    """It floated in a mouth that opens wider, dark above and below."""
    sliver, teeth = (
        mouth(strip(0, 0.1), strip(*low), zoom=3)[0] for low in ((0.21, 0.225), (0.18, 0.28))
    )
    assert not sliver.lower[..., 3].any() and teeth.lower[..., 3].any()


def test_lower_teeth_that_do_not_stand_on_the_lip_are_left_out() -> None:
    """What the dark below upper teeth parts from them, or gleams on the tongue, floated."""
    floating, standing = (
        mouth(strip(0, 0.08), strip(*low), zoom=3)[0] for low in ((0.13, 0.2), (0.2, 0.3))
    )
    assert not floating.lower[..., 3].any() and standing.lower[..., 3].any()
    assert floating.has_row and standing.has_row


def test_lower_teeth_are_left_out_where_the_upper_ones_are_painted() -> None:
    """Two teeth, of which nobody knew to which row they belong, lay on the lip as a white block."""
    alone, both = (mouth(*rows, strip(0.2, 0.3), zoom=3)[0] for rows in ((), (strip(0, 0.08),)))
    assert not alone.has_row and not alone.lower[..., 3].any()
    assert both.has_row and both.lower[..., 3].any()


def test_lower_teeth_go_on_behind_the_lip_and_into_the_dark_at_their_ends() -> None:
    """They were a bar with hard ends, as light as the upper ones and lighter at its ends."""
    found, lip = mouth(strip(0, 0.08), strip(0.2, 0.28), zoom=3)
    share = found.lower[..., 3].astype(float)
    light = found.lower[..., :3].mean(2) * share / 255
    x, y = np.round(lip + [0, 0.25 * 3 * MOUTH_PX]).astype(int)
    hidden = round(lip[1] + 0.36 * 3 * MOUTH_PX)
    assert share[hidden, x] == share[y, x] == 255, "the lip hides them, nothing ends above it"
    assert 0.4 * light[y, x] < light[hidden, x] < 0.8 * light[y, x], "it is dark behind the lip"
    assert light[y, x] < 0.95 * found.upper[round(lip[1] + 3), x, :3].mean()
    row = light[y, x:][share[y, x:] > 0]
    assert (np.diff(row) <= 1).all() and row[-1] < 0.2 * row[0]


def test_painted_teeth_are_no_redder_than_most_people_s() -> None:
    """Teeth in the shade of lips are lit by them, and were painted salmon."""

    def rosy(picture: np.ndarray, mesh: np.ndarray, opening: float) -> None:
        before = picture.copy()
        strip(0.14, 0.28)(picture, mesh, opening)
        picture[(picture != before).any(2)] = (190, 132, 124)

    found, lip = mouth(rosy)
    assert found.tone is not None and not found.has_row
    y, x = round(lip[1]) + 1, round(lip[0] + 0.08 * MOUTH_PX)
    red, *others = found.upper[y, x, :3].astype(float)
    assert 1 - np.mean(others) / red < 0.29
    assert red > 2 * max(DARK)
