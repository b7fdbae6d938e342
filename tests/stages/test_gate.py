"""The gate's verdicts, what is delivered of each, and which decisions hold."""

import json
from pathlib import Path
from typing import Any

import pytest

from mouthpiece.config.gate import DeliverWhat
from mouthpiece.config.picture import PictureLimits
from mouthpiece.core.cut_table import CutRow, read_rows
from mouthpiece.core.cuts import Cut
from mouthpiece.core.delivery_table import DeliveredCut, read_delivery
from mouthpiece.core.errors import Fault
from mouthpiece.core.files import write_json
from mouthpiece.project.gate import Gate, Scorers
from mouthpiece.scorers.aperture.settings import ApertureSettings
from mouthpiece.scorers.speaking import nothing_known
from mouthpiece.scorers.verdict import judge
from mouthpiece.stages.cut_table import write_cut_table
from mouthpiece.stages.gate import gate, judge_cuts

SETTINGS = Gate(
    scorer="aperture",
    scorers=Scorers(aperture=ApertureSettings(min_confidence=0.3, fail_confidence=0.2)),
)
KEY = "0123456789ab"


def score(confidence: float = 0.5, offset: int = 0, **other: Any) -> dict[str, Any]:
    return {
        "scorer": "aperture",
        "confidence": confidence,
        "distance": 0.5,
        "offset_frames": offset,
        "speech_s": 2.0,
        "duration_s": 3.0,
        **other,
    }


@pytest.mark.parametrize(
    ("measured", "verdict", "reasons"),
    [
        (score(), "pass", []),
        (score(offset=1), "pass", []),
        (score(offset=-1), "pass", []),
        (score(offset=2), "fail", ["off_sync=2"]),
        (score(0.25), "review", ["doubtful=0.250"]),
        (score(0.1), "fail", ["low_confidence=0.100"]),
        (score(0.1, offset=-9), "fail", ["low_confidence=0.100", "off_sync=-9"]),
        (score(speech_s=0.1), "unjudged", ["silent=0.10"]),
        (score(offset=9, duration_s=0.5), "unjudged", ["too_short=0.50"]),
    ],
)
def test_verdicts(measured: dict[str, Any], verdict: str, reasons: list[str]) -> None:
    assert judge(measured, SETTINGS.limits) == (verdict, reasons)


def decide(
    folder: Path,
    decisions: dict[str, dict[str, str]],
    max_fault_share: float,
    **found: Any,
) -> list[CutRow]:
    """Run the gate, and write the table, as the workflow does."""
    read = {
        cut: {k: row.get(k, "") for k in ("decision", "draft")} for cut, row in decisions.items()
    }
    judged = judge_cuts(decisions=read, **found)
    gate(judged, max_fault_share, folder / "delivery.tsv")
    limits = found["limits"]
    write_cut_table(judged, decisions, {"*": "preview"}, limits, folder / "cuts.tsv")
    return read_rows(folder / "cuts.tsv")


def decided(
    folder: Path,
    measured: dict[str, Any],
    decision: dict[str, str] | None = None,
    settings: Gate = SETTINGS,
    guard_reasons: tuple[dict[str, Any], ...] = (),
    second_face: float = 0.0,
    speaker: dict[str, Any] | None = None,
    unclear: tuple[dict[str, Any], ...] = (),
    enhancement: dict[str, Any] | None = None,
    fault: dict[str, str] | None = None,
    max_fault_share: float = 1.0,
    decisions: dict[str, dict[str, str]] | None = None,
    packages: dict[str, str] | None = None,
    **drawn_as: Any,
) -> CutRow:
    cut = Cut("000010-000084", 10, 75)
    drawn = bool(measured)
    write_json(folder / "guard.json", {
        "verdict": "lipsync" if drawn else "passthrough", "reasons": guard_reasons,
        "measures": {"second_face": second_face}, "unclear": unclear,
        "speaker": speaker or nothing_known()})  # fmt: skip
    write_json(folder / "draft.json", {
        "engine": "preview", "settings": {"strength": 1.0}, "code": "c0de", "weights": "",
        "attempts": [], "moved_frames": 0, "facts": {},
        "draft": KEY if drawn else "",
        **({"enhancement": enhancement} if enhancement else {}),
        **({"packages": packages} if packages else {}),
        **drawn_as,
        **({"fault": fault} if fault else {})})  # fmt: skip
    write_json(folder / "score.json", measured)
    (row,) = decide(
        folder,
        decisions or ({cut.cut: decision} if decision else {}),
        max_fault_share,
        cuts=[cut],
        guards=[folder / "guard.json"],
        drafts=[folder / "draft.json" if drawn or fault else None],
        scores=[folder / "score.json" if drawn or fault else None],
        limits=settings.draft_limits,
        deliver=settings.deliver,
    )
    return row


