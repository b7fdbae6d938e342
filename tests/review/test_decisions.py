"""The decisions table is written row by row, and two reviewers' tables become one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.review import decisions
from mouthpiece.review.cached_table import CachedTable
from mouthpiece.review.decisions import Table
from mouthpiece.review.merge import merge
from mouthpiece.review.user_table import locked

DRAFT = "0123456789ab"
FIRST, SECOND, THIRD = (("v", "de", f"{n:06d}-{n + 49:06d}") for n in (0, 50, 100))


def write(path: Path, *rows: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def words(path: Path) -> dict[str, str]:
    """What a table says, in short, by cut."""
    return {
        cut: " ".join(filter(None, said.values.values()))
        for (_, _, cut), said in Table(path).decisions.items()
    }


def test_a_table_is_made_where_there_is_none(tmp_path: Path) -> None:
    table = Table(tmp_path / "decisions.tsv")
    table.put(FIRST, {"decision": "approve", "draft": DRAFT, "preset": "", "tier": "", "note": ""})
    table.put(SECOND, {"decision": "retry", "preset": "opens_too_little", "note": "weak"})
    table.put(THIRD, {"tier": "final"})
    table.write()
    assert (tmp_path / "decisions.tsv").read_text(encoding="utf-8") == (
        "video\tlanguage\tcut\tdecision\tdraft\tpreset\ttier\tnote"
        "\tseverity\treason\tframe\tnoted_by\treviewer\ttime\n"
        f"v\tde\t000000-000049\tapprove\t{DRAFT}\n"
        "v\tde\t000050-000099\tretry\t\topens_too_little\t\tweak\n"
        "v\tde\t000100-000149\t\t\t\tfinal\n"
    )


def test_what_is_not_touched_stays(tmp_path: Path) -> None:
    path = write(
        tmp_path / "decisions.tsv",
        "# Ben, in July",
        "video\tcut\tlanguage\tnote\tdecision",
        "v\t000000-000049\tde\told\tapprove",
        "",
        "# the second reel",
        'v\t000050-000099\tde\t"""so"" said"\tpassthrough',
        "w\t000000-000049\tfr\t\tapprove",
    )
    table = Table(path)
    table.put(FIRST, {"decision": "passthrough", "draft": DRAFT, "note": 'a "new" word'})
    table.drop(SECOND)
    table.drop(SECOND)
    table.put(THIRD, {"note": "only a note"})
    table.write()
    assert path.read_text(encoding="utf-8").splitlines() == [
        "# Ben, in July",
        "video\tcut\tlanguage\tnote\tdecision\tdraft",
        f'v\t000000-000049\tde\t"a ""new"" word"\tpassthrough\t{DRAFT}',
        "",
        "# the second reel",
        "w\t000000-000049\tfr\t\tapprove",
        "v\t000100-000149\tde\tonly a note",
    ]
    said = Table(path).decisions[FIRST]
    assert (said.decision, said.draft, said.note) == ("passthrough", DRAFT, 'a "new" word')


