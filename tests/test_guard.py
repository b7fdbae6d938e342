"""The guard on a real picture that moves, is hidden, leaves, has company; and on its limits."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from mouthpiece.clock import Clock
from mouthpiece.guard import Verdict, watch
from mouthpiece.settings import Guard
from mouthpiece.track import Track, load_all, save_all

FRAMES = 24
PORTRAIT = data.astronaut()
CAT = cv2.resize(data.chelsea(), (512, 512))


def followed(draw: Callable[[int], np.ndarray], **limits: object) -> tuple[Verdict, list[Track]]:
    pictures: Iterator[np.ndarray] = (draw(i) for i in range(FRAMES))
    return watch(pictures, Clock(Fraction(25), 0, FRAMES), Guard(**limits))


def seen(draw: Callable[[int], np.ndarray], **limits: object) -> tuple[Verdict, Track]:
    verdict, tracks = followed(draw, **limits)
    return verdict, tracks[0] if tracks else Track.empty()


def swaying(frame: int) -> np.ndarray:
    shift = np.array([[1, 0, 6 * np.sin(frame / 6)], [0, 1, 0.5 * frame]])
    return cv2.warpAffine(PORTRAIT, shift, (512, 512), borderMode=cv2.BORDER_REFLECT)


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def test_one_clear_face(tmp_path_factory: pytest.TempPathFactory) -> None:
    verdict, track = seen(swaying)
    assert (verdict.verdict, verdict.reasons) == ("lipsync", ())
    assert track.points.shape == (FRAMES, 468, 3)
    assert track.seen.all()
    chin = track.points[:, 152, 1]
    assert chin[-1] - chin[0] == pytest.approx(0.5 * (FRAMES - 1), abs=2)
    path = tmp_path_factory.mktemp("track") / "track.npz"
    track.save(path)
    np.testing.assert_array_equal(Track.load(path).points, track.points)


@pytest.mark.parametrize(
    ("draw", "limits", "code"),
    [
        (lambda i: CAT, {}, "no_face"),
        (lambda i: np.hstack([PORTRAIT[:, :400], PORTRAIT[:, 100:450]]), {}, "two_faces"),
        (lambda i: PORTRAIT if i < 12 else CAT, {}, "face_lost"),
        (lambda i: CAT if 5 <= i < 15 else PORTRAIT, {"min_seen": 0.1}, "gap"),
        (swaying, {"min_face_px": 400}, "small_face"),
        (swaying, {"min_frames": 25}, "short"),
        (swaying, {"max_roll_deg": 0.5}, "tilted"),
        (swaying, {"max_pitch_deg": 0.5}, "nodded"),
        (swaying, {"max_yaw_deg": 0.5}, "turned"),
    ],
)
def test_a_reason_is_measured(draw: Callable, limits: dict[str, object], code: str) -> None:
    verdict, track = seen(draw, **limits)
    assert verdict.verdict == "passthrough"
    assert code in codes(verdict)
    assert track.frames == 0
    reason = next(r for r in verdict.reasons if r.code == code)
    assert np.isfinite(reason.value) and reason.value != reason.limit


def test_a_hand_s_length_of_card_before_the_mouth_hides_it() -> None:
    def covered(frame: int) -> np.ndarray:
        picture = swaying(frame).copy()
        if 4 <= frame < 12:
            picture[125:190, 170:260] = (40, 60, 170)
        return picture

    verdict, _ = seen(covered)
    assert "hidden" in codes(verdict) or "face_lost" in codes(verdict)
    assert codes(seen(swaying)[0]) == []


def test_a_change_of_light_hides_nothing() -> None:
    verdict, _ = seen(lambda i: np.clip(swaying(i) * (1 - 0.3 * (i > 12)), 0, 255).astype(np.uint8))
    assert codes(verdict) == []


def test_a_short_gap_is_bridged() -> None:
    verdict, track = seen(lambda i: CAT if i in (10, 11) else swaying(i), smoothing_s=0)
    assert verdict.verdict == "lipsync"
    assert (~track.seen).sum() in (1, 2)
    chin = track.points[:, 152, 1]
    assert np.abs(np.diff(chin[8:14])).max() < 4


LEFT, RIGHT = PORTRAIT[:, :400], PORTRAIT[:, 100:450]
LEFT_X, RIGHT_X = 222, 400 + 122
"""Where the two faces of `pair` are."""


def pair(frame: int) -> np.ndarray:
    """Two faces; the right one is the smaller and sways."""
    shift = np.array([[0.8, 0, 35 + 4 * np.sin(frame / 4)], [0, 0.8, 50]])
    right = cv2.warpAffine(RIGHT, shift, RIGHT.shape[1::-1], borderMode=cv2.BORDER_REFLECT)
    return np.hstack([LEFT, right])


def middle(track: Track) -> float:
    return float(track.points[:, :, 0].mean())


def test_the_config_names_whose_face_it_is() -> None:
    assert codes(seen(pair)[0]) == ["two_faces"]
    found = {face: seen(pair, face=face) for face in ("left", "right", "largest")}
    assert {verdict.reasons for verdict, _ in found.values()} == {()}
    assert not any(verdict.contested for verdict, _ in found.values())
    assert middle(found["left"][1]) == pytest.approx(LEFT_X, abs=25)
    assert middle(found["right"][1]) == pytest.approx(RIGHT_X, abs=25)
    np.testing.assert_array_equal(found["largest"][1].points, found["left"][1].points)


@pytest.mark.parametrize("first", [0, 7])
def test_a_named_face_that_goes_is_not_replaced_by_its_neighbour(first: int) -> None:
    def gone(frame: int) -> np.ndarray:
        picture = pair(frame)
        if first <= frame < first + 12:
            picture[:, :400] = CAT[:, :400]
        return picture

    verdict, _ = seen(gone, face="left")
    assert {"face_lost", "gap"} <= set(codes(verdict))
    assert verdict.measures.face_px == pytest.approx(
        seen(pair, face="left")[0].measures.face_px, 0.1
    )
    assert codes(seen(gone, face="right")[0]) == []


def test_a_name_is_no_excuse() -> None:
    assert codes(seen(lambda i: CAT, face="left")[0]) == ["no_face"]
    assert codes(seen(pair, face="right", min_face_px=98)[0]) == ["small_face"]
    verdict, track = seen(swaying, face="right")
    assert (verdict.verdict, track.frames) == ("lipsync", FRAMES)


def test_where_faces_contest_each_is_followed(tmp_path: Path) -> None:
    verdict, tracks = followed(pair, two_faces="in_sync")
    assert (verdict.verdict, verdict.contested) == ("lipsync", True)
    assert [middle(track) for track in tracks] == pytest.approx([LEFT_X, RIGHT_X], abs=25)
    save_all(tracks, tmp_path / "faces.npz")
    for read, track in zip(load_all(tmp_path / "faces.npz"), tracks, strict=True):
        np.testing.assert_array_equal(read.points, track.points)
        np.testing.assert_array_equal(read.seen, track.seen)
    save_all([], tmp_path / "faces.npz")
    assert load_all(tmp_path / "faces.npz") == []


def test_a_face_that_cannot_be_drawn_contests_without_a_track() -> None:
    verdict, tracks = followed(pair, two_faces="in_sync", min_face_px=98)
    assert (verdict.verdict, verdict.contested, len(tracks)) == ("lipsync", True, 1)
    verdict, tracks = followed(pair, two_faces="in_sync", min_face_px=400)
    assert (codes(verdict), tracks) == (["small_face"], [])


def test_one_face_contests_nothing() -> None:
    verdict, tracks = followed(swaying, two_faces="in_sync")
    assert (verdict.contested, len(tracks)) == (False, 1)
    alone = seen(swaying)[1]
    np.testing.assert_allclose(tracks[0].points, alone.points, atol=0.5)
