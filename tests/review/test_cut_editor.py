"""Cuts are split and merged: the table of cuts, and the rows on the cuts that change."""

from pathlib import Path

import pytest

from mouthpiece.core.cuts import from_starts, write_boundaries
from mouthpiece.core.errors import InputError
from mouthpiece.project.given_cuts import read_override
from mouthpiece.review.cached_table import CachedTable
from mouthpiece.review.cut_editor import CutEditor
from mouthpiece.review.cuts_table import MADE
from mouthpiece.review.decisions import VALUES, Table
from mouthpiece.review.override_table import OverrideTable
from mouthpiece.review.request_error import ConflictError, RequestError

A, B, C = "000000-000049", "000050-000099", "000100-000149"
TIMING = "engines.preview.lip_offset_frames"
COLUMNS = ("video", "language", "cut", *VALUES)
TIME = "2026-11-27T22:13:05Z"


@pytest.fixture
def editor(tmp_path: Path) -> CutEditor:
    """A video of three cuts, as they were found."""
    shared = tmp_path / "results" / "v" / "_shared"
    shared.mkdir(parents=True)
    write_boundaries(from_starts([50, 100], 150), shared / "boundaries.tsv")
    return CutEditor(
        tmp_path / "results",
        {"v": tmp_path / "v.cuts.tsv"},
        CachedTable(tmp_path / "decisions.tsv", Table),
        CachedTable(tmp_path / "overrides.tsv", OverrideTable),
    )


def decide(editor: CutEditor, *rows: tuple[str, str, dict[str, str]]) -> None:
    table = Table(editor.decisions.path)
    for language, cut, values in rows:
        table.put(("v", language, cut), values)
    table.write()


def override(editor: CutEditor, *rows: tuple[str, str, str, str]) -> None:
    table = OverrideTable(editor.overrides.path)
    for language, cut, setting, value in rows:
        table.put(("v", language, cut, setting), {"value": value})
    table.write()


def decided(editor: CutEditor) -> dict[tuple[str, str], str]:
    entries = Table(editor.decisions.path).entries
    return {key[1:3]: " ".join(filter(None, said.values.values())) for key, said in entries.items()}


def settings(editor: CutEditor) -> dict[tuple[str, ...], str]:
    entries = OverrideTable(editor.overrides.path).entries
    return {key[1:]: said.values["value"] for key, said in entries.items()}


def change(editor: CutEditor, action: str, frame: int) -> str:
    return editor.change("v", action, frame, editor.state("v").revision).step


def table_of(editor: CutEditor) -> Path:
    assert editor.tables is not None
    return editor.tables["v"]


def starts(editor: CutEditor) -> list[int]:
    """The cuts as a run reads them."""
    return [cut.first_frame for cut in read_override(table_of(editor), 150)]


def test_found_cuts_become_a_table_that_a_run_reads(editor: CutEditor) -> None:
    state = editor.state("v")
    assert (state.table, state.is_made, state.cuts) == ("v.cuts.tsv", False, [A, B, C])
    plan = editor.plan("v", "split", 70)
    assert (plan.old, plan.new) == ([B], ["000050-000069", "000070-000099"])
    assert not table_of(editor).exists(), "a plan writes nothing"
    change(editor, "split", 70)
    assert starts(editor) == [0, 50, 70, 100]
    change(editor, "merge", 50)
    assert starts(editor) == [0, 70, 100]
    text = table_of(editor).read_text(encoding="utf-8")
    assert text == f"{MADE}\nfirst_frame\n0\n70\n100\n"
    assert editor.state("v").is_made


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_users_own_table_keeps_its_comments_and_form(editor: CutEditor, end: str) -> None:
    lines = ("# ours", "frames\tfirst_frame", "50\t0", "# the duel", "100\t50", "")
    table_of(editor).write_bytes(end.join(lines).encode())
    change(editor, "split", 120)
    kept = ("# ours", "frames\tfirst_frame", "50\t0", "# the duel", "70\t50", "30\t120", "")
    assert table_of(editor).read_bytes() == end.join(kept).encode()
    change(editor, "merge", 50)
    kept = ("# ours", "frames\tfirst_frame", "120\t0", "# the duel", "30\t120", "")
    assert table_of(editor).read_bytes() == end.join(kept).encode()
    assert starts(editor) == [0, 120]


