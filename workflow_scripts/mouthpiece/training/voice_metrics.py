"""How well predicted lips follow synthetic voices, whose phones are known, in many languages."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..audio.phone_features import has_encoder
from ..audio.speech import SAMPLE_RATE
from .dataset import padded
from .intervals import SEED, mean
from .lip_metrics import CLOSED_APERTURE, Lips, energy_lips, network_lips
from .phones import VOWELS, Phone
from .prepare import RATE
from .shape_metrics import LONG_VOWEL_S, shape_results
from .synth import Voice, speak
from .targets import PAUSE_S
from .texts import LANGUAGES, NEW_VARIANTS, SENTENCES, SHAPE_SENTENCES

CLOSE_OPENNESS, OPEN_OPENNESS = 0.1, 0.8
"""Up to the first a vowel is close, from the second on it is open; others are not compared."""


def voice_metrics(heard_languages: bool) -> dict[str, Any]:
    """Measure closures, pauses and shapes on sentences and timbres that training never heard.

    Args:
        heard_languages: Whether the sentences are in languages that training heard, or in others.

    Returns:
        JSON values by name, of the network, with and without the recognizer's encoder, and of the
        control `energy_lips`.

    Raises:
        InputError: If espeak-ng or a voice of it is missing.
    """
    part = "voices" if heard_languages else "new_languages"
    shaped = () if heard_languages else SHAPE_SENTENCES.items()
    tracks: dict[str, Lips] = {"": network_lips(), "_energy": energy_lips}
    if has_encoder():
        tracks["_phones"] = network_lips(phones=True)
    sentences = [
        sentence
        for language, texts in SENTENCES.items()
        if (language in LANGUAGES) == heard_languages
        for sentence in _spoken(language, texts)
    ]
    more = [sentence for language, texts in shaped for sentence in _spoken(language, texts)]
    found: dict[str, Any] = {}
    for suffix, lips in tracks.items():
        results = [_voice_result(lips, samples, phones) for samples, phones in sentences]
        for i, name in enumerate(("closure_rate", "vowel_order", "pause_closed")):
            found[f"{name}_{part}{suffix}"] = mean([r[i] for r in results])
        shapes = [_shape_result(lips, samples, phones) for samples, phones in sentences + more]
        for name in shapes[0]:
            found[f"{name}_{part}{suffix}"] = mean([r[name] for r in shapes])
    return found


def shut_at(shut: np.ndarray, phones: Sequence[Phone], rate: float) -> list[float]:
    """Tell at which p, b and m of a sentence a mouth is shut, within a frame of their middle.

    Args:
        shut: Whether it is shut in each frame, [T] bool.
        phones: The sentence's phones; those whose middle is after the frames are not counted.
        rate: Frames/s.

    Returns:
        1 for each that finds it shut, 0 for each other.
    """
    middles = (
        int((phone.start_s + phone.end_s) / 2 * rate)
        for phone in phones
        if phone.ipa[:1] in ("p", "b", "m")
    )
    return [float(shut[max(at - 1, 0) : at + 2].any()) for at in middles if at < len(shut)]


def _spoken(language: str, texts: Sequence[str]) -> list[tuple[np.ndarray, list[Phone]]]:
    """Each text in another timbre, speed and pitch, with silence around it."""
    rng = random.Random(f"{SEED}{language}")
    spoken = []
    for text in texts:
        voice = Voice(
            language + rng.choice(NEW_VARIANTS), rng.randint(130, 190), rng.randint(30, 75)
        )
        utterance = speak(text, voice)
        spoken.append(padded(utterance.samples, utterance.phones, rng))
    return spoken


def _shape_result(lips: Lips, samples: np.ndarray, phones: list[Phone]) -> dict[str, list[float]]:
    return shape_results(lips(samples, len(samples) * RATE // SAMPLE_RATE), phones)


def _voice_result(
    lips: Lips, samples: np.ndarray, phones: list[Phone]
) -> tuple[list[float], list[float], list[float]]:
    """Whether bilabials are closed, pairs of vowels in order, frames in pauses closed."""
    frames = len(samples) * RATE // SAMPLE_RATE
    aperture = lips(samples, frames)[:, 0]
    closures = shut_at(aperture <= CLOSED_APERTURE, phones, RATE)
    openings: dict[bool, list[float]] = {True: [], False: []}
    for part in (part for phone in phones for part in phone.parts):
        height = VOWELS.get(part.ipa, (0.5, 0, 0))[0]
        if (
            part.end_s - part.start_s >= LONG_VOWEL_S
            and not CLOSE_OPENNESS < height < OPEN_OPENNESS
        ):
            at = np.linspace(part.start_s, part.end_s, 9) * RATE - 0.5
            opening = float(np.interp(at, np.arange(frames), aperture).mean())
            openings[height >= OPEN_OPENNESS].append(opening)
    order = [float(a > b) for a in openings[True] for b in openings[False]]
    edges = [0.0, *(t for p in phones for t in (p.start_s, p.end_s)), len(samples) / SAMPLE_RATE]
    pauses = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= PAUSE_S:
            # The frame at each end is left to the mouth to shut and to open.
            first = int(np.ceil(start * RATE)) + 1 if start > 0 else 0
            last = int(end * RATE) - 1
            pauses += [float(a <= CLOSED_APERTURE) for a in aperture[first:last]]
    return closures, order, pauses
