"""The sound gate: what is heard of takes and backgrounds, and the verdict on each line."""

import functools
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from cut_rows import row as cut_row
from mouthpiece.audio.clipping import longest_clip
from mouthpiece.config.sound_gate import SoundGate
from mouthpiece.core.cut_table import write_rows
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.files import read_json, write_json
from mouthpiece.core.line_table import LineRow, read_lines
from mouthpiece.recognition.base import HeardSegment
from mouthpiece.recognition.findings import AudibleSegment, HeardLine, read_heard
from mouthpiece.recognition.settings import RecognizerSettings
from mouthpiece.stages.background_words import background_words, windows
from mouthpiece.stages.heard import Listening, heard
from mouthpiece.stages.lines import Evidence, LineFiles, SeenMouth, judge, lines
from mouthpiece.text.script import ScriptLine, write_script
from mouthpiece.text.spoken_text import (
    character_error_rate,
    letters_differ,
    numbers_differ,
    share_heard,
    words_of,
)
from mouthpiece.text.transcript import Segment, Transcript, Word, write_transcript
from mouthpiece.voices.takes import Take, Takes, write_takes

RATE = 16_000
LINE = ScriptLine("000025-000074", "S1", 25, 75, "Where were you?", "Onde você estava ontem?")
TAKE = Take(
    LINE.line, "S1", "kokoro:pf_dora", "kokoro", "ab", "takes/ab.flac", RATE, 2 * RATE, 2 * RATE
)
EVIDENCE = Evidence(
    takes={LINE.line: TAKE},
    sample_rate_hz=RATE,
    heard={LINE.line: HeardLine("Onde você estava ontem", 0.0)},
    audible=[AudibleSegment(1.0, 3.0, 0.0, 0)],
    cuts=[("000000-000049", 0.0, 2.0), ("000050-000099", 2.0, 4.0)],
    mouths=[],
    rate=Fraction(25),
    language="pt-BR",
)


def judged(line: ScriptLine = LINE, **known: Any) -> LineRow:
    return judge(line, replace(EVIDENCE, **known), SoundGate())


def of_take(**values: Any) -> dict[str, Any]:
    return {"takes": {LINE.line: replace(TAKE, **values)}}


def of_hearing(*values: Any) -> dict[str, Any]:
    return {"heard": {LINE.line: HeardLine(*values)}}


def test_a_good_line_passes_with_all_its_figures() -> None:
    row = judged()
    assert (row.verdict, row.severity, row.reasons) == ("pass", "", "")
    assert (row.start_s, row.take_s, row.slot_s) == ("1.000", "2.000", "2.000")
    assert row.cuts == "000000-000049;000050-000099"
    assert (row.heard, row.heard_error) == ("Onde você estava ontem", "0.000")


@pytest.mark.parametrize(
    ("known", "verdict", "reasons"),
    [
        (of_take(overrun_s=0.05), "pass", ""),
        (of_take(overrun_s=0.2), "review", "overrun=0.20"),
        (of_take(overrun_s=0.9, flags=("overrun=0.90",)), "fail", "overrun=0.90"),
        (of_take(rate=1.3, stretch=0.9), "review", "fast=1.44"),
        (of_take(rate=0.8, stretch=1.12), "review", "slow=0.71"),
        (of_take(flags=("clipped=3",)), "pass", ""),
        (of_take(flags=("clipped=9",)), "review", "clipped=9"),
        (of_take(flags=("robotic",)), "pass", "robotic"),
        (of_take(take="", flags=("not_spoken=no voice",)), "fail", "not_spoken=no voice"),
        (of_take(take="", flags=("empty_target",)), "review", "empty_target"),
        (of_take(take="", flags=("silent",)), "pass", "silent"),
        (of_hearing("Onde você está", 0.3), "review", "heard_error=0.30"),
        (of_hearing("xyz", 0.9), "fail", "heard_error=0.90"),
        (
            of_hearing("Where were you", 0.9, "en", 0.9),
            "fail",
            "heard_error=0.90;heard_language=en",
        ),
        (of_hearing("Onde", 0.7, "pt", 0.9), "fail", "heard_error=0.70"),
        (of_hearing("Onde 25", 0.9), "review", "heard_error=0.90"),
        (of_hearing("کہاں تھے تم", 1.0, "pt", 0.9), "pass", "heard_in_other_letters"),
        (of_hearing("где ты был", 1.0, "ru", 0.9), "fail", "heard_error=1.00;heard_language=ru"),
        ({"audible": [AudibleSegment(1, 3, 0.6, 2)]}, "review", "source_audible=0.60"),
        ({"audible": [AudibleSegment(1, 3, 0.4, 1)]}, "pass", ""),
        ({"audible": [AudibleSegment(4, 6, 0.9, 5)]}, "pass", ""),
        ({"mouths": [SeenMouth("c", 2, 4, False)]}, "review", "mouth_not_redrawn=c"),
        ({"mouths": [SeenMouth("c", 2, 4, True)]}, "pass", "mouth_not_redrawn=c"),
        ({"mouths": [SeenMouth("c", 2.9, 4, False)]}, "pass", ""),
    ],
)
def test_a_doubt_has_its_verdict(known: dict[str, Any], verdict: str, reasons: str) -> None:
    row = judged(**known)
    assert (row.verdict, row.reasons) == (verdict, reasons)


