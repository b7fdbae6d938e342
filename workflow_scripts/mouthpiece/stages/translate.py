"""Stage `translate`: what a source says, in the language of a dub.

The first translator of the config that serves source and target translates. A script that the user
gave is taken instead, and a source that is in the target language already keeps its words.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from ..core.errors import InputError
from ..core.languages import is_same
from ..core.notes import Note
from ..services.store import AnswerStore
from ..text.transcript import Segment, Transcript, read_transcript
from ..text.translation import KEPT, FilmTranslation, TranslatedLine, write_translation
from ..translation.base import Line, Translation
from ..translation.checks import UNTRANSLATED, flags_of, is_spoken, room_for
from ..translation.choice import choose, is_kept, not_served
from ..translation.glossary import terms_in
from ..translation.settings import TranslatorSettings

log = logging.getLogger(__name__)

MOST_PAUSE_S = 1.0
"""How much of the pause after a line may be used to speak it, in seconds."""


@dataclass(frozen=True, kw_only=True)
class TranslateRequest:
    """The request of stage `translate`.

    Attributes:
        film: Which film it is, for messages: video and key of the dub.
        transcript: The transcript.
        facts: The source.json of the video.
        target: The language of the dub, a BCP-47 tag.
        translators: The settings of those that may be used, by name, the first choice first.
        glossary: The terms that are always translated in the same way.
        syllables_per_s: How fast a voice may speak.
        script: The script that the user gave; None: there is none.
        loops: Whether the video is looped for as long as that script is.
        translation: The translation to write, JSON.
        answers: The folder of answers that were paid for.
    """

    film: str
    transcript: Path
    facts: Path
    target: str
    translators: Mapping[str, TranslatorSettings]
    glossary: Mapping[str, str]
    syllables_per_s: float
    script: Path | None
    translation: Path
    answers: Path
    loops: bool = False


def translate(request: TranslateRequest) -> None:
    """Translate a film's lines.

    Args:
        request: What to translate.

    Raises:
        InputError: No translator serves the languages, or the given script cannot be used.
        Fault: The machine or a service failed.
    """
    transcript = read_transcript(request.transcript)
    if request.script is not None:
        from ..translation.given_script import given_translation

        found = given_translation(
            request.script, transcript, request.facts, request.target, request.loops
        )
    else:
        found = _translated(request, transcript)
    lines = checked(found, request.glossary, request.syllables_per_s)
    write_translation(replace(found, lines=tuple(lines)), request.translation)
    log.info("%d lines, by %s", len(lines), found.translator)


def checked(
    found: FilmTranslation, glossary: Mapping[str, str], syllables_per_s: float
) -> list[TranslatedLine]:
    """Add the flags that texts and slots give. A target without a letter is none.

    Args:
        found: A film's lines.
        glossary: The terms that are always translated in the same way.
        syllables_per_s: How fast a voice may speak.

    Returns:
        The lines with their flags.
    """
    lines = []
    spoken = [line if is_spoken(line.target) else replace(line, target="") for line in found.lines]
    for line, pause_s in zip(spoken, _pauses_s(spoken), strict=True):
        flags = flags_of(
            line.source,
            line.target,
            languages=(found.target if line.translator == KEPT else found.source, found.target),
            room=room_for(line.end_s - line.start_s + pause_s, syllables_per_s),
            glossary=glossary,
        )
        lines.append(replace(line, flags=tuple(dict.fromkeys([*line.flags, *flags]))))
    return lines


def _pauses_s(lines: Sequence[TranslatedLine]) -> list[float]:
    """The pause after each line, as far as it may be used."""
    pauses = [max(0.0, after.start_s - line.end_s) for line, after in pairwise(lines)]
    return [min(pause_s, MOST_PAUSE_S) for pause_s in [*pauses, MOST_PAUSE_S][: len(lines)]]


def _translated(request: TranslateRequest, transcript: Transcript) -> FilmTranslation:
    target = request.target
    segments = [one for one in transcript.segments if is_spoken(one.text)]
    store = AnswerStore(request.answers, ".json")
    targets: dict[str, Translation] = {}
    translators: dict[str, str] = {}
    notes: list[Note] = []
    for (name, language), group in _groups(request, transcript.language, segments).items():
        translators |= {one.segment: name for one in group}
        if name == KEPT:
            targets |= {one.segment: Translation(one.text) for one in group}
            continue
        settings = request.translators[name]
        translator = settings.build()
        lines = [_line(one, request) for one in group]
        done = translator.translate(lines, language, target, store)
        targets |= {one.segment: line for one, line in zip(group, done, strict=True)}
        notes += settings.notes(language, target)
        if unanswered := sum(bool(one.problem) for one in done):
            notes.append(Note("lines_unanswered", {"lines": unanswered, "translator": name}))
    cost_usd = round(sum(one.cost_usd for one in targets.values()), 6)
    tokens = round(sum(one.tokens for one in targets.values()))
    if tokens:
        notes.append(Note("translation_paid", {"tokens": tokens, "cost_usd": cost_usd}))
    return FilmTranslation(
        source=transcript.language,
        target=target,
        translator=_main(list(translators.values())),
        lines=tuple(
            TranslatedLine(
                segment=one.segment,
                speaker=one.speaker,
                start_s=one.start_s,
                end_s=one.end_s,
                source=_plain(one.text),
                target=_plain(targets[one.segment].target),
                flags=(
                    *one.flags,
                    *_language_flags(one, transcript.language),
                    *_kept_flags(one, translators[one.segment], target),
                ),
                translator=translators[one.segment],
            )
            for one in segments
        ),
        cost_usd=cost_usd,
        tokens=tokens,
        notes=[note.row for n, note in enumerate(notes) if note not in notes[:n]],
    )


def _groups(
    request: TranslateRequest, main: str, segments: Sequence[Segment]
) -> dict[tuple[str, str], list[Segment]]:
    """The segments by who translates them, and from what language."""
    if not segments:
        return {}
    if not main:
        raise InputError(
            f"{request.film}: the language of the source is not known; name it in the column "
            "language of videos.tsv"
        )
    usual = _translator_of(request, main)
    if usual is None:
        raise InputError(not_served(request.translators, main, request.target, request.film))
    groups: dict[tuple[str, str], list[Segment]] = {}
    for segment in segments:
        language = segment.language or main
        name = usual if is_same(language, main) else _translator_of(request, language)
        # Words of a language that no translator serves stay, rather than come out half translated.
        groups.setdefault((name or KEPT, language), []).append(segment)
    return groups


def _translator_of(request: TranslateRequest, language: str) -> str | None:
    if is_kept(language, request.target):
        return KEPT
    return choose(request.translators, language, request.target)


def _language_flags(segment: Segment, main: str) -> list[str]:
    language = segment.language
    is_other = language and not is_same(language, main)
    return [f"other_language={language}"] if is_other else []


def _kept_flags(segment: Segment, translator: str, target: str) -> list[str]:
    """The flag of words that stay although they are in another language."""
    is_foreign = segment.language and not is_same(segment.language, target)
    return [UNTRANSLATED] if translator == KEPT and is_foreign else []


def _line(segment: Segment, request: TranslateRequest) -> Line:
    text = _plain(segment.text)
    return Line(
        text=text,
        speaker=segment.speaker,
        start_s=segment.start_s,
        end_s=segment.end_s,
        most_syllables=room_for(segment.end_s - segment.start_s, request.syllables_per_s),
        glossary=terms_in(text, request.glossary),
    )


def _plain(text: str) -> str:
    """A text on one line, as tables hold it."""
    return " ".join(text.split())


def _main(translators: Sequence[str]) -> str:
    """Who translated most lines."""
    return max(translators, key=translators.count, default=KEPT)
