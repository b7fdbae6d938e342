"""Why a cut was held back, in words: each reason with its value and the limit that it broke."""

from collections.abc import Mapping
from types import MappingProxyType

from ..scorers.base import SCORE_RATE
from .thresholds import Thresholds
from .wordings import REASONS

Limits = Mapping[str, float]
"""Reason code -> the limit that applied to a cut, where an override set another than the config."""

NO_LIMITS: Limits = MappingProxyType({})


def explain(reason: str, thresholds: Thresholds, limits: Limits = NO_LIMITS) -> str:
    """Put a reason into a sentence.

    Args:
        reason: A code with its value, such as "two_faces=0.4".
        thresholds: The thresholds in force.
        limits: Those that applied to this cut, where they differ.

    Returns:
        The sentence; the reason itself where its code is not known.
    """
    wording = REASONS.get(_code(reason))
    return _filled(wording.sentence if wording else None, reason, thresholds, limits)


def in_brief(reason: str, thresholds: Thresholds, limits: Limits = NO_LIMITS) -> str:
    """Put a reason into a few words, for the list of cuts.

    Args:
        reason: A code with its value.
        thresholds: The thresholds in force.
        limits: Those that applied to this cut, where they differ.

    Returns:
        The words; empty where the list says nothing of this reason.
    """
    wording = REASONS.get(_code(reason))
    return _filled(wording.brief if wording else None, reason, thresholds, limits)


def reported(reason: str, thresholds: Thresholds, limits: Limits = NO_LIMITS) -> str:
    """Put a finding that held nothing back into a sentence.

    Args:
        reason: A code with its value.
        thresholds: The thresholds in force.
        limits: Those that applied to this cut, where they differ.

    Returns:
        The sentence.
    """
    sentence = explain(reason, thresholds, limits)
    if _code(reason) == "source_late":  # of the film, and of cuts that are not drafted, too
        return sentence
    return f"Reported only, and drafted all the same: {sentence[:1].lower()}{sentence[1:]}"


def _code(reason: str) -> str:
    return reason.partition("=")[0]


def _filled(text: str | None, reason: str, thresholds: Thresholds, limits: Limits) -> str:
    code, _, measured = reason.partition("=")
    if text is None or "{" not in text:
        return reason.replace("_", " ") if text is None else text
    try:
        number = float(measured)
    except ValueError:
        return reason.replace("_", " ")
    wording = REASONS[code]
    limit = limits.get(code, thresholds.limit(wording.limit)) if wording.limit else None
    applied = number if limit is None else limit
    value, bound = _apart(number, applied, wording.form)
    late = number > 0
    return text.format(
        value=value,
        limit=bound,
        frames=f"{abs(number):.0f} {'frame' if abs(number) == 1 else 'frames'}",
        way="behind" if late else "ahead of",
        late="late" if late else "early",
        ms=f"{1000 * abs(number) / SCORE_RATE:.0f}",
        measure=thresholds.measure,
        silent_s=thresholds.limits.silent_speech_s,
    )


def _apart(value: float, limit: float, form: str) -> tuple[str, str]:
    """Both numbers as text; with up to two decimals more where they would read alike."""
    decimals, kind = int(form[0]), form[1]
    for more in range(3):
        texts = f"{value:.{decimals + more}{kind}}", f"{limit:.{decimals + more}{kind}}"
        if texts[0] != texts[1]:
            return texts
    return f"{value:.{decimals}{kind}}", f"{limit:.{decimals}{kind}}"
