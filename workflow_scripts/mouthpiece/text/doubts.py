"""Doubts on lines that were recognized: what may be invented is marked, not left out."""

import functools
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from .sentences import SaidLine

MOST_LINES, MOST_PHRASES = 3, 4
"""Equal lines in a row, and equal phrases in a line, that are a loop of the recognizer."""

LONGEST_PHRASE = 6
"""Words of a phrase that is looked for."""

LEAST_CHARACTERS = 60
"""Shorter text compresses to anything."""

PHANTOMS = frozenset(
    (
        *("thanks for watching", "thank you for watching", "thank you", "thank you very much"),
        *("please subscribe", "like and subscribe", "subscribe to my channel", "bye", "you"),
        *("see you in the next video", "subtitles by the amara org community"),
        *("untertitel der amara org community", "untertitelung des zdf", "vielen dank"),
        *("sous titres realises par la communaute d amara org", "merci d avoir regarde"),
        *("subtitulos por la comunidad de amara org", "gracias por ver el video"),
        *("legendas pela comunidade amara org", "obrigado por assistir", "sottotitoli e revisione"),
        *(
            "ご視聴ありがとうございました",
            "字幕由amaraorg社区提供",
            "請不吝點贊訂閱轉發打賞支持明鏡與點點欄目",
        ),
    )
)
"""What Whisper writes where nobody speaks: it was trained on subtitles of videos. Without
punctuation."""

STRONG = frozenset(("over_silence", "no_speech", "phantom"))
"""Flags of lines that are no evidence of speech."""


@dataclass(frozen=True)
class Doubtful:
    """From where on a line is marked.

    Attributes:
        log_probability: A mean log-probability of its tokens below this.
        no_speech: A probability of no speech above this.
        voiced_share: A share of its time in which a voice is detected below this.
        compression: A ratio of its length and its compressed length above this.
    """

    log_probability: float = -1.0
    no_speech: float = 0.6
    voiced_share: float = 0.3
    compression: float = 2.4


def doubts(
    lines: Sequence[SaidLine], voiced: Sequence[float], limits: Doubtful
) -> list[tuple[str, ...]]:
    """Find what is doubtful in lines that were recognized.

    Args:
        lines: The lines, in order.
        voiced: The share of the time of each line in which a voice is detected.
        limits: From where on a line is marked.

    Returns:
        The flags of each line: `repeated=3`, `over_silence=0.1`, `no_speech=0.8`,
        `low_probability=-1.3`, `phantom`.
    """
    rows = _repeated_rows([plain(line.text) for line in lines])
    return [
        _of_line(line, share, repeated, limits)
        for line, share, repeated in zip(lines, voiced, rows, strict=True)
    ]


def plain(text: str) -> str:
    """Reduce text to what is said.

    Args:
        text: Any text.

    Returns:
        Small letters and digits, with single spaces, without accents. Signs of vowels, which are
        marks in Indic scripts and in Thai, are parts of words.
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = [letter for letter in letters if not unicodedata.combining(letter)]
    said = [letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in kept]
    return " ".join("".join(said).split())


def _of_line(
    line: SaidLine, voiced: float, times_in_a_row: int, limits: Doubtful
) -> tuple[str, ...]:
    said = plain(line.text)
    log_probability = min(word.log_probability for word in line.words)
    no_speech = max(word.no_speech_probability for word in line.words)
    flags = []
    loops = _loops(said)
    if times_in_a_row >= MOST_LINES or loops >= MOST_PHRASES:
        flags.append(f"repeated={max(times_in_a_row, loops)}")
    elif (ratio := _compression(said)) > limits.compression:
        flags.append(f"repeated={ratio:.1f}")
    if voiced < limits.voiced_share:
        flags.append(f"over_silence={voiced:.2f}")
    if no_speech > limits.no_speech:
        flags.append(f"no_speech={no_speech:.2f}")
    if log_probability < limits.log_probability:
        flags.append(f"low_probability={log_probability:.2f}")
    is_weak = (
        bool(flags)
        or no_speech > limits.no_speech / 2
        or log_probability < 0.7 * limits.log_probability
        or voiced < 2 * limits.voiced_share
    )
    if said in _phantoms() and is_weak:
        flags.append("phantom")
    return tuple(flags)


@functools.cache
def _phantoms() -> frozenset[str]:
    return frozenset(map(plain, PHANTOMS))


def _repeated_rows(texts: Sequence[str]) -> list[int]:
    """How many lines in a row say the same as each line."""
    counts, first = [], 0
    for at, text in enumerate([*texts, None]):
        if at and text != texts[first]:
            counts += [at - first] * (at - first)
            first = at
    return counts


def _loops(text: str) -> int:
    """How often the phrase comes in a row that comes most often in a row."""
    words, most = text.split(), 1
    for length in range(1, min(LONGEST_PHRASE, len(words) // 2) + 1):
        for start in range(len(words) - length):
            phrase, times = words[start : start + length], 1
            while words[start + times * length :][:length] == phrase:
                times += 1
            most = max(most, times)
    return most


def _compression(text: str) -> float:
    encoded = text.encode()
    return len(encoded) / len(zlib.compress(encoded)) if len(text) >= LEAST_CHARACTERS else 0.0
