"""The decisions table is written row by row, and two reviewers' tables become one."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mouthpiece.decisions import Table, locked, main, merge
from mouthpiece.errors import InputError

DRAFT = "0123456789ab"
FIRST, SECOND, THIRD = (("v", "de", f"{n:06d}-{n + 49:06d}") for n in (0, 50, 100))


def write(path: Path, *rows: str) -> Path:
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
        "video\tlanguage\tcut\tdecision\tdraft\tpreset\ttier\tnote\n"
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
        "video\tcut\tlanguage\tnote\tdecision\tdraft\tpreset\ttier",
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
        ({"decision": "retry"}, "row 2, column preset: is missing; wanted the engine's preset"),
        ({"decision": "maybe"}, "row 2, column decision: 'maybe' is not allowed"),
        ({"preset": "../x"}, "column preset: '../x' is not allowed"),
        ({"tier": "gold"}, "column tier: 'gold' is not allowed; wanted final"),
        ({"decision": "approve", "draft": "x"}, "column draft"),
        ({"note": "x" * 2001}, "column note"),
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


HEADER = "video\tlanguage\tcut\tdecision\tdraft\tnote"


@pytest.fixture
def anna(tmp_path: Path) -> Path:
    return write(
        tmp_path / "anna.tsv",
        "# Anna",
        HEADER,
        f"v\tde\t000000-000049\tapprove\t{DRAFT}\tfine",
        "v\tde\t000050-000099\tpassthrough",
    )


@pytest.fixture
def ben(tmp_path: Path) -> Path:
    """The same word on the first cut, in another order of columns; another one on the third."""
    return write(
        tmp_path / "ben.tsv",
        "video\tlanguage\tcut\ttier\tnote\tdraft\tdecision",
        f"v\tde\t000000-000049\t\tfine\t{DRAFT}\tapprove",
        "v\tde\t000100-000149\tfinal",
    )


def test_tables_that_agree_become_one(anna: Path, ben: Path, tmp_path: Path) -> None:
    out = tmp_path / "decisions.tsv"
    assert main(["merge", str(anna), str(ben), "-o", str(out)]) == 0
    assert words(out) == {
        "000000-000049": f"approve {DRAFT} fine",
        "000050-000099": "passthrough",
        "000100-000149": "final",
    }
    assert out.read_text(encoding="utf-8").startswith("# Anna\n")
    assert main(["merge", str(out), str(ben), str(anna), "-o", str(out)]) == 0
    assert len(words(out)) == 3


def test_conflicts_are_shown_with_both_words_and_nothing_is_written(
    anna: Path, tmp_path: Path
) -> None:
    ben = write(
        tmp_path / "ben.tsv", HEADER, f"v\tde\t000000-000049\tpassthrough\t{DRAFT}\t<i>weak</i>"
    )
    out = write(tmp_path / "decisions.tsv", "as it was")
    command = [sys.executable, "-m", "mouthpiece.decisions", "merge", anna, ben, "-o", out]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "v de 000000-000049 has two rows that differ:" in done.stderr
    assert f"anna.tsv, row 3: decision 'approve', draft '{DRAFT}', note 'fine'" in done.stderr
    assert f"ben.tsv, row 2: decision 'passthrough', draft '{DRAFT}', note '<i>" in done.stderr
    assert "cuts in conflict: 1" in done.stderr and "Traceback" not in done.stderr
    assert out.read_text(encoding="utf-8") == "as it was\n"
    for prefer, word in (("first", "approve"), ("last", "passthrough")):
        arguments = ["merge", str(anna), str(ben), "-o", str(out), "--prefer", prefer]
        assert main(arguments) == 0
        assert words(out)["000000-000049"].startswith(word)
        assert words(out)["000050-000099"] == "passthrough"


def test_a_conflict_names_the_file_that_the_standing_row_came_from(
    anna: Path, tmp_path: Path
) -> None:
    ben = write(tmp_path / "ben.tsv", HEADER, "v\tde\t000100-000149\tapprove")
    cleo = write(tmp_path / "cleo.tsv", HEADER, "v\tde\t000100-000149\tpassthrough")
    _, (conflict,) = merge([anna, ben, cleo])
    assert (conflict.first.row.table, conflict.other.row.table) == (ben, cleo)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("video\tcut",), "no column 'language'"),
        ((HEADER, "v\tde\t000000-000049"), "row 2, column decision: the row says nothing"),
        ((HEADER, "v\tde\t000000-000049\tretry"), "row 2, column preset: is missing"),
        ((HEADER, 'v\tde\t000000-000049\tapprove\t\t"open'), "row 2: a cell begins with a quote"),
        ((HEADER, "v\tde\t000000-000049\tapprove", "V\tde\t000000-000049\tapprove"), "row 3"),
    ],
)
def test_a_wrong_table_is_named(
    anna: Path, tmp_path: Path, rows: tuple[str, ...], message: str, caplog
) -> None:
    wrong = write(tmp_path / "wrong.tsv", *rows)
    out = tmp_path / "decisions.tsv"
    assert main(["merge", str(anna), str(wrong), "-o", str(out)]) == 1
    assert "wrong.tsv" in caplog.text and message in caplog.text
    assert not out.exists()
    assert main(["merge", str(anna), str(tmp_path / "no.tsv"), "-o", str(out)]) == 1
    assert "no.tsv: there is no such table" in caplog.text
