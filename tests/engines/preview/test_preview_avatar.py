"""The inner lips are found in the picture, whatever the mesh says."""

from pathlib import Path

import numpy as np
import pytest
from drawn import draw_person

from mouthpiece.core.errors import Fault
from mouthpiece.engines.avatar_file import avatar_engine
from mouthpiece.engines.preview import avatar, bake, shape
from mouthpiece.faces.track import Track


def baked_of(pictures: list[np.ndarray], track: Track, folder: Path) -> avatar.Avatar:
    bake.bake(iter(pictures), track, 256, folder / "avatar")
    return avatar.load(folder / "avatar")


def test_opening_is_measured_where_the_mesh_draws_it_too_small(tmp_path: Path) -> None:
    true = np.array([0, 0, 0, 0.1, 0.15, 0.2, 0.2, 0.15, 0.1, 0, 0, 0])
    person = draw_person(true)
    points = person.track.points.copy()
    middle = (points[:, list(shape.UPPER_INNER)] + points[:, list(shape.LOWER_INNER)]) / 2
    for contour in (shape.UPPER_INNER, shape.LOWER_INNER):
        points[:, list(contour)] += 0.6 * (middle - points[:, list(contour)])
    mistaken = Track(points, person.track.seen)
    baked = baked_of(person.pictures, mistaken, tmp_path)
    assert baked.mouth[:, 0] == pytest.approx(true, abs=0.06)
    assert np.corrcoef(baked.mouth[:, 0], true)[0, 1] > 0.97


def test_avatar_file_gives_back_what_was_baked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, kept = draw_person(np.array([0, 0.1, 0.25, 0.1, 0])), {}
    save = avatar.save

    def keep(path: Path, crops: Path, arrays: dict[str, np.ndarray], size_px: int) -> None:
        kept.update(arrays)
        save(path, crops, arrays, size_px)

    monkeypatch.setattr(avatar, "save", keep)
    loaded = baked_of(person.pictures, person.track, tmp_path)
    crops = [
        bake._cut_out(picture, matrix, 256)
        for picture, matrix in zip(person.pictures, kept["affine"], strict=True)
    ]
    assert np.array_equal(list(loaded.crops.read()), crops)
    for name in avatar.ARRAYS:
        assert np.array_equal(getattr(loaded, name), kept[name]), name
    assert (np.diff(loaded.donor_mouths[:, 0]) > 0).all()
    assert (avatar.load_size(tmp_path / "avatar"), loaded.size_px) == (256, 256)
    assert avatar_engine(tmp_path / "avatar") == "preview"


def test_a_broken_avatar_is_a_fault_that_names_it(tmp_path: Path) -> None:
    for content in (b"", b"garbage"):
        (tmp_path / "avatar.zip").write_bytes(content)
        with pytest.raises(Fault, match=r"avatar\.zip: the file is broken"):
            avatar.load(tmp_path / "avatar.zip")
        with pytest.raises(Fault, match=r"avatar\.zip: the file is broken"):
            avatar_engine(tmp_path / "avatar.zip")


def test_points_lie_where_the_crop_shows_them(tmp_path: Path) -> None:
    person = draw_person(np.array([0, 0.1, 0.25, 0.1, 0]))
    baked = baked_of(person.pictures, person.track, tmp_path)
    corners = baked.points[:, [61, 291]]
    placed = np.einsum("tij,tnj->tni", baked.affine[:, :, :2], corners)
    placed += baked.affine[:, None, :, 2]
    assert placed == pytest.approx(person.track.points[:, [61, 291], :2], abs=0.6)
    rest = baked.place(np.repeat(baked.rest[None], 5, axis=0), range(5))
    assert rest[:, [61, 291]] == pytest.approx(corners, abs=1.5)


def test_below_the_picture_a_crop_goes_on_as_its_mirror_image(tmp_path: Path) -> None:
    """A chin that is drawn higher than it was shows what is there: no stripes of the last row."""
    person = draw_person(np.zeros(3))
    end, lines = 230, slice(212, 230)
    pictures = [picture[:end].copy() for picture in person.pictures]
    for picture in pictures:
        picture[lines][::4] //= 2
    baked = baked_of(pictures, person.track, tmp_path)
    (crop,) = baked.crops.pick([0])
    x, y = np.meshgrid(np.arange(baked.size_px), np.arange(baked.size_px))
    below = (baked.affine[0] @ np.stack([x, y, np.ones_like(x)]).reshape(3, -1))[1]
    beyond = (below > end) & (below < end + lines.stop - lines.start)
    rows = crop[beyond.reshape(crop.shape[:2]).all(1)].astype(float)
    assert len(rows) > 5 and rows.std(0).max() > 10
