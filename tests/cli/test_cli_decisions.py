"""`mouthpiece decisions merge`: two reviewers' tables become one."""

import subprocess
import sys
from pathlib import Path

import pytest

from mouthpiece.cli.app import main
from mouthpiece.review.decisions import Table
from mouthpiece.review.merge import merge

HEADER = "video\tlanguage\tcut\tdecision\tdraft\tnote"
DRAFT = "0123456789ab"
FIRST, SECOND = (("v", "de", f"{n:06d}-{n + 49:06d}") for n in (0, 50))


def write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def words(path: Path) -> dict[str, str]:
    """What a table says, in short, by cut."""
    return {
        cut: " ".join(filter(None, said.values.values()))
        for (_, _, cut), said in Table(path).decisions.items()
    }


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
    assert main(["decisions", "merge", str(anna), str(ben), "-o", str(out)]) == 0
    assert words(out) == {
        "000000-000049": f"approve {DRAFT} fine",
        "000050-000099": "passthrough",
        "000100-000149": "final",
    }
    assert out.read_text(encoding="utf-8").startswith("# Anna\n")
    assert main(["decisions", "merge", str(out), str(ben), str(anna), "-o", str(out)]) == 0
    assert len(words(out)) == 3


def test_conflicts_are_shown_with_both_words_and_nothing_is_written(
    anna: Path, tmp_path: Path
) -> None:
    ben = write(
        tmp_path / "ben.tsv", HEADER, f"v\tde\t000000-000049\tpassthrough\t{DRAFT}\t<i>weak</i>"
    )
    was = ("# as it was", HEADER, "w\tde\t000000-000049\tapprove")
    out = write(tmp_path / "decisions.tsv", *was)
    command = [sys.executable, "-m", "mouthpiece", "decisions", "merge", anna, ben, "-o", out]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "v de 000000-000049 has two rows that differ:" in done.stderr
    assert f"anna.tsv, row 3: decision 'approve', draft '{DRAFT}', note 'fine'" in done.stderr
    assert f"ben.tsv, row 2: decision 'passthrough', draft '{DRAFT}', note '<i>" in done.stderr
    assert "cuts in conflict: 1" in done.stderr and "Traceback" not in done.stderr
    assert out.read_text(encoding="utf-8").splitlines() == [*was]
    out.unlink()
    for prefer, word in (("first", "approve"), ("last", "passthrough")):
        arguments = ["decisions", "merge", str(anna), str(ben), "-o", str(out), "--prefer", prefer]
        assert main(arguments) == 0
        assert words(out)["000000-000049"].startswith(word)
        assert words(out)["000050-000099"] == "passthrough"
        out.unlink()


def test_a_conflict_names_the_file_that_the_standing_row_came_from(
    anna: Path, tmp_path: Path
) -> None:
    ben = write(tmp_path / "ben.tsv", HEADER, "v\tde\t000100-000149\tapprove")
    cleo = write(tmp_path / "cleo.tsv", HEADER, "v\tde\t000100-000149\tpassthrough")
    _, (conflict,) = merge([anna, ben, cleo], tmp_path / "decisions.tsv")
    assert (conflict.first.row.table, conflict.other.row.table) == (ben, cleo)


def test_a_table_that_is_there_is_one_of_them(
    anna: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An export holds one film; the table that it goes to holds all, and a person's comments."""
    was = (
        "# the boss's film, do not touch",
        "video\tlanguage\tcut\tdecision\tdraft",
        "boss\tde\t000000-000049\tapprove",
        "v\tde\t000050-000099\tpassthrough",
    )
    out = write(tmp_path / "decisions.tsv", *was)
    assert main(["decisions", "merge", str(anna), "-o", str(out)]) == 0
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0] == was[0] and lines[2:4] == [*was[2:]]
    assert set(Table(out).decisions) == {("boss", "de", "000000-000049"), FIRST, SECOND}

    ben = write(tmp_path / "ben.tsv", HEADER, "boss\tde\t000000-000049\tpassthrough")
    before = out.read_bytes()
    assert main(["decisions", "merge", str(ben), "-o", str(out)]) == 1
    assert "boss de 000000-000049 has two rows that differ" in caplog.text
    assert f"{out}, row 3: decision 'approve'" in caplog.text
    assert out.read_bytes() == before
    assert main(["decisions", "merge", str(ben), "-o", str(out), "--prefer", "last"]) == 0
    assert Table(out).decisions["boss", "de", "000000-000049"].decision == "passthrough"
    assert out.read_text(encoding="utf-8").startswith(was[0])


