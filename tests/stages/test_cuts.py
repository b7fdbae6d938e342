import itertools
import re
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import makers
from mouthpiece.config.cuts import Cuts
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.cuts import (
    CUT_PATTERN,
    Cut,
    cut_id,
    from_starts,
    read_boundaries,
    write_boundaries,
)
from mouthpiece.core.errors import InputError
from mouthpiece.media import shots as cuts
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.media.shot_lengths import merge_short, split_long
from mouthpiece.project.given_cuts import read_override
from mouthpiece.stages.cuts import find
from mouthpiece.stages.normalize import normalize
from places import ROOT

SIZE = (192, 108)
GRID = ROOT.parent / "shared" / "data" / "grid"


def scene(seed: int, frames: int, pan_px: float = 0.4) -> list[np.ndarray]:
    """A coloured picture with structure, panned slowly, with some noise. [H, W, 3] uint8."""
    chooser = np.random.default_rng(seed)
    low = chooser.integers(0, 255, (8, 14, 3), dtype=np.uint8)
    whole = cv2.resize(low, (SIZE[0] + 60, SIZE[1]), interpolation=cv2.INTER_CUBIC).astype(float)
    pictures = []
    for n in range(frames):
        shift = np.float32([[1, 0, -n * pan_px], [0, 1, 0]])
        moved = cv2.warpAffine(whole, shift, SIZE, borderMode=cv2.BORDER_REFLECT)
        noisy = moved + chooser.normal(0, 2, moved.shape)
        pictures.append(noisy.clip(0, 255).astype(np.uint8))
    return pictures


def dissolve(before: list[np.ndarray], after: list[np.ndarray], frames: int) -> list[np.ndarray]:
    mixed = [
        cv2.addWeighted(a, 1 - (n + 1) / (frames + 1), b, (n + 1) / (frames + 1), 0)
        for n, (a, b) in enumerate(zip(before[-frames:], after[:frames], strict=True))
    ]
    return before[:-frames] + mixed + after[frames:]


def fade(
    before: list[np.ndarray], after: list[np.ndarray], slope: int, dark: int
) -> list[np.ndarray]:
    out = [(p * (1 - (n + 1) / slope)).astype(np.uint8) for n, p in enumerate(before[-slope:])]
    back = [(p * (n / slope)).astype(np.uint8) for n, p in enumerate(after[:slope])]
    black = [np.zeros_like(before[0])] * dark
    return before[:-slope] + out + black + back + after[slope:]


def mezzanine_of(frames: list[np.ndarray], folder: Path) -> Path:
    source, made = folder / "film.mkv", folder / "mezzanine.mp4"
    with av.open(str(source), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "16", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    normalize(source, made, folder / "a.flac", folder / "f.json", Normalize())
    return made


def starts(found: list[Cut]) -> list[int]:
    return [cut.first_frame for cut in found]


def check_covers(found: list[Cut], frames: int) -> None:
    assert found[0].first_frame == 0
    for a, b in zip(found, [*found[1:], Cut.of(frames, 1)], strict=True):
        assert a.end_frame == b.first_frame
        assert a.cut == cut_id(a.first_frame, a.frames)
        assert re.fullmatch(CUT_PATTERN, a.cut)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """Plain cuts at 40 and 75, a flash, a short cut, a fade and a dissolve."""
    third = scene(3, 45)
    third[20] = np.full_like(third[20], 250)  # 75 + 20: a flashlight
    frames = scene(1, 40) + scene(2, 35) + third
    frames += scene(4, 4)  # 120 to 123: too short
    frames += fade(scene(5, 50), scene(6, 50), slope=10, dark=6)  # black 174 to 180
    frames = dissolve(frames, scene(7, 60), 14)  # 216 to 230
    return mezzanine_of(frames, tmp_path_factory.mktemp("film")), len(frames)


def test_cuts_fades_and_dissolves_are_found_and_flashes_are_not(film: tuple[Path, int]) -> None:
    path, frames = film
    found = cuts.detect(path, Cuts())
    check_covers(found, frames)
    plain, short, faded, dissolved = [40, 75], (120, 124), 176.5, 223
    assert starts(found)[1:3] == plain
    assert len(found) == 6
    assert starts(found)[3] in short
    assert abs(starts(found)[4] - faded) <= 2
    assert abs(starts(found)[5] - dissolved) <= 2


def test_transnetv2_finds_plain_cuts_and_dissolves(tmp_path: Path) -> None:
    frames = dissolve(scene(1, 30) + scene(2, 40), scene(3, 42), 12)  # at 30, and 58 to 70
    found = cuts.detect(mezzanine_of(frames, tmp_path), Cuts(detector="transnetv2"))
    check_covers(found, len(frames))
    assert starts(found)[:2] == [0, 30]
    assert len(found) == 3 and abs(starts(found)[2] - 64) <= 3


def test_a_jump_cut_is_found_and_motion_is_not(tmp_path: Path) -> None:
    # One picture throughout: it moves, jumps by 12 px, moves on, and then moves fast.
    whole = scene(8, 130, pan_px=0.2)
    jumped = whole[:40] + whole[100:130] + scene(8, 40, pan_px=1.5)[1:20]
    found = cuts.detect(mezzanine_of(jumped, tmp_path), Cuts())
    assert 40 in starts(found)
    assert len(found) <= 3


def test_a_jump_within_one_framing_is_found(tmp_path: Path) -> None:
    """A shaky camera, and a jump of 2.5 times what it moves from frame to frame."""
    chooser = np.random.default_rng(5)
    whole = scene(8, 200, pan_px=0.25)
    at = np.cumsum(chooser.integers(1, 4, 60))
    shaky = [whole[n] for n in at[:30]] + [whole[n + 8] for n in at[30:]]
    grey = np.stack([cv2.resize(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), (48, 27)) for p in shaky])
    change = np.r_[0.0, [cuts.difference(a, b) for a, b in itertools.pairwise(grey)]]
    assert 2.2 < cuts.stands_out(change, 30) < 3.5
    assert starts(cuts.detect(mezzanine_of(shaky, tmp_path), Cuts())) == [0, 30]


