"""A mouth that moves while nobody is heard."""

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from mouthpiece.faces.detector import FaceDetector
from mouthpiece.faces.landmarks import (
    LEFT_EYE_OUTER,
    LIPS_APART,
    MESH_POINTS,
    RIGHT_EYE_OUTER,
    lip_gap,
)
from mouthpiece.faces.mesh import FaceMesh
from mouthpiece.faces.region import Region
from mouthpiece.project.gate import Gate
from mouthpiece.scorers.base import Seen
from mouthpiece.scorers.silent_mouth import (
    NOISE,
    MouthWatch,
    SecondLook,
    mouth_in_silence,
    openings,
)
from mouthpiece.scorers.verdict import judge_draft
from places import ROOT

sys.path.append(str(ROOT / "benchmarks"))

from drawn_face import Pose, draw


def talking(frames: int, rate: float) -> np.ndarray:
    """Lips that open and close four times a second."""
    return 0.08 * np.abs(np.sin(np.pi * 4 * np.arange(frames) / rate))


@pytest.mark.parametrize("rate", [23.976, 25, 50])
def test_a_mouth_that_goes_on_in_silence_is_measured(rate: float) -> None:
    frames = round(4 * rate)
    spoken = np.arange(frames) < 2 * rate
    found = mouth_in_silence(talking(frames, rate), spoken, rate)
    assert found["silence_s"] == pytest.approx(1.88, abs=2 / rate)
    assert found["mouth_in_silence_s"] == pytest.approx(1.88, abs=0.1)


def test_a_mouth_that_shuts_with_the_voice_does_not_count() -> None:
    spoken = np.arange(100) < 50
    opening = np.where(np.arange(100) < 52, talking(100, 25), 0)  # shuts 80 ms late
    assert mouth_in_silence(opening, spoken, 25)["mouth_in_silence_s"] == 0


def test_trembling_landmarks_are_no_movement() -> None:
    opening = 0.1 + np.random.default_rng(0).normal(0, 0.004, 200)
    found = mouth_in_silence(opening, np.zeros(200, bool), 25)
    assert found == {"silence_s": 8.0, "mouth_in_silence_s": 0.0, "open_in_silence_s": 0.0}


def test_a_mouth_that_is_held_open_counts() -> None:
    own = np.tile([0.02, 0.1, 0.2], 30)
    spoken = np.arange(100) < 25
    for held, seconds in ((0.03, 0.0), (0.06, 2.88)):
        opening = np.full(100, held)
        found = mouth_in_silence(opening, spoken, 25, own)
        assert found == {
            "silence_s": 2.88,
            "mouth_in_silence_s": seconds,
            "open_in_silence_s": seconds,
        }


@pytest.mark.parametrize(("late_frames", "is_open"), [(3, False), (8, True)])
def test_a_mouth_that_stays_open_after_the_voice_is_open_in_silence(
    late_frames: int, is_open: bool
) -> None:
    """It may be eased shut over three frames; then it is doubted, however long the silence is."""
    own, frame = np.tile([0.02, 0.1, 0.2], 100), np.arange(300)
    opening = np.where(frame < 50 + late_frames, 0.1, 0.02)
    found = mouth_in_silence(opening, frame < 50, 25, own)
    assert (found["open_in_silence_s"] > 0.05) is is_open
    score = {"speech_s": 3, "duration_s": 12, "confidence": 1, "offset_frames": 0} | found
    verdict, reasons = judge_draft(score | {"scorer": "embedded"}, Gate().draft_limits)
    assert verdict == ("review" if is_open else "pass")
    assert [reason.split("=")[0] for reason in reasons] == ["open_in_silence"] * is_open


def test_the_openings_of_a_track_are_those_of_its_faces() -> None:
    track = np.stack([face(gap).points for gap in (0, 10, 20)])
    assert openings(track).tolist() == [0, 0.1, 0.2]


def test_short_pauses_do_not_count() -> None:
    spoken = np.arange(100) % 10 >= 5  # pauses of 0.2 s
    assert mouth_in_silence(talking(100, 25), spoken, 25)["silence_s"] == 0


def test_nothing_seen_is_nothing() -> None:
    assert mouth_in_silence(np.zeros(0), np.zeros(5, bool), 25)["mouth_in_silence_s"] == 0
    assert len(MouthWatch().points) == 0
    assert len(openings(MouthWatch().points)) == 0


def face(gap: float) -> Seen:
    points = np.zeros((MESH_POINTS, 3))
    points[LEFT_EYE_OUTER, 0], points[RIGHT_EYE_OUTER, 0] = 50, -50
    for upper, _ in LIPS_APART:
        points[upper, 1] = gap
    return Seen(np.zeros((1, 1, 3), np.uint8), points)


