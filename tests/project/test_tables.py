"""Invalid tables are refused with one message: file, row, column, and what is allowed."""

import random
import re
import time
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from mouthpiece.core.errors import InputError
from mouthpiece.project.decision_table import read_decisions
from mouthpiece.project.overrides import read_overrides
from mouthpiece.project.rows import SCHEMAS, Row, check
from mouthpiece.project.tables import LANGUAGE_PATTERN, Dub, read_dubs, read_videos, tag_of

CONSENT = "the speaker, by letter of 2026-01-02"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.mp4", "de.wav", "my film.mp4"):
        (tmp_path / name).touch()
    return tmp_path


def table(folder: Path, name: str, *rows: tuple[str, ...]) -> Path:
    path = folder / name
    path.write_text("\n".join("\t".join(row) for row in rows) + "\n", encoding="utf-8")
    return path


def videos(folder: Path, *rows: tuple[str, ...]) -> Path:
    return table(folder, "videos.tsv", ("video", "path", "consent"), *rows)


def test_a_valid_table(folder: Path) -> None:
    path = videos(
        folder, ("a", "a.mp4", CONSENT), ("# a comment",), ("b-2_x", "my film.mp4", CONSENT)
    )
    found = read_videos(path)
    assert found["a"].path == folder / "a.mp4"
    assert found["b-2_x"].path.name == "my film.mp4"
    assert found["a"].cuts is None
    assert found["a"].cuts_table == folder / "a.cuts.tsv", "where a reviewer's would be"


def test_a_table_of_cuts_beside_the_videos_needs_no_name(folder: Path) -> None:
    table(folder, "a.cuts.tsv", ("first_frame",), ("0",))
    (folder / "c.cuts.tsv").mkdir()
    named = ("video", "path", "consent", "cuts")
    path = table(
        folder,
        "videos.tsv",
        named,
        ("a", "a.mp4", CONSENT),
        ("b", "a.mp4", CONSENT, "a.cuts.tsv"),
        ("c", "a.mp4", CONSENT),
    )
    found = read_videos(path)
    assert found["a"].cuts == found["b"].cuts == found["b"].cuts_table == folder / "a.cuts.tsv"
    assert found["a"].cuts_problem == ""
    assert found["c"].cuts_problem.endswith("c.cuts.tsv: is a folder, not a file")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("../a", "a.mp4", CONSENT), "row 2, column video: '../a' is not allowed; expected an id"),
        (("a b", "a.mp4", CONSENT), "column video"),
        (("-a", "a.mp4", CONSENT), "column video"),
        (("_shared", "a.mp4", CONSENT), "column video"),
        (("a" * 65, "a.mp4", CONSENT), "column video"),
        (
            ("b" + "0" * 20, "a.mp4", CONSENT),
            "row 2, column video: ends with '0' 20 times or more; take another name",
        ),
        (
            ("a", "a.mp4", ""),
            "row 2, column consent: is missing; expected who allowed",
        ),
        (("a", "a.mp4", "yes"), "column consent"),
        (("a", "a.mp4", CONSENT, "more"), "row 2: 4 values for 3 columns"),
    ],
)
def test_an_invalid_video_is_refused(folder: Path, row: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError) as error:
        read_videos(videos(folder, row))
    assert message in str(error.value)
    assert "videos.tsv" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["no.mp4", "~nobody/a.mp4", "x" * 300, "."])
def test_a_missing_file_is_a_problem_of_its_video_alone(folder: Path, name: str) -> None:
    found = read_videos(videos(folder, ("a", name, CONSENT), ("b", "a.mp4", CONSENT)))
    assert "videos.tsv, row 2, column path: " in found["a"].path_problem
    assert found["b"].path_problem == found["b"].cuts_problem == ""


def test_a_missing_dub_is_a_problem_of_its_film_alone(folder: Path) -> None:
    found = dubs(folder, ("a", "de", "no.wav"), ("a", "fr", "de.wav"))
    assert "row 2, column audio: there is no file 'no.wav'" in found["a", "de"].audio_problem
    assert found["a", "fr"].audio_problem == ""


def test_duplicates_are_refused_whatever_their_case(folder: Path) -> None:
    path = videos(folder, ("a", "a.mp4", CONSENT), ("A", "a.mp4", CONSENT))
    with pytest.raises(InputError, match="row 3, column video: A is already in row 2"):
        read_videos(path)