@pytest.mark.parametrize(
    "note",
    [
        "tab\there", "two\nlines", "\r\n", "\x0b\x0c\x1c\x85", "\u2028\u2029", '"', '"open',
        "# no comment", "\ud800", "<b>&amp;\t</b>", "\x00", "'=1+1", "\u202e",
    ],
)  # fmt: skip
def test_no_note_breaks_the_table(tmp_path: Path, note: str) -> None:
    path = tmp_path / "decisions.tsv"
    table = Table(path)
    table.put(FIRST, {"decision": "approve", "note": note})
    table.put(SECOND, {"decision": "passthrough"})
    table.write()
    assert path.read_text(encoding="utf-8").count("\n") == 3
    said = Table(path).decisions
    assert set(said) == {FIRST, SECOND}
    assert said[FIRST].note == " ".join(
        note.translate(dict.fromkeys([*range(32), *range(127, 160), 0x2028, 0x2029, 0xD800], " "))
        .split()
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "row 2, column decision: the row says nothing; give one of decision, preset, tier"),
        ({"draft": DRAFT}, "column decision: the row says nothing"),
        ({"decision": "retry"}, "row 2, column preset: is missing; expected the engine's preset"),
        ({"decision": "maybe"}, "row 2, column decision: 'maybe' is not allowed"),
        ({"preset": "../x"}, "column preset: '../x' is not allowed"),
        ({"tier": "gold"}, "column tier: 'gold' is not allowed; expected final"),
        ({"decision": "approve", "draft": "x"}, "column draft"),
        ({"note": "x" * 2001}, "column note"),
        ({"severity": "bad"}, "column severity: 'bad' is not allowed; expected FYI"),
        ({"reason": "taste"}, "column reason: 'taste' is not allowed; expected Creative"),
        ({"decision": "approve", "frame": "-1"}, "column frame"),
        ({"decision": "approve", "reviewer": "x" * 81}, "column reviewer"),
        ({"decision": "approve", "time": "now"}, "column time"),
        ({"reviewer": "Anna", "frame": "1"}, "column decision: the row says nothing"),
    ],
)
def test_what_the_schema_refuses_is_not_put(
    tmp_path: Path, said: dict[str, str], message: str
) -> None:
    table = Table(tmp_path / "decisions.tsv")
    with pytest.raises(InputError) as error:
        table.put(FIRST, said)
    assert message in str(error.value)
    table.write()
    assert words(table.path) == {}


def test_writers_wait_for_one_another(tmp_path: Path) -> None:
    path = tmp_path / "decisions.tsv"

    def put(number: int) -> None:
        with locked(path):
            table = Table(path)
            table.put(("v", "de", f"{number:06d}-{number:06d}"), {"decision": "approve"})
            table.write()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(put, range(40)))
    assert len(Table(path).decisions) == 40


def test_what_is_changed_together_is_written_once_without_what_failed(tmp_path: Path) -> None:
    kept = CachedTable(tmp_path / "decisions.tsv", Table)
    with kept.together():
        with kept.changing() as table:
            table.put(FIRST, {"decision": "approve"})
        with pytest.raises(InputError), kept.changing() as table:
            table.put(SECOND, {"decision": "approve"})
            table.put(FIRST, {"decision": "maybe"})
        assert not kept.path.exists()
    assert words(kept.path) == {FIRST[2]: "approve"}
    with pytest.raises(RuntimeError), kept.together():
        with kept.changing() as table:
            table.drop(FIRST)
        raise RuntimeError
    assert kept.table().get(FIRST) is not None
    before = kept.path.stat().st_mtime_ns
    with kept.changing():
        pass
    assert kept.path.stat().st_mtime_ns == before, "what did not change is not written"


def test_a_note_that_begins_as_a_comment_stays_a_row(tmp_path: Path) -> None:
    path = write(tmp_path / "decisions.tsv", "note\tvideo\tlanguage\tcut\tdecision")
    table = Table(path)
    table.put(FIRST, {"decision": "approve", "note": "#1 of the film"})
    table.put(SECOND, {"decision": "approve", "note": '# "best"'})
    table.write()
    assert [d.note for d in Table(path).decisions.values()] == ["#1 of the film", '# "best"']


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_marks_and_ends_of_lines_stay(tmp_path: Path, end: str, mark: str) -> None:
    path = tmp_path / "decisions.tsv"
    lines = ["# Anna", HEADER, f"v\tde\t{FIRST[2]}\tapprove", f"v\tde\t{SECOND[2]}\tapprove"]
    text = mark + end.join(lines)
    path.write_bytes(text.encode())
    table = Table(path)
    table.put(THIRD, {"decision": "approve"})
    table.drop(FIRST)
    table.put(SECOND, {"decision": "passthrough"})
    table.write()
    lines[2:] = [f"v\tde\t{SECOND[2]}\tpassthrough", f"v\tde\t{THIRD[2]}\tapprove"]
    # The columns that it lacks and nobody needs are not added.
    assert path.read_bytes().decode() == mark + end.join(lines) + end
    assert [row.row.line for row in Table(path).decisions.values()] == [3, 4]
    assert [row.row.line for row in table.decisions.values()] == [3, 4]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    shared = write(tmp_path / "shared" / "all.tsv", HEADER)
    link = tmp_path / "decisions.tsv"
    link.symlink_to(shared)
    with locked(link):
        table = Table(link)
        table.put(FIRST, {"decision": "approve"})
        table.write()
    assert link.is_symlink() and list(words(shared)) == [FIRST[2]]
    assert [file.name for file in shared.parent.iterdir()] != ["all.tsv"], "the lock lies there"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["decisions.tsv", "shared"]


