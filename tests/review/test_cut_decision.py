"""What the review server makes of refusals whose cut is gone, and of those on an older draft."""

from pathlib import Path

import pytest
from samples import cut_row

from mouthpiece.core.cut_table import CutRow, write_rows
from mouthpiece.review.cut_decision import revision
from mouthpiece.review.decisions import VALUES, Table
from mouthpiece.review.request_error import ConflictError, RequestError
from mouthpiece.review.store import ReviewStore

FIRST, SECOND, THIRD = "000000-000049", "000050-000099", "000100-000199"
GONE = "000000-000099"
BLANK = {**dict.fromkeys(VALUES, ""), "draft": "0123456789ab"}


@pytest.fixture
def store(tmp_path: Path) -> ReviewStore:
    """A film of three cuts; a refusal of what were the first two, made on another draft."""
    film = tmp_path / "results" / "v" / "de"
    film.mkdir(parents=True)
    rows = [cut_row(0, 50, "fail"), cut_row(50, 50, "review"), cut_row(100, 100, "fail")]
    typed = [{**r, "first_frame": int(r["first_frame"]), "frames": int(r["frames"])} for r in rows]
    write_rows([CutRow(**row) for row in typed], film / "cuts.tsv")
    table = Table(tmp_path / "decisions.tsv")
    refusal = {"decision": "passthrough", "draft": "ffffffffffff", "note": "consent"}
    table.put(("v", "de", GONE), refusal)
    table.write()
    return ReviewStore(tmp_path / "results", tmp_path / "decisions.tsv")


def save(store: ReviewStore, cut: str, **values: str) -> None:
    seen = revision(store.decisions("v", "de").get(cut))
    store.save("v", "de", cut, BLANK | values, seen)


def rows(store: ReviewStore) -> dict[str, str]:
    decisions = Table(store.table).film("v", "de")
    return {cut: f"{row.decision} {row.note}".strip() for cut, row in decisions.items()}


def test_a_refusal_holds_for_the_cuts_that_show_its_frames(store: ReviewStore) -> None:
    found = store.decisions("v", "de")
    assert {cut: decision.carried_from for cut, decision in found.items()} == {
        FIRST: GONE,
        SECOND: GONE,
    }
    assert found[FIRST].values["decision"] == "passthrough"
    assert found[FIRST].values["note"] == "consent"
    assert store.state("v", "de")["decided"] == 2, "they are decided"


def test_a_refusal_that_is_carried_signs_no_note_of_another(store: ReviewStore) -> None:
    table = Table(store.table)
    ben = {"reviewer": "Ben", "time": "2026-11-27T22:13:05Z"}
    table.put(("v", "de", GONE), {"decision": "passthrough", "note": "consent", **ben})
    table.put(("v", "de", SECOND), {"note": "late", **ben, "reviewer": "Anna"})
    table.write()
    found = store.decisions("v", "de")
    whose = {
        cut: [found[cut].values[name] for name in ("note", "noted_by", "reviewer")]
        for cut in (FIRST, SECOND)
    }
    assert whose == {FIRST: ["consent", "", "Ben"], SECOND: ["late", "Anna", "Ben"]}


@pytest.mark.parametrize("decision", ["", "approve"])
def test_a_cut_is_taken_out_of_a_refusal_and_the_others_stay(
    store: ReviewStore, decision: str
) -> None:
    save(store, FIRST, decision=decision)
    approved = {FIRST: "approve"} if decision else {}
    assert rows(store) == {SECOND: "passthrough consent", **approved}
    assert store.decisions("v", "de")[SECOND].carried_from == ""


def test_a_note_on_a_refused_cut_keeps_it_refused(store: ReviewStore) -> None:
    save(store, FIRST, decision="passthrough", note="by letter")
    assert rows(store) == {GONE: "passthrough consent", FIRST: "passthrough by letter"}
    save(store, SECOND)
    assert rows(store) == {FIRST: "passthrough by letter"}


def test_a_decision_on_another_cut_leaves_the_refusal_alone(store: ReviewStore) -> None:
    save(store, THIRD, decision="approve")
    assert rows(store) == {GONE: "passthrough consent", THIRD: "approve"}


def test_who_has_not_seen_the_refusal_does_not_take_it_back(store: ReviewStore) -> None:
    with pytest.raises(ConflictError) as conflict:
        store.save("v", "de", FIRST, BLANK | {"decision": "approve"}, "")
    assert conflict.value.now is not None
    assert conflict.value.now.values["decision"] == "passthrough"
    assert rows(store) == {GONE: "passthrough consent"}


def test_a_refusal_is_saved_whatever_draft_the_page_shows(store: ReviewStore) -> None:
    store.save("v", "de", THIRD, BLANK | {"decision": "passthrough", "draft": "aaaaaaaaaaaa"}, "")
    assert rows(store)[THIRD] == "passthrough"
    older = BLANK | {"decision": "approve", "draft": "aaaaaaaaaaaa"}
    with pytest.raises(RequestError, match="another draft by now"):
        store.save("v", "de", THIRD, older, revision(store.decisions("v", "de")[THIRD]))


def test_a_refusal_on_a_cut_that_is_gone_is_saved(store: ReviewStore) -> None:
    """The page was open while the film was made again, and its boundaries moved."""
    refusal = BLANK | {"decision": "passthrough", "preset": "jaw_seam"}
    store.save("v", "de", "000110-000199", refusal, "")
    assert rows(store)["000110-000199"] == "passthrough"
    assert store.decisions("v", "de")[THIRD].carried_from == "000110-000199"
    with pytest.raises(RequestError, match="there is no cut"):
        store.save("v", "de", "000120-000199", BLANK | {"decision": "approve"}, "")
    with pytest.raises(RequestError, match="there is no cut"):
        store.save("v", "de", "../x", refusal, "")


def test_a_refusal_on_an_older_draft_is_decided(store: ReviewStore, tmp_path: Path) -> None:
    table = Table(tmp_path / "decisions.tsv")
    table.put(("v", "de", THIRD), {"decision": "passthrough", "draft": "ffffffffffff"})
    table.write()
    assert store.state("v", "de")["decided"] == 3
    table.put(("v", "de", THIRD), {"decision": "approve", "draft": "ffffffffffff"})
    table.write()
    assert store.state("v", "de")["decided"] == 2


def test_a_refusal_that_is_handed_on_stays_the_word_of_who_said_it(store: ReviewStore) -> None:
    table = Table(store.table)
    said = {"decision": "passthrough", "note": "consent", "severity": "Blocker", "frame": "7"}
    stamp = {"reviewer": "Anna", "time": "2026-11-27T22:13:05Z"}
    table.put(("v", "de", GONE), said | stamp)
    table.write()
    save(store, FIRST, decision="approve", reviewer="Ben")
    found = store.decisions("v", "de")
    assert found[FIRST].values["reviewer"] == "Ben"
    assert found[SECOND].values.items() >= (said | stamp).items()


def test_who_says_the_same_later_changes_nothing(store: ReviewStore) -> None:
    save(store, THIRD, decision="approve", severity="FYI", frame="120", reviewer="Anna")
    before = store.table.read_bytes()
    save(store, THIRD, decision="approve", severity="FYI", frame="120", reviewer="Ben")
    assert store.table.read_bytes() == before
    said = store.decisions("v", "de")[THIRD].values
    assert said["reviewer"] == "Anna" and said["time"].endswith("Z")
    save(store, THIRD, frame="120", reviewer="Ben")
    assert THIRD not in store.decisions("v", "de"), "a name and a frame alone say nothing"
