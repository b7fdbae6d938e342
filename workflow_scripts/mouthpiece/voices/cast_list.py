"""Which voice speaks which line: the line's own, else its speaker's, else one that is cast."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ..core.errors import InputError
from ..text.script import ScriptLine
from .casting import Part, cast
from .choice import SEPARATOR, language_problem, voice_problem
from .settings import SynthesizerSettings


def cast_list(
    lines: Sequence[ScriptLine],
    pitches_hz: Mapping[str, float],
    chosen: Mapping[str, str],
    language: str,
    settings: Mapping[str, SynthesizerSettings],
) -> dict[str, str]:
    """Find a voice for each line that has a text.

    Args:
        lines: The lines of the film.
        pitches_hz: How high each speaker speaks, in Hz; 0 or none: not known.
        chosen: The voices that a person chose, by speaker; "*": of all others.
        language: The language of the lines, a BCP-47 tag.
        settings: The synthesizers that may speak, by name, in their order.

    Returns:
        The voices, `synthesizer:name`, by line.

    Raises:
        InputError: A voice does not exist, or no synthesizer speaks the language.
    """
    for voice, of in [(v, f"speaker {s}") for s, v in chosen.items()] + [
        (line.voice, f"line {line.line}") for line in lines if line.voice
    ]:
        if problem := voice_problem(voice, settings, language):
            raise InputError(f"the voice of {of}: {problem}")
    everyone = {line.speaker for line in lines}
    taken = {s: chosen.get(s, chosen.get("*", "")) for s in everyone}
    taken = {speaker: voice for speaker, voice in taken.items() if voice}
    if any(line.target and not line.voice and line.speaker not in taken for line in lines):
        taken = _cast(lines, pitches_hz, taken, language, settings)
    return {line.line: line.voice or taken[line.speaker] for line in lines if line.target}


def _cast(
    lines: Sequence[ScriptLine],
    pitches_hz: Mapping[str, float],
    taken: Mapping[str, str],
    language: str,
    settings: Mapping[str, SynthesizerSettings],
) -> dict[str, str]:
    if problem := language_problem(settings, language):
        raise InputError(f"{problem}; or give the dub in dubs.tsv")
    name = next(one for one, chosen in settings.items() if chosen.serves(language))
    prefix = f"{name}{SEPARATOR}"
    frames: Counter[str] = Counter()
    for line in lines:
        frames[line.speaker] += max(0, line.end_frame - line.start_frame)
    parts = [
        Part(speaker, pitches_hz.get(speaker, 0.0), float(length))
        for speaker, length in frames.items()
    ]
    own = {speaker: voice.removeprefix(prefix) for speaker, voice in taken.items()}
    found = cast(parts, settings[name].voices(language), own)
    return {speaker: taken.get(speaker, f"{prefix}{voice}") for speaker, voice in found.items()}
