"""A refusal binds to frames: it survives a redraft and a moved boundary."""

import pytest

from mouthpiece.review.refusals import carried_to, frames_of, overlap, refusals_in, refused_by

OLD = "000120-000219"


@pytest.mark.parametrize(
    ("cuts", "refused"),
    [
        (["000000-000119", OLD, "000220-000300"], [OLD]),
        # split: both halves
        (["000120-000169", "000170-000219"], ["000120-000169", "000170-000219"]),
        # split unevenly: a short part is refused, too
        (["000120-000214", "000215-000219"], ["000120-000214", "000215-000219"]),
        # a moved boundary: the neighbour got a sliver of five frames
        (["000000-000124", "000125-000219"], ["000125-000219"]),
        # merged into a long cut: it shows more of these frames than any other
        (["000000-000999"], ["000000-000999"]),
        (["000000-000160", "000161-000999"], ["000161-000999"]),
        # half of the frames each, in long cuts: neither shows more
        (["000000-000169", "000170-000999"], ["000000-000169", "000170-000999"]),
        # exactly half of the cut is refused
        (["000020-000219", "000215-000219"], ["000020-000219", "000215-000219"]),
        (["000300-000400"], []),
        ([], []),
    ],
)
def test_a_refusal_is_carried_to_the_cuts_that_show_its_frames(
    cuts: list[str], refused: list[str]
) -> None:
    assert carried_to(OLD, cuts) == refused


def test_a_cut_is_refused_by_its_own_row_before_another() -> None:
    cuts = ["000000-000099", "000100-000199"]
    assert refused_by(cuts, ["000000-000149", "000000-000099"]) == {
        "000000-000099": "000000-000099",
        "000100-000199": "000000-000149",
    }
    assert refused_by(cuts, ["000090-000199", "000080-000199"]) == {
        "000100-000199": "000080-000199"
    }
    assert refused_by(cuts, []) == {}


def test_only_refusals_follow_frames() -> None:
    decisions = {"000000-000099": "approve", "000100-000199": "passthrough", "000200-000299": ""}
    assert refusals_in(decisions) == ["000100-000199"]


def test_frames_of_a_cut_and_what_two_share() -> None:
    assert frames_of("000120-000219") == range(120, 220)
    assert list(frames_of("000009-000003")) == []
    assert overlap(range(10), range(5, 20)) == 5
    assert overlap(range(10), range(10, 20)) == 0
    assert carried_to("000009-000003", ["000000-000099"]) == []