def test_a_row_says_everything(tmp_path: Path) -> None:
    row = decided(tmp_path, score(0.51234))
    assert (row.cut, row.first_frame, row.frames) == ("000010-000084", 10, 75)
    assert (row.guard, row.gate, row.action, row.reason) == (
        "lipsync",
        "pass",
        "lipsync",
        "in_sync",
    )
    assert (row.confidence, row.offset_frames, row.draft) == ("0.5123", "0", KEY)
    assert row.settings == '{"strength": 1.0}'


@pytest.mark.parametrize("speaks", [False, True])
def test_a_larger_face_that_cannot_be_redrawn_is_named_where_no_other_speaks(
    tmp_path: Path, speaks: bool
) -> None:
    against = [] if speaks else [{"code": "not_speaking", "value": 0.002}]
    unclear = ({"code": "mouth_covered", "value": 39, "limit": 2},)
    speaker = nothing_known() | {"reasons": against}
    row = decided(tmp_path, {}, unclear=unclear, speaker=speaker)
    assert row.guard_reasons == ("" if speaks else "mouth_covered=39;not_speaking=0.002")


def test_a_guarded_cut_keeps_its_reasons(tmp_path: Path) -> None:
    reasons = ({"code": "two_faces", "value": 1.0, "limit": 0.1},
               {"code": "small_face", "value": 41.26, "limit": 64})  # fmt: skip
    row = decided(tmp_path, {}, guard_reasons=reasons, second_face=1)
    assert row.guard_reasons == "two_faces=1;small_face=41.26"
    assert row.second_face == "1.0000"
    assert (row.gate, row.action, row.reason) == ("none", "passthrough", "two_faces=1")
    assert (row.confidence, row.draft) == ("", "")


def test_a_face_that_does_not_speak_is_passed_through(tmp_path: Path) -> None:
    reasons = [{"code": "not_speaking", "value": -0.0123}]
    speaker = {"verdict": "not_speaking", "reasons": reasons, "reported": [],
               "score": score(-0.0123, 7)}  # fmt: skip
    row = decided(tmp_path, {}, speaker=speaker)
    assert (row.speaker, row.action, row.reason) == (
        "not_speaking",
        "passthrough",
        "not_speaking=-0.0123",
    )
    assert (row.source_confidence, row.source_offset_frames) == ("-0.0123", "7")


def test_what_is_only_reported_is_no_reason(tmp_path: Path) -> None:
    found = [{"code": "not_speaking", "value": 0.05}]
    speaker = {"verdict": "not_speaking", "reasons": [], "reported": found, "score": score(0.05)}
    row = decided(tmp_path, score(0.5), speaker=speaker)
    assert (row.speaker, row.guard_reasons, row.reported) == (
        "not_speaking", "", "not_speaking=0.05",
    )  # fmt: skip
    assert (row.action, row.reason) == ("lipsync", "in_sync")
    empty = decided(tmp_path, {}, speaker=speaker)
    assert (empty.action, empty.reason) == ("passthrough", "no_draft")


def test_the_picture_is_judged_or_reported_and_in_the_row(tmp_path: Path) -> None:
    limits = PictureLimits(judged=("lopsided",), max_asymmetry=0.06, max_seam=2.0, min_detail=None)
    settings = SETTINGS.model_copy(update={"picture": limits})
    found = [{"code": "doubtful_speaker", "value": 0.4}]
    speaker = {"verdict": "unknown", "reasons": [], "reported": found, "score": {}}
    picture = {"asymmetry": 0.1, "seam": 2.5, "detail": 0.2, "opening_ratio": None}
    row = decided(tmp_path, score(**picture), settings=settings, speaker=speaker)
    assert (row.gate, row.gate_reasons, row.action) == ("review", "lopsided=0.1", "lipsync")
    assert row.reported == "doubtful_speaker=0.4;seam=2.5"
    assert (row.asymmetry, row.seam, row.detail) == ("0.100", "2.500", "0.200")
    assert (row.opening_ratio, row.shade_step) == ("", "")


