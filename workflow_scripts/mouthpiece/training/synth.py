"""Synthetic voices with known phone times, by espeak-ng's library."""

import ctypes.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.signal import resample_poly

from ..audio.speech import SAMPLE_RATE
from ..core.errors import InputError
from .phones import KINDS, Phone

SYNCHRONOUS, PHONEME_EVENTS_AS_IPA = 2, 3

UTF8_TEXT = 1

PHONEME_EVENT, END_EVENT = 7, 5

RATE, PITCH, RANGE = 1, 3, 4
"""Numbers of parameters in espeak-ng's speak_lib.h."""

PAUSE_S = 0.06
"""An event without a name that is shorter belongs to the phone before it."""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """`espeak_EVENT` of espeak-ng's speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


@dataclass(frozen=True)
class Voice:
    """A voice.

    Attributes:
        name: Language and timbre, such as de+f3.
        words_per_minute: Its speed.
        pitch: 0 to 99.
        pitch_range: How much the pitch varies, 0 to 99.
    """

    name: str
    words_per_minute: int = 165
    pitch: int = 50
    pitch_range: int = 50


@dataclass(frozen=True)
class Utterance:
    """A spoken text.

    Attributes:
        samples: 16 kHz mono, [N] float32.
        phones: Its phones, without pauses.
    """

    samples: np.ndarray
    phones: list[Phone]


@cache
def _library() -> tuple[ctypes.CDLL, int]:
    """espeak-ng's library and its sample rate."""
    name = ctypes.util.find_library("espeak-ng")
    if name is None:
        raise InputError(
            "espeak-ng is not installed; it speaks the synthetic part of the training and "
            "evaluation data. Install it (Debian: apt-get install espeak-ng)"
        )
    library = ctypes.CDLL(name)
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, None, PHONEME_EVENTS_AS_IPA)
    return library, rate


def speak(text: str, voice: Voice) -> Utterance:
    """Speak a text.

    Args:
        text: Words in the voice's language.
        voice: Who speaks.

    Returns:
        The sound and its phones.

    Raises:
        InputError: If espeak-ng is not installed or does not have the voice.
    """
    library, rate = _library()
    if library.espeak_SetVoiceByName(voice.name.encode()) != 0:
        raise InputError(f"espeak-ng has no voice {voice.name!r}; `espeak-ng --voices` lists them")
    parts: list[np.ndarray] = []
    starts: list[tuple[float, str]] = []

    def receive(wave: ctypes.Array, count: int, events: ctypes.Array) -> int:
        if wave and count:
            parts.append(np.ctypeslib.as_array(wave, (count,)).copy())
        starts.extend(_phone_starts(events, rate))
        return 0

    kind = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
    )
    callback = kind(receive)
    library.espeak_SetSynthCallback(callback)
    for number, value in ((RATE, voice.words_per_minute), (PITCH, voice.pitch)):
        library.espeak_SetParameter(number, value, 0)
    library.espeak_SetParameter(RANGE, voice.pitch_range, 0)
    encoded = text.encode()
    library.espeak_Synth(encoded, len(encoded) + 1, 0, 0, 0, UTF8_TEXT, None, None)
    sound = np.concatenate([*parts, np.zeros(0, np.int16)]).astype(np.float32) / 32768
    length_s = len(sound) / rate
    samples = resample_poly(sound, SAMPLE_RATE, rate).astype(np.float32)
    return Utterance(samples, list(_phones(starts, length_s)))


def _phone_starts(events: ctypes.Array, rate: int) -> Iterator[tuple[float, str]]:
    """The start, in seconds, and the IPA text of each phoneme event."""
    index = 0
    while events[index].type:
        event = events[index]
        if event.type == PHONEME_EVENT:
            text = bytes(event.id.string).decode("utf-8", "ignore")
            # "(en)" starts a change of language; it is not a sound.
            yield event.sample / rate, "" if text.startswith("(") else text
        index += 1


def _phones(starts: list[tuple[float, str]], length_s: float) -> Iterator[Phone]:
    """Phones from the starts of events; each lasts until the next one."""
    ends = [*[start for start, _ in starts[1:]], length_s]
    pending: Phone | None = None
    for (start, ipa), end in zip(starts, ends, strict=True):
        named = any(letter in KINDS for letter in ipa)
        if named:
            if pending is not None:
                yield pending
            pending = Phone(ipa, start, end)
        elif pending is not None and end - start < PAUSE_S and start == pending.end_s:
            pending = Phone(pending.ipa, pending.start_s, end)
    if pending is not None:
        yield pending
