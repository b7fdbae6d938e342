"""Which synthesizer speaks, and whether the voices that a person chose are there."""

from collections.abc import Mapping

from .settings import SynthesizerSettings

SEPARATOR = ":"
"""Between the synthesizer and the voice, as in `kokoro:pf_dora`."""


def first_that_serves(settings: Mapping[str, SynthesizerSettings], language: str) -> str:
    """Find the synthesizer of a language.

    Args:
        settings: The settings of the synthesizers that may be used, in their order.
        language: A BCP-47 tag.

    Returns:
        Its name; empty: none of them speaks it.
    """
    return next((name for name, chosen in settings.items() if chosen.serves(language)), "")


def language_problem(settings: Mapping[str, SynthesizerSettings], language: str) -> str:
    """Look for what keeps the synthesizers from speaking a language.

    Args:
        settings: The settings of the synthesizers that may be used, in their order.
        language: A BCP-47 tag.

    Returns:
        What is wrong and the ways on; empty: nothing is.
    """
    name = first_that_serves(settings, language)
    if name:
        problem = settings[name].problem()
        return f"{name} cannot speak: {problem}" if problem else ""
    # Why a synthesizer that is set up in part does not serve.
    problems = [problem for chosen in settings.values() if (problem := chosen.problem())]
    asked = f"{' and '.join(settings)} {'do' if len(settings) > 1 else 'does'} not"
    return "; ".join(
        [
            f"{asked} speak {language}",
            *problems,
            "name another synthesizer in `speak.use` (espeak speaks a hundred languages, in robotic"
            " voices)",
        ]
    )


def voice_problem(chosen: str, settings: Mapping[str, SynthesizerSettings], language: str) -> str:
    """Check a voice that a person chose.

    Args:
        chosen: The voice, such as `kokoro:pf_dora`.
        settings: The settings of the synthesizers.
        language: A BCP-47 tag.

    Returns:
        What is wrong, with the nearest names; empty: nothing is.
    """
    name, separator, voice = chosen.partition(SEPARATOR)
    if not separator or not voice:
        first = first_that_serves(settings, language) or next(iter(settings), "kokoro")
        example = "kokoro:af_heart" if name in ("", *settings) else f"{first}{SEPARATOR}{name}"
        return f"a voice is written as SYNTHESIZER:NAME, such as {example}"
    if name not in settings:
        return f"there is no synthesizer {name!r:.99}"
    problem = settings[name].voice_problem(voice, language)
    return f"{name}: {problem}" if problem else ""