def test_what_is_said_of_a_cut_that_is_split_goes_to_both_parts(editor: CutEditor) -> None:
    stamp = {"reviewer": "Anna", "time": TIME}
    decide(
        editor,
        ("de", B, {"decision": "approve", "draft": "0123456789ab", "tier": "final", **stamp}),
        ("fr", B, {"decision": "passthrough", "note": "no consent", "frame": "80", **stamp}),
        ("fr", A, {"decision": "approve"}),
    )
    override(editor, ("de", B, TIMING, "3"), ("*", B, "guard.face", "left"), ("de", A, TIMING, "1"))
    plan = editor.change("v", "split", 70, editor.state("v").revision)
    first, second = plan.new
    assert decided(editor) == {
        ("fr", A): "approve",
        ("de", first): f"final Anna {TIME}",
        ("de", second): f"final Anna {TIME}",
        ("fr", first): f"passthrough Anna {TIME}",
        ("fr", second): f"passthrough no consent 80 Anna {TIME}",
    }
    assert settings(editor) == {
        ("de", A, TIMING): "1",
        **{("de", part, TIMING): "3" for part in plan.new},
        **{("*", part, "guard.face"): "left" for part in plan.new},
    }
    assert plan.gone == [f"de: approve of {B}"] and plan.carried == 8


def test_cuts_that_become_one_keep_what_they_agree_on(editor: CutEditor) -> None:
    decide(
        editor,
        ("de", A, {"decision": "retry", "preset": "opens_too_much", "note": "dark"}),
        ("de", B, {"preset": "opens_too_much", "severity": "Blocker", "note": "late"}),
        ("fr", A, {"decision": "passthrough", "tier": "final"}),
    )
    override(
        editor, ("de", A, TIMING, "3"), ("de", B, TIMING, "3"), ("fr", A, TIMING, "2"),
        ("fr", B, TIMING, "1"), ("*", B, "speaker.mode", "off"),
    )  # fmt: skip
    plan = editor.change("v", "merge", 50, editor.state("v").revision)
    assert plan.new == ["000000-000099"]
    assert decided(editor) == {
        ("de", "000000-000099"): "opens_too_much dark / late Blocker",
        ("fr", "000000-000099"): "passthrough",
    }, "one refused frame is not delivered"
    assert settings(editor) == {("de", "000000-000099", TIMING): "3"}
    assert plan.gone == [
        f"de: retry of {A}",
        f"fr: tier final of {A}",
        f"fr: {TIMING} 2 of {A}",
        f"fr: {TIMING} 1 of {B}",
        f"speaker.mode off of {B}",
    ]


def test_notes_that_are_carried_over_keep_their_authors(editor: CutEditor) -> None:
    anna, ben = ({"reviewer": name, "time": TIME} for name in ("Anna", "Ben"))
    decide(
        editor,
        ("de", A, {"note": "dark", **anna}),
        ("de", B, {"note": "late", "tier": "final", "noted_by": "Cleo", **ben}),
        ("fr", A, {"tier": "final", **anna}),
        ("fr", B, {"note": "soft", "tier": "final", **(ben | {"time": "2026-11-26T00:00:00Z"})}),
    )
    change(editor, "merge", 50)
    entries = Table(editor.decisions.path).entries
    whose = {
        key[1]: (said.values["note"], said.values["noted_by"]) for key, said in entries.items()
    }
    assert whose == {"de": ("dark / late", "Anna, Cleo"), "fr": ("soft", "Ben")}


def test_a_change_is_taken_back_with_its_rows(editor: CutEditor) -> None:
    decide(editor, ("de", B, {"decision": "approve", "draft": "0123456789ab", "note": "so"}))
    override(editor, ("de", B, TIMING, "3"))
    tables = (editor.decisions.path, editor.overrides.path)
    before = [path.read_bytes() for path in tables]
    split = change(editor, "split", 70)
    merged = change(editor, "merge", 50)
    with pytest.raises(RequestError, match="was changed since"):
        editor.undo("v", split)
    editor.undo("v", merged)
    assert editor.undo("v", split).cuts == [A, B, C]
    assert not table_of(editor).exists(), "there was none"
    assert [path.read_bytes() for path in tables] == before
    with pytest.raises(RequestError, match="no longer knows"):
        editor.undo("v", split)


