from pathlib import Path

from mouthpiece.core.files import write_text
from mouthpiece.project.spoken_tables import read_edits
from mouthpiece.project.tables import Dub
from mouthpiece.reports.run_summary import unused_edits, unused_recordings
from mouthpiece.review.unmatched_edits import edit_rows
from mouthpiece.text.script import ScriptLine, write_script

FILM, GIVEN, PENDING = ("talk", "de"), ("talk", "fr"), ("talk", "es")


def test_edits_that_do_nothing_are_named(tmp_path: Path) -> None:
    rows = [
        "talk\tde\t000000-000049\tGuten Tag.",
        "talk\tde\t000050-000099\tJa.",
        "talk\tde\t000060-000120\tNein.",
        "talk\tfr\t000000-000049\tBonjour.",
        "talk\tes\t000000-000049\tHola.",
    ]
    table = tmp_path / "edits.tsv"
    write_text(table, "\n".join(["video\tlanguage\tline\ttarget", *rows, ""]))
    dubs = {film: Dub(*film, "", None, None) for film in (FILM, GIVEN, PENDING)}
    lines = [
        ScriptLine("000000-000049", "S1", 0, 50, "Hello.", "Guten Tag."),
        ScriptLine("000050-000099", "S1", 50, 100, "Yes.", "Ja.", flags="stale_edit"),
    ]
    write_script(lines, tmp_path.joinpath(*FILM, "script.tsv"))
    found = unused_edits(tmp_path, dubs, edit_rows(read_edits(table, dubs).values()), [GIVEN])
    assert [str(one).partition("edits.tsv, ")[2] for one in found] == [
        "row 3: the edit of line 000050-000099 of talk in de is not used: the source says "
        "something else there now",
        "row 4: the edit of line 000060-000120 of talk in de is not used: there is no such line; "
        "the nearest is 000050-000099",
        "row 5: the edit of line 000000-000049 of talk in fr is not used: its dub is given, so no "
        "line of it is spoken here",
    ]
    assert unused_edits(tmp_path, dubs, [], [GIVEN]) == []


def test_recordings_of_lines_that_do_not_exist_are_named(tmp_path: Path) -> None:
    line = ScriptLine("000000-000049", "S1", 0, 50, "Hello.", "Guten Tag.")
    write_script([line], tmp_path.joinpath(*FILM, "script.tsv"))
    names = ("000000-000049", "000010-000059", "intro")
    files = {name: Path("own", f"{name}.WAV") for name in names}
    assert unused_recordings(tmp_path, {FILM: files, PENDING: files}) == [
        "own/000010-000059.WAV: the recording is not used: talk in de has no line 000010-000059; "
        "the nearest is 000000-000049",
        "own/intro.WAV: the recording is not used: talk in de has no line intro",
    ]
