"""The verdict on a draft, and its comparison with the source."""

from typing import Any

import pytest

from mouthpiece.scorers.embedded.settings import EmbeddedSettings
from mouthpiece.scorers.verdict import judge

LIMITS = EmbeddedSettings(min_confidence=0.2, fail_confidence=0.1, min_source_share=0.6)


def score(confidence: float, **other: Any) -> dict[str, Any]:
    measured = {"scorer": "embedded", "confidence": confidence, "distance": 0.5}
    return measured | {"offset_frames": 0, "speech_s": 2.0, "duration_s": 3.0} | other


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (None, "pass"),
        (score(0.3), "pass"),
        (score(0.6), "review"),  # the draft has half of what the source has
        (score(0.15), "pass"),  # a source that does not pass itself says nothing
        (score(9.0, scorer="syncnet_v2"), "pass"),  # scores of two scorers are never compared
    ],
)
def test_a_draft_much_below_its_source_is_doubtful(
    source: dict[str, Any] | None, verdict: str
) -> None:
    found, reasons = judge(score(0.3), LIMITS, source)
    assert found == verdict
    assert reasons == (["below_source=0.50"] if verdict == "review" else [])


def test_a_failure_is_a_failure_whatever_the_source() -> None:
    assert judge(score(0.05), LIMITS, score(0.6)) == ("fail", ["low_confidence=0.050"])


def test_zero_switches_the_comparison_off() -> None:
    limits = EmbeddedSettings(min_confidence=0.2)
    assert judge(score(0.3), limits, score(9.0)) == ("pass", [])


@pytest.mark.parametrize(
    ("confidence", "speech_s", "verdict", "reasons"),
    [
        (0.19, 2.0, "pass", []),
        (0.16, 2.9, "review", ["doubtful_short=0.160"]),
        (0.16, 3.0, "pass", []),
        (0.13, 2.0, "review", ["doubtful=0.130"]),
        (0.13, 8.0, "review", ["doubtful=0.130"]),
    ],
)
def test_where_little_is_said_more_confidence_is_wanted(
    confidence: float, speech_s: float, verdict: str, reasons: list[str]
) -> None:
    limits = EmbeddedSettings(min_confidence=0.14, short_confidence=0.18, short_speech_s=3.0)
    found = score(confidence, speech_s=speech_s, duration_s=10.0)
    assert judge(found, limits) == (verdict, reasons)


def test_a_higher_limit_of_all_cuts_holds_for_short_ones_and_null_is_that_of_all() -> None:
    assert EmbeddedSettings(min_confidence=0.25, short_confidence=0.18).passes_from(1.0) == 0.25
    assert EmbeddedSettings(min_confidence=0.12, short_confidence=None).passes_from(1.0) == 0.12
