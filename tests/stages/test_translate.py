from fractions import Fraction
from pathlib import Path

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.stages.script import ScriptSettings, drafted, script
from mouthpiece.stages.translate import TranslateRequest, translate
from mouthpiece.text.script import STALE, ScriptLine, read_script
from mouthpiece.text.transcript import Transcript
from mouthpiece.text.translation import FilmTranslation, TranslatedLine, read_translation
from mouthpiece.translation.base import Line, Translation
from mouthpiece.translation.bergamot.settings import BergamotSettings
from mouthpiece.translation.choice import choose
from translation.fake_translator import Toy, ToySettings, segment, transcribed, written

RATE = Fraction(25)


def made(
    folder: Path, transcript: Transcript, given: str = "", target: str = "pt-BR", frames: int = 1000
) -> FilmTranslation:
    transcript_file, facts = written(folder, transcript, frames)
    name, _, text = given.partition("|")
    if name:
        (folder / name).write_text(text, encoding="utf-8")
    request = TranslateRequest(
        film="talk, pt-BR",
        transcript=transcript_file,
        facts=facts,
        target=target,
        translators={"toy": ToySettings()},
        glossary={"river": "ribeiro"},
        syllables_per_s=7.0,
        script=folder / name if name else None,
        translation=folder / "translation.json",
        answers=folder / "translations",
    )
    translate(request)
    return read_translation(folder / "translation.json")


def edited(folder: Path, **edits: dict[str, str]) -> list[ScriptLine]:
    settings = ScriptSettings(
        edits={key.replace("_", "-").removeprefix("l"): value for key, value in edits.items()},
        glossary={"river": "ribeiro"},
        syllables_per_s=7.0,
    )
    script(folder / "translation.json", folder / "source.json", settings, folder / "script.tsv")
    return read_script(folder / "script.tsv")


def test_lines_have_slots_flags_and_translators(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        transcribed(
            segment(1, 0.4, 2.0, "Good\tmorning.", flags=("low_probability=-1.3",)),
            segment(2, 3.0, 5.0, "We go to the river.", speaker="S2"),
            segment(3, 6.0, 7.0, "Olá a todos.", language="pt"),
            segment(4, 8.0, 9.0, "Bonjour.", language="fr"),
            segment(5, 9.0, 9.5, "  "),
            segment(6, 9.5, 9.8, "♪ ..."),
        ),
    )
    assert [line.target for line in found.lines] == [
        "bom dia.",
        "nós vamos to the ribeiro.",
        "Olá a todos.",
        "Bonjour.",
    ]
    assert [line.translator for line in found.lines] == ["toy", "toy", "none", "none"]
    assert [line.flags for line in found.lines] == [
        ("low_probability=-1.3",),
        (),
        ("other_language=pt",),
        ("other_language=fr", "untranslated"),
    ]
    rows = edited(tmp_path)
    assert [row.line for row in rows[:2]] == ["000010-000049", "000075-000124"]
    assert (rows[1].speaker, rows[1].start_frame, rows[1].end_frame) == ("S2", 75, 125)


def test_a_source_in_the_language_of_the_dub_keeps_its_words(tmp_path: Path) -> None:
    spoken = transcribed(segment(1, 0, 2, "Olá.", language="pt"), language="pt")
    found = made(tmp_path, spoken)
    assert [(line.target, line.flags) for line in found.lines] == [("Olá.", ())]
    assert found.translator == "none"


def test_a_film_without_speech_has_no_lines(tmp_path: Path) -> None:
    assert made(tmp_path, transcribed(language="")).lines == ()
    assert edited(tmp_path) == []


def test_a_source_whose_language_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="column language of videos"):
        made(tmp_path, transcribed(segment(1, 0, 2, "Hm.", language=""), language=""))


def test_lines_that_a_service_gave_no_translation_of_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers(_: object, lines: list[Line], *__: object) -> list[Translation]:
        return [Translation("", 0.25, 10, "it is empty")] + [Translation("bom")] * (len(lines) - 1)

    monkeypatch.setattr(Toy, "translate", answers)
    film = transcribed(segment(1, 0, 1, "Good."), segment(2, 2, 3, "Morning."))
    found = made(tmp_path, film)
    assert [line.flags for line in found.lines] == [("empty",), ()]
    assert {"code": "lines_unanswered", "lines": 1, "translator": "toy"} in found.notes
    assert found.cost_usd == 0.25