def test_who_decided_since_is_not_undone(editor: CutEditor) -> None:
    override(editor, ("de", B, TIMING, "3"))
    step = change(editor, "split", 70)
    override(editor, ("de", "000050-000069", TIMING, "4"))
    with pytest.raises(RequestError, match="was changed since; take"):
        editor.undo("v", step)
    assert starts(editor) == [0, 50, 70, 100]


@pytest.mark.parametrize(
    ("action", "frame", "wrong"),
    [
        ("split", 0, "does not lie between"),
        ("split", 150, "does not lie between"),
        ("split", 50, "begins at frame 50 already"),
        ("merge", 51, "no cut begins at frame 51"),
        ("merge", 0, "does not lie between"),
        ("shred", 50, "split or merged"),
    ],
)
def test_what_cannot_be_done_is_said(
    editor: CutEditor, action: str, frame: int, wrong: str
) -> None:
    with pytest.raises(RequestError, match=wrong):
        editor.plan("v", action, frame)
    with pytest.raises(RequestError, match=wrong):
        change(editor, action, frame)
    assert not table_of(editor).exists()


def test_who_knew_other_cuts_is_told(editor: CutEditor) -> None:
    seen = editor.state("v").revision
    change(editor, "split", 70)
    with pytest.raises(ConflictError) as error:
        editor.change("v", "split", 80, seen)
    assert error.value.now is not None
    assert error.value.now.sent["cuts"] == [A, "000050-000069", "000070-000099", C]


def test_who_changed_the_cuts_and_when_is_in_their_rows(
    editor: CutEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = [f"2026-11-27T22:13:0{second}Z" for second in range(1, 5)]
    monkeypatch.setattr("mouthpiece.review.cut_editor.stamp_now", lambda: times.pop(0))
    text = "# ours\nfirst_frame\n0\n50\n100\n"
    table_of(editor).write_text(text, encoding="utf-8")
    seen = editor.state("v").revision
    anna = editor.change("v", "split", 70, seen, "Anna").step
    assert table_of(editor).read_text(encoding="utf-8") == (
        "# ours\nfirst_frame\treviewer\ttime\n0\n50\tAnna\t2026-11-27T22:13:01Z\n"
        "70\tAnna\t2026-11-27T22:13:01Z\n100\n"
    )
    with pytest.raises(ConflictError) as error:
        editor.change("v", "split", 80, seen, "Ben")
    assert error.value.now is not None
    now = error.value.now.sent
    assert (now["reviewer"], now["time"]) == ("Anna", "2026-11-27T22:13:01Z")
    editor.change("v", "merge", 100, now["revision"], "Ben")
    assert starts(editor) == [0, 50, 70]
    with pytest.raises(RequestError, match=r"was changed since by Ben \(2026-11-27T22:13:02Z\)"):
        editor.undo("v", anna)
    editor.change("v", "split", 20, editor.state("v").revision)
    assert editor.state("v").stamp["reviewer"] == "Ben", "who has no name is not called by another"
    assert table_of(editor).read_text(encoding="utf-8").splitlines()[2:4] == ["0", "20"]


def test_a_wrong_table_and_a_film_without_cuts_are_named(editor: CutEditor, tmp_path: Path) -> None:
    table_of(editor).write_text("first_frame\tframes\n0\t50\n60\t90\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"v.cuts.tsv, row 3, column first_frame"):
        editor.state("v")
    with pytest.raises(RequestError, match="start the server with --config"):
        CutEditor(tmp_path, None, editor.decisions, editor.overrides).state("v")
    (tmp_path / "results/v/_shared/boundaries.tsv").unlink()
    with pytest.raises(RequestError, match="are not found yet"):
        editor.state("v")