def test_a_hand_that_comes_in_before_the_camera_is_no_cut(tmp_path: Path) -> None:
    """It hides a third of a picture that moves, and goes on moving itself."""
    pattern = scene(11, 1)[0]
    frames = []
    for n, picture in enumerate(scene(8, 70, pan_px=1.0)):
        x = {28: -70, 29: -20}.get(n, 40 + 4 * abs((n - 30) % 8 - 4))
        hand = np.zeros(SIZE[::-1], np.uint8)
        if n >= 28:
            cv2.ellipse(hand, (x, 80), (90, 45), -20, 0, 360, 255, -1)
        skin = (0.4 * np.roll(pattern, 2 * (n - 30), 1) + 120).astype(np.uint8)
        frames.append(np.where(hand[..., None] > 0, skin, picture))
    assert starts(cuts.detect(mezzanine_of(frames, tmp_path), Cuts())) == [0]


@pytest.mark.parametrize("top", [8, 74])
def test_a_caption_that_changes_is_no_cut(tmp_path: Path, top: int) -> None:
    """Burnt in, two lines high, where the picture goes on; a jump beneath a caption is a cut."""
    whole = scene(8, 110, pan_px=0.1)

    def captioned(picture: np.ndarray, text: str) -> np.ndarray:
        picture = picture.copy()
        picture[top : top + 20, 20:172] = 10
        for line, y in enumerate((10, 21)):
            cv2.putText(picture, text[line::2], (24, top + y), 0, 0.5, (255, 255, 255), 2)
        return picture

    frames = [
        captioned(picture, "NOHWTIISTIASISDAHIEDRE" if n < 30 else "..  X  X  ..")
        for n, picture in enumerate(whole[:60] + whole[100:110])
    ]
    grey = np.stack([cv2.resize(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), (48, 27)) for p in frames])
    change = np.r_[0.0, [cuts.difference(a, b) for a, b in itertools.pairwise(grey)]]
    assert change[30] >= 3 and cuts.stands_out(change, 30) > 2.2
    assert starts(cuts.detect(mezzanine_of(frames, tmp_path), Cuts())) == [0, 60]


def flashed(frames: list[np.ndarray], seed: int) -> list[np.ndarray]:
    """Camera flashes over a quarter of the frames: glows, gone after 1 to 3 frames."""
    chooser = np.random.default_rng(seed)
    ys, xs = np.mgrid[: SIZE[1], : SIZE[0]]
    lit, n = [frame.astype(float) for frame in frames], 0
    while n < len(lit):
        if chooser.random() < 0.25:
            x, y, wide = chooser.uniform((0, 0, 30), (*SIZE, 90))
            glow = 0.3 + np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * wide**2))
            lasting, strength = int(chooser.integers(1, 4)), chooser.uniform(40, 200)
            for age, frame in enumerate(lit[n : n + lasting]):
                frame += (glow * strength * 0.5**age)[..., None]
            n += lasting
        n += 1
    return [frame.clip(0, 255).astype(np.uint8) for frame in lit]


