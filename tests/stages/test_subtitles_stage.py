"""Stage `subtitles`: what is said, as files beside a film."""

from pathlib import Path

import pytest

from mouthpiece.core.cuts import from_starts, write_boundaries
from mouthpiece.core.errors import InputError
from mouthpiece.core.files import read_json, write_json
from mouthpiece.reports.notes import read_notes
from mouthpiece.stages.subtitles import Said, Timeline, subtitles
from mouthpiece.text.script import ScriptLine, write_script
from mouthpiece.text.subtitles import read_tracks
from mouthpiece.text.transcript import Segment, Speaker, Transcript, Word, write_transcript


@pytest.fixture
def timeline(tmp_path: Path) -> Timeline:
    write_json(tmp_path / "source.json", {"rate": "25"})
    write_boundaries(from_starts([0, 100], 250), tmp_path / "boundaries.tsv")
    return Timeline(tmp_path / "source.json", tmp_path / "boundaries.tsv")


@pytest.fixture
def script(tmp_path: Path) -> Path:
    lines = [
        ScriptLine("000000-000039", "S1", 0, 40, "Good morning.", "Bom dia."),
        ScriptLine("000050-000079", "S2", 50, 80, "Hm.", ""),
        ScriptLine("000110-000180", "S1", 110, 181, "The road is closed.", "A rua está fechada."),
    ]
    write_script(lines, tmp_path / "script.tsv")
    return tmp_path / "script.tsv"


def made(tmp_path: Path, timeline: Timeline, **said: Path) -> Path:
    facts = tmp_path / "subtitles.json"
    subtitles(
        said=Said(**said), timeline=timeline, video="talk", dub="pt-BR_anna", language="pt-BR",
        formats=["srt", "vtt"], folder=tmp_path / "subtitles", facts=facts,
    )  # fmt: skip
    return facts


def test_lines_are_shown_in_their_slots(tmp_path: Path, timeline: Timeline, script: Path) -> None:
    (track,) = read_tracks(made(tmp_path, timeline, script=script))
    assert (track.name, track.language) == ("pt-BR_anna", "pt-BR")
    assert [(s.first_frame, s.end_frame, s.lines) for s in track.subtitles] == [
        (0, 40, ("Bom dia.",)),
        (112 - 2, 181, ("A rua está fechada.",)),
    ]
    names = sorted(path.name for path in (tmp_path / "subtitles").iterdir())
    assert names == ["talk.pt-BR_anna.srt", "talk.pt-BR_anna.vtt"]


def test_a_line_is_shown_when_its_take_is_heard(
    tmp_path: Path, timeline: Timeline, script: Path
) -> None:
    takes = tmp_path / "takes.json"
    spoken = {"line": "000110-000180", "start_sample": 24000 * 5, "samples": 24000 * 2}
    write_json(takes, {"sample_rate_hz": 24000, "takes": [spoken]})
    (track,) = read_tracks(made(tmp_path, timeline, script=script, takes=takes))
    assert [(s.first_frame, s.end_frame) for s in track.subtitles] == [(0, 40), (125, 175)]


def test_the_source_has_subtitles_by_its_words(
    tmp_path: Path, timeline: Timeline, script: Path
) -> None:
    words = (Word("Good", 0.4, 0.7, 0.9), Word("morning.", 0.7, 1.4, 0.9))
    segment = Segment("0001", "S1", "en", 0.2, 2.0, "Good morning.", words)
    speakers = (Speaker("S1", 120.0, 1.0),)
    transcript = tmp_path / "transcript.json"
    write_transcript(Transcript("en", 0.99, "toy", (segment,), speakers), transcript)
    _, track = read_tracks(made(tmp_path, timeline, script=script, transcript=transcript))
    assert (track.name, track.language) == ("source", "en")
    assert [(s.first_frame, s.end_frame) for s in track.subtitles] == [(10, 35)]
    assert (tmp_path / "subtitles" / "talk.source.srt").is_file()


def test_a_source_that_says_no_word_has_none(
    tmp_path: Path, timeline: Timeline, script: Path
) -> None:
    """As the avatar of greetings, whose script is a mark."""
    segment = Segment("0001", "S1", "zxx", 0, 4, "…", ())
    transcript = tmp_path / "transcript.json"
    speakers = (Speaker("S1", 120.0, 1.0),)
    write_transcript(Transcript("zxx", 1, "given", (segment,), speakers), transcript)
    (track,) = read_tracks(made(tmp_path, timeline, script=script, transcript=transcript))
    assert track.name == "pt-BR_anna"
    assert not (tmp_path / "subtitles" / "talk.source.srt").exists()


def test_a_given_dub_has_the_subtitles_that_were_given(tmp_path: Path, timeline: Timeline) -> None:
    given = tmp_path / "dub.srt"
    given.write_text("1\n00:00:01,000 --> 00:00:02,500\nOlá, Anna.\n", encoding="utf-8")
    (track,) = read_tracks(made(tmp_path, timeline, given=given))
    assert [(s.first_frame, s.end_frame, s.lines) for s in track.subtitles] == [
        (25, 63, ("Olá, Anna.",))
    ]


def test_a_script_without_times_gives_none_and_says_so(tmp_path: Path, timeline: Timeline) -> None:
    (tmp_path / "dub.txt").write_text("Olá, Anna.\n", encoding="utf-8")
    facts = made(tmp_path, timeline, given=tmp_path / "dub.txt")
    assert read_json(facts)["notes"] == [{"code": "subtitles_untimed"}]


def test_what_cannot_be_kept_or_shown_is_told(tmp_path: Path, timeline: Timeline) -> None:
    given = tmp_path / "dub.srt"
    text = "Isto é demasiado para quem lê devagar."
    given.write_text(
        f"1\n00:00:01,000 --> 00:00:01,500\n{text}\n\n2\n00:01:00,000 --> 00:01:02,000\nFim.\n",
        encoding="utf-8",
    )
    facts = made(tmp_path, timeline, given=given)
    (noted,) = read_notes([facts])
    assert noted.about == "Film" and noted.sentences == (
        "Cues of the script that begin after the film's end (10.0 s) and are left out: 1.",
        "Subtitles (pt-BR): 1 of 1 break a rule of timed text: too fast to read (1).",
    )


def test_a_line_that_was_moved_past_the_end_is_told(tmp_path: Path, timeline: Timeline) -> None:
    moved = ScriptLine("000200-000239", "S1", 300, 340, "Bye.", "Tchau.")
    write_script([moved], tmp_path / "script.tsv")
    facts = made(tmp_path, timeline, script=tmp_path / "script.tsv")
    assert read_tracks(facts)[0].subtitles == ()
    assert read_json(facts)["notes"] == [
        {"code": "subtitles_outside", "language": "pt-BR", "texts": 1}
    ]


def test_a_script_that_cannot_be_read_is_named(tmp_path: Path, timeline: Timeline) -> None:
    with pytest.raises(InputError, match=r"none\.srt"):
        made(tmp_path, timeline, given=tmp_path / "none.srt")