def test_columns_are_closed(folder: Path) -> None:
    path = table(folder, "videos.tsv", ("video", "file", "consent"))
    with pytest.raises(
        InputError, match=r"no column 'path'; unknown column 'file'. Columns: video"
    ):
        read_videos(path)
    with pytest.raises(InputError, match="there is no such table"):
        read_videos(folder / "none.tsv")
    (folder / "empty.tsv").touch()
    with pytest.raises(InputError, match="is empty; its first line must name the columns"):
        read_videos(folder / "empty.tsv")
    (folder / "film.tsv").write_bytes(b"\x00\xff\xfe\x89")
    with pytest.raises(InputError, match="not readable UTF-8 text"):
        read_videos(folder / "film.tsv")


def dubs(folder: Path, *rows: tuple[str, ...]) -> dict[tuple[str, str], Dub]:
    path = table(folder, "dubs.tsv", ("video", "language", "audio", "length_policy"), *rows)
    return read_dubs(path, read_videos(videos(folder, ("a", "a.mp4", CONSENT))))


def test_valid_dubs(folder: Path) -> None:
    found = dubs(folder, ("a", "de", "de.wav"), ("a", "zh-Hant", "de.wav", "pad"))
    assert found["a", "de"].length_policy is None
    assert found["a", "zh-Hant"].length_policy == "pad"


def test_several_dubs_in_one_language(folder: Path) -> None:
    columns = ("video", "language", "dub", "audio", "length_policy")

    def given(*rows: tuple[str, ...]) -> dict[tuple[str, str], Dub]:
        path = table(folder, "dubs.tsv", columns, *rows)
        return read_dubs(path, read_videos(videos(folder, ("a", "a.mp4", CONSENT))))

    found = given(("a", "de", "anna", "de.wav", "loop"), ("a", "de", "", "de.wav"))
    assert list(found) == [("a", "de_anna"), ("a", "de")]
    assert found["a", "de_anna"].length_policy == "loop"
    assert tag_of("de_anna") == tag_of("de") == "de"
    for key in ("de", "de_anna", "pt-BR_0-9"):
        assert re.fullmatch(LANGUAGE_PATTERN, key)
    with pytest.raises(InputError, match=r"row 3, column dub: a, de, ANNA is already in row 2"):
        given(("a", "de", "anna", "de.wav"), ("a", "de", "ANNA", "de.wav"))
    for name in ("an_na", "../x", "a b", "é", "x" * 65, "ab" * 20):
        with pytest.raises(InputError, match="row 2, column dub"):
            given(("a", "de", name, "de.wav"))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("b", "de", "de.wav"), "row 2, column video: 'b' is not in videos.tsv"),
        (
            ("a", "german", "de.wav"),
            "row 2, column language: 'german' is not allowed; expected a BCP-47",
        ),
        (("a", "xx", "de.wav"), "column language: 'xx' is not a BCP-47 language tag"),
        (("a", "pt-br", "de.wav"), "column language: write 'pt-br' as 'pt-BR'"),
        (("a", "../de", "de.wav"), "column language"),
        (("a", "de", "de.wav", "stretch"), "column length_policy: 'stretch' is not allowed"),
    ],
)
def test_an_invalid_dub_is_refused(folder: Path, row: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError) as error:
        dubs(folder, row)
    assert message in str(error.value)


def test_decisions(folder: Path) -> None:
    known = dubs(folder, ("a", "de", "de.wav"))
    columns = ("video", "language", "cut", "decision", "draft", "preset", "tier", "note")
    path = table(
        folder,
        "decisions.tsv",
        columns,
        ("a", "de", "000000-000099", "approve", "0123456789ab", "", "", "<b>good</b>"),
        ("a", "de", "000100-000149", "retry", "", "opens_too_little", "final"),
        ("a", "de", "000150-000159", "", "", "", "", '"so\x0b\x85\u2028""so"""'),
    )
    found = read_decisions(path, known)
    assert {cut: tuple(decision.obeyed.values()) for (_, _, cut), decision in found.items()} == {
        "000000-000099": ("approve", "0123456789ab", "", "", "<b>good</b>"),
        "000100-000149": ("retry", "", "opens_too_little", "final", ""),
        "000150-000159": ("", "", "", "", 'so "so"'),
    }
    assert read_decisions(folder / "none.tsv", known) == {}
    for row, column in (
        (("a", "fr", "000000-000099", "approve"), "language"),
        (("a", "de", "7", "approve"), "cut"),
        (("a", "de", "000000-000099", "yes"), "decision"),
        (("a", "de", "000000-000099"), "decision: the row says nothing"),
        (("a", "de", "000000-000099", "", "0123456789ab"), "decision: the row says nothing"),
        (("a", "de", "000000-000099", "retry"), "preset: is missing"),
        (("a", "de", "000000-000099", "restore"), "draft: is missing"),
        (("a", "de", "000000-000099", "retry", "", "Opens"), "preset: 'Opens' is not allowed"),
        (("a", "de", "000000-000099", "", "", "", "best"), "tier"),
    ):
        with pytest.raises(InputError, match=f"row 2, column {column}"):
            read_decisions(table(folder, "decisions.tsv", columns, row), known)


