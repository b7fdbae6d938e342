"""Edits of lines: saved by the review server, and merged as decisions are."""

import http.client
import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mouthpiece.cli.app import main
from mouthpiece.core.errors import InputError
from mouthpiece.project.spoken_tables import read_edits
from mouthpiece.project.tables import Dub
from mouthpiece.review.edits import EditTable
from mouthpiece.review.line_store import LineStore
from mouthpiece.review.request_error import ConflictError, RequestError
from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore
from mouthpiece.text.script import ScriptLine, write_script
from waiting import LIMIT_S

FIRST, SECOND = "000010-000059", "000070-000119"
LINES = [
    ScriptLine(FIRST, "S1", 10, 60, "Good morning.", "Bom dia."),
    ScriptLine(SECOND, "S2", 70, 120, "Who is there?", "Quem está aí?"),
]
WANTED = ("source", "target", "voice", "shift_frames", "status", "note")
BLANK = dict.fromkeys((*WANTED, "reviewer"), "")


@pytest.fixture
def store(tmp_path: Path) -> LineStore:
    folder = tmp_path / "results/v/pt-BR"
    folder.mkdir(parents=True)
    write_script(LINES, folder / "script.tsv")
    return LineStore(tmp_path / "results", tmp_path / "edits.tsv")


def said(first: str, **changed: str) -> dict[str, str]:
    source = next(line.source for line in LINES if line.line == first)
    return BLANK | {"source": source} | changed


def test_an_edit_is_saved_as_the_run_reads_it_and_taken_out_again(store: LineStore) -> None:
    saved = store.save(
        "v", "pt-BR", FIRST, said(FIRST, target='Olá, "você"', shift_frames="-3"), ""
    )
    dub = Dub("v", "pt-BR", "", None, None)
    (edit,) = read_edits(store.table, {("v", "pt-BR"): dub}).values()
    assert (edit.target, edit.shift_frames, edit.source) == ('Olá, "você"', "-3", "Good morning.")
    assert saved and store.edits("v", "pt-BR")[FIRST].revision == saved.revision
    assert store.save("v", "pt-BR", FIRST, said(FIRST), saved.revision) is None
    assert store.table.read_text().splitlines() == ["\t".join(EditTable.COLUMNS)]


def test_comments_and_rows_of_others_stay(store: LineStore) -> None:
    rows = "# mine\nvideo\tlanguage\tline\tnote\nother\tde\t000000-000009\tkept\n"
    store.table.write_text(rows)
    store.save("v", "pt-BR", SECOND, said(SECOND, status="approved"), "")
    text = store.table.read_text()
    assert text.startswith("# mine\n") and "other\tde\t000000-000009\tkept" in text


def test_an_edit_says_whose_it_is_and_stays_that_of_who_made_it_first(store: LineStore) -> None:
    store.table.write_text(f"video\tlanguage\tline\tnote\nv\tpt-BR\t{SECOND}\tslower\n")
    anna = store.save("v", "pt-BR", FIRST, said(FIRST, target="Olá.", reviewer="Anna"), "")
    assert anna and anna.sent["reviewer"] == "Anna" and anna.sent["time"].endswith("Z")
    ben = store.save("v", "pt-BR", FIRST, said(FIRST, target="Olá.", reviewer="Ben"), "old")
    assert ben and ben.sent == anna.sent
    with pytest.raises(ConflictError) as conflict:
        store.save("v", "pt-BR", FIRST, said(FIRST, target="Oi.", reviewer="Ben"), "old")
    assert conflict.value.now and conflict.value.now.sent["reviewer"] == "Anna"
    older = store.edits("v", "pt-BR")[SECOND]
    assert (older.own.note, older.own.reviewer, older.own.time) == ("slower", "", "")


def test_who_wants_nothing_has_no_row(store: LineStore) -> None:
    assert store.save("v", "pt-BR", FIRST, said(FIRST, reviewer="Anna"), "") is None
    assert store.edits("v", "pt-BR") == {}


def test_two_reviewers_who_differ_are_told_and_those_who_agree_are_not(store: LineStore) -> None:
    store.save("v", "pt-BR", FIRST, said(FIRST, target="Bom dia!"), "")
    assert store.save("v", "pt-BR", FIRST, said(FIRST, target="Bom dia!"), "")
    with pytest.raises(ConflictError) as conflict:
        store.save("v", "pt-BR", FIRST, said(FIRST, target="Olá."), "")
    assert conflict.value.now and conflict.value.now.sent["target"] == "Bom dia!"


