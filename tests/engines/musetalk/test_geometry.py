"""Sound against picture, boxes over time, landmarks, masks and batches by themselves."""

import weakref
from fractions import Fraction

import cv2
import numpy as np
import pytest
import torch
import upstream
from torch.nn import functional

from mouthpiece.core.batches import Batches
from mouthpiece.core.chunks import chunks
from mouthpiece.core.errors import Fault
from mouthpiece.engines.face_boxes import exists
from mouthpiece.engines.musetalk import audio, boxes, faces, landmarks, masks, parsing
from mouthpiece.engines.musetalk.crops import blank, sample, stage
from mouthpiece.engines.musetalk.generate import SIDE_PX
from mouthpiece.engines.musetalk.resample import triangle
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.track import Track

TEN_MINUTES_S = 600
ROWS = TEN_MINUTES_S * audio.ROWS_PER_S


@pytest.mark.parametrize("rate", ["24000/1001", "24", "25", "30000/1001", "30", "50", "60"])
def test_a_frame_hears_its_own_moment_at_every_rate(rate: str) -> None:
    exact = Fraction(rate)
    frames = int(TEN_MINUTES_S * exact)
    windows = audio.exact_windows(ROWS, 0, frames, exact, 2, 2)
    assert windows.shape == (frames, 10)
    own = windows[10:-10, 4] / audio.ROWS_PER_S
    moment = np.array([float(i / exact) for i in range(10, frames - 10)])
    assert (moment - own).min() > -1e-6 and (moment - own).max() < 1 / audio.ROWS_PER_S


@pytest.mark.parametrize(("rate", "late_s"), [("30000/1001", 20), ("24000/1001", 25)])
def test_upstreams_timing_drifts_and_ours_does_not(rate: str, late_s: float) -> None:
    exact = Fraction(rate)
    frames = int(TEN_MINUTES_S * exact * Fraction(9, 10))
    theirs = audio.upstream_windows(ROWS, frames, exact, 2, 2)[-1, 4]
    ours = audio.exact_windows(ROWS, 0, frames, exact, 2, 2)[-1, 4]
    moment = float((frames - 1) / exact)
    assert abs(ours / audio.ROWS_PER_S - moment) < 0.02
    heard = theirs / audio.ROWS_PER_S if theirs != audio.SILENT else TEN_MINUTES_S
    assert heard - moment > late_s * 0.6


def test_upstream_hears_40_ms_late_at_50_fps() -> None:
    theirs = audio.upstream_windows(ROWS, 100, Fraction(50), 2, 2)
    ours = audio.exact_windows(ROWS, 0, 100, Fraction(50), 2, 2)
    np.testing.assert_array_equal(theirs[10:] - ours[10:], 2)


def test_beyond_the_sound_is_silence_and_context_is_heard() -> None:
    windows = audio.exact_windows(60, 0, 2, Fraction(25), 2, 2)
    np.testing.assert_array_equal(windows[0], [-1] * 4 + [0, 1, 2, 3, 4, 5])
    with_context = audio.exact_windows(60, 16000, 2, Fraction(25), 2, 2)
    np.testing.assert_array_equal(with_context[0], np.arange(46, 56))
    rows = audio.with_silence(torch.ones(60, 5, 3))
    heard = audio.tokens(rows, torch.from_numpy(windows))
    assert heard.shape == (2, 50, 3)
    assert heard[0, :20].eq(0).all() and heard[0, 20:].eq(1).all()


def some_boxes() -> np.ndarray:
    random = np.random.default_rng(0)
    found = np.array([100, 50, 220, 190]) + random.integers(-2, 3, (60, 4))
    found[20:25] = boxes.NO_FACE
    return found


def test_smoothing_steadies_each_run_and_off_is_off() -> None:
    raw = some_boxes()
    np.testing.assert_array_equal(boxes.smooth(raw, 0), raw)
    steady = boxes.smooth(raw, 3)
    np.testing.assert_array_equal(exists(steady), exists(raw))
    assert np.diff(steady[25:], axis=0).std() < 0.3 * np.diff(raw[25:], axis=0).std()
    assert np.abs(steady[:20] - raw[:20]).max() < 4


@pytest.mark.parametrize("deviation", [0.0, 1.0, 3.0])
def test_smoothing_as_pictures_pass_is_smoothing_of_all(deviation: float) -> None:
    raw = some_boxes()
    found_faces = [
        faces.Face(np.full((1, 1, 3), i), np.zeros((68, 2)), box) for i, box in enumerate(raw)
    ]
    found = list(faces.steadied(iter(found_faces), deviation))
    assert [face.picture[0, 0, 0] for face in found] == list(range(60))
    np.testing.assert_allclose([f.box for f in found], boxes.smooth(raw, deviation), atol=1e-9)


def crop_of(face: faces.Face) -> np.ndarray:
    return sample(stage([faces.part(face)], "cpu"), SIDE_PX, "cpu")[0].numpy()


