"""Tables of names as spreadsheets write them. Messages never say what a cell says."""

from pathlib import Path

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.runs import name_table
from mouthpiece.runs.name_table import Person, read_people


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "names.csv"


@pytest.mark.parametrize(
    "content",
    [
        "name,city\nAnna,Bonn\n\nBob, Rio \n",
        "\ufeffname;city\r\nAnna;Bonn\r\n;\r\nBob;Rio\r\n",
        'city\tname\tmore\nBonn\t"Anna"\nskipped? no:\tx\n'.replace("skipped? no:\tx\n", "\t\t\n")
        + "Rio\tBob\tmore\n",
    ],
    ids=["commas", "semicolons, mark, carriage returns", "tabs, a short row"],
)
def test_what_spreadsheets_write_is_read(table: Path, content: str) -> None:
    table.write_bytes(content.encode())
    assert read_people(table, ("name", "city")) == [
        Person(2, "00001", {"name": "Anna", "city": "Bonn"}),
        Person(4, "00002", {"name": "Bob", "city": "Rio"}),
    ]


@pytest.mark.parametrize("first", ["sep=;\n", "\ufeffSep=;\r\n", '"sep=;"\n'])
def test_a_table_may_tell_excel_what_divides_its_cells(table: Path, first: str) -> None:
    table.write_text(f"{first}name\nSmith, Anna\n\nBob\n", encoding="utf-8")
    assert read_people(table, ("name",)) == [
        Person(3, "00001", {"name": "Smith, Anna"}),
        Person(5, "00002", {"name": "Bob"}),
    ]
    with pytest.raises(InputError, match="row 2: has no column 'city'"):
        read_people(table, ("city",))


@pytest.mark.parametrize("mark", ["\u2028", "\x0b", "\x85"])
def test_a_break_within_a_cell_ends_no_row(table: Path, mark: str) -> None:
    table.write_text(f"name\nAnna{mark}Maria\n", encoding="utf-8")
    assert [one.values for one in read_people(table, ("name",))] == [{"name": "Anna Maria"}]


def test_a_cell_in_quotes_may_hold_what_divides_cells(table: Path) -> None:
    table.write_text('name\n"Smith, ""Bob"""\n')
    assert read_people(table, ("name",))[0].values == {"name": 'Smith, "Bob"'}


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("محمد‌رضا", "محمد‌رضا"),  # a non-joiner, which changes the letters
        ("क्‍ष", "क्‍ष"),  # a joiner
        ("\u200fشيماء\u200e", "شيماء"),  # marks of direction, which spreadsheets add
        ("José\u00ad Ana", "José Ana"),  # a soft hyphen
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("王小明", "王小明"),
        ("O’Neill-Šnajdr", "O’Neill-Šnajdr"),
    ],
)
def test_names_of_any_script_are_read(table: Path, written: str, spoken: str) -> None:
    table.write_text(f"name\n{written}\n", encoding="utf-8")
    assert read_people(table, ("name",))[0].values == {"name": spoken}


def test_ten_thousand_people_may_have_one_name(table: Path) -> None:
    table.write_text("name\n" + "Anna\n" * 10_000)
    people = read_people(table, ("name",))
    assert [people[0].id, people[-1].id] == ["00001", "10000"]
    assert {person.values["name"] for person in people} == {"Anna"}


def test_a_column_may_say_what_films_are_called(table: Path) -> None:
    table.write_text("name,id\nAnna,c-17\nBob,c-18\n")
    assert [one.id for one in read_people(table, ("name",), "id")] == ["c-17", "c-18"]


@pytest.mark.parametrize(
    ("content", "id_column", "problem"),
    [
        ("", "", "is empty; its first row names columns"),
        ("sep=;\n\n", "", "is empty; its first row names columns"),
        ("Secret\n", "", "row 1: has no column 'name'"),
        ("name\n", "", "has no row below"),
        ("name,name\nSecret,Secret\n", "", "row 1: has the column 'name' twice"),
        ("name,city\nAnna,Bonn\n ,Secret\n", "", "row 3, column name: is empty"),
        ("name\nSecret\n...\n", "", "row 3, column name: has no letter or digit"),
        ("name\nSecret\x1b[2J\n", "", "row 2, column name: has a character"),
        (f"name\n{'Secret' * 99}\n", "", "row 2, column name: has 594 letters"),
        ("name\nSecret,Agent\n", "", "row 2: has 2 cells"),
        ('name\n"Secret\n', "", "row 2: cannot be read"),
        ("name\nSecret\n", "id", "row 1: has no column 'id'"),
        ("name,id\nSecret,../Secret\n", "id", "row 2, column id: wanted 1 to 64"),
        (f"name,id\nSecret,{'9' * 20}\n", "id", "row 2, column id: ends with '9' 20 times"),
        ("name,id\nA,x\nB,Y\nSecret,X\n", "id", "row 4, column id: is the id of row 2, too"),
        ("name,id\nSecret,\n", "id", "row 2, column id: is empty"),
    ],
)
def test_what_is_wrong_is_one_message_without_names(
    table: Path, content: str, id_column: str, problem: str
) -> None:
    table.write_text(content)
    with pytest.raises(InputError, match=r"names\.csv") as error:
        read_people(table, ("name",), id_column)
    assert problem in str(error.value)
    assert "Secret" not in str(error.value)


def test_a_table_has_bounds(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table.write_text("name\n" + "Anna\n" * 3)
    monkeypatch.setattr(name_table, "MOST_ROWS", 2)
    with pytest.raises(InputError, match="has 3 people, more than 2"):
        read_people(table, ("name",))
    monkeypatch.setattr(name_table, "MOST_KB", 0)
    with pytest.raises(InputError, match="is larger than 0 KB"):
        read_people(table, ("name",))
