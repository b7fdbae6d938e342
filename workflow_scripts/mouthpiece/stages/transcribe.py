"""Stage `transcribe`: what a source says, by whom and when.

Speech is found first, and only speech is recognized. A script that the user gave is taken instead:
subtitles keep their times, a transcript is aligned to what is recognized.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import soundfile

from ..audio.downmix import write_mono
from ..audio.voiced import Span, seconds, voiced_share, voiced_spans
from ..core.errors import InputError
from ..core.files import temporary_folder
from ..core.notes import Note
from ..recognition.base import SAMPLE_RATE, Recognizer, macrolanguage
from ..recognition.hearing import hear, languages_of
from ..recognition.pieces import clips_of
from ..recognition.settings import RecognizerSettings
from ..recognition.speaker_turns import TellSpeakers, tell_speakers
from ..recognition.spoken_language import SpokenLanguages
from ..text.doubts import STRONG, Doubtful, doubts
from ..text.given_lines import aligned_lines, cue_lines, uncovered_s
from ..text.sentences import SaidLine, dubbed_lines, split_turns
from ..text.timed_text import TimedText, read_timed_text, within
from ..text.transcript import Segment, Transcript, write_transcript

log = logging.getLogger(__name__)

UNSURE = 0.5
"""A language that is less likely than this is a note."""

UNCOVERED_S, UNCOVERED_SHARE = 5.0, 0.1
"""Speech outside all cues of a given script, in seconds and as a share, from which on it is one."""


@dataclass(frozen=True, kw_only=True)
class TranscribeRequest:
    """The request of stage `transcribe`.

    Attributes:
        film: Which video it is, for messages.
        voice: Its voice.flac.
        language: The language that videos.tsv names; empty: detected.
        speakers: How many people speak, as videos.tsv says; 0: counted.
        script: The script that the user gave; None: there is none.
        recognizer_name: The recognizer's name; empty where none hears it: subtitles are given, and
            the language is named.
        recognizer: Its settings.
        same_voice: Voices further apart than this are of two speakers: a cosine distance.
        longest_line_s: The longest line, in seconds.
        doubtful: From where on a line is marked, as in `text.doubts.Doubtful`.
        transcript: The transcript to write, JSON.
    """

    film: str
    voice: Path
    language: str
    speakers: int
    script: Path | None
    recognizer_name: str
    recognizer: RecognizerSettings
    same_voice: float
    longest_line_s: float
    doubtful: Mapping[str, float]
    transcript: Path


@dataclass(frozen=True)
class Said:
    """What is said, before it is known who speaks.

    Attributes:
        lines: The lines, or parts of them.
        names: Who says each, as a script names them; empty: not named.
        languages: The languages of the film.
        by: Who wrote it.
        notes: What a user should know.
    """

    lines: Sequence[SaidLine]
    names: Sequence[str]
    languages: SpokenLanguages
    by: str
    notes: list[Note] = field(default_factory=list)


def transcribe(request: TranscribeRequest) -> None:
    """Write a transcript.

    Args:
        request: What to transcribe.

    Raises:
        InputError: Nobody speaks, the script cannot be used, or the recognizer does not know the
            language.
        Fault: The machine failed.
    """
    script = read_timed_text(request.script) if request.script else None
    with temporary_folder(request.transcript) as folder:
        mono = folder / "mono.wav"
        write_mono(request.voice, mono)
        spans = voiced_spans(mono)
        log.info("speech: %.1f s in %d spans", seconds(spans), len(spans))
        if not spans and not (script and script.is_timed):
            raise no_speech(request.film)
        said = _said(request, script, mono, spans)
        told = tell_speakers(
            TellSpeakers(mono, said.lines, said.names, request.speakers, request.same_voice)
        )
    lines = told.lines
    if script is None:
        lines = dubbed_lines(told.lines, request.longest_line_s)
        lines = _with_doubts(lines, spans, Doubtful(**request.doubtful))
        if not any(STRONG.isdisjoint(_codes(line)) for line in lines):
            raise no_speech(request.film)
    languages = said.languages
    notes = [*said.notes, *_language_notes(languages, request.language, lines)]
    write_transcript(
        Transcript(
            language=languages.main,
            language_probability=languages.probability,
            recognizer=said.by,
            segments=tuple(_segments(lines, languages.main)),
            speakers=told.speakers,
            notes=[note.row for note in notes],
        ),
        request.transcript,
    )
    log.info("%d lines of %d speakers", len(lines), len(told.speakers))


def no_speech(film: str) -> InputError:
    """Say that nobody speaks.

    Args:
        film: Which video it is.

    Returns:
        The error, for the caller to raise.
    """
    return InputError(
        f"video {film}: no speech was found in its sound, so no dub can be made of it; name"
        " subtitles with times in the column script of videos.tsv, or a finished dub in the column"
        " audio of dubs.tsv"
    )


def _said(
    request: TranscribeRequest, script: TimedText | None, mono: Path, spans: list[Span]
) -> Said:
    if script is not None and script.is_timed:
        return _said_by_cues(request, script, mono, spans)
    recognizer: Recognizer = request.recognizer.build()
    if script is None:
        heard = hear(mono, spans, recognizer, request.language)
        turns = split_turns(heard.words)
        return Said(turns, [""] * len(turns), heard.languages, request.recognizer_name)
    heard = hear(mono, spans, recognizer, request.language)
    lines = aligned_lines(script.cues, heard.words, heard.languages.main, request.longest_line_s)
    names = [script.cues[line.words[0].source].speaker for line in lines]
    return Said(lines, names, heard.languages, "given", list(script.notes))


def _said_by_cues(
    request: TranscribeRequest,
    script: TimedText,
    mono: Path,
    spans: list[Span],
) -> Said:
    """Subtitles: nothing needs to be recognized but the language, where the table has none."""
    samples = soundfile.info(mono).frames
    fitted = within(script, samples / SAMPLE_RATE)
    if not fitted.cues:
        raise InputError(
            f"video {request.film}: all cues of {request.script} begin after the film's end; is it"
            " the script of this film?"
        )
    languages = SpokenLanguages(request.language, 1.0, (), "", 0.0)
    if not request.language:
        recognizer: Recognizer = request.recognizer.build()
        languages = languages_of(mono, clips_of(spans, samples), recognizer, "")
    if not languages.main:
        raise InputError(
            f"video {request.film}: nobody is heard, so the language of {request.script} is not"
            " known; name it in the column language of videos.tsv"
        )
    notes = list(fitted.notes)
    edges = [(first / SAMPLE_RATE, end / SAMPLE_RATE) for first, end in spans]
    beside_s = uncovered_s(fitted.cues, edges)
    if beside_s > max(UNCOVERED_S, UNCOVERED_SHARE * seconds(spans)):
        notes.append(Note("speech_without_cue", {"speech_s": round(beside_s, 1)}))
    lines = cue_lines(fitted.cues, edges, languages.main)
    return Said(lines, [cue.speaker for cue in fitted.cues], languages, "given", notes)


def _codes(line: SaidLine) -> set[str]:
    return {flag.partition("=")[0] for flag in line.flags}


def _with_doubts(lines: Sequence[SaidLine], spans: list[Span], limits: Doubtful) -> list[SaidLine]:
    voiced = [voiced_share(spans, line.start_s, line.end_s) for line in lines]
    flags = doubts(lines, voiced, limits)
    return [
        replace(line, flags=(*line.flags, *more)) for line, more in zip(lines, flags, strict=True)
    ]


def _segments(lines: Sequence[SaidLine], main: str) -> list[Segment]:
    """The lines as segments of the transcript."""
    return [
        Segment(
            segment=f"{number:04d}",
            speaker=f"S{line.speaker + 1}",
            language=line.language,
            start_s=round(line.start_s, 3),
            end_s=round(line.end_s, 3),
            text=line.text,
            words=tuple(said.word for said in line.words),
            flags=(*line.flags, *_language_flag(line.language, main)),
        )
        for number, line in enumerate(lines, start=1)
    ]


def _language_flag(language: str, main: str) -> list[str]:
    return [] if language == main else [f"other_language={language}"]


def _language_notes(
    languages: SpokenLanguages, named: str, lines: Sequence[SaidLine]
) -> list[Note]:
    notes = []
    values: dict[str, Any] = {"probability": round(languages.heard_probability, 2)}
    is_other = languages.heard and macrolanguage(languages.heard) != macrolanguage(named)
    if named and is_other and languages.heard_probability >= UNSURE:
        values |= {"named": named, "heard": languages.heard}
        notes.append(Note("language_mismatch", values))
    elif not named and languages.heard_probability < UNSURE:
        notes.append(Note("language_unsure", {**values, "language": languages.main}))
    others = [line.language for line in lines if line.language != languages.main]
    if others:
        shown = ", ".join(sorted(set(others)))
        notes.append(Note("other_languages", {"lines": len(others), "languages": shown}))
    return notes
