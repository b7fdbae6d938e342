"""The better of a draft and its final: what is written, and why."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mouthpiece.core.files import read_json, write_json
from mouthpiece.project.gate import Gate
from mouthpiece.stages.final import final
from mouthpiece.stages.requests import DraftFiles, FinalRequest

LIMITS = Gate().draft_limits
KEY, FINAL_KEY = "0123456789ab", "ba9876543210"
FAULT = {"stage": "draft_final", "kind": "Fault", "message": "no memory"}
Request = Callable[..., FinalRequest]


def score(confidence: float = 0.5, **other: Any) -> dict[str, Any]:
    measured = {"offset_frames": 0, "speech_s": 2.0, "duration_s": 3.0, "distance": 0.5}
    return {"scorer": "embedded", "confidence": confidence, **measured, **other}


def files(folder: Path, name: str) -> DraftFiles:
    return DraftFiles(
        patches=folder / f"{name}.zip",
        row=folder / f"{name}.json",
        score=folder / f"{name}_score.json",
    )


@pytest.fixture
def request_of(tmp_path: Path) -> Request:
    """A request with these two scores, and more fields of the final's row."""

    def request(before: Any, after: Any, **of_final: Any) -> FinalRequest:
        draft, drawn = files(tmp_path, "draft"), files(tmp_path, "drawn")
        draft.patches.write_bytes(b"draft")
        drawn.patches.write_bytes(b"final")
        facts = {"price_usd": 0.2}
        write_json(draft.row, {"engine": "preview", "draft": KEY, "facts": {}})
        row = {"engine": "latentsync", "draft": FINAL_KEY, "facts": facts, **of_final}
        write_json(drawn.row, row)
        write_json(draft.score, before)
        write_json(drawn.score, after)
        return FinalRequest(
            draft=draft,
            drawn=drawn,
            engine="latentsync",
            max_drop=0.1,
            limits=LIMITS.model_dump(),
            final=files(tmp_path, "final"),
        )

    return request


def chosen(request: FinalRequest) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """What was chosen: its patches, its row and its score."""
    final(request)
    made = request.final
    return made.patches.read_text(), read_json(made.row), read_json(made.score)


@pytest.mark.parametrize("after", [score(0.6), score(0.46)])
def test_a_final_that_is_no_worse_takes_the_place_of_the_draft(
    request_of: Request, after: dict[str, Any]
) -> None:
    patches, row, scored = chosen(request_of(score(0.5), after))
    assert (patches, scored) == ("final", after)
    assert (row["draft"], row["stands_for"], row["engine"]) == (FINAL_KEY, [KEY], "latentsync")
    assert row["final"] == {
        "engine": "latentsync",
        "facts": {"price_usd": 0.2},
        "reverted": False,
        "reasons": [],
        "before": {"confidence": 0.5, "gate": "pass"},
        "after": {"confidence": after["confidence"], "gate": "pass"},
    }


@pytest.mark.parametrize(
    ("before", "after", "reasons"),
    [
        (score(0.5), score(0.3), ["final_sync_lost=0.400"]),
        (score(0.5), score(0.5, offset_frames=4), ["final_verdict_lost=0.500"]),
        (score(0.5), score(0.6, asymmetry=0.9), ["final_verdict_lost=0.600"]),
        (score(0.5, speech_s=0.1), score(0.6, speech_s=0.1, asymmetry=0.9),
         ["final_verdict_lost=0.600"]),
        (score(0.5), {}, ["final_empty=0"]),
        ({}, {}, ["final_empty=0"]),
    ],
)  # fmt: skip
def test_a_final_that_is_worse_leaves_the_draft(
    request_of: Request, before: dict[str, Any], after: dict[str, Any], reasons: list[str]
) -> None:
    patches, row, scored = chosen(request_of(before, after))
    assert (patches, scored, row["draft"], row["engine"]) == ("draft", before, KEY, "preview")
    assert "stands_for" not in row and row["final"]["reverted"]
    assert row["final"]["reasons"] == reasons
    assert row["final"]["facts"] == {"price_usd": 0.2}, "it was paid all the same"


def test_where_nobody_can_be_judged_the_final_is_taken(request_of: Request) -> None:
    silent = score(0.5, speech_s=0.1)
    assert chosen(request_of(silent, score(0.1, speech_s=0.1)))[0] == "final"


