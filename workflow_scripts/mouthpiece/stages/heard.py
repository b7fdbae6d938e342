"""Stage `heard`: each take of a dub heard back by a recognizer.

What was heard lies in a folder beside heard.json, by the key of the take: an edited line alone is
heard again.
"""

import functools
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from ..core.errors import InputError
from ..core.files import digest, read_json, remove, write_json
from ..core.notes import Note
from ..recognition.base import SAMPLE_RATE, Recognizer, macrolanguage
from ..recognition.findings import HeardLine
from ..recognition.settings import RecognizerSettings
from ..text.script import read_script
from ..text.spoken_text import character_error_rate
from ..voices.takes import read_takes

log = logging.getLogger(__name__)

STORE = "heard"
"""The folder of what was heard, beside heard.json."""

ASKED_ERROR = 0.2
"""The character error rate from which on it is asked which language is heard: it costs as much as
hearing the words."""


@dataclass(frozen=True)
class Listening:
    """How takes are heard.

    Attributes:
        language: The language of the dub, a BCP-47 tag.
        settings: The recognizer.
        version: All that can change what it hears: settings, code, packages, weights.
    """

    language: str
    settings: RecognizerSettings
    version: dict[str, Any]

    @functools.cached_property
    def recognizer(self) -> Recognizer:
        """The recognizer, built when it is first needed."""
        built: Recognizer = self.settings.build()
        return built


def heard(takes: Path, script: Path, listening: Listening, facts: Path) -> None:
    """Hear the takes of a film.

    A recognizer that is missing, or does not know the language, is a note: it stops no film.

    Args:
        takes: The takes.json.
        script: The script.tsv.
        listening: How they are heard.
        facts: What was heard, to write, JSON.

    Raises:
        Fault: A file is damaged.
    """
    wanted = {line.line: line.target for line in read_script(script)}
    store = facts.parent / STORE
    lines: dict[str, HeardLine] = {}
    used: set[Path] = set()
    notes = []
    try:
        for take in read_takes(takes).spoken:
            key = digest([take.take, wanted[take.line], listening.language, listening.version])
            file = store / f"{key[:32]}.json"
            if not file.is_file():
                samples = _samples(takes.parent / take.file)
                found = _listen(samples, wanted[take.line], listening)
                write_json(file, asdict(found))
            used.add(file)
            lines[take.line] = HeardLine(**read_json(file))
    except InputError as error:
        lines = {}
        notes.append(Note("not_heard_back", {"reason": str(error)}).row)
    write_json(
        facts,
        {
            "version": 1,
            "lines": {name: asdict(line) for name, line in lines.items()},
            "notes": notes,
        },
    )
    unused = set(store.glob("*.json")) - used if not notes else ()  # else it may be asked again
    for file in unused:
        remove(file)
    log.info("%d takes heard", len(lines))


def _samples(file: Path) -> np.ndarray:
    """A take as a recognizer takes it, [N] float32."""
    from scipy.signal import resample_poly  # it takes two seconds to import

    samples, rate = soundfile.read(file, dtype="float32")
    divisor = np.gcd(rate, SAMPLE_RATE)
    return np.asarray(resample_poly(samples, SAMPLE_RATE // divisor, rate // divisor), np.float32)


def _listen(samples: np.ndarray, wanted: str, listening: Listening) -> HeardLine:
    recognizer = listening.recognizer
    segments = recognizer.transcribe(samples, listening.language)
    text = " ".join(" ".join(segment.text for segment in segments).split())
    error = round(character_error_rate(wanted, text), 4)
    if error < ASKED_ERROR:
        return HeardLine(text, error)
    language, probability = next(iter(recognizer.language_of(samples).items()), ("", 0.0))
    return HeardLine(text, error, macrolanguage(language), round(probability, 4))