def test_faces_are_measured_as_they_pass() -> None:
    watch = MouthWatch()
    passed: Iterator[Seen] = watch.watched(face(gap) for gap in (0, 10, 20))
    assert [lip_gap(seen.points) for seen in passed] == [0, 10, 20]
    assert openings(watch.points) == pytest.approx([0, 0.1, 0.2])


@pytest.mark.parametrize(
    ("moving_s", "silence_s", "verdict"),
    [(0.3, 2, "pass"), (0.5, 2, "review"), (0.9, 12, "pass"), (1.5, 12, "review")],
)
def test_the_gate_doubts_it(moving_s: float, silence_s: float, verdict: str) -> None:
    score = {"speech_s": 3, "duration_s": 20, "confidence": 1, "offset_frames": 0} | {
        "scorer": "embedded",
        "mouth_in_silence_s": moving_s,
        "silence_s": silence_s,
    }
    found, reasons = judge_draft(score, Gate().draft_limits)
    assert found == verdict
    assert reasons == ([f"mouth_in_silence={moving_s:.3g}"] if verdict == "review" else [])


@pytest.mark.parametrize(("speech_s", "duration_s"), [(0, 3), (0.7, 0.9)])
def test_what_is_too_silent_or_short_to_judge_is_doubted_for_its_mouth(
    speech_s: float, duration_s: float
) -> None:
    score = {"speech_s": speech_s, "duration_s": duration_s, "silence_s": 2.0}
    limits = Gate().draft_limits
    assert judge_draft(score | {"mouth_in_silence_s": 0.3}, limits)[0] == "unjudged"
    verdict, reasons = judge_draft(score | {"mouth_in_silence_s": 0.9}, limits)
    assert verdict == "review"
    assert reasons[0] == "mouth_in_silence=0.9"


class Trembling:
    """A mesh whose opening depends on where it is looked for: each look errs by another amount."""

    def __init__(self, gap: float, errors: list[float]) -> None:
        self.gap, self.errors = gap, errors

    def locate(self, picture: np.ndarray, region: Region) -> tuple[np.ndarray, float]:
        return face(self.gap + self.errors.pop()).points, 1.0


@pytest.mark.parametrize(("gap", "is_open"), [(3.0, False), (6.0, True)])
def test_a_mouth_that_seems_open_in_silence_is_looked_at_again(gap: float, is_open: bool) -> None:
    own = np.stack([face(one).points for one in [2.0, 10.0, 20.0] * 30])
    silent = np.arange(len(own)) >= 40
    errors = [4.0, -1.0, 1.0, 0.0, 0.5, -0.5, 0.2, -2.0] * 2 * len(own)
    watch = MouthWatch(SecondLook(own, silent, Trembling(gap, errors)))
    seen = [face(gap + 3) for _ in own]
    assert all(one is same for one, same in zip(watch.watched(seen), seen, strict=True))
    found = openings(watch.points)
    assert found[~silent] == pytest.approx((gap + 3) / 100), "speech is measured by one look"
    less = NOISE * np.std([4.0, -1.0, 1.0, 0.0, 0.5, -0.5, 0.2, -2.0])
    assert found[silent] == pytest.approx((gap - less) / 100), "ten of sixteen looks are as open"
    told = mouth_in_silence(found, ~silent, 25, openings(own))
    assert (told["open_in_silence_s"] > 0) is is_open
    shut = MouthWatch(SecondLook(own, silent, Trembling(gap, [])))
    assert len([*shut.watched(face(2) for _ in own)]) == len(own), "none looks at shut lips again"


@pytest.mark.parametrize(("err", "is_open"), [(9, False), (10, True)])
def test_a_doubt_needs_the_greater_part_of_the_looks(err: int, is_open: bool) -> None:
    """Where a shut mouth smiles, half of the looks may see it open."""
    own = np.stack([face(one).points for one in [2.0, 10.0, 20.0] * 30])
    looks = Trembling(2.0, ([5.0] * err + [0.0] * (16 - err)) * len(own))
    watch = MouthWatch(SecondLook(own, np.ones(len(own), bool), looks))
    assert len([*watch.watched(face(8) for _ in own)]) == len(own)
    told = mouth_in_silence(openings(watch.points), np.zeros(len(own), bool), 25, openings(own))
    assert (told["open_in_silence_s"] > 0) is is_open


