"""What a draft's picture shows besides its sync, and what the gate says of it."""

from typing import Any

import numpy as np
import pytest

from mouthpiece.config.picture import PictureLimits
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.mouth import LEFT_CORNER, RIGHT_CORNER
from mouthpiece.patches.looks import ZONES, Looks
from mouthpiece.project.gate import Gate
from mouthpiece.scorers.picture import PictureMeasures, picture_measures
from mouthpiece.scorers.picture_verdict import MEASURES, PictureFinding, picture_findings
from mouthpiece.scorers.verdict import judge_draft

FRAMES, RATE = 50, 25.0
LOWER = (87, 14, 317)
WAVE = (1 - np.cos(np.arange(FRAMES) / 3)) / 2
SPOKEN = np.ones(FRAMES, bool)


def face(opening: float = 0.2, width: float = 0.1) -> np.ndarray:
    """A stiff face that looks ahead, eye corners 1 apart, whose mouth moves."""
    points = np.random.default_rng(0).uniform(-0.5, 0.5, (MESH_POINTS, 3))
    points[[33, 263]] = [(-0.5, 0, 0), (0.5, 0, 0)]
    points[[10, 152]] = [(0, -0.5, 0), (0, 1, 0)]
    points[[82, 13, 312]] = [(x, 0.4, 0) for x in (-0.1, 0, 0.1)]
    points[list(LOWER)] = [(x, 0.4, 0) for x in (-0.1, 0, 0.1)]
    points[[RIGHT_CORNER, LEFT_CORNER]] = [(-0.3, 0.4, 0), (0.3, 0.4, 0)]
    moving = np.repeat(points[None], FRAMES, 0)
    moving[:, LOWER, 1] += opening * WAVE[:, None]
    moving[:, LEFT_CORNER, 0] += width * np.roll(WAVE, 5)
    return moving


def looks(frames: int = FRAMES, frontal: bool = True) -> Looks:
    """A draft that looks like its picture, but for a shade that jumps once."""
    shade = [np.full(ZONES, 4.0 * (number > 20)) for number in range(frames)]
    return Looks(
        frame=list(range(frames)),
        seam=[0.5] * frames,
        shade=shade,
        asymmetry=[0.3] * frames,
        own_asymmetry=[0.2] * frames,
        frontal=[frontal] * frames,
        detail=[0.9] * frames,
    )


def measured(**changed: Any) -> PictureMeasures:
    given = {"looks": looks(), "drawn": face(), "own": face(), "spoken": SPOKEN, "rate": RATE}
    given["heard"] = changed.get("spoken", SPOKEN)
    return picture_measures(**(given | changed))


def test_a_draft_is_measured_against_its_source() -> None:
    assert measured() == PictureMeasures(
        silence_s=0.0,
        mouth_in_silence_s=0.0,
        open_in_silence_s=0.0,
        opening_ratio=1.0,
        width_ratio=1.0,
        asymmetry=0.1,
        detail=0.9,
        shade_step=4.0,
        seam=0.5,
    )


def test_a_mouth_that_mumbles_has_a_share_of_the_persons_own_range() -> None:
    found = measured(drawn=face(0.08, 0.03))
    assert found.opening_ratio == pytest.approx(0.4, abs=0.02)
    assert found.width_ratio == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize("changed", [{"spoken": np.arange(FRAMES) < 20}, {"own": face(0, 0)}])
def test_where_little_is_said_or_the_person_is_still_no_range_is_compared(
    changed: dict[str, Any],
) -> None:
    found = measured(**changed)
    assert (found.opening_ratio, found.width_ratio) == (None, None)
    assert found.detail == 0.9


def test_a_few_drawn_frames_and_a_turned_face_tell_nothing() -> None:
    few = measured(looks=looks(9))
    assert (few.asymmetry, few.detail, few.shade_step, few.seam) == (None,) * 4
    turned = measured(looks=looks(frontal=False))
    assert turned.asymmetry is None and turned.seam == 0.5
    nothing = measured(looks=Looks())
    assert nothing.opening_ratio is None and nothing.mouth_in_silence_s == 0.0


LIMITS = PictureLimits(
    judged=("lopsided", "blurred"),
    max_asymmetry=0.06,
    min_detail=0.7,
    max_seam=2.0,
    min_opening_ratio=0.3,
    max_shade_step=None,
)


def test_what_breaks_a_limit_is_judged_or_reported() -> None:
    found = {"asymmetry": 0.1, "detail": 0.9, "seam": 2.5, "shade_step": 99.0, "opening_ratio": 0.2}
    assert picture_findings(found, LIMITS) == [
        PictureFinding("small_opening", 0.2, judged=False),
        PictureFinding("lopsided", 0.1, judged=True),
        PictureFinding("seam", 2.5, judged=False),
    ]
    assert picture_findings({"asymmetry": None, "detail": 0.7, "seam": 2.0}, LIMITS) == []
    assert picture_findings({}, LIMITS) == []


def score(**changed: Any) -> dict[str, Any]:
    return {
        "scorer": "embedded", "confidence": 0.5, "offset_frames": 0, "speech_s": 3.0,
        "duration_s": 4.0, "asymmetry": 0.1, "seam": 9.0, **changed,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "verdict", "reasons"),
    [
        ({}, "review", ["lopsided=0.1"]),
        ({"asymmetry": 0.0}, "pass", []),
        ({"confidence": 0.085}, "review", ["doubtful=0.085", "lopsided=0.1"]),
        ({"speech_s": 0.0}, "review", ["lopsided=0.1", "silent=0.00"]),
        ({"offset_frames": 9}, "fail", ["off_sync=9"]),
    ],
)
def test_the_verdict_is_that_of_sync_and_picture(
    changed: dict[str, Any], verdict: str, reasons: list[str]
) -> None:
    limits = Gate(picture=LIMITS).draft_limits
    assert judge_draft(score(**changed), limits) == (verdict, reasons)


def test_each_measure_has_a_field_and_a_limit() -> None:
    fields = set(PictureMeasures.__dataclass_fields__)
    assert {measure.name for measure in MEASURES} == fields - {"silence_s"}
    assert {measure.limit for measure in MEASURES} == set(PictureLimits.model_fields) - {"judged"}