def test_the_heaviest_reason_comes_first_and_flags_of_the_script_are_carried_on() -> None:
    row = judged(replace(LINE, flags="too_long=1.2;untranslated"), **of_take(overrun_s=0.9))
    assert row.reasons == "overrun=0.90;untranslated;too_long=1.2"
    assert (row.severity, row.codes) == ("Blocker", ["overrun", "untranslated", "too_long"])


@pytest.mark.parametrize(
    ("error", "verdict", "reasons"), [(0.5, "pass", ""), (0.8, "review", "heard_error=0.80")]
)
def test_a_short_text_is_heard_wrongly_by_chance(error: float, verdict: str, reasons: str) -> None:
    row = judged(replace(LINE, target="Espere."), **of_hearing("Espeite", error, "es", 0.9))
    assert (row.verdict, row.reasons) == (verdict, reasons)


def test_the_limits_of_a_review_are_below_those_of_a_failure() -> None:
    with pytest.raises(ValueError, match="fail_overrun_s"):
        SoundGate(review_overrun_s=1.0, fail_overrun_s=0.5)


@pytest.mark.parametrize(
    ("wanted", "found", "error"),
    [
        ("Onde você estava?", "onde você estava", 0),
        ("It’s OK.", "its ok", 0),
        ("guarda-chuva", "guarda chuva", 0),
        ("你好,世界", "你好 世界", 0),
        ("abcd", "abce", 0.25),
        ("abcd", "", 1),
        ("...", "", 0),
        ("", "hm", 1),
    ],
)
def test_the_character_error_rate(wanted: str, found: str, error: float) -> None:
    assert character_error_rate(wanted, found) == error


def test_words_are_compared_as_they_are_heard() -> None:
    assert words_of("«Ça va», dit-il!") == ["ça", "va", "dit", "il"]
    assert numbers_differ("vinte e cinco", "25")
    assert letters_differ("मुझे नहीं बताया OK", "مجھے نہیں بتایا")
    assert not letters_differ("東京へ行く", "とうきょうへいく")
    assert not letters_differ("Ålesund é", "alesund e") and not letters_differ("25", "abc")
    assert not numbers_differ("room 25", "25 room")
    assert share_heard("we meet at the old bridge", ["the", "old", "Bridge."]) == (0.5, 3)
    assert share_heard("we meet", []) == (0.0, 0)


def test_words_are_sought_in_scripts_without_spaces() -> None:
    assert share_heard("明日、駅で会いましょう。", ["駅", "で会いま", "しょう"]) == (0.8, 8)
    assert share_heard("เจอกันพรุ่งนี้", ["พรุ่งนี้"])[0] > 0.5
    assert share_heard("서울에서 만나요", ["만나요"]) == (0.5, 1)


