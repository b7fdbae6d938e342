import zipfile
from pathlib import Path

import numpy as np
import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.patches.patch_set import PatchSet, load, save, write_archive


def drawn(frames: int = 5) -> PatchSet:
    random = np.random.default_rng(1)
    return PatchSet(
        "preview",
        random.integers(0, 256, (frames, 48, 64, 3), dtype=np.uint8),
        random.integers(0, 256, (frames, 48, 64), dtype=np.uint8),
        random.normal(size=(frames, 2, 3)),
        random.random(frames).astype(np.float32),
    )


def test_a_patch_set_comes_back_as_it_was(tmp_path: Path) -> None:
    patches = drawn()
    save(patches, tmp_path / "a.zip")
    back = load(tmp_path / "a.zip")
    assert back.engine == "preview"
    for name in ("pixels", "masks", "affine", "alpha"):
        np.testing.assert_array_equal(getattr(back, name), getattr(patches, name))


def test_equal_patch_sets_are_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        save(drawn(), tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_broken_file_is_a_fault_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    save(drawn(), path)
    whole = path.read_bytes()
    hole = whole[: len(whole) // 3] + bytes(40) + whole[len(whole) // 3 + 40 :]
    for wrong in (b"", whole[: len(whole) // 2], b"garbage", hole):
        path.write_bytes(wrong)
        with pytest.raises(Fault, match=r"a\.zip: the file is broken .* delete it and run again"):
            load(path)


@pytest.mark.parametrize("meta", [b"[]", b"{}", b'{"version": 2}', b'{"version": 1, "frames": 3}'])
def test_so_is_one_of_another_form(meta: bytes, tmp_path: Path) -> None:
    write_archive(tmp_path / "a.zip", {"meta.json": meta})
    with pytest.raises(Fault, match="broken"):
        load(tmp_path / "a.zip")


def test_an_empty_patch_set(tmp_path: Path) -> None:
    save(PatchSet.empty("musetalk"), tmp_path / "a.zip")
    assert zipfile.ZipFile(tmp_path / "a.zip").namelist() == ["meta.json"]
    assert (load(tmp_path / "a.zip").frames, load(tmp_path / "a.zip").engine) == (0, "musetalk")


def test_shapes_must_agree() -> None:
    patches = drawn()
    with pytest.raises(ValueError, match="alpha has shape"):
        PatchSet("preview", patches.pixels, patches.masks, patches.affine, patches.alpha[1:])


def test_what_no_mask_takes_is_not_kept() -> None:
    patches = drawn()
    patches.masks[:] = 0
    patches.masks[2, 30:34, 20:25] = 255
    patches.masks[3, 0, 0] = 255
    patches.alpha[3] = 0
    small = patches.cropped()
    assert small.pixels.shape[1:3] == (34, 38)
    row, column = 30, 20
    place = small.affine @ np.array([column - 4, row - 14, 1.0])
    np.testing.assert_allclose(place, patches.affine @ np.array([column, row, 1.0]))
    np.testing.assert_array_equal(small.pixels[:, 16, 16], patches.pixels[:, row, column])


def test_a_patch_set_that_is_never_seen_stays_as_it_is() -> None:
    patches = drawn()
    patches.alpha[:] = 0
    assert patches.cropped() is patches