def test_a_crop_of_parts_of_a_pixel_lies_where_its_affine_says() -> None:
    y, x = np.mgrid[:300, :400].astype(np.float32)
    picture = np.stack([x / 2, y / 2, x * 0], -1).astype(np.uint8)
    face = faces.Face(picture, np.zeros((68, 2)), np.array([100.25, 50.5, 228.25, 178.5]))
    crop = crop_of(face)
    corner = face.affine @ np.array([200, 100, 1])
    np.testing.assert_allclose(crop[100, 200, :2], corner / 2, atol=1)


@pytest.mark.parametrize(
    "box",
    [
        (100.25, 50.5, 228.25, 178.5),
        (20.3, 30.1, 220.9, 260.2),
        (-30.5, -20.25, 90.5, 95.0),
        (350.5, 250.5, 420.0, 330.0),
        (10.2, 10.4, 27.0, 28.0),
        (-80.5, -90.5, -20.0, -30.0),
    ],
)
def test_a_crop_is_what_opencv_warps(box: tuple[float, ...]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    picture = cv2.GaussianBlur(noise, (0, 0), 1.5)
    face = faces.Face(picture, np.zeros((68, 2)), np.array(box))
    warped = cv2.warpAffine(
        picture,
        face.affine,
        (SIDE_PX, SIDE_PX),
        flags=cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    # OpenCV's places are rounded to 1/32 of a pixel.
    assert np.abs(crop_of(face).astype(int) - warped).max() <= 3


def test_faces_of_any_size_are_cropped_together_as_by_themselves() -> None:
    random = np.random.default_rng(0)
    picture = random.integers(0, 256, (900, 1200, 3), dtype=np.uint8)
    sides = (20.5, 180.25, 64.0, 700.5)
    found = [
        faces.Face(picture, np.zeros((68, 2)), np.array([50.0, 60, 50 + side, 60 + side]))
        for side in sides
    ]
    found.append(faces.Face(picture, np.zeros((68, 2)), np.zeros(4)))
    together = sample(stage([faces.part(face) for face in found], "cpu"), SIDE_PX, "cpu").numpy()
    for crop, face in zip(together, found, strict=True):
        np.testing.assert_allclose(crop.astype(int), crop_of(face), atol=1)
    assert not together[-1].any()


def test_a_box_beyond_the_picture_is_cropped_without_shifting() -> None:
    picture = np.tile(np.arange(100, dtype=np.uint8)[None, :, None], (100, 1, 3))
    inside = faces.Face(picture, np.zeros((68, 2)), np.array([20, 10, 84, 74]))
    beyond = faces.Face(picture, np.zeros((68, 2)), np.array([60, 10, 124, 74]))
    shift = crop_of(beyond)[100, :100].astype(int) - crop_of(inside)[100, :100]
    np.testing.assert_allclose(shift, 40, atol=1)


def test_a_mask_drawn_from_landmarks_covers_mouth_and_chin_only() -> None:
    angle = np.linspace(0, np.pi, 17)
    points = np.zeros((68, 2))
    points[:17] = 256 + np.stack([-np.cos(angle) * 80, np.sin(angle) * 90], -1)
    points[17:27] = np.stack([np.linspace(190, 320, 10), np.full(10, 190)], -1)
    points[27:36] = [256, 250]
    points[48:60] = 256 + np.stack([np.cos(np.linspace(0, 6, 12)) * 25, 40 + np.zeros(12)], -1)
    box = np.array([176, 156, 336, 356])
    square = masks.surroundings(box)
    labels = torch.from_numpy(masks.draw(points, square))
    mask = upstream.on_square(masks.region(labels[None], "jaw", 90, 90), box, 0.05)
    mouth = (296 - square[1], 256 - square[0])
    forehead = (200 - square[1], 256 - square[0])
    assert mask[mouth] == 255 and mask[forehead] == 0
    assert mask[340 - square[1], 256 - square[0]] > 200


def test_dwpose_points_come_back_to_the_picture() -> None:
    box = np.array([300.0, 100.0, 420.0, 260.0])
    region = landmarks.bust(box)
    wanted = np.array([[340.0, 200.0], [380.0, 240.0]])
    inner = np.linalg.solve(region[:, :2], (wanted - region[:, 2]).T).T
    across = np.zeros((1, 2, landmarks.WIDTH_PX * landmarks.BINS_PER_PX))
    down = np.zeros((1, 2, landmarks.HEIGHT_PX * landmarks.BINS_PER_PX))
    for i, (x, y) in enumerate(inner):
        across[0, i, round(x * landmarks.BINS_PER_PX)] = 1
        down[0, i, round(y * landmarks.BINS_PER_PX)] = 1
    found = landmarks.decode(across, down)[0] @ region[:, :2].T + region[:, 2]
    np.testing.assert_allclose(found, wanted, atol=0.5 * region[0, 0])


def test_the_68_points_are_distinct_points_of_the_mesh() -> None:
    assert len(set(landmarks.MESH_OF_68)) == 68 and max(landmarks.MESH_OF_68) < 468


def test_labels_are_the_best_class() -> None:
    class Fixed(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            scores = torch.zeros(len(x), parsing.CLASSES, *x.shape[2:])
            scores[:, parsing.NECK] = 1
            return scores

    found = parsing.labels(Fixed(), torch.zeros(2, 8, 8, 3, dtype=torch.uint8), torch.float32)
    assert found.dtype == torch.uint8 and found.eq(parsing.NECK).all()


def test_batches_are_even_and_cover_everything() -> None:
    parts = [part for part, _ in Batches(32).run(100, lambda part: part)]
    assert parts == [slice(0, 25), slice(25, 50), slice(50, 75), slice(75, 100)]
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    full = [part for part, _ in Batches(32, even=False).run(70, lambda part: part)]
    assert full == [slice(0, 32), slice(32, 64), slice(64, 70)]


@pytest.mark.parametrize("smoothing", [0.0, 3.0])
def test_no_more_is_seen_of_pictures_than_their_region(smoothing: float) -> None:
    random = np.random.default_rng(0)
    mesh = random.normal(0, 15, (1, MESH_POINTS, 3)) + random.normal(0, 3, (9, 1, 3)) + 90
    track = Track(mesh.astype(np.float32), np.ones(9, bool))
    settings = MusetalkSettings(box_smoothing_frames=smoothing)
    pictures = random.integers(0, 256, (9, 200, 300, 3), dtype=np.uint8)
    region = faces.looked_at(track, settings, 200, 300)
    assert region is not None
    blackened = np.zeros_like(pictures)
    part = slice(None), region.rows, region.columns
    blackened[part] = pictures[part]
    assert (blackened != pictures).any()
    for whole, seen in zip(
        *(views(given, track, settings) for given in (pictures, blackened)), strict=True
    ):
        np.testing.assert_array_equal(whole.part.pixels, seen.part.pixels)
        assert whole.surroundings is not None and seen.surroundings is not None
        np.testing.assert_array_equal(whole.surroundings.pixels, seen.surroundings.pixels)


@pytest.mark.parametrize("box", [(30, 40, 90, 110), (-20, 10, 200, 300), (100, 50, 330, 290)])
def test_the_parser_sees_what_upstream_resizes(box: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (240, 300, 3), dtype=np.uint8)
    square = masks.surroundings(np.array(box))
    beyond = cv2.copyMakeBorder(picture, *[300] * 4, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    x1, y1, x2, y2 = (place + 300 for place in square)
    whole = torch.from_numpy(beyond[y1:y2, x1:x2]).permute(2, 0, 1)[None]
    wanted = functional.interpolate(whole, (512, 512), mode="bilinear", antialias=True)
    parts = [masks.cut_out(picture, square), blank()]
    found = sample(stage(parts, "cpu"), 512, "cpu", triangle, antialias=True)
    apart = (found[0].permute(2, 0, 1).int() - wanted[0].int()).abs()
    assert apart.max() <= 1
    assert not found[1].any()


def test_masks_of_faces_of_every_size_are_those_of_each_alone() -> None:
    labels = torch.zeros(3, 512, 512, dtype=torch.uint8)
    labels[:, 200:420, 150:360] = parsing.SKIN
    found = [
        faces.Face(np.zeros((0, 0, 3), np.uint8), np.zeros((68, 2)), np.array(box, float))
        for box in ((30, 40, 90, 110), (0, 0, 0, 0), (100, 50, 700, 790))
    ]
    chosen = MusetalkSettings()
    together = faces.draw_masks(found, labels, chosen)
    alone = [faces.draw_masks([face], labels[:1], chosen)[0] for face in found]
    assert (together.int() - torch.stack(alone).int()).abs().max() <= 1
    assert together[0].max() == together[2].max() == 255 and not together[1].any()


def views(pictures: np.ndarray, track: Track, settings: MusetalkSettings) -> list[faces.View]:
    found = faces.locate(pictures, track, settings, None)
    return [
        faces.view(face, parsed=True)
        for face in faces.steadied(found, settings.box_smoothing_frames)
    ]


NO_ROOM = [
    torch.OutOfMemoryError("CUDA out of memory"),
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory"),
]


@pytest.mark.parametrize("error", NO_ROOM)
def test_a_batch_is_halved_after_what_failed_is_freed(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[torch.Tensor]] = []
    held = []

    def work(part: slice) -> int:
        room = torch.zeros(part.stop - part.start)
        made.append(weakref.ref(room))
        if len(room) > 3:
            raise type(error)(*error.args)
        return len(room)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: held.append(made[-1]() is not None))
    batches = Batches(8)
    assert [part.stop for part, _ in batches.run(7, work)] == [3, 5, 7]
    assert batches.frames == 3 and held and not any(held)


def test_another_error_is_not_taken_for_a_lack_of_memory() -> None:
    def wrong(part: slice) -> None:
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes"):
        list(Batches(8).run(8, wrong))


def test_out_of_memory_at_one_frame_is_a_fault() -> None:
    def never(part: slice) -> None:
        raise torch.OutOfMemoryError("no room")

    with pytest.raises(Fault, match="one frame"):
        list(Batches(8).run(8, never))
