"""Scripts that a user gives: subtitles (srt, vtt, ttml, ass) and transcripts (txt)."""

import codecs
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..core.errors import InputError
from ..core.notes import Note
from ..core.user_files import read_bytes, shown
from .cue_blocks import ass_cues, srt_cues, transcript_lines, vtt_cues
from .raw_cue import BadCue, RawCue
from .speaker_names import with_speakers
from .ttml import ttml_cues

READERS = {
    ".srt": srt_cues,
    ".vtt": vtt_cues,
    ".ttml": ttml_cues,
    ".dfxp": ttml_cues,
    ".xml": ttml_cues,
    ".ass": ass_cues,
    ".ssa": ass_cues,
    ".txt": transcript_lines,
}
"""What reads a file, by the end of its name."""

MOST_KB = 8_000
"""A script of a film of three hours has 300 KB."""

MOST_CUES = 20_000

LATEST_S = 100 * 3600.0
"""No cue begins later: subtitles have two digits for the hour."""

ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

ASSUMED_ENCODING = "cp1252"
"""What a file that is no Unicode is taken for: Western European Windows."""

NO_SPEECH = re.compile(r"\[[^\]]*\]|^\s*\([^)]*\)\s*$|^\s*[♪♫].*")
"""What subtitles say of sounds: "[door]", a line that is all in parentheses, songs."""

MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>|\{\\[^}]{0,200}\}|<\d\d:\d\d[^<>]{0,20}>")
"""Tags of srt and vtt, overrides of ass, times inside a vtt cue."""

VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,80})>")
"""Who speaks, in vtt."""

DASH = re.compile(r"^\s*[-\u2013\u2014]\s*(?=\S)")
"""What a line of a cue begins with where each line is another person's."""


@dataclass(frozen=True)
class Cue:
    """A cue of subtitles, or a line of a transcript.

    Attributes:
        number: Its number in the file, from 1.
        line: The line of the file at which it is.
        start_s: When it begins, in seconds; 0 in a transcript.
        end_s: When it ends; 0 in a transcript.
        text: What is said, on one line, without tags.
        speaker: Who says it, as the file names them; empty: it does not.
    """

    number: int
    line: int
    start_s: float
    end_s: float
    text: str
    speaker: str = ""


@dataclass(frozen=True)
class TimedText:
    """A script that a user gave.

    Attributes:
        cues: What is said, by when it begins; in a transcript, in the order of the file.
        is_timed: Whether the cues have times: subtitles have, a transcript has none.
        notes: What a user should know: cues that overlap, are empty or out of order, an encoding
            that was assumed.
    """

    cues: tuple[Cue, ...]
    is_timed: bool
    notes: tuple[Note, ...] = ()