@pytest.mark.parametrize(
    ("mode", "lock"), [(0o664, 0o660), (0o600, 0o600), (0o644, 0o600), (0o666, 0o666)]
)
def test_who_may_write_the_table_may_lock_it_and_nobody_else(
    tmp_path: Path, mode: int, lock: int
) -> None:
    path = write(tmp_path / "decisions.tsv", HEADER)
    path.chmod(mode)
    with locked(path):
        table = Table(path)
        table.put(FIRST, {"decision": "approve"})
        table.write()
    assert path.stat().st_mode & 0o777 == mode
    assert (tmp_path / ".decisions.tsv.lock").stat().st_mode & 0o777 == lock


def test_a_kept_table_is_read_again_when_its_file_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []
    parse = decisions.decision_rows
    monkeypatch.setattr(decisions, "decision_rows", lambda *given: reads.append(1) or parse(*given))
    kept = CachedTable(tmp_path / "decisions.tsv", Table)
    assert kept.table().decisions == {} and kept.table().decisions == {}
    changed = kept.table().copy()
    changed.put(FIRST, {"decision": "approve"})
    changed.put(SECOND, {"decision": "approve"})
    assert kept.table().decisions == {}, "a copy is changed alone"
    kept.write(changed)
    assert set(kept.table().decisions) == {FIRST, SECOND} and len(reads) == 1
    changed = kept.table().copy()
    changed.drop(FIRST)
    kept.write(changed)
    assert kept.table().film("v", "de").keys() == {SECOND[2]} and len(reads) == 1
    assert kept.table().get(FIRST) is None and kept.table().get(SECOND) is not None
    write(kept.path, HEADER, "\t".join(FIRST) + "\tretry")
    with pytest.raises(InputError, match="row 2, column preset: is missing"):
        kept.table()
    kept.path.unlink()
    assert kept.table().decisions == {}


HEADER = "video\tlanguage\tcut\tdecision\tdraft\tnote"


def test_tables_with_and_without_names_become_one(tmp_path: Path) -> None:
    old = write(tmp_path / "old.tsv", HEADER, f"v\tde\t{FIRST[2]}\tapprove\t{DRAFT}\tfine")
    named = f"{HEADER}\treviewer\ttime\tseverity"
    time = "2026-11-27T22:13:05Z"
    new = write(
        tmp_path / "new.tsv",
        named,
        f"v\tde\t{FIRST[2]}\tapprove\t{DRAFT}\tfine\tBen\t{time}",
        f"v\tde\t{SECOND[2]}\tpassthrough\t{DRAFT}\tsoft\tBen\t{time}\tBlocker",
    )
    merged, conflicts = merge([old, new], tmp_path / "all.tsv")
    merged.write()
    assert conflicts == [], "who says the same is in no conflict"
    said = Table(tmp_path / "all.tsv").decisions
    assert said[FIRST].reviewer == ""
    assert (said[SECOND].reviewer, said[SECOND].time, said[SECOND].severity) == (
        "Ben", time, "Blocker",
    )  # fmt: skip


def test_a_conflict_names_people(tmp_path: Path) -> None:
    header = f"{HEADER}\treviewer\ttime"
    one = write(
        tmp_path / "a.tsv", header, f"v\tde\t{FIRST[2]}\tapprove\t\t\tAnna\t2026-11-27T22:13:05Z"
    )
    two = write(tmp_path / "b.tsv", header, f"v\tde\t{FIRST[2]}\tpassthrough\t\t\tBen")
    _, conflicts = merge([one, two], tmp_path / "all.tsv")
    (text,) = map(str, conflicts)
    assert "a.tsv, row 2, by Anna, 2026-11-27T22:13:05Z: decision 'approve'" in text
    assert "b.tsv, row 2, by Ben: decision 'passthrough'" in text
