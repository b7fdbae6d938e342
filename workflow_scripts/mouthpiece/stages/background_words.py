"""Stage `background_words`: which words of the source are still heard in its background."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import soundfile

from ..audio.downmix import write_mono
from ..core.errors import InputError
from ..core.files import read_json, temporary_folder, write_json
from ..core.notes import Note
from ..recognition.base import SAMPLE_RATE, Recognizer
from ..recognition.findings import AudibleSegment
from ..recognition.settings import RecognizerSettings
from ..text.spoken_text import share_heard
from ..text.transcript import Segment, Word, read_transcript

log = logging.getLogger(__name__)

WINDOW_S, GAP_S = 25.0, 3.0
"""How long a piece of sound is that is heard at once, and how long a pause in it may be, in
seconds. Recognizers work on 30 s, whether there is as much or not."""

AROUND_S = 0.5
"""How far beside a line its words may be heard, in seconds: recognizers place words so well."""

QUIET_DBFS = -55.0
"""A background below this level holds no words that anyone hears."""

NO_SPEECH, LEAST_LOG_PROBABILITY, LEAST_PROBABILITY = 0.6, -1.0, 0.3
"""What a recognizer is this unsure of it found in music: its probability that nobody speaks, the
mean log-probability of a text, the probability of a word."""


def background_words(
    background: Path,
    separation: Path,
    transcript: Path,
    settings: RecognizerSettings,
    facts: Path,
) -> None:
    """Listen for the source's words in its background.

    A recognizer that is missing, or does not know the language, is a note: it stops no film.

    Args:
        background: The source's background.flac.
        separation: Its separation.json. A background that holds the voice by config is not heard.
        transcript: Its transcript.json.
        settings: The recognizer.
        facts: What was heard, to write, JSON.

    Raises:
        Fault: A file is damaged.
    """
    said = read_transcript(transcript)
    found: list[AudibleSegment] = []
    notes = []
    if read_json(separation).get("background_holds_voice"):
        notes.append(Note("background_holds_voice").row)
    else:
        try:
            with temporary_folder(facts) as folder:
                write_mono(background, folder / "background.wav")
                found = list(
                    _audible(folder / "background.wav", said.segments, said.language, settings)
                )
        except InputError as error:
            notes.append(Note("background_not_heard", {"reason": str(error)}).row)
    rows = [asdict(segment) for segment in found]
    write_json(facts, {"version": 1, "segments": rows, "notes": notes})
    log.info("%d segments, %d with words", len(rows), sum(bool(s.words) for s in found))


def _audible(
    mono: Path, segments: Sequence[Segment], language: str, settings: RecognizerSettings
) -> Iterator[AudibleSegment]:
    recognizer: Recognizer | None = None
    with soundfile.SoundFile(mono) as file:
        for window in windows(segments):
            start_s = max(0.0, window[0].start_s - AROUND_S)
            samples = _read(file, start_s, max(s.end_s for s in window) + AROUND_S)
            words: list[Word] = []
            if _dbfs(samples) > QUIET_DBFS:
                recognizer = recognizer or settings.build()
                words = _words(recognizer, samples, language, start_s)
            for segment in window:
                near = [w.text for w in words if _is_near(w, segment)]
                share, count = share_heard(segment.text, near)
                yield AudibleSegment(segment.start_s, segment.end_s, round(share, 3), count)


def windows(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Group segments that are heard at once.

    Args:
        segments: The segments, by when they begin.

    Returns:
        Groups of at most `WINDOW_S` without pauses of more than `GAP_S`, but of one segment at
        least.
    """
    found: list[list[Segment]] = []
    for segment in segments:
        group = found[-1] if found else None
        is_close = group and segment.start_s - max(s.end_s for s in group) <= GAP_S
        if group and is_close and segment.end_s - group[0].start_s <= WINDOW_S:
            group.append(segment)
        else:
            found.append([segment])
    return found


def _read(file: soundfile.SoundFile, start_s: float, end_s: float) -> np.ndarray:
    first = min(round(start_s * SAMPLE_RATE), file.frames)
    file.seek(first)
    return np.asarray(file.read(round(end_s * SAMPLE_RATE) - first, dtype="float32"))


def _dbfs(samples: np.ndarray) -> float:
    power = float(np.square(samples, dtype=np.float64).mean()) if len(samples) else 0.0
    return 10 * np.log10(max(power, 1e-12))


def _words(
    recognizer: Recognizer, samples: np.ndarray, language: str, start_s: float
) -> list[Word]:
    """The words that a recognizer is sure of, on the film's clock."""
    return [
        Word(word.text, start_s + word.start_s, start_s + word.end_s, word.probability)
        for heard in recognizer.transcribe(samples, language)
        if heard.no_speech_probability < NO_SPEECH and heard.log_probability > LEAST_LOG_PROBABILITY
        for word in heard.words
        if word.probability >= LEAST_PROBABILITY
    ]


def _is_near(word: Word, segment: Segment) -> bool:
    return segment.start_s - AROUND_S <= word.start_s <= segment.end_s + AROUND_S
