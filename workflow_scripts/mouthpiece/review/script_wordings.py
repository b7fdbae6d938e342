"""The text of each doubt about a line: of recognition, translation, speech and the sound gate."""

from dataclasses import dataclass

VERDICTS = {
    "fail": ("Wrong", "The sound gate found something that must not be delivered."),
    "review": ("Doubtful", "A person should listen."),
    "unjudged": ("Not judged", "The sound gate could not judge it, or nothing is spoken."),
    "pass": ("In order", "The sound gate found nothing wrong."),
}
"""Verdict -> its name and what it means, in the order a reviewer wants to see the lines."""

SEVERITIES = {
    "Blocker": "must be mended before delivery",
    "Issue": "should be mended",
    "FYI": "worth knowing; nothing need be done",
}
"""Severity, as professional quality control names it -> what it asks for; the worst first."""


@dataclass(frozen=True)
class LineWording:
    """The text of a doubt; both texts may hold {value}.

    Attributes:
        sentence: What the page says at length.
        brief: What the list says.
        form: How the value is written: decimals and f, % or s (as it is).
    """

    sentence: str
    brief: str
    form: str = "s"


WORDINGS = {
    # what was understood
    "repeated": LineWording("The recognizer repeated itself here, {value} times.", "repeated"),
    "low_probability": LineWording(
        "The recognizer is not sure of these words (mean log-probability {value}).", "not sure"
    ),
    "over_silence": LineWording(
        "Words where hardly anybody speaks: {value} of the time is speech.", "over silence", "0%"
    ),
    "no_speech": LineWording(
        "The recognizer takes this for no speech (probability {value}).", "no speech"
    ),
    "phantom": LineWording(
        "The recognizer often writes these words where nobody speaks.", "maybe not said"
    ),
    "overlap": LineWording("This cue of the script overlaps the next one.", "cues overlap"),
    "unaligned": LineWording(
        "{value} of the given script's words are heard in the source here.",
        "heard {value} of it",
        "0%",
    ),
    # the script
    "empty": LineWording("There is no target text: nothing is spoken.", "no text"),
    "untranslated": LineWording("The target is the source's text.", "not translated"),
    "too_long": LineWording(
        "The text has {value} times the syllables that fit its slot.", "text {value}× its slot"
    ),
    "glossary_missing": LineWording(
        "The glossary's translation of “{value}” is missing.", "glossary: {value}"
    ),
    "other_language": LineWording(
        "It is spoken in {value}, unlike most of the film.", "speaks {value}"
    ),
    "not_in_script": LineWording(
        "The script that was given says nothing here: nothing is spoken.", "not in script"
    ),
    "not_heard": LineWording(
        "The script that was given has this line, and no speech is heard there.", "not heard"
    ),
    "stale_edit": LineWording(
        "An edit was made on another source text, and is not used.", "edit not used"
    ),
    # the take
    "overrun": LineWording(
        "It is spoken {value} s beyond the room that it has, over the next line.",
        "{value} s too long",
        "2f",
    ),
    "early": LineWording(
        "It begins {value} s before its slot, since the film ends too soon for it.",
        "{value} s early",
        "2f",
    ),
    "fast": LineWording("It is spoken {value} times as fast as the voice's own pace.", "{value}×"),
    "slow": LineWording(
        "It is spoken slowly, at {value} of the voice's own pace.", "slow: {value}×"
    ),
    "clipped": LineWording("{value} samples in a row are at full scale.", "clipped"),
    "robotic": LineWording("It is spoken in a robotic voice (espeak-ng).", "robotic"),
    "empty_target": LineWording("There is no text to speak.", "no text"),
    "silent": LineWording("Nothing is spoken here, as a person decided.", "silent by decision"),
    "past_end": LineWording("The film ends before it: nothing is spoken.", "after the film"),
    "not_spoken": LineWording("It could not be spoken: {value}.", "not spoken"),
    # the sound gate
    "heard_error": LineWording(
        "A recognizer that listens to the take hears other words: {value} of the characters.",
        "heard wrongly {value}",
        "0%",
    ),
    "heard_in_other_letters": LineWording(
        "A recognizer wrote it in other letters than its own: it is not compared.", "not compared"
    ),
    "heard_language": LineWording(
        "A recognizer that listens to the take hears another language: {value}.", "heard as {value}"
    ),
    "source_audible": LineWording(
        "{value} of the source's words are still heard in the background.",
        "source audible {value}",
        "0%",
    ),
    "mouth_not_redrawn": LineWording(
        "A mouth moves under it in the cut {value}, whose picture is delivered as it was.",
        "mouth not redrawn",
    ),
}
"""Code -> its wording. A code that is not listed is shown as it is."""


def explained(code: str) -> str:
    """Say what a doubt means.

    Args:
        code: `code` or `code=value`.

    Returns:
        A sentence.
    """
    name, _, value = code.partition("=")
    wording = WORDINGS.get(name)
    if wording is None:
        words = name.replace("_", " ").capitalize()
        return f"{words}: {value}." if value else f"{words}."
    return wording.sentence.format(value=_written(value, wording.form))


def in_brief(code: str) -> str:
    """Say a doubt in a few words.

    Args:
        code: `code` or `code=value`.

    Returns:
        The words.
    """
    name, _, value = code.partition("=")
    wording = WORDINGS.get(name)
    if wording is None:
        return f"{name.replace('_', ' ')} {value}".strip()
    return wording.brief.format(value=_written(value, wording.form))


def _written(value: str, form: str) -> str:
    if form == "s":
        return value
    try:
        return format(float(value), f".{form}")
    except ValueError:
        return value