def test_each_measure_has_its_limit_beside_it(tmp_path: Path) -> None:
    limits = PictureLimits(max_asymmetry=0.06, max_seam=None, min_detail=0.725)
    scorer = ApertureSettings(min_confidence=0.3, short_confidence=0.35, fail_confidence=0.2)
    settings = Gate(scorer="aperture", scorers=Scorers(aperture=scorer), picture=limits)
    picture = {"asymmetry": 0.1, "seam": 2.5, "detail": 0.9, "opening_ratio": None}
    silences = {"mouth_in_silence_s": 0.5, "silence_s": 8.0}
    row = decided(tmp_path, score(**picture, **silences), settings=settings)
    assert (row.asymmetry_limit, row.seam_limit, row.detail_limit) == ("0.06", "", "0.725")
    assert row.mouth_in_silence_s_limit == "0.8"  # a tenth of its silences
    assert (row.opening_ratio_limit, row.confidence_limit) == ("", "0.35")
    long = decided(tmp_path, score(speech_s=3.0), settings=settings)
    assert (long.confidence_limit, long.detail_limit) == ("0.3", "")
    assert decided(tmp_path, {}, settings=settings).confidence_limit == ""


def test_a_draft_is_held_against_its_source(tmp_path: Path) -> None:
    limits = ApertureSettings(min_confidence=0.3, fail_confidence=0.2, min_source_share=0.6)
    settings = Gate(scorer="aperture", scorers=Scorers(aperture=limits))
    speaker = {"verdict": "speaks", "reasons": [], "reported": [], "score": score(0.8)}
    row = decided(tmp_path, score(0.4), settings=settings, speaker=speaker)
    assert (row.gate, row.gate_reasons) == ("review", "below_source=0.50")


@pytest.mark.parametrize("verdict", ["review", "unjudged", "fail"])
@pytest.mark.parametrize("action", ["lipsync", "passthrough"])
def test_config_says_what_is_delivered(tmp_path: Path, verdict: str, action: str) -> None:
    measured = {"review": score(0.25), "unjudged": score(speech_s=0.0), "fail": score(0.0)}[verdict]
    settings = SETTINGS.model_copy(update={"deliver": DeliverWhat(**{verdict: action})})
    row = decided(tmp_path, measured, settings=settings)
    assert (row.gate, row.action) == (verdict, action)
    assert row.reason == row.gate_reasons.split(";")[0]


@pytest.mark.parametrize("draft", ["", KEY])
def test_decisions_are_obeyed(tmp_path: Path, draft: str) -> None:
    row = decided(tmp_path, score(0.0), {"decision": "approve", "draft": draft})
    assert (row.gate, row.action, row.reason, row.decision) == (
        "fail",
        "lipsync",
        "decided",
        "approve",
    )
    row = decided(tmp_path, score(), {"decision": "passthrough", "draft": draft})
    assert (row.gate, row.action, row.reason) == ("pass", "passthrough", "decided")


def test_a_stale_decision_is_shown_not_obeyed(tmp_path: Path) -> None:
    row = decided(tmp_path, score(0.0), {"decision": "approve", "draft": "ba9876543210"})
    assert (row.action, row.reason, row.decision) == (
        "passthrough",
        "low_confidence=0.000",
        "stale approve",
    )


@pytest.mark.parametrize("measured", [score(), {}])
def test_a_refusal_holds_after_a_redraft(tmp_path: Path, measured: dict[str, Any]) -> None:
    row = decided(tmp_path, measured, {"decision": "passthrough", "draft": "ba9876543210"})
    assert (row.action, row.reason, row.decision) == ("passthrough", "decided", "passthrough")
    assert row.carried_from == ""


def test_a_refusal_is_carried_to_the_cut_that_shows_its_frames_now(tmp_path: Path) -> None:
    refusal = {"decision": "passthrough", "draft": "ba9876543210", "note": "consent withdrawn"}
    decisions = {"000000-000079": refusal}
    row = decided(tmp_path, score(), decisions=decisions)
    assert (row.action, row.reason, row.decision, row.carried_from, row.note) == (
        "passthrough",
        "decided",
        "carried passthrough",
        "000000-000079",
        "consent withdrawn",
    )
    decisions["000010-000084"] = {"decision": "approve", "draft": KEY, "note": "fine", "tier": ""}
    row = decided(tmp_path, score(), decisions=decisions)
    assert (row.action, row.decision, row.note) == ("passthrough", "carried passthrough", "fine")
    elsewhere = {"000085-000099": refusal}
    row = decided(tmp_path, score(), decisions=elsewhere)
    assert (row.action, row.decision, row.carried_from) == ("lipsync", "", "")


def test_an_approval_of_another_cut_is_not_carried(tmp_path: Path) -> None:
    decisions = {"000010-000083": {"decision": "approve", "draft": ""}}
    row = decided(tmp_path, score(0.0), decisions=decisions)
    assert (row.action, row.decision) == ("passthrough", "")


