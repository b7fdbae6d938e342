from pathlib import Path

import av
import numpy as np
import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.media.url import url
from mouthpiece.patches.ffv1 import GROUP, Ffv1Video, Ffv1Writer, PixelFormat

FRAMES = 30


def pictures(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (FRAMES, *shape), dtype=np.uint8)


def written(path: Path, given: np.ndarray, pixel_format: PixelFormat) -> Ffv1Video:
    with Ffv1Writer(path, pixel_format) as writer:
        for picture in given:
            writer.write(picture)
    return Ffv1Video(path, pixel_format, len(given))


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Ffv1Video:
    path = tmp_path_factory.mktemp("ffv1") / "a b: 100%.mkv"
    return written(path, pictures((20, 34, 3)), "rgb24")


def test_pictures_come_back_as_they_were(video: Ffv1Video, tmp_path: Path) -> None:
    np.testing.assert_array_equal(list(video.read()), pictures((20, 34, 3)))
    masks = written(tmp_path / "m.mkv", pictures((9, 7)), "gray")
    np.testing.assert_array_equal(list(masks.read()), pictures((9, 7)))


@pytest.mark.parametrize(
    "order",
    [
        *(range(0), range(1), range(5, 9), range(GROUP, FRAMES), range(13, 14)),
        *(range(FRAMES)[::-1], range(FRAMES)[::-1][:7], range(GROUP, 2, -1), range(25, 3, -1)),
    ],
)
def test_parts_are_read_from_either_end(video: Ffv1Video, order: range) -> None:
    found = list(video.read(order))
    np.testing.assert_array_equal(
        np.reshape(found, (len(order), 20, 34, 3)), pictures((20, 34, 3))[list(order)]
    )


def test_some_are_picked_in_any_order(video: Ffv1Video) -> None:
    wanted = [17, 3, 29, 3, 0]
    np.testing.assert_array_equal(video.pick(wanted), pictures((20, 34, 3))[wanted])


def test_key_frames_are_where_the_reader_expects_them(video: Ffv1Video) -> None:
    with av.open(url(video.path)) as container:
        keys = [packet.is_keyframe for packet in container.demux(video=0) if packet.size]
    assert [number for number, key in enumerate(keys) if key] == list(range(0, FRAMES, GROUP))


def test_the_bytes_do_not_depend_on_the_threads(video: Ffv1Video, tmp_path: Path) -> None:
    with Ffv1Writer(tmp_path / "a b: 100%.mkv", "rgb24", threads=1) as writer:
        for picture in pictures((20, 34, 3)):
            writer.write(picture)
    assert (tmp_path / "a b: 100%.mkv").read_bytes() == video.path.read_bytes()


def test_a_missing_picture_is_a_fault(video: Ffv1Video) -> None:
    longer = Ffv1Video(video.path, video.pixel_format, FRAMES + 1)
    with pytest.raises(Fault, match=r"mkv: the file is broken \(EOFError: picture 30 is missing"):
        list(longer.read())


def test_all_pictures_are_of_one_size(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=r"\(4, 8\) pixels among pictures of \(8, 8\)"),
        Ffv1Writer(tmp_path / "a.mkv", "gray") as writer,
    ):
        writer.write(np.zeros((8, 8), np.uint8))
        writer.write(np.zeros((4, 8), np.uint8))