def read_timed_text(path: Path) -> TimedText:
    """Read subtitles or a transcript.

    Args:
        path: A file of `READERS`. A transcript has one line of speech in each line, or
            `NAME: text`.

    Returns:
        What it says.

    Raises:
        InputError: The file cannot be read. The message names the line or cue, and what to do.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(suffix[1:] for suffix in READERS))
        raise InputError(f"{shown(path)}: scripts are of the kinds {known}; convert it to one")
    text, notes = _decoded(path)
    try:
        raw = reader(text)
    except BadCue as bad:
        raise InputError(f"{shown(path)}: {bad}") from None
    if len(raw) > MOST_CUES:
        raise InputError(
            f"{shown(path)}: has {len(raw):,} cues, more than {MOST_CUES:,}; is it the right file?"
        )
    is_timed = reader is not transcript_lines
    cues, more = _cleaned(path, raw, is_timed)
    return TimedText(tuple(cues), is_timed, (*notes, *more))


def within(script: TimedText, duration_s: float) -> TimedText:
    """Fit subtitles into a film.

    Args:
        script: What `read_timed_text` gave.
        duration_s: How long the film is.

    Returns:
        The cues that begin before its end, none longer than the film; with a note where some do
        not. A transcript stays as it is.
    """
    if not script.is_timed:
        return script
    inside = [cue for cue in script.cues if cue.start_s < duration_s]
    late = len(script.cues) - len(inside)
    over = sum(cue.end_s > duration_s for cue in inside)
    cues = [replace(cue, end_s=min(cue.end_s, duration_s)) for cue in inside]
    notes = list(script.notes)
    if late:
        notes.append(Note("script_past_end", {"cues": late, "film_s": round(duration_s, 2)}))
    if over:
        notes.append(Note("script_cut_at_end", {"cues": over, "film_s": round(duration_s, 2)}))
    return TimedText(tuple(cues), True, tuple(notes))


def overlapping(cues: Sequence[Cue]) -> list[Cue]:
    """Find the cues that begin before an earlier one has ended.

    Args:
        cues: Cues by when they begin.

    Returns:
        Those of them. Two halves of one cue do not overlap.
    """
    found, end_s = [], 0.0
    for cue in cues:
        if cue.start_s < end_s - 1e-6:
            found.append(cue)
        end_s = max(end_s, cue.end_s)
    return found


def _decoded(path: Path) -> tuple[str, list[Note]]:
    """The text of a file, with line feeds for all ends of lines."""
    content = read_bytes(path, MOST_KB)
    named = next((name for mark, name in ENCODINGS if content.startswith(mark)), "utf-8")
    notes = []
    try:
        text = content.decode(named)
    except UnicodeDecodeError:
        if b"\0" in content:
            raise InputError(f"{shown(path)}: is no text; save it as text in UTF-8") from None
        text = content.decode(ASSUMED_ENCODING, errors="replace")
        notes = [Note("script_encoding_assumed", {"encoding": ASSUMED_ENCODING})]
    if "\0" in text:
        raise InputError(f"{shown(path)}: is no text; save it as text in UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _cleaned(path: Path, raw: Sequence[RawCue], is_timed: bool) -> tuple[list[Cue], list[Note]]:
    """Cues without tags, by when they begin, and what was done with them."""
    for cue in raw if is_timed else ():
        if cue.end_s <= cue.start_s or cue.start_s > LATEST_S:
            what = "ends before it begins" if cue.end_s <= cue.start_s else "begins too late"
            at = f"line {cue.line}, " if cue.line else ""
            raise InputError(
                f"{shown(path)}: {at}cue {cue.number}: {what}"
                f" ({cue.start_s:.3f} to {cue.end_s:.3f} s); correct its times"
            )
    cues = _named([part for cue in raw for part in _parts(cue)])
    said = [cue for cue in cues if cue.text]
    if not said:
        raise InputError(f"{shown(path)}: no cue of it says anything; is it the right file?")
    notes = []
    if empty := len({cue.number for cue in raw} - {cue.number for cue in said}):
        notes.append(Note("script_cues_empty", {"cues": empty}))
    ordered = sorted(said, key=lambda cue: cue.start_s) if is_timed else said
    moved = sum(a is not b for a, b in zip(ordered, said, strict=True))
    if moved:
        notes.append(Note("script_cues_sorted", {"cues": moved}))
    if crossed := overlapping(ordered):
        notes.append(
            Note("script_cues_overlap", {"cues": len(crossed), "first_cue": crossed[0].number})
        )
    return ordered, notes


def _named(cues: Sequence[Cue]) -> list[Cue]:
    """Cues with the names of speakers that their texts begin with."""
    named = with_speakers([cue.text for cue in cues])
    return [
        cue if cue.speaker else replace(cue, speaker=speaker, text=text)
        for cue, (speaker, text) in zip(cues, named, strict=True)
    ]


def _parts(cue: RawCue) -> list[Cue]:
    """A cue; one part for each person where several speak. They share its time by length."""
    turns = _turns(cue)
    letters = [max(1, len(text)) for _, text in turns]
    parts, spoken = [], 0
    for (speaker, text), count in zip(turns, letters, strict=True):
        edges = (spoken, spoken + count)
        start_s, end_s = (
            round(cue.start_s + (cue.end_s - cue.start_s) * edge / sum(letters), 3)
            for edge in edges
        )
        parts.append(Cue(cue.number, cue.line, start_s, end_s, text, speaker))
        spoken += count
    return parts


def _turns(cue: RawCue) -> list[tuple[str, str]]:
    """Who speaks in a cue, and what they say. A dash or a voice tag of vtt begins a turn."""
    lines = VOICE.sub(lambda voice: f"\n{voice[1]}\0", cue.text).split("\n")
    is_dialogue = sum(bool(DASH.match(_plain(line))) for line in lines) > 1
    turns: list[tuple[str, str]] = []
    for line in lines:
        speaker, tag, rest = line.rpartition("\0")
        text = _plain(rest)
        begins = bool(tag) or (is_dialogue and bool(DASH.match(text)))
        text = DASH.sub("", text)
        if begins or not turns:
            turns.append((_plain(speaker) or cue.speaker, text))
        else:
            turns[-1] = (turns[-1][0], f"{turns[-1][1]} {text}".strip())
    return [turn for turn in turns if turn[1]] or [(cue.speaker, "")]


def _plain(line: str) -> str:
    """A line without markup and without what is not said."""
    return " ".join(html.unescape(NO_SPEECH.sub(" ", MARKUP.sub("", line))).split())