@pytest.mark.parametrize(("level", "clip"), [(0.9, 0), (1.5, 10)])
def test_samples_at_full_scale_in_a_row_are_counted(level: float, clip: int) -> None:
    sine = np.clip(level * np.sin(2 * np.pi * np.arange(800) / 40), -1, 1)
    assert longest_clip(sine) == pytest.approx(clip, abs=2)


class FakeRecognizer:
    """Hears what it is told, and counts."""

    def __init__(self, said: dict[int, str], language: str = "pt") -> None:
        self.said, self.language, self.calls = said, language, 0
        self.languages = ("pt", "en")

    def transcribe(self, samples: np.ndarray, language: str = "") -> list[HeardSegment]:
        self.calls += 1
        if language == "xx":
            raise InputError("the recognizer does not know xx")
        text = self.said.get(len(samples), self.said.get(0, ""))
        words = tuple(Word(w, 0.5 + i / 10, 0.6 + i / 10, 0.9) for i, w in enumerate(text.split()))
        return [HeardSegment(text, 0, 1, words, -0.2, 0.1, language, 1)] if text else []

    def language_of(self, samples: np.ndarray) -> dict[str, float]:
        return {self.language: 0.9}


class FakeSettings(RecognizerSettings):
    """The settings of the recognizer above."""

    @functools.cached_property
    def made(self) -> FakeRecognizer:
        return FakeRecognizer({8000: "one", 16000: "dois três"})

    def build(self) -> FakeRecognizer:
        return self.made


def film_of_takes(folder: Path, keys: list[str]) -> tuple[Path, Path]:
    """Takes of 0.5 s, 1 s, ..., and their script."""
    (folder / "takes").mkdir(exist_ok=True)
    takes, script = [], []
    for number, key in enumerate(keys, 1):
        name, samples = f"00000{number}-00000{number}", number * 24_000
        soundfile.write(folder / f"takes/{key}.flac", np.full(samples, 0.1), 48_000)
        file = f"takes/{key}.flac"
        takes.append(Take(name, "S1", "k:v", "k", key, file, number, samples, samples))
        script.append(ScriptLine(name, "S1", number, number + 1, "source", "one"))
    takes.append(Take("000009-000009", "S1", flags=("silent",)))
    script.append(ScriptLine("000009-000009", "S1", 9, 10, "source", ""))
    write_takes(Takes(48_000, tuple(takes)), folder / "takes.json")
    write_script(script, folder / "script.tsv")
    return folder / "takes.json", folder / "script.tsv"


def test_only_a_new_take_is_heard_again(tmp_path: Path) -> None:
    settings, facts = FakeSettings(), tmp_path / "heard.json"
    heard(*film_of_takes(tmp_path, ["a", "b"]), Listening("pt-BR", settings, {}), facts)
    found = read_heard(facts)
    assert found["000001-000001"] == HeardLine("one", 0.0)
    assert found["000002-000002"].language == "pt"
    assert settings.made.calls == 2
    heard(*film_of_takes(tmp_path, ["a", "c"]), Listening("pt-BR", settings, {}), facts)
    assert settings.made.calls == 3
    assert len(list((tmp_path / "heard").iterdir())) == 2


def test_a_dub_that_cannot_be_heard_back_stops_nothing(tmp_path: Path) -> None:
    facts = tmp_path / "heard.json"
    heard(*film_of_takes(tmp_path, ["a"]), Listening("xx", FakeSettings(), {}), facts)
    assert read_heard(facts) == {}
    assert [note["code"] for note in read_json(facts)["notes"]] == ["not_heard_back"]


def test_what_was_heard_is_kept_while_nothing_can_be_heard(tmp_path: Path) -> None:
    facts, film = tmp_path / "heard.json", film_of_takes(tmp_path, ["a"])
    heard(*film, Listening("pt-BR", FakeSettings(), {}), facts)
    heard(*film, Listening("xx", FakeSettings(), {}), facts)
    settings = FakeSettings()
    heard(*film, Listening("pt-BR", settings, {}), facts)
    assert read_heard(facts) and not settings.made.calls


def said(folder: Path, *times: tuple[float, float], text: str = "where were you") -> Path:
    segments = tuple(Segment(str(i), "S1", "en", a, b, text) for i, (a, b) in enumerate(times))
    write_transcript(Transcript("en", 1, "given", segments, ()), folder / "transcript.json")
    return folder / "transcript.json"