@pytest.mark.parametrize("seed", range(4))
def test_flashes_neither_hide_cuts_nor_make_them(tmp_path: Path, seed: int) -> None:
    frames = scene(10 + seed, 40) + scene(20 + seed, 35) + scene(30 + seed, 45)
    made = mezzanine_of(flashed(frames, seed), tmp_path)
    assert starts(cuts.detect(made, Cuts())) == [0, 40, 75]


@pytest.mark.parametrize("seed", range(4))
def test_a_frame_that_blends_both_sides_hides_no_cut_between_flashes(
    tmp_path: Path, seed: int
) -> None:
    """A film that was brought to another frame rate has such frames."""
    before, after = scene(10 + seed, 40), scene(20 + seed, 41)
    blend = cv2.addWeighted(before[-1], 0.5, after[0], 0.5, 0)
    frames = flashed([*before, blend, *after[1:]], seed)
    bright = [np.clip(frame * 1.0 + 90, 0, 255).astype(np.uint8) for frame in frames[38:40]]
    made = mezzanine_of([*frames[:38], *bright, *frames[40:]], tmp_path)
    assert starts(cuts.detect(made, Cuts())) in ([0, 40], [0, 41])


def test_a_zoom_and_a_change_of_light_are_no_cuts(tmp_path: Path) -> None:
    still = scene(9, 1)[0]
    centre = (SIZE[0] / 2, SIZE[1] / 2)
    zoomed = [
        cv2.warpAffine(still, cv2.getRotationMatrix2D(centre, 0, 1 + n / 100), SIZE)
        for n in range(40)
    ]
    darker = [(zoomed[-1] * (1 - 0.6 * n / 20)).astype(np.uint8) for n in range(20)]
    held = [darker[-1]] * 20
    path = mezzanine_of(zoomed + darker + held, tmp_path)
    assert cuts.detect(path, Cuts()) == [Cut("000000-000079", 0, 80)]


@pytest.mark.parametrize("detector", ["adaptive", "transnetv2"])
def test_a_film_of_one_frame(tmp_path: Path, detector: str) -> None:
    path = mezzanine_of(scene(1, 1), tmp_path)
    assert cuts.detect(path, Cuts(detector=detector)) == [Cut("000000-000000", 0, 1)]


def test_black_at_the_ends_is_no_cut_of_its_own(tmp_path: Path) -> None:
    black = [np.zeros((*SIZE[::-1], 3), np.uint8)] * 12
    slow = fade(black[:10], scene(2, 40), 10, 2)
    assert len(cuts.detect(mezzanine_of(slow, tmp_path), Cuts())) == 1


def grey(*levels: int) -> np.ndarray:
    """Thumbs, a flat one a level."""
    return np.array(levels, np.uint8)[:, None, None] * np.ones((1, 27, 48), np.uint8)


def test_a_short_cut_goes_to_the_neighbour_it_resembles() -> None:
    film = grey(*[10] * 10, *[100] * 3, *[120] * 10)
    assert merge_short([10, 13], film, 8) == [10]
    film = grey(*[10] * 10, *[30] * 3, *[120] * 10)
    assert merge_short([10, 13], film, 8) == [13]
    assert merge_short([10, 13], film, 3) == [10, 13]
    assert merge_short([10, 10, 13, 23], film, 50) == []


def test_a_short_end_is_joined() -> None:
    assert merge_short([2, 21], grey(*[10] * 2, *[200] * 19, *[90] * 2), 8) == []


