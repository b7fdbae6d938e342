"""A shot in which another person takes over is divided there."""

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from mouthpiece.config.cuts import Cuts
from mouthpiece.config.guard import Guard
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.cuts import Cut, read_boundaries
from mouthpiece.faces.people import PeopleFinder
from mouthpiece.stages.cuts import find
from mouthpiece.stages.normalize import normalize
from moving_faces import someone_else, swaying

FRAMES = 46
NOBODY = np.full((512, 512, 3), 90, np.uint8)


def film_of(picture: Callable[[int], np.ndarray], folder: Path, frames: int = FRAMES) -> Path:
    """The mezzanine of a film, 25 frames/s."""
    source, made = folder / "film.mkv", folder / "mezzanine.mp4"
    with av.open(str(source), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "16", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 512, 512, "yuv420p"
        for n in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(n), format="rgb24")))
        container.mux(stream.encode())
    normalize(source, made, folder / "a.flac", folder / "f.json", Normalize())
    return made


def starts(parts: list[Cut]) -> list[int]:
    return [part.first_frame for part in parts]


def test_a_shot_is_divided_where_each_other_person_takes_over(tmp_path: Path) -> None:
    """Parts too short to be drafted are parts, too: their person must not spoil the neighbour's."""

    def picture(n: int) -> np.ndarray:
        return someone_else(n) if 15 <= n < 38 else swaying(n)

    film = film_of(picture, tmp_path)
    finder = PeopleFinder(film, Guard())
    parts = finder.divide(Cut.of(0, FRAMES))
    assert starts(parts) == [0, 15, 38] and parts[-1].end_frame == FRAMES
    assert starts(finder.divide(Cut.of(5, 30))) == [5, 15]
    assert starts(finder.divide(Cut.of(17, 20))) == [17]
    (tmp_path / "missed").mkdir()
    missed = Cuts(adaptive_threshold=1000, jump_change=255, max_s=0)
    for guard, found in ((None, [0]), (Guard(), [0, 15, 38])):
        boundaries = tmp_path / "missed" / "boundaries.tsv"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("mouthpiece.media.shots.find_starts", lambda *_: [])
            find(film, boundaries, missed, guard=guard)
        assert starts(read_boundaries(boundaries)) == found


def test_a_shot_is_divided_where_somebody_comes_after_nobody_was_seen(tmp_path: Path) -> None:
    def picture(n: int) -> np.ndarray:
        return NOBODY if 12 <= n < 30 else (swaying if n < 12 else someone_else)(n)

    film = film_of(picture, tmp_path)
    assert starts(PeopleFinder(film, Guard()).divide(Cut.of(0, FRAMES))) == [0, 30]


def test_a_shot_is_divided_where_one_person_pushes_the_other_away(tmp_path: Path) -> None:
    """In the middle both are seen: it resembles what is before as well as what is after."""

    def picture(n: int) -> np.ndarray:
        wide = np.pad(NOBODY, ((0, 0), (512, 512), (0, 0)), mode="edge")
        pushed = int(np.clip((n - 26) * 40, 0, 280))
        for face, x in ((swaying(n), 128), (someone_else(n), 408)):
            small = cv2.resize(face, (256, 256), interpolation=cv2.INTER_AREA)
            wide[128:384, 512 + x - pushed : 768 + x - pushed] = small
        return wide[:, 512:1024]

    (start,) = starts(PeopleFinder(film_of(picture, tmp_path), Guard()).divide(Cut.of(0, 46)))[1:]
    assert 27 <= start <= 33


def test_a_shot_is_divided_where_a_face_comes_and_where_it_goes_for_long(tmp_path: Path) -> None:
    """A title that is wiped away from a speaker must not cost what the speaker says."""

    def picture(n: int) -> np.ndarray:
        return swaying(n) if n == 20 or 31 <= n < 80 else NOBODY

    film = film_of(picture, tmp_path, 110)
    finder = PeopleFinder(film, Guard())
    assert starts(finder.divide(Cut.of(0, 110))) == [0, 31, 80]
    assert starts(PeopleFinder(film, Guard(person_change=2)).divide(Cut.of(0, 110))) == [0]
    assert starts(finder.divide(Cut.of(10, 80))) == [10], "it is out of sight for less than 1 s"


def test_a_shot_is_divided_where_a_face_is_away_for_long(tmp_path: Path) -> None:
    def picture(n: int) -> np.ndarray:
        return NOBODY if 22 <= n < 60 else swaying(n)

    finder = PeopleFinder(film_of(picture, tmp_path, 90), Guard())
    assert starts(finder.divide(Cut.of(0, 90))) == [0, 22, 60]


@pytest.mark.parametrize("face", [swaying, someone_else])
def test_a_shot_of_one_person_is_left_whole(
    face: Callable[[int], np.ndarray], tmp_path: Path
) -> None:
    def picture(n: int) -> np.ndarray:
        return NOBODY if 20 <= n < 26 else np.clip(face(n) * (1 + (n % 9 == 5)), 0, 255)

    film = film_of(lambda n: picture(n).astype(np.uint8), tmp_path)
    cut = Cut.of(3, FRAMES - 3)
    assert PeopleFinder(film, Guard()).divide(cut) == [cut]