@pytest.mark.parametrize(
    ("level", "holds_voice", "segments", "words", "calls"),
    [(0.1, False, 2, 2, 2), (1e-4, False, 2, 0, 0), (0.1, True, 0, 0, 0)],
)
def test_the_background_is_searched_where_the_lines_are(
    tmp_path: Path, level: float, holds_voice: bool, segments: int, words: int, calls: int
) -> None:
    rng = np.random.default_rng(0)
    soundfile.write(tmp_path / "background.flac", level * rng.normal(size=40 * RATE), RATE)
    write_json(tmp_path / "separation.json", {"background_holds_voice": holds_voice})
    settings = FakeSettings()
    settings.made.said[0] = "were you"
    facts = tmp_path / "words.json"
    transcript = said(tmp_path, (1, 3), (30, 32))
    background_words(
        tmp_path / "background.flac", tmp_path / "separation.json", transcript, settings, facts
    )
    found = read_json(facts)["segments"]
    assert len(found) == segments
    assert all(row["words"] == words for row in found)
    assert settings.made.calls == calls


def test_segments_are_heard_in_pieces_that_recognizers_take() -> None:
    times = [(0, 2), (3, 5), (9, 12), (13, 30), (31, 70)]
    segments = [Segment(str(i), "S1", "en", a, b, "") for i, (a, b) in enumerate(times)]
    assert [[s.segment for s in group] for group in windows(segments)] == [
        ["0", "1"],
        ["2", "3"],
        ["4"],
    ]


def film(folder: Path, motion: float = 0.02) -> LineFiles:
    write_script([replace(LINE, status="approved")], folder / "script.tsv")
    write_takes(Takes(RATE, (TAKE,)), folder / "takes.json")
    write_json(folder / "heard.json", {"lines": {}, "notes": [{"code": "not_heard_back"}]})
    write_json(folder / "words.json", {"segments": [], "notes": []})
    cuts = [
        cut_row(0, frames=50, action="lipsync"),
        replace(cut_row(50, frames=50), decision=""),
    ]
    write_rows(cuts, folder / "cuts.tsv")
    write_json(folder / "guard.json", {"measures": {"seen": 0.9, "mouth_motion": motion}})
    write_json(folder / "source.json", {"rate": "25", "frames": 100})
    files = ("script.tsv", "takes.json", "heard.json", "words.json", "cuts.tsv")
    guards = [folder / "guard.json"] * 2
    return LineFiles(*(folder / name for name in files), guards, folder / "source.json")


@pytest.mark.parametrize(("motion", "verdict"), [(0.02, "review"), (0.001, "pass")])
def test_a_film_has_one_row_a_line_and_counts(tmp_path: Path, motion: float, verdict: str) -> None:
    table, facts = tmp_path / "lines.tsv", tmp_path / "lines.json"
    lines(film(tmp_path, motion), "pt-BR", SoundGate(), table, facts)
    (row,) = read_lines(table)
    assert (row.line, row.verdict, row.status) == (LINE.line, verdict, "approved")
    found = read_json(facts)
    assert found["verdicts"] == {"pass": 0, "review": 0, "fail": 0} | {verdict: 1}
    assert found["notes"] == [{"code": "not_heard_back"}]
    if verdict == "review":
        assert row.reasons == "mouth_not_redrawn=000050-000050"
        assert found["reasons"] == {"mouth_not_redrawn": 1}


def test_a_film_of_which_nothing_is_heard_is_judged_by_the_rest(tmp_path: Path) -> None:
    files = replace(film(tmp_path, 0.0), heard=None, background=None)
    lines(files, "pt-BR", SoundGate(), tmp_path / "lines.tsv", tmp_path / "lines.json")
    assert [row.verdict for row in read_lines(tmp_path / "lines.tsv")] == ["pass"]


def test_a_damaged_table_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "lines.tsv").write_text("line\tverdict\n1\tpass\n")
    with pytest.raises(Fault, match="damaged"):
        read_lines(tmp_path / "lines.tsv")