def test_a_misspelt_name_is_told_what_is_meant(folder: Path) -> None:
    known = dubs(folder, ("a", "pt-BR", "de.wav"))
    columns = ("video", "language", "cut", "decision")
    for row, hint in (
        (("A", "pt-BR"), "dubs.tsv has no such video"),
        (("a", "pt-PT"), "no such language of this video; did you mean 'pt-BR'?"),
    ):
        path = table(folder, "decisions.tsv", columns, (*row, "000000-000099", "approve"))
        with pytest.raises(InputError, match=re.escape(hint)):
            read_decisions(path, known)
    with pytest.raises(InputError, match=r"'talkk' is not in videos.tsv; did you mean 'talk'?"):
        path = table(folder, "dubs.tsv", ("video", "language", "audio"), ("talkk", "de", "de.wav"))
        read_dubs(path, read_videos(videos(folder, ("talk", "a.mp4", CONSENT))))


def test_an_unclosed_quote_is_refused(folder: Path) -> None:
    known = dubs(folder, ("a", "de", "de.wav"))
    columns = ("video", "language", "cut", "note", "decision")
    rows = (
        ("a", "de", "000000-000099", '"so', "approve"),
        ("a", "de", "000100-000149", "", "retry"),
    )
    with pytest.raises(InputError, match="row 2: a cell begins with a quote"):
        read_decisions(table(folder, "decisions.tsv", columns, *rows), known)


def test_overrides_are_sorted_from_general_to_specific(folder: Path) -> None:
    known = dubs(folder, ("a", "de", "de.wav"))
    columns = ("video", "language", "cut", "setting", "value")
    setting = "engines.preview.strength"
    path = table(
        folder,
        "overrides.tsv",
        columns,
        ("a", "de", "000000-000099", setting, "1.5"),
        ("a", "*", "*", setting, "0.5"),
        ("a", "de", "*", setting, "1.2"),
    )
    assert [o.value for o in read_overrides(path, known)] == ["0.5", "1.2", "1.5"]
    for row, column in (
        (("a", "de", "*", "gate.scorer", "x"), "setting"),
        (("a", "de", "*", "guard.min_face_px", "9"), "language"),
        (("a", "de", "*", "speaker.mode", "off"), "language"),
        (("a", "fr", "*", setting, "1"), "language"),
    ):
        with pytest.raises(InputError, match=f"row 2, column {column}"):
            read_overrides(table(folder, "overrides.tsv", columns, row), known)


SCHEMA_FILES = sorted(SCHEMAS.glob("*.schema.yaml"), key=str)
CELLS = [
    "", "v", "V-1", "-v", "de", "de_anna", "de_", "*", "pt-BR", "000000-000049", "0-1", "approve",
    "retry", "maybe", "0123456789ab", "0123", "opens_too_little", "final", "gold", "x" * 2000,
    "x" * 2001, "guard.face", "engine", "guard", "0.5", "-1e3", "4", "good", "embedded", "FYI",
    "the speaker", "kokoro:pf_dora", "S1", "approved", "mix", "abc", "ab cd", "\u00e9", "v\n",
    "pad", "Best Possible", "2026-11-27T22:13:05Z", "de\n", "final\n", "000000-000049\n", "\u0663",
    "yes",
]  # fmt: skip


def is_accepted(row: dict[str, str], name: str) -> bool:
    try:
        check(Row(Path("table.tsv"), 2, row), name)
    except InputError as error:
        assert re.match(r"table\.tsv, row 2, column \w+: ", str(error))
        return False
    return True


