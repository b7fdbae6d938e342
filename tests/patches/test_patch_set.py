import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.patches.patch import Patch, bounds_extent, mask_bounds
from mouthpiece.patches.patch_set import PatchReader, write_patches
from patchsets import PatchSet, load, save


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


@pytest.mark.parametrize("meta", [b"[]", b"{}", b'{"version": 1}', b'{"version": 2, "frames": 3}'])
def test_a_file_of_another_form_is_a_fault(meta: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("meta.json", meta)
    with pytest.raises(Fault, match="broken"):
        load(tmp_path / "a.zip")


def test_a_file_that_is_broken_after_it_was_opened_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    save(drawn(), path)
    reader = PatchReader(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(Fault, match=r"a\.zip: the file is broken"):
        list(reader)


def test_an_empty_patch_set(tmp_path: Path) -> None:
    save(PatchSet.empty("musetalk"), tmp_path / "a.zip")
    assert zipfile.ZipFile(tmp_path / "a.zip").namelist() == ["meta.json"]
    assert (load(tmp_path / "a.zip").frames, load(tmp_path / "a.zip").engine) == (0, "musetalk")
    assert list(PatchReader(tmp_path / "a.zip")) == []


def test_the_reader_holds_what_is_small_and_reads_more_than_once(tmp_path: Path) -> None:
    patches = drawn(20)
    save(patches, tmp_path / "a.zip")
    reader = PatchReader(tmp_path / "a.zip")
    assert (len(reader), reader.frames, reader.size) == (20, 20, (48, 64))
    np.testing.assert_array_equal(reader.affine, patches.affine)
    np.testing.assert_array_equal(reader.alpha, patches.alpha)
    for _ in range(2):
        np.testing.assert_array_equal(PatchSet.of(reader).pixels, patches.pixels)
    later = PatchSet.of(reader.read(17))
    np.testing.assert_array_equal(later.pixels, patches.pixels[17:])
    np.testing.assert_array_equal(later.alpha, patches.alpha[17:])
    assert list(reader.read(20)) == []


def test_what_no_mask_takes_is_not_kept(tmp_path: Path) -> None:
    patches = drawn()
    patches.masks[:] = 0
    patches.masks[2, 30:34, 20:25] = 255
    extent = bounds_extent(map(mask_bounds, patches.masks), 48, 64)
    write_patches(tmp_path / "a.zip", patches, "preview", extent)
    small = load(tmp_path / "a.zip")
    assert small.pixels.shape[1:3] == (34, 38)
    row, column = 30, 20
    place = small.affine @ np.array([column - 4, row - 14, 1.0])
    np.testing.assert_allclose(place, patches.affine @ np.array([column, row, 1.0]))
    np.testing.assert_array_equal(small.pixels[:, 16, 16], patches.pixels[:, row, column])


def test_an_error_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    save(drawn(), path)
    before = path.read_bytes()

    def stream() -> Iterator[Patch]:
        yield from drawn()
        raise MemoryError

    with pytest.raises(MemoryError):
        write_patches(path, stream(), "preview")
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]
