from pathlib import Path

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.text.timed_text import TimedText, read_timed_text, within

SRT = """1
00:00:01,000 --> 00:00:03,500
<i>Come in,</i> Anna.
She waits.

2
00:00:04,000 --> 00:00:05,000
[door]

3
00:00:06,000 --> 00:00:08,000
- Where is he?
- Gone.
"""
VTT = """WEBVTT - a title

NOTE from 00:01 --> to 00:02

STYLE
::cue { color: red }

intro
00:01.000 --> 00:03.000 line:0
<v Anna>Come &amp; <c.loud>see</c>.</v>

NOTE a comment
of two lines

00:04.000 --> 00:05.000
<v Ben>Yes?
<v Anna>Here.
"""
TTML = """<?xml version="1.0"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
    ttp:frameRate="25" ttp:tickRate="1000"><body begin="1s"><div>
<p begin="00:00:01:05" end="00:00:02:00">Come <span>in,</span><br/>Anna.</p>
<p begin="3000t" dur="1.5s">She waits.</p></div></body></tt>
"""
ASS = """[Script Info]
ScriptType: v4.00+

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.50,Default,Anna,0,0,0,,{\\i1}Come{\\i0} in.\\NNow.
Comment: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,nothing
"""


def read(folder: Path, name: str, content: str | bytes) -> TimedText:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_timed_text(path)


def refusal(folder: Path, name: str, content: str | bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, name, content)
    return str(caught.value)


def facts(script: TimedText) -> list[tuple[float, float, str, str]]:
    return [(cue.start_s, cue.end_s, cue.speaker, cue.text) for cue in script.cues]


def codes(script: TimedText) -> list[str]:
    return [note.code for note in script.notes]


def test_srt(tmp_path: Path) -> None:
    script = read(tmp_path, "a.srt", SRT)
    assert facts(script) == [
        (1.0, 3.5, "", "Come in, Anna. She waits."),
        (6.0, 7.412, "", "Where is he?"),
        (7.412, 8.0, "", "Gone."),
    ]
    assert codes(script) == ["script_cues_empty"]
    assert script.is_timed


def test_vtt_has_comments_names_and_voices(tmp_path: Path) -> None:
    assert facts(read(tmp_path, "a.vtt", VTT)) == [
        (1.0, 3.0, "Anna", "Come & see."),
        (4.0, 4.444, "Ben", "Yes?"),
        (4.444, 5.0, "Anna", "Here."),
    ]


def test_ttml_counts_from_the_outer_element_in_frames_and_ticks(tmp_path: Path) -> None:
    assert facts(read(tmp_path, "a.ttml", TTML)) == [
        (2.2, 3.0, "", "Come in, Anna."),
        (4.0, 5.5, "", "She waits."),
    ]


def test_ass(tmp_path: Path) -> None:
    assert facts(read(tmp_path, "a.ass", ASS)) == [(1.0, 2.5, "Anna", "Come in. Now.")]


def test_transcript(tmp_path: Path) -> None:
    script = read(tmp_path, "a.txt", "ANNA: Come in.\n\nIt is 10:30.\nBEN: Yes.\n")
    assert not script.is_timed
    assert [(cue.line, cue.speaker, cue.text) for cue in script.cues] == [
        (1, "ANNA", "Come in."),
        (3, "", "It is 10:30."),
        (4, "BEN", "Yes."),
    ]


@pytest.mark.parametrize(
    ("encoding", "notes"),
    [("utf-8-sig", []), ("utf-16", []), ("cp1252", ["script_encoding_assumed"])],
)
def test_encodings(tmp_path: Path, encoding: str, notes: list[str]) -> None:
    script = read(tmp_path, "a.srt", "1\r\n0:0:1 --> 0:0:2\r\nVoilà l’été\r\n".encode(encoding))
    assert facts(script) == [(1.0, 2.0, "", "Voilà l’été")]
    assert codes(script) == notes


def test_order_overlaps_and_the_end_are_notes(tmp_path: Path) -> None:
    text = "\n\n".join(
        f"{n}\n00:00:{a:02d},000 --> 00:00:{b:02d},000\nLine {n}."
        for n, a, b in [(1, 5, 8), (2, 1, 6), (3, 9, 30), (4, 40, 41)]
    )
    script = read(tmp_path, "a.srt", text)
    assert [cue.number for cue in script.cues] == [2, 1, 3, 4]
    assert codes(script) == ["script_cues_sorted", "script_cues_overlap"]
    fitted = within(script, 20.0)
    assert [(cue.number, cue.end_s) for cue in fitted.cues] == [(2, 6), (1, 8), (3, 20)]
    assert codes(fitted)[2:] == ["script_past_end", "script_cut_at_end"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.doc", "x", "scripts are of the kinds"),
        ("a.srt", "", "no cue of it says anything"),
        ("a.srt", "Just prose.", "no cue of it says anything"),
        ("a.srt", "1\n00:00:0x --> 00:00:02,000\nHi", "line 2, cue 1"),
        ("a.srt", "1\n00:00:03,000 --> 00:00:02,000\nHi", "line 2, cue 1: ends before it begins"),
        ("a.vtt", "00:01.000 --> 00:02.000\nHi", "line 1: a vtt file begins with WEBVTT"),
        ("a.ttml", "<tt><body><p begin='1s'>Hi</p>", "line 1: is no XML"),
        ("a.ttml", "<tt><body><div><p begin='1s'>Hi</p></div></body></tt>", "cue 1 ('Hi')"),
        ("a.ttml", "<tt><body><div><p begin='soon'>Hi</p></div></body></tt>", "begin='soon'"),
        ("a.ttml", "<!DOCTYPE a [<!ENTITY b 'c'>]><tt/>", "DOCTYPE"),
        ("a.ttml", "<html/>", "its root is <html>"),
        ("a.ass", "[Events]\nDialogue: 0,never", "a.ass"),
        ("a.txt", b"\x00\x01\xff\xfe", "is no text"),
        ("a.txt", "x" * 9_000_000, "is larger than"),
        ("a.txt", "x\n" * 30_000, "30,000 cues"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(
    tmp_path: Path, name: str, content: str | bytes, said: str
) -> None:
    message = refusal(tmp_path, name, content)
    assert said in message
    assert name in message
    assert "\n" not in message