def test_the_order_that_is_asked_for_says_whose_word_stands(anna: Path, tmp_path: Path) -> None:
    out = write(tmp_path / "decisions.tsv", "# all", HEADER, "v\tde\t000050-000099\tapprove")
    (tmp_path / "link.tsv").symlink_to(out)
    named = ["decisions", "merge", str(anna), str(tmp_path / "link.tsv"), "-o", str(out)]
    assert main([*named, "--prefer", "first"]) == 0
    assert words(out)["000050-000099"] == "passthrough"
    assert out.read_text(encoding="utf-8").startswith("# all\n")


@pytest.mark.parametrize("output", [".", "/", "..", "anna.tsv/decisions.tsv"])
def test_what_is_no_table_is_not_written(
    anna: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, caplog
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["decisions", "merge", str(anna), "-o", output]) == 1
    (said,) = caplog.messages
    assert said.startswith("error: ") and "\n" not in said


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
    assert main(["decisions", "merge", str(anna), str(wrong), "-o", str(out)]) == 1
    assert "wrong.tsv" in caplog.text and message in caplog.text
    assert not out.exists()
    assert main(["decisions", "merge", str(anna), str(tmp_path / "no.tsv"), "-o", str(out)]) == 1
    assert "no.tsv: there is no such table" in caplog.text


OVERRIDES = "video\tlanguage\tcut\tsetting\tvalue\treviewer\ttime"
CUT, TIMING = "000000-000049", "engines.preview.lip_offset_frames"


def test_tables_of_overrides_are_merged_and_conflicts_name_people(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    time = "2026-11-27T22:13:05Z"
    anna = write(
        tmp_path / "anna.tsv",
        OVERRIDES,
        "v\t*\t*\tguard.min_face_px\t50",
        f"v\tde\t{CUT}\t{TIMING}\t-3\tAnna\t{time}",
    )
    same = write(tmp_path / "same.tsv", OVERRIDES, f"v\tde\t{CUT}\t{TIMING}\t-3\tBen")
    other = write(tmp_path / "ben.tsv", OVERRIDES, f"v\tde\t{CUT}\t{TIMING}\t4\tBen")
    further = write(tmp_path / "further.tsv", OVERRIDES[:32], f"v\tde\t{CUT}\tenhance.mode\toff")
    out = tmp_path / "overrides.tsv"
    merged = ["decisions", "merge", str(anna), str(same), str(further), "-o", str(out)]
    assert main(merged) == 0
    assert out.read_text(encoding="utf-8").splitlines()[1:] == [
        "v\t*\t*\tguard.min_face_px\t50",
        f"v\tde\t{CUT}\t{TIMING}\t-3\tAnna\t{time}",
        f"v\tde\t{CUT}\tenhance.mode\toff",
    ]
    assert main(["decisions", "merge", str(other), "-o", str(out)]) == 1
    said = caplog.text
    assert f"v de {CUT} {TIMING} has two rows that differ:" in said
    assert f"overrides.tsv, row 3, by Anna, {time}: value '-3'" in said
    assert "ben.tsv, row 2, by Ben: value '4'" in said
    assert main(["decisions", "merge", str(other), "-o", str(out), "--prefer", "last"]) == 0
    assert "\t4\tBen" in out.read_text(encoding="utf-8")