@pytest.mark.parametrize(
    ("line", "values", "status", "why"),
    [
        ("000000-000001", said(FIRST, note="x"), 404, "there is no line"),
        (FIRST, said(SECOND, note="x"), 409, "the source says something else"),
    ],
)
def test_what_cannot_be_an_edit_is_refused(
    store: LineStore, line: str, values: dict[str, str], status: int, why: str
) -> None:
    with pytest.raises(RequestError, match=why) as refused:
        store.save("v", "pt-BR", line, values, "")
    assert refused.value.status == status and not store.table.exists()


@pytest.mark.parametrize(
    "changed",
    [{"shift_frames": "two"}, {"voice": "no voice"}, {"status": "done"}, {"target": "x" * 2001}],
)
def test_a_row_that_the_table_may_not_have_is_not_written(
    store: LineStore, changed: dict[str, str]
) -> None:
    with pytest.raises(InputError, match=f"column {next(iter(changed))}"):
        store.save("v", "pt-BR", FIRST, said(FIRST, **changed), "")
    assert not store.table.exists()


def test_while_the_script_is_made_again_edits_wait(store: LineStore) -> None:
    (store.results / "v/pt-BR/script.tsv").unlink()
    with pytest.raises(RequestError) as away:
        store.edits("v", "pt-BR")
    assert away.value.status == 503
    with pytest.raises(RequestError) as unknown:
        replace(store, known=set()).edits("v", "pt-BR")
    assert unknown.value.status == 404


def test_the_server_saves_edits_with_the_token_of_decisions(store: LineStore) -> None:
    server = Server(ReviewStore(store.results, store.table.with_name("decisions.tsv")))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    own = {
        "Origin": f"http://{server.netloc}",
        "X-Mouthpiece-Token": server.write_token,
        "Content-Type": "application/json",
    }

    def ask(method: str, body: object = None, headers: dict[str, str] | None = None):
        connection = http.client.HTTPConnection(*server.server_address, timeout=LIMIT_S)
        path = f"/{server.secret}/v/pt-BR/edits"
        connection.request(method, path, json.dumps(body) if body else None, headers or {})
        response = connection.getresponse()
        status, text = response.status, response.read()
        connection.close()
        told = json.loads(text) if response.headers["Content-Type"] == JSON else text
        if status == 200 and isinstance(told, list):  # the answer to the only row
            return told[0]["status"], told[0]
        return status, told

    try:
        sent = {"line": FIRST, "revision": "", **said(FIRST, voice="kokoro:pf_dora")}
        assert ask("POST", [sent], own | {"X-Mouthpiece-Token": "guessed"})[0] == 403
        assert ask("POST", [{**sent, "cut": "x"}], own)[0] == 422
        status, saved = ask("POST", [sent], own)
        assert status == 200 and saved["saved"]["voice"] == "kokoro:pf_dora"
        told = ask("GET")[1]
        assert told["table"] == "edits.tsv" and told["edits"] == {FIRST: saved["saved"]}
        status, conflict = ask("POST", [{**sent, "note": "other"}], own)
        assert status == 409 and conflict["now"] == saved["saved"]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


JSON = "application/json"


def test_tables_of_edits_are_merged_as_decisions_are(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    head = "video\tlanguage\tline\ttarget\tnote\treviewer"
    anna, ben = tmp_path / "anna.tsv", tmp_path / "ben.tsv"
    anna.write_text(f"{head}\nv\tde\t{FIRST}\tHallo.\t\tAnna\n")
    ben.write_text(f"{head}\nv\tde\t{FIRST}\tServus.\t\tBen\nv\tde\t{SECOND}\t\tslower\t\n")
    out = tmp_path / "edits.tsv"
    command = ["decisions", "merge", str(anna), str(ben), "-o", str(out)]
    assert main(command) == 1 and not out.exists()
    assert "lines in conflict: 1" in caplog.text
    assert "row 2, by Anna: target 'Hallo.'" in caplog.text and "by Ben" in caplog.text
    assert main([*command, "--prefer", "last"]) == 0
    found = {key[2]: edit.target or edit.note for key, edit in EditTable(out).entries.items()}
    assert found == {FIRST: "Servus.", SECOND: "slower"}
    cuts = tmp_path / "cuts.tsv"
    cuts.write_text("video\tlanguage\tcut\tdecision\nv\tde\t000000-000009\tapprove\n")
    assert main(["decisions", "merge", str(anna), str(cuts), "-o", str(out)]) == 1
