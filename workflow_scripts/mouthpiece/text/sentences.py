"""Words in lines that can be dubbed: a sentence each, or a part of a long one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..core.languages import primary
from .transcript import Word

LONGEST_S = 7.0
"""A longer sentence is divided: subtitles and dubs have lines of up to 7 s."""

PAUSE_S = 0.5
"""A pause that divides words whose speaker may differ."""

LONG_PAUSE_S = 1.0
"""A pause that ends a line in any case."""

SHORT_S = 1.0
"""A shorter sentence is joined with the one before, where the pause is below `PAUSE_S`."""

SENTENCE_END = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")

CLAUSE_END = re.compile(r"[,;:，；：、–—][\"'”’»)\]]*$")

ABBREVIATION = re.compile(
    r"^(?:\w\.|(?:Mr|Mrs|Ms|Dr|St|Prof|Sr|Sra|Jr|vs|etc|No|Nr|bzw|ca)\.)$", re.I
)

SEPARATOR = "\0"

LATIN_WORDS = re.compile(rf"(?<=[A-Za-z0-9,.!?;:]){SEPARATOR}(?=[A-Za-z0-9])")
"""Between two words that have a space between them in any language."""

NO_SPACES = frozenset(("zh", "ja", "th", "lo", "my", "km", "yue"))
"""Languages that are written without spaces between words."""


@dataclass(frozen=True)
class SaidWord:
    """A word with what is known of the sound that it was heard in.

    Attributes:
        word: The word, with its times in the film.
        language: The language, a BCP-47 tag.
        log_probability: Of the recognizer's segment.
        no_speech_probability: Of the recognizer's segment.
        speaker: A number; -1: not known.
        source: Where the word comes from: lines are not joined over two sources. The number of a
            given line; 0 where nothing was given.
    """

    word: Word
    language: str
    log_probability: float = 0.0
    no_speech_probability: float = 0.0
    speaker: int = -1
    source: int = 0


@dataclass(frozen=True)
class SaidLine:
    """Words that are said in one go by one speaker.

    Attributes:
        words: The words, at least one.
        flags: Doubts, `code` or `code=value`.
        given: What is said as a script has it; empty: the words, joined.
    """

    words: tuple[SaidWord, ...]
    flags: tuple[str, ...] = ()
    given: str = ""

    @property
    def start_s(self) -> float:
        """When it begins."""
        return self.words[0].word.start_s

    @property
    def end_s(self) -> float:
        """When it ends."""
        return max(word.word.end_s for word in self.words)

    @property
    def text(self) -> str:
        """What is said."""
        return self.given or joined([word.word.text for word in self.words], self.language)

    @property
    def language(self) -> str:
        """The language of its first word."""
        return self.words[0].language

    @property
    def speaker(self) -> int:
        """Who speaks, a number."""
        return self.words[0].speaker

    def spoken_by(self, speaker: int) -> "SaidLine":
        """Give it a speaker.

        Args:
            speaker: A number.

        Returns:
            The line with this speaker.
        """
        return replace(self, words=tuple(replace(word, speaker=speaker) for word in self.words))


def joined(words: Sequence[str], language: str) -> str:
    """Write words as text.

    Args:
        words: The words.
        language: Their language, a BCP-47 tag.

    Returns:
        The text.
    """
    if primary(language) not in NO_SPACES:
        return " ".join(words)
    return LATIN_WORDS.sub(" ", SEPARATOR.join(words)).replace(SEPARATOR, "")


def ends_sentence(text: str) -> bool:
    """Tell whether a word ends a sentence.

    Args:
        text: The word, with its punctuation.

    Returns:
        Whether it does. "Mr." and "J." do not.
    """
    return bool(SENTENCE_END.search(text)) and not ABBREVIATION.match(text)


def split_turns(words: Sequence[SaidWord]) -> list[SaidLine]:
    """Divide words where the speaker may change: at the ends of sentences and at pauses.

    Args:
        words: The words of a film, in order.

    Returns:
        Parts, each of one speaker.
    """
    parts: list[list[SaidWord]] = []
    for word in words:
        if not parts or _may_change(parts[-1][-1], word):
            parts.append([word])
        else:
            parts[-1].append(word)
    return [SaidLine(tuple(part)) for part in parts]


def _may_change(last: SaidWord, word: SaidWord) -> bool:
    return (
        ends_sentence(last.word.text)
        or word.word.start_s - last.word.end_s >= PAUSE_S
        or word.language != last.language
        or word.source != last.source
    )


def dubbed_lines(turns: Sequence[SaidLine], longest_s: float = LONGEST_S) -> list[SaidLine]:
    """Join and divide turns to lines that can be dubbed.

    Parts of a sentence are joined over pauses, short sentences with the one before. A sentence that
    is too long is divided where it has a comma or a pause. Speakers are never mixed.

    Args:
        turns: What `split_turns` gave, with speakers.
        longest_s: The longest line, in seconds.

    Returns:
        The lines, in order.
    """
    lines: list[SaidLine] = []
    for turn in turns:
        if lines and _belongs(lines[-1], turn, longest_s):
            lines[-1] = SaidLine(lines[-1].words + turn.words)
        else:
            lines.append(turn)
    return [part for line in lines for part in _divided(line, longest_s)]


def _belongs(line: SaidLine, turn: SaidLine, longest_s: float) -> bool:
    """Whether a turn goes on with a line."""
    last, first = line.words[-1], turn.words[0]
    if (last.speaker, last.language, last.source) != (first.speaker, first.language, first.source):
        return False
    if turn.end_s - line.start_s > longest_s:
        return False
    pause_s = turn.start_s - line.end_s
    if not ends_sentence(last.word.text):
        return pause_s < LONG_PAUSE_S
    is_short = min(turn.end_s - turn.start_s, line.end_s - line.start_s) < SHORT_S
    return is_short and pause_s < PAUSE_S


def _divided(line: SaidLine, longest_s: float) -> list[SaidLine]:
    """A line in parts that are short enough."""
    if line.end_s - line.start_s <= longest_s or len(line.words) < 2:
        return [line]
    at = max(range(1, len(line.words)), key=lambda at: _goodness(line, at))
    halves = SaidLine(line.words[:at]), SaidLine(line.words[at:])
    return [part for half in halves for part in _divided(half, longest_s)]


def _goodness(line: SaidLine, at: int) -> float:
    """How well a line is divided before a word: at a comma, a pause, near the middle."""
    before, after = line.words[at - 1].word, line.words[at].word
    length_s = line.end_s - line.start_s
    off_middle = abs((before.end_s + after.start_s) / 2 - line.start_s - length_s / 2) / length_s
    pause_s = min(1.0, max(0.0, after.start_s - before.end_s))
    mark = 1.5 * ends_sentence(before.text) or 0.5 * bool(CLAUSE_END.search(before.text))
    return 2 * pause_s + mark - 2 * off_middle
