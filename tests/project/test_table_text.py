"""Tables as text editors, spreadsheets, R and pandas write them."""

import csv
import io
import os
import random
from pathlib import Path

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.project.rows import read
from mouthpiece.project.table_text import TableText, line_of
from mouthpiece.project.tables import read_videos
from mouthpiece.review.decisions import Table
from mouthpiece.runs.folder import Localization, lay_out

HEADER = ("video", "path", "consent", "cuts")
ROW = ("v", "src.mp4", 'the speaker, "by letter"')
CUTS = "first_frame\tframes\n0\t5\n"
KEY = ("v", "de", "000000-000009")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("src.mp4", "de.wav"):
        (tmp_path / name).touch()
    return tmp_path


def quoted_all(*rows: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue()


def plain(*rows: tuple[str, ...]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


WRITTEN = {
    "plain": plain(HEADER[:3], ROW),
    "R, pandas: all quoted": quoted_all(HEADER[:3], ROW),
    "a spreadsheet: trailing tabs": plain((*HEADER[:3], "", ""), (*ROW, "", "", "")),
    "a spreadsheet: trailing tabs, quoted": quoted_all((*HEADER[:3], "", ""), (*ROW, "", "")),
    "empty rows between": plain((), ("", "", ""), HEADER[:3], ("\t",), ROW, (" ",)),
    "empty quoted rows": quoted_all(("", "", ""), HEADER[:3], ("", ""), ROW),
    "comments": plain(("# of 2026",), HEADER[:3], ("# a", "b"), ROW),
    "comments, quoted by a spreadsheet": '"# of 2026"\t\t\n' + quoted_all(HEADER[:3], ROW),
    "spaces and no-break spaces": plain(
        ("\u00a0video ", "path", " consent"), ("v\u00a0", *ROW[1:])
    ),
    "a column that is not used": quoted_all(HEADER, (*ROW, "")),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", WRITTEN)
def test_what_programs_write_is_read(folder: Path, name: str, end: str, encoding: str) -> None:
    text = WRITTEN[name].replace("\n", end)
    for written in (text, text.removesuffix(end)):
        path = folder / "videos.tsv"
        path.write_bytes(written.encode(encoding))
        found = read_videos(path)
        assert {k: (v.path.name, v.consent) for k, v in found.items()} == {"v": ROW[1:]}


def latin_1(folder: Path) -> None:
    (folder / "videos.tsv").write_bytes(
        "video\tpath\tconsent\nv\tf\xfcr.mp4\tby letter\n".encode("latin-1")
    )


def text(content: str, encoding: str = "utf-8"):
    return lambda folder: (folder / "videos.tsv").write_text(content, encoding)


WRONG = {
    "commas": (
        text("video,path,consent\nv,src.mp4,by letter\n"),
        "row 1: .* by commas; separate them by tabs",
    ),
    "semicolons, quoted": (text('"video";"path";"consent"\n'), "row 1: .* by semicolons; separate"),
    "spaces": (text("video  path  consent\n"), "row 1: .* by spaces; separate them by tabs"),
    "R's row names": (
        text('"video"\t"path"\t"consent"\n"1"\t"v"\t"src.mp4"\t"by letter"\n'),
        r"row 2: 4 values for 3 columns; R writes row names unless told `row.names = FALSE`",
    ),
    "an index of pandas": (
        text("\tvideo\tpath\tconsent\n0\tv\tsrc.mp4\tby letter\n"),
        "row 1: column 1 has no name",
    ),
    "a column in other letters": (
        text("Video\tpath\tconsent\n"),
        "unknown column 'Video', did you mean 'video'",
    ),
    "a misspelt column": (
        text("video\tpath\tconsnet\n"),
        "unknown column 'consnet', did you mean 'consent'",
    ),
    "a line end in a cell": (
        text('video\tpath\tconsent\nv\tsrc.mp4\t"by\nletter"\n'),
        "row 2: a cell begins with a quote but does not end .* each cell on one line",
    ),
    "R's own escapes": (
        text('video\tpath\tconsent\nv\tsrc.mp4\t"so \\"so\\""\n'),
        "row 2: a cell begins with a quote",
    ),
    "Latin-1": (latin_1, r"not readable UTF-8 text \(row 2: byte 0xfc is no character\); save it"),
    "UTF-16 without a mark": (
        text("video\tpath\tconsent\n", "utf-16-le"),
        "not readable UTF-8 text .*NUL",
    ),
    "a row that is too long": (
        text("video\tpath\tconsent\nv\t" + "x" * 200_000),
        "row 2: is longer than",
    ),
    "a folder": (lambda f: (f / "videos.tsv").mkdir(), "videos.tsv: is a folder, not a file"),
    "a pipe": (lambda f: os.mkfifo(f / "videos.tsv"), "videos.tsv: is a named pipe, not a file"),
    "a device": (
        lambda f: (f / "videos.tsv").symlink_to("/dev/zero"),
        "videos.tsv: is a device, not a file",
    ),
    "a broken link": (
        lambda f: (f / "videos.tsv").symlink_to("gone"),
        "is a link to gone, which does not exist",
    ),
    "a loop of links": (
        lambda f: (f / "videos.tsv").symlink_to("videos.tsv"),
        "a link that leads back to itself",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_explained(folder: Path, name: str) -> None:
    write, message = WRONG[name]
    write(folder)
    with pytest.raises(InputError, match=message) as error:
        read(folder / "videos.tsv", "videos")
    assert "\n" not in str(error.value)


def test_a_table_that_never_ends_is_not_read(folder: Path) -> None:
    with (folder / "videos.tsv").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(InputError, match="is larger than 65536 KB"):
        read(folder / "videos.tsv", "videos")


def test_text_that_is_not_changed_is_written_as_it_was() -> None:
    draw = random.Random(7)
    for _ in range(300):
        text = "".join(draw.choices(["a", "\t", '"', "\n", "\r\n", "\r", "#", "\u2028", "é"], k=12))
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            content = text.encode(encoding)
            assert TableText.decoded(Path("t"), content).content == content
    assert TableText.decoded(Path("t"), b"a\r\nb").with_lines(["c"]).content == b"a\r\nb\r\nc\r\n"
    assert TableText.decoded(Path("t"), b"a").with_lines(["c"]).content == b"a\nc\n"


def test_a_written_line_is_read_as_it_was(folder: Path) -> None:
    draw = random.Random(8)
    for _ in range(300):
        cells = ["".join(draw.choices("ab \t\"'#,;é", k=draw.randint(1, 5))) for _ in range(3)]
        path = folder / "decisions.tsv"
        columns = ("note", "video", "language", "cut")
        path.write_text(line_of(columns) + "\n" + line_of([f"#{cells[0]}x", *KEY]) + "\n")
        assert read(path, "decisions")[0].values["note"] == f"#{cells[0]}x"


DECISIONS = ("video", "language", "cut", "decision", "note", "draft", "preset", "tier")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("write", [plain, quoted_all])
@pytest.mark.parametrize("extra", [(), ("", "")])
def test_a_decision_is_put_into_a_table_of_any_program(
    folder: Path, write, extra: tuple[str, ...], encoding: str
) -> None:
    path = folder / "decisions.tsv"
    other = ("v", "de", "000010-000019", "approve", 'a "word"', "", "", "")
    path.write_bytes(write((*DECISIONS, *extra), (*other, *extra)).encode(encoding))
    before = path.read_bytes().decode(encoding).splitlines()
    table = Table(path)
    table.put(KEY, {"decision": "approve", "note": "tab\there"})
    table.write()
    lines = path.read_bytes().decode(encoding).splitlines()
    assert lines[:2] == before and lines[2] == "v\tde\t000000-000009\tapprove\ttab here"
    table = Table(path)
    table.put(KEY, {"preset": "calm", "decision": "retry"})
    table.write()
    found = Table(path).decisions
    assert found[KEY].preset == "calm"
    assert found[other[:3]].note == 'a "word"'
    table = Table(path)
    table.drop(KEY)
    table.write()
    assert list(Table(path).decisions) == [other[:3]]


def test_columns_that_a_quoted_table_lacks_are_added_before_its_trailing_tabs(folder: Path) -> None:
    path = folder / "decisions.tsv"
    path.write_text(quoted_all((*DECISIONS[:4], "", ""), (*KEY, "approve", "", "")))
    table = Table(path)
    table.put(("v", "de", "000010-000019"), {"note": "so"})
    table.write()
    assert {key[2]: d.note or d.decision for key, d in Table(path).decisions.items()} == {
        "000000-000009": "approve",
        "000010-000019": "so",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("write", [plain, quoted_all])
def test_localize_adds_to_a_table_of_any_program(folder: Path, write, encoding: str) -> None:
    (folder / "config.yaml").write_text("videos: videos.tsv\ndubs: dubs.tsv\n")
    (folder / "videos.tsv").write_bytes(write((*HEADER[:3], ""), (*ROW, "")).encode(encoding))
    columns = ("video", "language", "audio", "", "")
    (folder / "dubs.tsv").write_bytes(write(columns, ("v", "de", "de.wav")).encode(encoding))
    wanted = Localization(folder / "src.mp4", {"fr": folder / "de.wav"})
    assert set(lay_out(folder, wanted).dubs) == {("v", "de"), ("v", "fr")}
    assert (folder / "dubs.tsv").read_bytes().decode(encoding).endswith("v\tfr\tde.wav\n")


def test_tables_of_cuts_are_read_in_the_same_way(folder: Path) -> None:
    from mouthpiece.project.given_cuts import read_override

    path = folder / "cuts.tsv"
    for content in (
        CUTS,
        '"first_frame"\t"frames"\t\n# a\n"0"\t"5"\t\t\n',
        CUTS.replace("\n", "\r\n"),
    ):
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            path.write_bytes(content.encode(encoding))
            assert [cut.cut for cut in read_override(path, 5)] == ["000000-000004"]
    for content, message in (
        ("first_frame,frames\n0,5\n", "row 1: .* by commas; separate them by tabs"),
        ("first_frame\n" + "9" * 5000 + "\n", "row 2, column first_frame: '999.*' is not allowed"),
        ("first_frame\n²\n", "row 2, column first_frame"),
        ("first_frame\n0\nnan\n", "row 3, column first_frame: 'nan' is not allowed"),
    ):
        path.write_text(content)
        with pytest.raises(InputError, match=message):
            read_override(path, 5)
