"""The guard on a real picture that moves, is hidden, leaves, has company; and on its limits."""

from collections.abc import Callable, Iterator
from fractions import Fraction

import cv2
import numpy as np
import pytest
from skimage import data

from mouthpiece.clock import Clock
from mouthpiece.guard import Verdict, watch
from mouthpiece.settings import Guard
from mouthpiece.track import Track

FRAMES = 24
PORTRAIT = data.astronaut()
CAT = cv2.resize(data.chelsea(), (512, 512))


def seen(draw: Callable[[int], np.ndarray], **limits: object) -> tuple[Verdict, Track]:
    pictures: Iterator[np.ndarray] = (draw(i) for i in range(FRAMES))
    return watch(pictures, Clock(Fraction(25), 0, FRAMES), Guard(**limits))


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
