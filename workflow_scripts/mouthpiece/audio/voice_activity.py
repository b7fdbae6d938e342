"""Where somebody speaks: where the sound is loud enough and a voice is heard.

Voices are detected by Silero VAD (`silero`).
"""

from dataclasses import replace

import numpy as np

from ..core.spans import find_spans
from ..core.timeline import Clock
from .loudness import frame_energy
from .silero import VoiceDetector
from .speech import SAMPLE_RATE, Speech
from .voice_spans import SpanLimits, voice_spans

WORDS = SpanLimits()
"""What counts as a voice."""

SHORT_WORD = SpanLimits(shortest_ms=60)
"""A voice as short as a word that is cut off still ends a pause."""

FADE = SAMPLE_RATE // 100
"""Samples over which a voice that is cut out fades: without, it would click."""


def speech_frames(speech: Speech, clock: Clock, least_s: float = 0.0) -> np.ndarray:
    """Find the frames of a cut in which somebody speaks.

    Pauses between words, music, hum and noise are not speech. The detector also hears the cut's
    context, so that a word at an edge is not lost.

    Args:
        speech: The cut's speech.
        clock: The cut's frames.
        least_s: Seconds of loud sound below which the detector is not used: the loud frames are
            returned.

    Returns:
        Whether somebody speaks in each frame, [T] bool.
    """
    loud = _loud(speech, clock)
    if not loud.any() or loud.sum() / clock.rate < least_s:
        return loud
    return np.asarray(loud & _voiced(speech, clock, WORDS))


def sound_frames(speech: Speech, clock: Clock, spoken: np.ndarray) -> np.ndarray:
    """Find the frames of a cut in which somebody may be heard.

    Args:
        speech: The cut's speech.
        clock: The cut's frames.
        spoken: What `speech_frames` found, [T] bool.

    Returns:
        The frames with speech, and those with a voice that is as short as a word that is cut off;
        where no voice is heard at all, those with sound: it may be of a kind that the detector does
        not know, as song is. [T] bool.
    """
    loud = _loud(speech, clock)
    if not spoken.any():
        return loud
    return np.asarray(spoken | loud & _voiced(speech, clock, SHORT_WORD))


def voiceless(speech: Speech, clock: Clock, least_s: float, sung: bool = True) -> np.ndarray:
    """Find the frames of a cut that lie in longer pauses between voices, whatever else is heard.

    Args:
        speech: The cut's speech.
        clock: The cut's frames.
        least_s: Pauses of at least this many seconds count.
        sung: Whether nothing is found where no voice is heard, in the cut or around it, but moments
            as short as a word: the sound may be of a kind that the detector does not know.

    Returns:
        Whether each frame is in such a pause and not the first or last of it, [T] bool.
    """
    pause = np.zeros(clock.frames, bool)
    length = len(speech.samples)
    chances = VoiceDetector().hear(speech.samples)
    if sung and not voice_spans(chances, length, WORDS):
        # In a song the detector may take a moment for a short word.
        return pause
    for first, end in find_spans(~_within(voice_spans(chances, length, SHORT_WORD), speech, clock)):
        if end - first >= least_s * clock.rate:
            pause[first + (first > 0) : end - (end < clock.frames)] = True
    return pause


def hushed(speech: Speech) -> Speech:
    """Silence what is no voice: breath, noise, music.

    Args:
        speech: The cut's speech.

    Returns:
        The same with samples of 0 between voices, faded over `FADE` samples.
    """
    voiced = np.zeros(len(speech.samples))
    for first, end in _voices(speech.samples, WORDS):
        voiced[first:end] = 1
    share = np.convolve(voiced, np.ones(FADE) / FADE, "same")
    return replace(speech, samples=(speech.samples * share).astype(np.float32))


def _loud(speech: Speech, clock: Clock) -> np.ndarray:
    samples = speech.cut_samples(clock)
    if not len(samples):
        return np.zeros(clock.frames, bool)
    return np.asarray(frame_energy(samples, clock.rate, clock.frames) > 0)


def _voiced(speech: Speech, clock: Clock, limits: SpanLimits) -> np.ndarray:
    """Whether each frame holds a voice, [T] bool."""
    return _within(_voices(speech.samples, limits), speech, clock)


def _within(spans: list[tuple[int, int]], speech: Speech, clock: Clock) -> np.ndarray:
    """Whether the middle of each frame is in spans of the sound, which are in samples, [T] bool."""
    inside = np.zeros(len(speech.samples), bool)
    for first, end in spans:
        inside[first:end] = True
    middles = (np.arange(clock.frames) + 0.5) * float(SAMPLE_RATE / clock.rate)
    at = np.clip(speech.start + middles.astype(int), 0, len(inside) - 1)
    return np.asarray(inside[at])


def _voices(samples: np.ndarray, limits: SpanLimits) -> list[tuple[int, int]]:
    """The spans of a sound [N] float32, 16 kHz mono, that hold a voice, in samples."""
    return voice_spans(VoiceDetector().hear(samples), len(samples), limits)
