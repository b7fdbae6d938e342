"""Notes are put into words, whatever a stage wrote, and shown by the summary of a run."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from cut_rows import row
from mouthpiece.cli.summary import SHOWN_NOTES, show_summary
from mouthpiece.config.picture import PictureLimits
from mouthpiece.core.cut_table import write_rows
from mouthpiece.core.files import write_json
from mouthpiece.core.notes import Note
from mouthpiece.reports.note_wordings import NOTES, SHOWN_TRACKS, sentence, sentences
from mouthpiece.reports.notes import Noted, note_files, read_notes
from mouthpiece.reports.summary import summarize
from places import ROOT

FILM = ("talk", "de")


def test_every_note_that_is_written_has_words() -> None:
    modules = (ROOT / "workflow_scripts" / "mouthpiece").rglob("*.py")
    text = "\n".join(path.read_text(encoding="utf-8") for path in modules)
    written = set(re.findall(r'\b_?[Nn]ote\(\s*"([a-z_]+)"', text))
    assert len(written) > 10 and written <= set(NOTES)


def test_a_note_is_a_sentence_with_its_values() -> None:
    late = Note("dub_starts_late", {"ms": 90.4})
    assert sentence(late).startswith("Its sound starts 90 ms after its file's start")


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (Note("never_heard_of", {"start_ms": 3}), "never heard of: start ms 3"),
        (Note("never_heard_of"), "never heard of"),
        (Note("dub_starts_late"), "dub starts late"),
        (Note("dub_starts_late", {"ms": "soon"}), "dub starts late: ms soon"),
        (Note("title", {"text": "{0} {x!r}\n\x1b[31mred"}), "title: text {0} {x!r}  [31mred"),
    ],
)
def test_a_note_that_has_no_sentence_is_shown_as_it_is(note: Note, words: str) -> None:
    assert sentence(note) == words


@pytest.mark.parametrize("code", NOTES)
def test_a_known_code_without_its_values_is_no_error(code: str) -> None:
    assert sentence(Note(code))


def test_tracks_that_are_not_kept_for_one_reason_share_a_sentence() -> None:
    def lost(kind: str, title: str, reason: str = "off") -> Note:
        return Note("track_not_kept", {"kind": kind, "codec": "aac", "language": "und",
                                       "title": title, "reason": reason})  # fmt: skip

    told = [lost("sound", f"M{n}") for n in range(SHOWN_TRACKS + 2)]
    told[3:3] = [Note("captions_not_kept"), lost("sound", "", "damaged")]
    assert sentences(told) == [
        "Not kept: further sound (aac, M0; aac, M1; aac, M2; aac, M3; aac, M4; aac, M5; 2 more):"
        " off in delivery.keep.",
        "Not kept: the closed captions beside the picture.",
        "Not kept: further sound (aac): cannot be decoded.",
    ]


def test_notes_are_read_from_the_files_that_exist(tmp_path: Path) -> None:
    files = note_files(tmp_path, FILM)
    of = {file.name: file for file in files}
    assert read_notes(files) == []
    write_json(of["source.json"], {"rate": "25"})
    write_json(of["dub.json"], {"notes": []})
    write_json(of["film.json"], {"notes": [Note("a").row, Note("b", {"ms": 1}).row]})
    write_json(of["package.json"], {"notes": [Note("c").row]})
    assert read_notes(files) == [Noted("Film", ("a", "b: ms 1", "c"))]


def test_what_is_said_of_several_files_of_a_film_is_told_of_the_film_alone(tmp_path: Path) -> None:
    of = {file.name: file for file in note_files(tmp_path, FILM)}
    for name in ("hevc.mp4.json", "stems.json", "package.json"):
        write_json(of[name], {"notes": [Note("signed").row, Note(name).row]})
    assert read_notes(of.values()) == [
        Noted("HEVC", ("hevc.mp4.json",)),
        Noted("Stems", ("stems.json",)),
        Noted("Film", ("signed", "package.json")),
    ]


def test_what_was_separated_is_told_of_films_that_have_the_background(tmp_path: Path) -> None:
    separated = tmp_path / FILM[0] / "_shared" / "separation.json"
    write_json(separated, {"notes": [Note("voice_not_found").row]})
    assert separated not in note_files(tmp_path, FILM)  # its dub is all of its sound
    write_json(tmp_path / FILM[0] / FILM[1] / "mix.json", {"notes": []})
    (noted,) = read_notes(note_files(tmp_path, FILM))
    assert noted.about == "Sound" and "No voice was found" in noted.sentences[0]


def test_what_all_films_have_is_told_once(tmp_path: Path) -> None:
    films = [("talk", "de"), ("talk", "fr")]
    for film in films:
        *_, package = note_files(tmp_path, film)
        write_json(package, {"notes": [Note("shared").row, Note("own", {"of": film[1]}).row]})
        write_rows([row(0, gate="pass", action="lipsync")], package.with_name("cuts.tsv"))
    out = io.StringIO()
    show_summary(
        Console(file=out, width=200), summarize(tmp_path, films), {}, "1 s", PictureLimits()
    )
    notes = [line for line in out.getvalue().splitlines() if "ote on" in line]
    assert notes == [
        "  note on the film: own: of de",
        "  note on the film: own: of fr",
        "Note on every film: shared",
    ]


def test_the_summary_of_a_run_tells_notes(tmp_path: Path) -> None:
    source, *_, film = note_files(tmp_path, FILM)
    write_json(source, {"notes": [Note("first_code").row]})
    write_json(film, {"notes": [Note(f"code_{n}").row for n in range(SHOWN_NOTES + 1)]})
    out = io.StringIO()
    show_summary(
        Console(file=out, width=200), summarize(tmp_path, [FILM]), {}, "1 s", PictureLimits()
    )
    lines = out.getvalue().splitlines()
    assert "  note on the source: first code" in lines
    assert "  note on the film: code 0" in lines
    assert sum("note on" in line for line in lines) == SHOWN_NOTES
    assert "  and 2 notes more, on the review page" in lines