@pytest.mark.parametrize(
    ("gap", "error", "is_open"), [(4.5, 0.5, True), (4.5, 4.0, False), (9.0, 4.0, True)]
)
def test_what_is_within_the_looks_error_is_no_opening(
    gap: float, error: float, is_open: bool
) -> None:
    """On soft and bearded lips that were shut ten of sixteen looks erred together, by a little."""
    own = np.stack([face(one).points for one in [2.0, 10.0, 20.0] * 30])
    looks = Trembling(gap, ([0.0] * 10 + [-error] * 6) * len(own))
    watch = MouthWatch(SecondLook(own, np.ones(len(own), bool), looks))
    assert len([*watch.watched(face(gap) for _ in own)]) == len(own)
    told = mouth_in_silence(openings(watch.points), np.zeros(len(own), bool), 25, openings(own))
    assert (told["open_in_silence_s"] > 0) is is_open


def test_lips_are_no_nearer_than_shut() -> None:
    own = np.stack([face(one).points for one in [0.0, 10.0, 20.0] * 30])
    looks = Trembling(1.5, [0.0] * 10 + [20.0] * 6)
    found = SecondLook(own, np.ones(len(own), bool), looks).mesh_of(0, face(1.5))
    assert lip_gap(found) == pytest.approx(0, abs=1e-6)


def test_a_second_look_opens_no_mouth() -> None:
    own = np.stack([face(one).points for one in [2.0, 10.0, 20.0] * 30])
    second = SecondLook(own, np.ones(len(own), bool), Trembling(6.0, [0.0] * 16))
    seen = face(3.5)
    assert second.mesh_of(0, seen) is seen.points, "nearly open in one look, open in the other"


class Mirrored:
    """A mesh that finds other gaps in a picture, whose first column is white, than in its mirror
    image.
    """

    def __init__(self, gaps: list[float], mirrored: list[float]) -> None:
        self.gaps, self.mirrored = gaps.copy(), mirrored.copy()

    def locate(self, picture: np.ndarray, region: Region) -> tuple[np.ndarray, float]:
        if picture[0, 0].all():
            assert region.centre[0] < 50
            return face(self.gaps.pop()).points, 1.0
        assert region.centre[0] > 149 and picture[0, -1].all()
        return face(self.mirrored.pop()).points, 1.0


@pytest.mark.parametrize(("err", "is_open"), [(3, False), (4, True)])
def test_a_doubt_needs_the_mirror_image_too(err: int, is_open: bool) -> None:
    own = np.stack([face(one).points for one in [2.0, 10.0, 20.0] * 30])
    picture = np.zeros((1, 200, 3), np.uint8)
    picture[0, 0] = 255
    looks = Mirrored([7.0] * 6 + [2.2, 2.0], [7.0] * err + [2.1] * (8 - err))
    second = SecondLook(own, np.ones(len(own), bool), looks)
    found = second.mesh_of(0, Seen(picture, face(8.0).points))
    assert not looks.gaps and not looks.mirrored
    less = NOISE * np.std([7.0] * (6 + err) + [2.2, 2.0] + [2.1] * (8 - err))
    seen = 7.0 if is_open else 2.2
    assert lip_gap(found) == pytest.approx(seen - less), "one that was seen in the picture itself"


def test_a_mouth_that_all_looks_at_the_picture_find_open_is_open() -> None:
    own = np.stack([face(one).points for one in [2.0, 10.0, 20.0] * 30])
    picture = np.zeros((1, 200, 3), np.uint8)
    picture[0, 0] = 255
    looks = Mirrored([7.0] * 7 + [6.5], [2.0] * 8)
    second = SecondLook(own, np.ones(len(own), bool), looks)
    less = NOISE * np.std([7.0] * 7 + [6.5] + [2.0] * 8)
    found = second.mesh_of(0, Seen(picture, face(8.0).points))
    assert lip_gap(found) == pytest.approx(6.5 - less)


def test_a_drawn_mouth_that_opens_for_one_frame_of_a_silence_is_told() -> None:
    """By the mesh itself: no look hides a mouth that is open."""
    talks = [Pose(opening=share) for share in (0.0, 0.3, 0.7, 1.0, 0.7, 0.3)]
    mesh, pictures = FaceMesh(), [draw(pose) for pose in talks]
    (found,) = FaceDetector().detect(pictures[0])
    first, _ = mesh.locate(pictures[0], Region.of_detection(found))
    region = Region.of_mesh(first)
    own = np.stack([mesh.locate(picture, region)[0] for picture in pictures] * 5)
    for opening, seconds in ((0.0, 0.0), (0.5, 0.04)):
        shown = [draw(Pose())] * 9 + [draw(Pose(opening=opening))] + [draw(Pose())] * 20
        watch = MouthWatch(SecondLook(own, np.ones(30, bool), mesh))
        for _ in watch.watched(Seen(one, mesh.locate(one, region)[0]) for one in shown):
            pass
        told = mouth_in_silence(openings(watch.points), np.zeros(30, bool), 25, openings(own))
        assert told["open_in_silence_s"] == seconds
