"""Casting: who speaks with which voice.

Different speakers get different voices, the nearest in pitch. Who speaks most is cast first, so
that a minor part that is added or left out changes no voice of a larger one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .settings import Voice

GUEST_SEMITONES = 4.0
"""How many semitones nearer a voice of another language must be: an accent is heard, but a man who
speaks with a woman's voice, some 9 semitones higher, is the greater surprise."""

OTHER_SEX_SEMITONES = 6.0
"""How many semitones nearer a voice of the other sex must be."""

HIGHEST_MAN_HZ, LOWEST_WOMAN_HZ = 155.0, 175.0
"""Median pitches of speech: few men are above the first, few women below the second. Between them,
a pitch says nothing of the sex."""

UNKNOWN_SEMITONES = 6.0
"""The distance of a voice whose pitch is not known, half of that between far and near ones."""


@dataclass(frozen=True)
class Part:
    """A speaker to cast.

    Attributes:
        speaker: The speaker's id.
        pitch_hz: The median pitch of the speaker's voice; 0: not known.
        speech_s: How long the speaker speaks, in seconds.
    """

    speaker: str
    pitch_hz: float
    speech_s: float


def cast(
    parts: Sequence[Part], voices: Sequence[Voice], taken: Mapping[str, str]
) -> dict[str, str]:
    """Give each speaker a voice.

    Args:
        parts: The speakers.
        voices: The voices of a synthesizer, the best first.
        taken: The voices that a person chose, by speaker. Others do not get them while others are
            free.

    Returns:
        The voice of each speaker, by name.
    """
    chosen = {part.speaker: taken[part.speaker] for part in parts if part.speaker in taken}
    used = dict.fromkeys(chosen.values(), 1)
    order = sorted(parts, key=lambda part: (-part.speech_s, part.speaker))
    for part in (part for part in order if part.speaker not in chosen):
        best = min(voices, key=lambda v: (used.get(v.name, 0), _distance(part, v)))
        chosen[part.speaker] = best.name
        used[best.name] = used.get(best.name, 0) + 1
    return chosen


def _distance(part: Part, voice: Voice) -> float:
    """How far a voice is from a speaker, in semitones."""
    more = GUEST_SEMITONES * voice.is_guest
    if not part.pitch_hz:
        return UNKNOWN_SEMITONES + more
    sex = "m" if part.pitch_hz < HIGHEST_MAN_HZ else "f" if part.pitch_hz > LOWEST_WOMAN_HZ else ""
    if sex and voice.sex and sex != voice.sex:
        more += OTHER_SEX_SEMITONES
    if not voice.pitch_hz:
        return UNKNOWN_SEMITONES + more
    return abs(12 * math.log2(voice.pitch_hz / part.pitch_hz)) + more
