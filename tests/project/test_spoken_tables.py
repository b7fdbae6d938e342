"""The tables of what is said: voices, glossary, edits."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.project.project import Project
from mouthpiece.project.spoken_tables import read_edits, read_glossary, read_voices
from mouthpiece.project.tables import Dub

DUBS = {
    ("a", "pt-BR"): Dub("a", "pt-BR", "", None, None, kind="made"),
    ("a", "pt-BR_anna"): Dub("a", "pt-BR", "anna", None, None, kind="made"),
}
LINE = "000010-000059"


def table(folder: Path, name: str, *lines: str) -> Path:
    path = folder / f"{name}.tsv"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_none_need_exist(tmp_path: Path) -> None:
    assert read_voices(tmp_path / "voices.tsv", DUBS) == []
    assert read_glossary(tmp_path / "glossary.tsv") == []
    assert read_edits(tmp_path / "edits.tsv", DUBS) == {}


def test_the_most_general_voice_comes_first(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "voices",
        "video\tspeaker\tlanguage\tvoice",
        "a\tS1\tpt-BR\tkokoro:pf_dora",
        "a\tS1\tpt-BR_anna\tkokoro:pm_santa",
        "*\t*\t*\tkokoro:pm_alex",
        "a\t*\t*\tespeak:pt",
    )
    voices = [voice.voice for voice in read_voices(path, DUBS)]
    assert voices == ["kokoro:pm_alex", "espeak:pt", "kokoro:pf_dora", "kokoro:pm_santa"]


def test_rows_on_all_videos_name_no_speaker_of_one(tmp_path: Path) -> None:
    rows = ("a\tS9\t*", "a\tS2\tpt-BR_anna", "*\tS3\t*", "a\t*\t*", "a\tS1\tpt-BR")
    header = "video\tspeaker\tlanguage\tvoice"
    path = table(tmp_path, "voices", header, *(f"{row}\tkokoro:pm_alex" for row in rows))
    project = SimpleNamespace(voices=read_voices(path, DUBS))
    assert Project.speakers_named(project, "a", "pt-BR") == ["S1", "S9"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("a\tS0\tpt-BR\tkokoro:x", "speaker"),
        ("a\tS1\tpt-BR\tpf_dora", "voice"),
        ("a\tS1\tpt-BR\tkokoro:../x", "voice"),
        ("../a\tS1\tpt-BR\tkokoro:x", "video"),
        ("aa\tS1\t*\tkokoro:x", "video"),
        ("a\tS1\tpt\tkokoro:x", "language"),
        ("*\tS1\tpt-Br\tkokoro:x", "language"),
    ],
)
def test_a_wrong_voice_is_refused(tmp_path: Path, row: str, column: str) -> None:
    path = table(tmp_path, "voices", "video\tspeaker\tlanguage\tvoice", row)
    with pytest.raises(InputError, match=rf"voices\.tsv, row 2, column {column}: "):
        read_voices(path, DUBS)


def test_the_glossary(tmp_path: Path) -> None:
    path = table(tmp_path, "glossary", "language\tsource\ttarget", "pt-BR\tthe gate\to portão")
    (term,) = read_glossary(path)
    assert (term.language, term.source, term.target) == ("pt-BR", "the gate", "o portão")
    path = table(tmp_path, "glossary", "language\tsource\ttarget", "*\ta\tb", "*\tA\tc")
    with pytest.raises(InputError, match=r"glossary\.tsv, row 3"):
        read_glossary(path)
    path = table(tmp_path, "glossary", "language\tsource\ttarget", "pt-Br\ta\tb")
    with pytest.raises(InputError, match="row 2, column language: write 'pt-Br' as 'pt-BR'"):
        read_glossary(path)


def test_edits(tmp_path: Path) -> None:
    header = "video\tlanguage\tline\tsource\ttarget\tvoice\tshift_frames\tstatus\tnote\treviewer"
    row = f"a\tpt-BR\t{LINE}\tHello\tOlá\t\t-3\tapproved\t\tAnna"
    edit = read_edits(table(tmp_path, "edits", header, row), DUBS)["a", "pt-BR", LINE]
    assert edit.values == {**edit.wanted, "reviewer": "Anna", "time": ""}
    assert edit.wanted == {
        "source": "Hello",
        "target": "Olá",
        "voice": "",
        "shift_frames": "-3",
        "status": "approved",
        "note": "",
    }


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"a\tfr\t{LINE}\tx", "column language: dubs.tsv has no such language"),
        (f"b\tpt-BR\t{LINE}\tx", "column video: dubs.tsv has no such video"),
        ("a\tpt-BR\t1-2\tx", "column line: '1-2' is not allowed"),
        (f"a\tpt-BR\t{LINE}\t", "column target: the row says nothing"),
    ],
)
def test_a_wrong_edit_is_refused(tmp_path: Path, row: str, message: str) -> None:
    path = table(tmp_path, "edits", "video\tlanguage\tline\ttarget", row)
    with pytest.raises(InputError) as error:
        read_edits(path, DUBS)
    assert message in str(error.value)