def test_a_split_cut_is_refused_in_both_halves(tmp_path: Path) -> None:
    halves = [Cut.of(0, 60), Cut.of(60, 40), Cut.of(100, 100)]
    decided(tmp_path, score())  # writes the files of a draft in sync
    rows = decide(
        tmp_path,
        {"000000-000104": {"decision": "passthrough", "draft": KEY}},
        1.0,
        cuts=halves,
        guards=[tmp_path / "guard.json"] * 3,
        drafts=[tmp_path / "draft.json"] * 3,
        scores=[tmp_path / "score.json"] * 3,
        limits=SETTINGS.draft_limits,
        deliver=SETTINGS.deliver,
    )
    assert [row.action for row in rows] == [
        "passthrough",
        "passthrough",
        "lipsync",
    ]
    assert read_delivery(tmp_path / "delivery.tsv") == [
        DeliveredCut("000000-000059", 0, 60, True, "passthrough"),
        DeliveredCut("000060-000099", 60, 40, True, "passthrough"),
        DeliveredCut("000100-000199", 100, 100, True, "lipsync"),
    ]


def test_the_packages_of_draft_and_score_are_in_the_row(tmp_path: Path) -> None:
    measured = score(packages={"torch": "2.14.1", "av": "18.1.0"})
    row = decided(tmp_path, measured, packages={"torch": "2.14.1", "numpy": "2.3.0"})
    assert row.packages == '{"av": "18.1.0", "numpy": "2.3.0", "torch": "2.14.1"}'
    assert decided(tmp_path, score()).packages == ""


def test_what_was_not_drawn_cannot_be_approved(tmp_path: Path) -> None:
    reasons = ({"code": "no_face", "value": 0, "limit": 0.9},)
    row = decided(tmp_path, {}, {"decision": "approve", "draft": ""}, guard_reasons=reasons)
    assert (row.action, row.decision) == ("passthrough", "moot approve")
    assert (row.engine, row.draft, row.settings, row.packages) == ("preview", "", "", "")
    assert [cut.redrawn for cut in read_delivery(tmp_path / "delivery.tsv")] == [False]


def test_a_retry_is_judged_again_and_does_not_bind_to_its_draft(tmp_path: Path) -> None:
    said = {"decision": "retry", "draft": "ba9876543210", "preset": "opens_too_little"}
    row = decided(tmp_path, score(0.0), said)
    assert (row.gate, row.action, row.decision) == ("fail", "passthrough", "done retry")
    row = decided(tmp_path, score(), said)
    assert (row.action, row.reason, row.preset) == ("lipsync", "in_sync", "opens_too_little")
    assert decided(tmp_path, {}, said).decision == "moot retry"


def test_preset_tier_and_note_stand_in_the_row(tmp_path: Path) -> None:
    said = {"decision": "", "draft": "", "preset": "jaw_seam", "tier": "final", "note": 'a "b" <c>'}
    row = decided(tmp_path, score(), said)
    assert (row.decision, row.action) == ("", "lipsync")
    assert (row.preset, row.tier, row.note) == ("jaw_seam", "final", 'a "b" <c>')
    stale = {**said, "decision": "approve", "draft": "ba9876543210"}
    row = decided(tmp_path, score(), stale)
    assert (row.decision, row.action, row.tier) == ("stale approve", "lipsync", "final")


@pytest.mark.parametrize(
    ("reverted", "reasons", "after", "enhanced"),
    [
        (False, [], 0.48, "smoothed+restored"),
        (True, ["sync_lost=0.400"], 0.3, "reverted smoothed+restored"),
    ],
)
def test_the_row_says_what_enhancement_did(
    tmp_path: Path, reverted: bool, reasons: list[str], after: float, enhanced: str
) -> None:
    done = {
        "steps": ["smoothed", "restored"], "reverted": reverted, "reasons": reasons,
        "before": {"confidence": 0.5, "warp_error": 1.2, "identity_distance": None},
        "after": {"confidence": after, "warp_error": 1.1, "identity_distance": None},
    }  # fmt: skip
    row = decided(tmp_path, score(0.5 if reverted else after), enhancement=done)
    assert (row.enhanced, row.enhance_reasons) == (enhanced, ";".join(reasons))
    assert (row.drafted_confidence, row.enhanced_confidence) == ("0.5000", f"{after:.4f}")
    assert row.confidence == (row.drafted_confidence if reverted else row.enhanced_confidence)
    assert (row.drafted_warp_error, row.enhanced_warp_error) == ("1.200", "1.100")
    assert (row.drafted_identity_distance, row.enhanced_identity_distance) == ("", "")
    assert '"reverted": ' in row.facts and "\t" not in row.facts
    handed_on = {"steps": [], "reverted": False, "reasons": ["no_close_up=90"]}
    row = decided(tmp_path, score(), enhancement=handed_on)
    assert (row.enhanced, row.enhance_reasons, row.enhanced_confidence) == (
        "",
        "no_close_up=90",
        "",
    )
    row = decided(tmp_path, score())
    assert (row.enhanced, row.drafted_confidence, row.facts) == ("", "", "")