@pytest.mark.parametrize("file", SCHEMA_FILES, ids=lambda file: file.name)
def test_a_row_is_accepted_if_the_schema_allows_it(file: Path) -> None:
    """Compared with another validator. Its $ matches before a line end; JSON Schema's does not."""
    schema = yaml.safe_load(file.read_text(encoding="utf-8").replace('$"\n', '\\\\Z"\n'))
    validator = Draft7Validator(schema)
    names = [*schema["properties"], "other"]
    draw = random.Random(file.name)
    fitting = {
        name: [cell for cell in CELLS if validator.evolve(schema=cell_schema).is_valid(cell)]
        for name, cell_schema in schema["properties"].items()
    }
    found = set()
    for _ in range(1500):
        row = {name: draw.choice(fitting[name]) for name in names[:-1] if draw.random() < 0.9}
        for name in draw.sample(names, draw.choice([0, 0, 1, 2])):
            row[name] = draw.choice(CELLS)
        accepted = is_accepted(row, file.name.partition(".")[0])
        assert accepted == validator.is_valid(row), row
        found.add(accepted)
    assert found == {True, False}


def test_a_long_table_is_read_within_a_second(folder: Path) -> None:
    cuts = [("a", "de", f"{n:06d}-{n:06d}", "approve", "0123456789ab") for n in range(7500)]
    columns = ("video", "language", "cut", "decision", "draft")
    path = table(folder, "decisions.tsv", columns, *cuts)
    known = dubs(folder, ("a", "de", "de.wav"))
    start = time.process_time()
    assert len(read_decisions(path, known)) == 7500
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "v\tde\t0-1\tmaybe",
            "column cut: '0-1' is not allowed; expected a cut id: first",
        ),
        ("\tde\t000000-000009\tapprove", "column video: is missing; expected the id of a video"),
        ("v\tde\t000000-000009\t\t", "column decision: the row says nothing; give one of"),
        ("v\tde\t000000-000009\tretry", "column preset: is missing; expected the engine's preset"),
        ("V V\tDE\t000000-000009\tmaybe", "column video: 'V V' is not allowed; expected the id"),
        ("v\tde\t000000-000009\tretry\tno-preset", "column preset: 'no-preset' is not allowed"),
    ],
)
def test_the_first_problem_of_a_row_is_reported(folder: Path, row: str, message: str) -> None:
    path = folder / "decisions.tsv"
    path.write_text(f'video\tlanguage\tcut\tdecision\tpreset\n{row}\nv\t"open\n')
    with pytest.raises(InputError) as error:
        read_decisions(path, {})
    assert str(error.value).startswith(f"{path}, row 2, {message}")


def test_an_empty_audio_is_a_dub_that_is_made(folder: Path) -> None:
    columns = ("video", "language", "audio", "kind", "length_policy", "script")
    known = read_videos(videos(folder, ("a", "a.mp4", CONSENT)))

    def read(*row: str) -> Dub:
        return next(iter(read_dubs(table(folder, "dubs.tsv", columns, row), known).values()))

    assert (read("a", "de").kind, read("a", "de").audio) == ("made", None)
    assert (read("a", "de", "de.wav").kind, read("a", "de", "de.wav", "dialogue").kind) == (
        "mix",
        "dialogue",
    )
    with pytest.raises(InputError, match="row 2, column kind: 'mix' is a kind of audio"):
        read("a", "de", "", "mix")
    with pytest.raises(InputError, match="row 2, column length_policy: a dub that is made is as"):
        read("a", "de", "", "", "pad")
    with pytest.raises(InputError, match="with a script of your own, loop"):
        read("a", "de", "", "", "loop")
    assert read("a", "de", "", "", "loop", "de.tsv").length_policy == "loop"


def test_what_is_said_in_a_video(folder: Path) -> None:
    columns = ("video", "path", "consent", "language", "script", "background", "speakers")
    (folder / "a.srt").touch()
    path = table(
        folder, "videos.tsv", columns, ("a", "a.mp4", CONSENT, "pt-BR", "a.srt", "no.wav", "2")
    )
    video = read_videos(path)["a"]
    assert (video.language, video.script, video.speakers) == ("pt-BR", folder / "a.srt", 2)
    assert "column background: there is no file 'no.wav'" in video.background_problem
    for column, value in (("language", "iw"), ("speakers", "0")):
        row = dict.fromkeys(columns, "") | {"video": "a", "path": "a.mp4", "consent": CONSENT}
        row[column] = value
        with pytest.raises(InputError, match=f"row 2, column {column}: "):
            read_videos(table(folder, "videos.tsv", columns, tuple(row.values())))
