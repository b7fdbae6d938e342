"""Subtitles as files."""

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pysubs2
import pytest
from ttconv.imsc.reader import to_model

from mouthpiece.core.errors import Fault
from mouthpiece.text.cues import Cue
from mouthpiece.text.subtitle_files import write_files
from mouthpiece.text.subtitles import (
    Subtitle,
    SubtitleTrack,
    read_tracks,
    subtitle,
    write_tracks,
)

NTSC = Fraction(24000, 1001)
ODD = "a {b} <i>c</i> & C:\\New --> d"


def written(folder: Path, *subtitles: Subtitle, language: str = "pt-BR") -> dict[str, str]:
    """The files of a track, by format."""
    track = SubtitleTrack("pt-BR", language, subtitles)
    write_files(track, NTSC, ["srt", "vtt", "ttml"], folder, "talk")
    return {p.suffix[1:]: p.read_text("utf-8") for p in folder.glob("talk.pt-BR.*")}


def test_what_looks_like_markup_is_text(tmp_path: Path) -> None:
    files = written(tmp_path, Subtitle(0, 30, (ODD, "e")))
    plain = ODD.replace("\\", "\\\u2060")
    assert f"\n{plain}\ne\n" in files["srt"]
    assert (
        f"\n{plain.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}\ne\n"
        in (files["vtt"])
    )
    root = ElementTree.fromstring(files["ttml"])
    assert ["".join(span.itertext()) for span in root.iter("{http://www.w3.org/ns/ttml}span")] == [
        ODD,
        "e",
    ]


def test_times_are_frames(tmp_path: Path) -> None:
    files = written(tmp_path, Subtitle(32, 86, ("One",)), Subtitle(88, 130, ("Two",)))
    for form in ("srt", "vtt"):
        events = pysubs2.SSAFile.from_string(files[form])
        shown = [(-(-e.start * NTSC // 1000), -(-e.end * NTSC // 1000)) for e in events]
        assert shown == [(32, 86), (88, 130)]  # the first frames that begin after these times
    (division,) = to_model(
        ElementTree.ElementTree(ElementTree.fromstring(files["ttml"]))
    ).get_body()
    assert [one.get_begin() * NTSC for one in division] == [32, 88]
    assert 'end="86f"' in files["ttml"]


def test_the_language_is_named_in_ttml(tmp_path: Path) -> None:
    assert 'xml:lang="pt-BR"' in written(tmp_path, Subtitle(0, 30, ("Olá",)))["ttml"]


def test_lines_from_right_to_left_are_marked(tmp_path: Path) -> None:
    files = written(tmp_path, Subtitle(0, 30, ("مرحبا، Anna!",)), language="ar")
    for form in ("srt", "vtt"):
        assert "\u202bمرحبا، Anna!\u202c" in files[form]
    assert 'tts:direction="rtl"' in files["ttml"] and "\u202b" not in files["ttml"]


def test_a_film_in_which_nothing_is_said_has_empty_files(tmp_path: Path) -> None:
    files = written(tmp_path)
    assert set(files) == {"srt", "vtt", "ttml"} and files["vtt"].startswith("WEBVTT")


def test_two_people_at_once_share_a_subtitle() -> None:
    cues = [Cue("S1", "Yes.", 1, 1.5), Cue("S2", "No!", 1.2, 1.8)]
    (both,) = subtitle(cues, "en", Fraction(25), 500, [0])
    assert both.lines == ("- Yes.", "- No!") and both.first_frame == 25


def test_marks_of_direction_and_control_characters_are_not_kept() -> None:
    (one,) = subtitle([Cue("S1", "\u200fa\u0007b\u200cc\u202e", 0, 2)], "fa", Fraction(25), 99, [0])
    assert one.lines == ("a b\u200cc",)


def test_a_soft_hyphen_parts_no_word() -> None:
    (one,) = subtitle([Cue("S1", "Wasser\u00adturm", 0, 2)], "de", Fraction(25), 99, [0])
    assert one.lines == ("Wasserturm",)


def test_the_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    tracks = [SubtitleTrack("de", "de", (Subtitle(0, 30, ("Ja", "Nein"), ("too_fast",)),))]
    write_tracks(tracks, tmp_path / "subtitles.json")
    assert read_tracks(tmp_path / "subtitles.json") == tracks
    assert tracks[0].flags == {"too_fast": 1}


@pytest.mark.parametrize("text", ["", "{}", '{"tracks": [{"name": "de"}]}', '{"tracks": 5}'])
def test_a_broken_table_is_a_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "subtitles.json").write_text(text)
    with pytest.raises(Fault, match="delete it"):
        read_tracks(tmp_path / "subtitles.json")