def test_what_is_far_below_its_source_is_worse(request_of: Request, tmp_path: Path) -> None:
    write_json(tmp_path / "guard.json", {"speaker": {"score": score(0.6), "face": 0}})
    limits = LIMITS.model_copy(update={"min_source_share": 0.8}).model_dump()
    request = replace(request_of(score(0.5), score(0.46)), limits=limits)
    assert chosen(request)[0] == "final"
    assert chosen(replace(request, source=tmp_path / "guard.json"))[0] == "draft"


@pytest.mark.parametrize("where", ["row", "score"])
def test_a_final_that_failed_leaves_the_draft_with_its_fault(
    request_of: Request, where: str
) -> None:
    in_row = {"fault": FAULT} if where == "row" else {}
    patches, row, scored = chosen(request_of(score(), {} if in_row else {"fault": FAULT}, **in_row))
    assert (patches, scored, row["draft"]) == ("draft", score(), KEY)
    assert row["final"] == {
        "engine": "latentsync",
        "reverted": True,
        "reasons": [],
        "fault": FAULT,
        "facts": {"price_usd": 0.2},
    }
    assert "fault" not in row


def test_what_was_paid_for_a_final_that_failed_is_in_its_row(request_of: Request) -> None:
    paid = FAULT | {"facts": {"price_usd": 0.3}}
    row = chosen(request_of(score(), {}, fault=paid, facts={}))[1]
    assert row["final"]["facts"] == {"price_usd": 0.3}


@pytest.mark.parametrize("fails", [False, True])
def test_what_was_paid_for_a_draft_is_known_of_the_final_in_its_place(
    request_of: Request, fails: bool
) -> None:
    request = request_of({} if fails else score(), score())
    facts = {"price_usd": 0.4}
    paid = {"facts": {}, "fault": FAULT | {"facts": facts}} if fails else {"facts": facts}
    write_json(request.draft.row, read_json(request.draft.row) | paid)
    patches, row, _ = chosen(request)
    assert (patches, row["final"]["draft_facts"]) == ("final", facts)


def test_where_the_choice_itself_fails_the_draft_stands(request_of: Request) -> None:
    request = request_of(score(), score())
    final.on_fault(request, FAULT)
    assert request.final.patches.read_bytes() == b"draft"
    assert read_json(request.final.row)["final"]["fault"] == FAULT


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (score(0.5, offset_frames=4), score(0.4)),  # by its offset; the final has less confidence
        (score(0.05), score(0.3, asymmetry=0.9)),  # by its confidence; the final is doubted
    ],
)
def test_a_draft_that_fails_the_gate_yields_to_a_final_that_does_not(
    request_of: Request, before: dict[str, Any], after: dict[str, Any]
) -> None:
    patches, row, _ = chosen(request_of(before, after))
    assert (patches, row["final"]["reverted"], row["final"]["reasons"]) == ("final", False, [])
    assert row["final"]["before"]["gate"] == "fail" != row["final"]["after"]["gate"]


def test_two_that_fail_are_compared_by_their_confidence(request_of: Request) -> None:
    before, after = score(0.5, offset_frames=4), score(0.4, offset_frames=4)
    assert chosen(request_of(before, after))[0] == "draft"
    assert chosen(request_of(after, before))[0] == "final"


@pytest.mark.parametrize("where", ["row", "score"])
def test_a_final_stands_alone_where_the_draft_could_not_be_made(
    request_of: Request, where: str
) -> None:
    request = request_of({} if where == "row" else {"fault": FAULT}, score())
    if where == "row":
        write_json(request.draft.row, {"engine": "preview", "draft": "", "fault": FAULT})
    patches, row, scored = chosen(request)
    assert (patches, scored, row["draft"]) == ("final", score(), FINAL_KEY)
    assert "fault" not in row and row["final"]["draft_fault"] == FAULT
    assert (row["final"]["reverted"], row["final"]["reasons"]) == (False, ["final_not_compared=0"])
    assert "" not in row["stands_for"]


def test_a_final_stands_alone_where_the_draft_engine_drew_nothing(request_of: Request) -> None:
    patches, row, _ = chosen(request_of({}, score()))
    assert (patches, row["final"]["reasons"]) == ("final", ["final_not_compared=0"])
    assert "draft_fault" not in row["final"]


def test_where_neither_could_be_made_the_drafts_fault_stays(request_of: Request) -> None:
    for after in ({}, {"fault": FAULT}):
        assert chosen(request_of({"fault": FAULT}, after))[2] == {"fault": FAULT}