FAULT = {"stage": "bake", "kind": "Fault", "message": "out of memory"}


def test_a_fault_is_no_verdict(tmp_path: Path) -> None:
    row = decided(tmp_path, {}, {"decision": "approve", "draft": ""}, fault=FAULT)
    assert (row.action, row.reason, row.gate) == ("passthrough", "fault", "none")
    assert (row.fault, row.decision) == ("bake: Fault: out of memory", "moot approve")


def test_a_draft_that_could_not_be_scored_is_not_delivered(tmp_path: Path) -> None:
    row = decided(tmp_path, {"fault": FAULT | {"stage": "score"}})
    assert (row.action, row.reason, row.gate, row.draft) == ("passthrough", "fault", "none", KEY)


def test_faults_of_too_many_cuts_stop_the_film(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"took 1 of the 1 cuts .* 90% .* 000010-000084: bake: Fault"):
        decided(tmp_path, {}, fault=FAULT, max_fault_share=0.9)
    assert not (tmp_path / "cuts.tsv").exists()
    decided(tmp_path, {}, max_fault_share=0.0)  # no fault, no face: no matter


def test_an_approval_of_the_draft_holds_for_its_final(tmp_path: Path) -> None:
    approved = {"decision": "approve", "draft": "aaaaaaaaaaaa"}
    row = decided(tmp_path, score(0.1), approved)
    assert (row.decision, row.action) == ("stale approve", "passthrough")
    row = decided(tmp_path, score(0.1), approved, stands_for=["aaaaaaaaaaaa"])
    assert (row.decision, row.action, row.stands_for) == ("approve", "lipsync", "aaaaaaaaaaaa")


def test_the_row_says_which_tier_is_delivered_and_what_was_paid(tmp_path: Path) -> None:
    found = {
        "engine": "hosted",
        "reverted": False,
        "reasons": [],
        "facts": {"price_usd": 0.1},
        "before": {"confidence": 0.5, "gate": "pass"},
        "after": {"confidence": 0.6, "gate": "pass"},
    }
    row = decided(tmp_path, score(0.6), final=found, facts={"price_usd": 0.1})
    assert (row.final, row.final_reasons, row.price_usd) == ("hosted", "", "0.1")
    assert (row.replaced_confidence, row.final_confidence) == ("0.5000", "0.6000")
    drawn = {"price_usd": 0.1, "halved_to": {"vae_batch_frames": 2}}
    worse = found | {"reverted": True, "reasons": ["final_sync_lost=0.5"], "facts": drawn}
    row = decided(tmp_path, score(), final=worse)
    assert json.loads(row.facts)["final"] == drawn
    assert (row.final, row.final_reasons) == ("reverted hosted", "final_sync_lost=0.5")
    assert row.price_usd == "0.1", "it was paid all the same"
    fault = {"stage": "draft_final", "kind": "Fault", "message": "no memory"}
    failed = {"engine": "hosted", "reverted": True, "reasons": [], "fault": fault}
    row = decided(tmp_path, score(), final=failed)
    assert (row.final, row.final_fault) == ("reverted hosted", "draft_final: Fault: no memory")
    assert (row.fault, row.action, row.final_confidence) == ("", "lipsync", "")


def test_what_was_paid_is_in_a_row_whatever_came_of_it(tmp_path: Path) -> None:
    fault = {"stage": "draft", "kind": "Fault", "message": "no face", "facts": {"price_usd": 0.1}}
    lost = decided(tmp_path, {}, draft="", fault=fault, facts={})
    assert (lost.price_usd, lost.fault) == ("0.1", "draft: Fault: no face")
    assert json.loads(lost.facts) == {"price_usd": 0.1}
    final = {"engine": "hosted", "reverted": True, "reasons": [], "fault": fault}
    kept = decided(tmp_path, score(0.6), final=final | {"facts": fault["facts"]}, facts={})
    assert kept.price_usd == "0.1"
    taken = {
        "engine": "latentsync",
        "reverted": False,
        "reasons": [],
        "draft_facts": {"price_usd": 0.1},
    }
    assert decided(tmp_path, score(0.6), final=taken, facts={"price_usd": 0.2}).price_usd == "0.3"
