from pathlib import Path

import av
import numpy as np
import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.media.url import url
from mouthpiece.patches.lossless import GROUP, LosslessVideo, LosslessWriter, PixelFormat

FRAMES = 30


def pictures(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (FRAMES, *shape), dtype=np.uint8)


def written(path: Path, given: np.ndarray, pixel_format: PixelFormat) -> LosslessVideo:
    with LosslessWriter(path, pixel_format) as writer:
        for picture in given:
            writer.write(picture)
    return LosslessVideo(path, pixel_format, len(given))


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> LosslessVideo:
    path = tmp_path_factory.mktemp("lossless") / "a b: 100%.mov"
    return written(path, pictures((20, 34, 3)), "rgb24")


def test_pictures_come_back_as_they_were(video: LosslessVideo, tmp_path: Path) -> None:
    np.testing.assert_array_equal(list(video.read()), pictures((20, 34, 3)))
    masks = written(tmp_path / "m.mov", pictures((9, 7)), "gray")
    np.testing.assert_array_equal(list(masks.read()), pictures((9, 7)))


@pytest.mark.parametrize(
    "order",
    [
        *(range(0), range(1), range(5, 9), range(GROUP, FRAMES), range(13, 14)),
        *(range(FRAMES)[::-1], range(FRAMES)[::-1][:7], range(GROUP, 2, -1), range(25, 3, -1)),
    ],
)
def test_parts_are_read_from_either_end(video: LosslessVideo, order: range) -> None:
    found = list(video.read(order))
    np.testing.assert_array_equal(
        np.reshape(found, (len(order), 20, 34, 3)), pictures((20, 34, 3))[list(order)]
    )


def test_some_are_picked_in_any_order(video: LosslessVideo) -> None:
    wanted = [17, 3, 29, 3, 0]
    np.testing.assert_array_equal(video.pick(wanted), pictures((20, 34, 3))[wanted])


def test_each_picture_stands_for_itself(video: LosslessVideo) -> None:
    with av.open(url(video.path)) as container:
        assert all(packet.is_keyframe for packet in container.demux(video=0) if packet.size)


def test_the_bytes_do_not_depend_on_the_threads(video: LosslessVideo, tmp_path: Path) -> None:
    with LosslessWriter(tmp_path / "a b: 100%.mov", "rgb24", threads=1) as writer:
        for picture in pictures((20, 34, 3)):
            writer.write(picture)
    assert (tmp_path / "a b: 100%.mov").read_bytes() == video.path.read_bytes()


def test_a_missing_picture_is_a_fault(video: LosslessVideo) -> None:
    longer = LosslessVideo(video.path, video.pixel_format, FRAMES + 1)
    with pytest.raises(Fault, match=r"mov: the file is broken \(EOFError: picture 30 is missing"):
        list(longer.read())


def test_all_pictures_are_of_one_size(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=r"\(4, 8\) pixels among pictures of \(8, 8\)"),
        LosslessWriter(tmp_path / "a.mov", "gray") as writer,
    ):
        writer.write(np.zeros((8, 8), np.uint8))
        writer.write(np.zeros((4, 8), np.uint8))