def test_a_pair_that_nobody_translates_is_refused_with_the_ways_on(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        made(tmp_path, transcribed(segment(1, 0, 2, "Hallo.", language="de"), language="de"))
    message = str(raised.value)
    assert message.startswith(
        "talk, pt-BR: no translator of translate.use (toy) translates from de"
    )
    for way in ("translate.use (bergamot", "script of dubs.tsv", "audio"):
        assert way in message


def test_bergamot_serves_english_and_portuguese() -> None:
    translators = {"bergamot": BergamotSettings()}
    assert choose(translators, "en-GB", "pt-BR") == "bergamot"
    assert choose(translators, "pt", "en") == "bergamot"
    assert choose(translators, "", "pt") == "bergamot"
    assert choose(translators, "en", "de") is None
    assert choose(translators, "", "de") is None
    assert [note.code for note in BergamotSettings().notes("en", "pt-PT")] == [
        "translated_to_variant"
    ]
    assert BergamotSettings().notes("en", "pt") == []


SRT = """given.srt|1
00:00:00,400 --> 00:00:01,000
Bom dia,

2
00:00:01,000 --> 00:00:02,000
amigos.

3
00:00:03,000 --> 00:00:06,900
Vamos ao rio agora.

4
00:00:20,000 --> 00:00:21,000
Ninguém diz isto.
"""


def test_lines_beside_a_source_that_says_nothing_are_not_doubtful(tmp_path: Path) -> None:
    found = made(tmp_path, transcribed(segment(1, 0.0, 5.0, "…")), SRT)
    assert len(found.lines) > 1
    assert {line.flags for line in found.lines} == {()}
    assert {line.segment for line in found.lines} == {""}


def test_given_subtitles_are_laid_on_the_segments(tmp_path: Path) -> None:
    spoken = transcribed(
        segment(1, 0.5, 2.0, "Good morning, friends."),
        segment(2, 3.0, 5.0, "We go", speaker="S2"),
        segment(3, 5.5, 7.0, "to the river.", speaker="S2"),
        segment(4, 9.0, 10.0, "What?"),
    )
    found = made(tmp_path, spoken, SRT)
    assert [
        (line.segment, line.speaker, line.start_s, line.end_s, line.target) for line in found.lines
    ] == [
        ("0001", "S1", 0.5, 2.0, "Bom dia, amigos."),
        ("0002", "S2", 3.0, 7.0, "Vamos ao rio agora."),
        ("0004", "S1", 9.0, 10.0, ""),
        ("", "S1", 20.0, 21.0, "Ninguém diz isto."),
    ]
    assert found.lines[1].source == "We go to the river."
    assert [line.flags for line in found.lines] == [
        (),
        ("glossary_missing=river",),
        ("not_in_script", "empty"),
        ("not_heard",),
    ]
    assert found.translator == "given"


def test_a_given_table_may_have_empty_cells(tmp_path: Path) -> None:
    spoken = transcribed(segment(1, 0, 2, "Good morning."), segment(2, 3, 5, "We go."))
    table = "script.tsv|line\ttarget\n000000-000049\tBom dia.\n000075-000124\t\n"
    found = made(tmp_path, spoken, table)
    assert [(line.target, line.flags) for line in found.lines] == [
        ("Bom dia.", ()),
        ("", ("empty",)),
    ]
    assert [note["code"] for note in found.notes] == ["script_cues_empty"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("s.tsv|line\ttext\n1-2\tx\n", "columns target and line"),
        ("s.tsv|line\ttarget\n000010-000002\tx\n", "row 2: '000010-000002' are no frames"),
        ("s.tsv|start_frame\tend_frame\ttarget\n5\t5\tx\n", "row 2"),
        ("s.tsv|line\ttarget\n000010-000012\tx\ty\n", "row 2: has 3 cells"),
        ("s.tsv|line\ttarget\n000010-000012\t\n", "no row has a text"),
        ("s.tsv|line\ttarget\n100010-100012\tx\n", "begin after the end of the film"),
        ("s.txt|One.\nTwo.\nThree.\n", "has 3 lines and no times, and 1 lines are heard"),
        ("s.pdf|x", "convert it to one"),
    ],
)
def test_a_script_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, given: str, words: str
) -> None:
    with pytest.raises(InputError) as raised:
        made(tmp_path, transcribed(segment(1, 0, 2, "Good morning.")), given)
    assert words in str(raised.value)


def test_a_transcript_without_times_goes_line_by_line(tmp_path: Path) -> None:
    found = made(tmp_path, transcribed(segment(1, 0, 2, "Good morning.")), "s.txt|Bom dia.\n")
    assert [line.target for line in found.lines] == ["Bom dia."]


def test_edits_change_lines_and_keep_their_ids(tmp_path: Path) -> None:
    spoken = transcribed(
        segment(1, 0, 2, "We go to the river."),
        segment(2, 3, 5, "Good morning."),
        segment(3, 38, 40, "We go home."),
        segment(4, 6, 7, "Good."),
        segment(5, 8, 9, "Go."),
    )
    made(tmp_path, spoken)
    rows = {
        row.line: row
        for row in edited(
            tmp_path,
            l000000_000049={"source": "We go to the river.", "target": "Vamos ao ribeiro."},
            l000075_000124={"target": "-", "note": "off screen"},
            l000950_000999={"source": "", "shift_frames": "9999", "voice": "kokoro:pf_dora"},
            l000150_000174={"source": "Bad.", "target": "Mau."},
            l000200_000224={"status": "approved"},
        )
    }
    first, silent, moved = (
        rows[one] for one in ("000000-000049", "000075-000124", "000950-000999")
    )
    assert (first.target, first.status, first.flags) == ("Vamos ao ribeiro.", "edited", "")
    assert (silent.target, silent.status, silent.flags, silent.note) == (
        *("", "edited", "", "off screen"),
    )
    assert (moved.start_frame, moved.end_frame, moved.voice) == (999, 1000, "kokoro:pf_dora")
    assert moved.status == "edited"
    stale, approved = rows["000150-000174"], rows["000200-000224"]
    assert (stale.target, stale.status, stale.flags) == ("bom.", "draft", STALE)
    assert (approved.target, approved.status) == ("vamos.", "approved")


def test_lines_of_the_same_slot_have_different_ids() -> None:
    line = TranslatedLine("0001", "S1", 1.0, 2.0, "a", "b")
    late = TranslatedLine("0003", "S1", 99.0, 99.0, "a", "b")
    rows = drafted([line, line, late], RATE, 100)
    assert [row.line for row in rows] == ["000025-000049", "000025-000050", "000099-000099"]
    assert (rows[2].start_frame, rows[2].end_frame) == (99, 100)
