"""What a user should know of how a film was spoken."""

from collections.abc import Iterable, Mapping, Sequence

from ..core.notes import Note
from ..text.script import ScriptLine
from .settings import SynthesizerSettings
from .takes import Take


def notes_on_takes(
    takes: Sequence[Take], settings: Mapping[str, SynthesizerSettings]
) -> list[Note]:
    """Look at the takes of a film.

    Args:
        takes: The takes.
        settings: The settings of the synthesizers that may speak, by name.

    Returns:
        Notes on lines in doubt, on who spoke, and on what it cost.
    """
    flags = [flag.partition("=")[0] for take in takes for flag in take.flags]
    codes = {
        "lines_not_spoken": flags.count("not_spoken"),
        "lines_without_text": flags.count("empty_target"),
        "lines_overrun": flags.count("overrun"),
        "robotic_voices": flags.count("robotic"),
    }
    notes = [Note(code, {"lines": number}) for code, number in codes.items() if number]
    used = {take.synthesizer for take in takes}
    notes += [note for name in settings if name in used for note in settings[name].notes()]
    if cost_usd := round(sum(take.cost_usd for take in takes), 6):
        notes.append(Note("speech_paid", {"cost_usd": cost_usd}))
    return notes


def notes_on_speakers(
    named: Iterable[str], lines: Iterable[ScriptLine], heard: Iterable[str]
) -> list[Note]:
    """Look for speakers that the table of voices names and the video does not have.

    Args:
        named: The speakers that it names for this video.
        lines: The lines of the film.
        heard: The speakers of the transcript.

    Returns:
        One note, or none.
    """
    known = {line.speaker for line in lines} | set(heard)
    unknown = [speaker for speaker in named if speaker not in known]
    values = {"speakers": ", ".join(unknown), "known": ", ".join(sorted(known, key=_number))}
    return [Note("speakers_unknown", {**values})] if unknown else []


def _number(speaker: str) -> tuple[int, str]:
    """S2 comes before S10."""
    return len(speaker), speaker