@pytest.mark.parametrize("longest", [1, 2, 7, 50, 99, 100, 101, 499, 500])
def test_no_part_of_a_long_shot_is_longer(longest: int) -> None:
    film = np.random.default_rng(1).integers(0, 255, (500, 27, 48), dtype=np.uint8)
    parts = from_starts(split_long([120], film, longest), 500)
    assert max(part.frames for part in parts) <= longest
    assert 120 in [part.first_frame for part in parts] and parts[-1].end_frame == 500
    assert len(parts) == -(-120 // longest) + -(-380 // longest)


def test_a_long_shot_is_split_where_its_picture_is_stillest() -> None:
    moving = np.arange(100, dtype=np.uint8)[:, None, None] * np.ones((1, 27, 48), np.uint8)
    moving[54:] = moving[54:] - 1  # frame 54 shows what frame 53 does
    assert split_long([], moving, 60) == [54]
    assert split_long([], moving, 100) == []


def test_long_shots_are_split_in_a_film(tmp_path: Path) -> None:
    made = mezzanine_of(scene(1, 60), tmp_path)
    assert len(cuts.detect(made, Cuts())) == 1
    parts = cuts.detect(made, Cuts(max_s=1.0))
    assert [part.frames <= 25 for part in parts] == [True] * 3
    assert len(cuts.detect(made, Cuts(max_s=0))) == 1


def test_ids_are_frame_ranges() -> None:
    assert cut_id(0, 75) == "000000-000074"
    assert cut_id(999_990, 20) == "999990-1000009"
    assert re.fullmatch(CUT_PATTERN, "999990-1000009")
    assert not re.fullmatch(CUT_PATTERN, "1-2")


def test_a_moved_boundary_renames_only_its_own_cuts() -> None:
    before, after = from_starts([10, 20, 30], 40), from_starts([10, 22, 30], 40)
    assert before[0] == after[0] and before[3] == after[3]


def test_boundaries_are_read_as_written(tmp_path: Path) -> None:
    found = from_starts([75, 115], 200)
    path = tmp_path / "boundaries.tsv"
    write_boundaries(found, path)
    assert path.read_text().splitlines()[:2] == ["cut\tfirst_frame\tframes", "000000-000074\t0\t75"]
    assert read_boundaries(path) == found


@pytest.mark.parametrize(
    "text",
    [
        "first_frame\tframes\n0\t75\n75\t40\n115\t85\n",
        "first_frame\n0\n75\n115\n",
        "\ufefffirst_frame\tframes\r\n0\t75\r\n75\t40\r\n\r\n115\t85\r\n",
    ],
)
def test_an_override_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cuts.tsv"
    path.write_text(text, encoding="utf-8", newline="")
    assert read_override(path, 200) == from_starts([75, 115], 200)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", ": is empty; its first line must name the columns: first_frame"),
        (
            "start\tend\n0\t9\n",
            ", row 1: no column 'first_frame'; .* Columns: first_frame, .frames.",
        ),
        ("first_frame\n", ": has no row"),
        ("first_frame\tframes\n0\t50\n51\t149\n", ", row 3, column first_frame: 51 leaves a gap"),
        ("first_frame\tframes\n0\t50\n49\t151\n", ", row 3, column first_frame: 49 overlaps"),
        ("first_frame\tframes\n0\t50\n50\t149\n", ", row 3, column frames: the cuts end before"),
        ("first_frame\tframes\n0\t50\n50\t151\n", ", row 3, column frames: .* 51 to 200"),
        ("first_frame\tframes\n0\t0\n0\t200\n", ", row 2, column frames"),
        ("first_frame\n5\n50\n", ", row 2, column first_frame: 5 leaves a gap"),
        ("first_frame\n0\n50\n40\n", ", row 3, column first_frame: the cut would end before"),
        ("first_frame\n0\n200\n", ", row 3, column first_frame"),
        ("first_frame\tframes\n0\t1.5\n", ", row 2, column frames: '1.5' is not allowed; expected"),
        (
            "first_frame\tframes\n-1\t201\n",
            ", row 2, column first_frame: '-1' is not allowed; expected",
        ),
        ("first_frame\tframes\n0\n3\t197\n", ", row 2, column frames: is missing"),
    ],
)
def test_a_wrong_override_is_explained(tmp_path: Path, text: str, wrong: str) -> None:
    path = tmp_path / "cuts.tsv"
    path.write_text(text)
    with pytest.raises(InputError, match=rf"cuts\.tsv{wrong}"):
        read_override(path, 200)


def test_a_missing_override_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such table"):
        read_override(tmp_path / "none.tsv", 200)


def test_find_obeys_the_override(film: tuple[Path, int], tmp_path: Path) -> None:
    path, frames = film
    override, written = tmp_path / "cuts.tsv", tmp_path / "boundaries.tsv"
    override.write_text("first_frame\n0\n33\n")
    find(path, written, Cuts(), override)
    assert read_boundaries(written) == from_starts([33], frames)


@pytest.mark.skipif(not GRID.is_dir(), reason=f"needs the GRID clips in {GRID}")
def test_real_clips_of_one_speaker_in_a_row(tmp_path: Path) -> None:
    clips = [GRID / "s1" / f"{name}.mpg" for name in ("bbaf2n", "bbaf4p", "bbal6n", "bbal8p")]
    joined = tmp_path / "row.mpg"
    inputs = [argument for clip in clips for argument in ("-i", clip)]
    makers.ffmpeg(
        *inputs, "-filter_complex", "concat=n=4:v=1:a=0", *makers.X264, joined.with_suffix(".mp4")
    )
    made = tmp_path / "mezzanine.mp4"
    normalize(
        joined.with_suffix(".mp4"), made, tmp_path / "a.flac", tmp_path / "f.json", Normalize()
    )
    assert probe_mezzanine(made).frames == 300
    assert starts(cuts.detect(made, Cuts())) == [0, 75, 150, 225]
