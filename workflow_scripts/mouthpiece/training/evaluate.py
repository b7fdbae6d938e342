"""Measuring the embedded networks on clips and voices that they were not trained on."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ..audio.loudness import frame_energy
from ..audio.speech import SAMPLE_RATE, Speech
from ..core.files import write_json
from ..core.spans import find_spans
from ..core.timeline import Clock
from ..engines.preview.lip_network import LipPredictor
from ..faces.mouth import MEASURES
from ..scorers import lse
from ..scorers.base import SCORE_RATE
from ..scorers.embedded.scorer import SAMPLES_PER_FRAME, Embedded
from ..scorers.lse import MAX_OFFSET_FRAMES
from .dataset import Corpus, padded, splits
from .phones import CLASSES, STEP_RATE, VOWELS, Phone
from .prepare import RATE
from .synth import Voice, speak
from .targets import PAUSE_S, shown
from .texts import LANGUAGES, NEW_VARIANTS, SENTENCES

CLOSED_APERTURE = 0.015
"""A predicted gap of less than this, in widths of the mouth, is a closed mouth."""

TOUCHING_APERTURE = 0.025
"""The mesh's own noise: 95 % of the bilabials that one sees in the film are closer than this."""

LEAST_SPEECH_SHARE = 0.5
"""A window in which less is spoken, by the transcript, has nothing to judge."""

LENGTHS_S = (0.4, 0.5, 0.75, 1.0, 1.5, 2.0)

RESAMPLES = 1000

SEED = 7

LAGS = 5

SHIFTS = (-8, -6, -4, -2, 2, 4, 6, 8)
"""Frames by which sound is moved when the scorer must find an offset other than 0."""

CLOSE_OPENNESS, OPEN_OPENNESS = 0.1, 0.8

LONG_VOWEL_S = 0.04

Lips = Callable[[np.ndarray, int], np.ndarray]
"""From samples and a count of frames at 25 frames/s to apertures and widths [T, 2]."""


@dataclass(frozen=True)
class Film:
    """A clip to be measured on. shapes: [75, 2], its true aperture and width."""

    name: str
    samples: np.ndarray
    measures: np.ndarray
    shapes: np.ndarray
    classes: np.ndarray


def evaluate(folder: Path, metrics: Path) -> dict[str, Any]:
    """Measure both networks on the data set in `folder` and write `metrics` (JSON)."""
    corpus = Corpus.load(folder, "film")
    parts = splits(corpus.names)
    held, other = (_films(corpus.take(parts[part])) for part in ("test", "other"))
    found: dict[str, Any] = {}
    for name, films in (("heldout", held), ("other", other)):
        found |= lip_metrics(films, name)
        found |= sync_metrics(films, name)
    found |= voice_metrics(True) | voice_metrics(False)
    found["clips_heldout"], found["clips_other"] = len(held), len(other)
    write_json(metrics, found)
    return found


def _films(corpus: Corpus) -> list[Film]:
    if corpus.measures is None:
        raise ValueError("these clips have no film")
    return [
        Film(name, sound / np.float32(32768), seen, shown(seen)[:, :2], classes)
        for name, sound, seen, classes in zip(
            corpus.names, corpus.samples, corpus.measures, corpus.classes, strict=True
        )
    ]


def network_lips() -> Lips:
    """The embedded network."""
    motion = LipPredictor()

    def lips(samples: np.ndarray, frames: int) -> np.ndarray:
        return motion.predict(Speech(samples, 0), Clock(Fraction(RATE), 0, frames)).values[:, :2]

    return lips


def energy_lips(samples: np.ndarray, frames: int) -> np.ndarray:
    """The control: the louder, the wider open; as open on average as the network's mouths."""
    energy = frame_energy(samples, RATE, frames)
    return np.stack([0.1 * energy, 1 - 0.05 * energy], 1)


def lip_metrics(films: list[Film], part: str) -> dict[str, Any]:
    """Correlations, lag and closures of predicted against true lips, with three controls."""
    lips = network_lips()
    predicted = [lips(f.samples, len(f.shapes)) for f in films]
    controls = {
        "energy": [energy_lips(f.samples, len(f.shapes)) for f in films],
        # Neighbours in the alphabet say nearly the same.
        "wrong_audio": predicted[len(films) // 2 :] + predicted[: len(films) // 2],
        "mean_track": [np.mean([f.shapes for f in films], 0)] * len(films),
    }
    found: dict[str, Any] = {}
    for column, name in enumerate(("aperture", "width")):
        found[f"lip_{name}_corr_{part}"] = _median(_correlations(films, predicted, column))
        for control, tracks in controls.items():
            found[f"lip_{name}_corr_{part}_{control}"] = _median(
                _correlations(films, tracks, column)
            )
    lags = [abs(_lag(f.shapes[:, 0], p[:, 0])) <= 1 for f, p in zip(films, predicted, strict=True)]
    found[f"lip_lag_ok_{part}"] = _mean([[float(ok)] for ok in lags])
    found[f"closure_rate_{part}"] = _mean(_closure_hits(films, predicted))
    for control, tracks in controls.items():
        found[f"closure_rate_{part}_{control}"] = _mean(_closure_hits(films, tracks))
    closed = [p[_silent(f), 0] <= CLOSED_APERTURE for f, p in zip(films, predicted, strict=True)]
    found[f"silence_closed_{part}"] = _mean([list(c.astype(float)) for c in closed])
    true = [f.shapes[_silent(f), 0] <= TOUCHING_APERTURE for f in films]
    found[f"silence_closed_{part}_in_the_film"] = _mean([list(c.astype(float)) for c in true])
    return found


def _correlations(films: list[Film], tracks: list[np.ndarray], column: int) -> list[float]:
    return [
        _correlation(f.shapes[:, column], t[:, column]) for f, t in zip(films, tracks, strict=True)
    ]


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _lag(true: np.ndarray, predicted: np.ndarray) -> int:
    """Frames by which the prediction comes after the truth, where they correlate best."""
    inner = slice(LAGS, len(true) - LAGS)
    lags = range(-LAGS, LAGS + 1)
    return max(lags, key=lambda lag: _correlation(true[inner], np.roll(predicted, -lag)[inner]))


def _bilabials(film: Film) -> list[int]:
    """Frames at which the lips of a film are closest in each bilabial inside the sentence."""
    classes = film.classes
    frames = []
    for first, end in find_spans(classes == CLASSES.index("bilabial")):
        before, after = classes[max(first - 6, 0) : first], classes[end : end + 6]
        if (before <= 0).any() or (after <= 0).any():
            continue
        low = max(int(first / STEP_RATE * RATE), 0)
        high = min(int(np.ceil(end / STEP_RATE * RATE)) + 1, len(film.shapes))
        closest = low + int(film.shapes[low:high, 0].argmin())
        if film.shapes[closest, 0] <= TOUCHING_APERTURE:
            frames.append(closest)
    return frames


def _closure_hits(films: list[Film], tracks: list[np.ndarray]) -> list[list[float]]:
    """For each clip, for each of its bilabials: is the track closed within a frame of it?"""
    return [
        [float(t[max(b - 1, 0) : b + 2, 0].min() <= CLOSED_APERTURE) for b in _bilabials(f)]
        for f, t in zip(films, tracks, strict=True)
    ]


def _silent(film: Film) -> np.ndarray:
    """Frames [75] at least a fifth of a second away from any phone, of an aligned film."""
    middles = (np.arange(len(film.shapes)) + 0.5) * STEP_RATE / RATE
    steps = np.minimum(middles.astype(int), len(film.classes) - 1)
    spoken = np.convolve(film.classes != 0, np.ones(41), "same") > 0
    return ~spoken[steps]


def voice_metrics(heard_languages: bool) -> dict[str, Any]:
    """Closures, vowel order and pauses on sentences and timbres that training never heard."""
    part = "voices" if heard_languages else "new_languages"
    tracks: dict[str, Lips] = {"": network_lips(), "_energy": energy_lips}
    sentences = [
        said
        for language, texts in SENTENCES.items()
        if (language in LANGUAGES) == heard_languages
        for said in _spoken(language, texts)
    ]
    found: dict[str, Any] = {}
    for suffix, lips in tracks.items():
        results = [_voice_result(lips, samples, phones) for samples, phones in sentences]
        for i, name in enumerate(("closure_rate", "vowel_order", "pause_closed")):
            found[f"{name}_{part}{suffix}"] = _mean([r[i] for r in results])
    return found


def _spoken(language: str, texts: Sequence[str]) -> list[tuple[np.ndarray, list[Phone]]]:
    """Each text by a timbre, speed and pitch of its own, with silence around it."""
    chance = random.Random(f"{SEED}{language}")
    said = []
    for text in texts:
        voice = Voice(
            language + chance.choice(NEW_VARIANTS), chance.randint(130, 190), chance.randint(30, 75)
        )
        utterance = speak(text, voice)
        said.append(padded(utterance.samples, utterance.phones, chance))
    return said


def _voice_result(
    lips: Lips, samples: np.ndarray, phones: list[Phone]
) -> tuple[list[float], list[float], list[float]]:
    """Hits of closures, of ordered pairs of vowels and of frames in pauses."""
    frames = len(samples) * RATE // SAMPLE_RATE
    aperture = lips(samples, frames)[:, 0]
    closures = []
    for phone in phones:
        if phone.ipa[:1] in ("p", "b", "m"):
            middle = int((phone.start_s + phone.end_s) / 2 * RATE)
            near = aperture[max(middle - 1, 0) : middle + 2]
            closures.append(float(near.min() <= CLOSED_APERTURE))
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
            # The frame at each end is the mouth's own time to shut and to open.
            first = int(np.ceil(start * RATE)) + 1 if start > 0 else 0
            last = int(end * RATE) - 1
            pauses += [float(a <= CLOSED_APERTURE) for a in aperture[first:last]]
    return closures, order, pauses


@dataclass(frozen=True)
class Judged:
    """What a scorer said of a window: LSE-C, the same at offset 0, the offset less the true one."""

    confidence: float
    here: float
    error_frames: int


Judge = Callable[[Film, int, int, np.ndarray, int], Judged]


def sync_metrics(films: list[Film], part: str) -> dict[str, Any]:
    """The scorer by length of window, and a control beside it at one second.

    The scorer is given no more than the window: T frames of lips and T frames of sound.
    """
    found: dict[str, Any] = {}
    curves: dict[str, dict[str, Any]] = {}
    network = network_judge()
    for length_s in LENGTHS_S:
        curves[f"{length_s}"] = _sync_at(films, network, length_s)
    found[f"sync_all_windows_{part}"] = _sync_at(films, network, 1.0, least_speech=0)
    at_second = curves["1.0"]
    found[f"sync_auc_{part}"] = at_second["auc_swapped"]
    found[f"sync_auc_shifted_{part}"] = at_second["auc_shifted"]
    found[f"sync_offset_ok_{part}"] = at_second["offset_ok"]
    found[f"sync_offset_ok_moved_{part}"] = at_second["offset_ok_moved"]
    found[f"sync_offset_ok_half_second_{part}"] = curves["0.5"]["offset_ok"]
    found[f"sync_by_length_{part}"] = curves
    found[f"sync_{part}_energy"] = _sync_at(films, energy_judge, 1.0)
    return found


def network_judge() -> Judge:
    """The embedded scorer."""
    scorer = Embedded()

    def judge(film: Film, first: int, frames: int, sound: np.ndarray, true: int) -> Judged:
        return _judged(scorer.distances(film.measures[first : first + frames], sound), true)

    return judge


def energy_judge(film: Film, first: int, frames: int, sound: np.ndarray, true: int) -> Judged:
    """The control: opening against loudness, both standardized, by the same arithmetic."""
    opening = film.measures[first : first + frames, MEASURES.index("gap")]
    curves = (opening, frame_energy(sound, RATE, frames))
    lips, loudness = (((c - c.mean()) / max(float(c.std()), 1e-6))[:, None] for c in curves)
    return _judged(lse.distance_table(lips, loudness), true)


def _judged(table: np.ndarray, true: int) -> Judged:
    mean, score = lse.curve(table), lse.lse(table)
    here = float(np.median(mean) - mean[MAX_OFFSET_FRAMES])
    return Judged(score.confidence, here, score.offset_frames - true)


def _sync_at(
    films: list[Film], judge: Judge, length_s: float, least_speech: float = LEAST_SPEECH_SHARE
) -> dict[str, Any]:
    """AUCs and rates of found offsets of windows of one length, a window every quarter length."""
    frames = round(length_s * SCORE_RATE)
    own, swapped, shifted = ([list[Judged]() for _ in films] for _ in range(3))
    found, moved, fooled = ([list[float]() for _ in films] for _ in range(3))
    chance = np.random.default_rng(SEED)
    for i, film in enumerate(films):
        for first in range(0, len(film.measures) - frames + 1, frames // 4):
            if _speech_share(film, first, frames) < least_speech:
                continue
            judged = judge(film, first, frames, _sound(film, first, frames), 0)
            own[i].append(judged)
            found[i].append(float(abs(judged.error_frames) <= 1))
            wrong = films[(i + 1 + int(chance.integers(len(films) - 1))) % len(films)]
            judged = judge(film, first, frames, _sound(wrong, first, frames), 0)
            swapped[i].append(judged)
            fooled[i].append(float(abs(judged.error_frames) <= 1))
            late = int(chance.choice(SHIFTS))
            if 0 <= first + late <= len(film.measures) - frames:
                # Sound from later in the film, played now, comes before its lips: offset > 0.
                judged = judge(film, first, frames, _sound(film, first + late, frames), late)
                shifted[i].append(judged)
                moved[i].append(float(abs(judged.error_frames) <= 1))
    return {
        "auc_swapped": _auc(own, swapped, "confidence"),
        "auc_shifted": _auc(own, shifted, "here"),
        "offset_ok": _mean(found),
        "offset_ok_moved": _mean(moved),
        "offset_near_0_swapped": _mean(fooled),
        "windows": sum(len(group) for group in own),
    }


def _speech_share(film: Film, first: int, frames: int) -> float:
    """Share of a window in which a phone is spoken; 0 for a film that could not be aligned."""
    steps = film.classes[first * STEP_RATE // RATE : (first + frames) * STEP_RATE // RATE]
    return float((steps > 0).mean())


def _sound(film: Film, first: int, frames: int) -> np.ndarray:
    return film.samples[first * SAMPLES_PER_FRAME : (first + frames) * SAMPLES_PER_FRAME]


def _interval(statistic: Callable[[np.ndarray], float], clips: int) -> dict[str, Any]:
    """A statistic of all clips, and its 95 % interval over clips drawn anew (bootstrap)."""
    chance = np.random.default_rng(SEED)
    draws = [statistic(chance.integers(clips, size=clips)) for _ in range(RESAMPLES)]
    low, high = np.nanquantile(draws, [0.025, 0.975])
    value = statistic(np.arange(clips))
    return {
        "value": round(float(value), 4),
        "interval_95": [round(float(low), 4), round(float(high), 4)],
        "clips": clips,
    }


def _median(values: list[float]) -> dict[str, Any]:
    array = np.array(values)
    return _interval(lambda drawn: float(np.median(array[drawn])), len(array))


def _mean(groups: list[list[float]]) -> dict[str, Any]:
    """The mean of all values, which come in one group a clip."""
    sums = np.array([sum(g) for g in groups])
    counts = np.array([len(g) for g in groups])

    def statistic(drawn: np.ndarray) -> float:
        return float(sums[drawn].sum() / max(counts[drawn].sum(), 1))

    return _interval(statistic, len(groups))


def _auc(positive: list[list[Judged]], negative: list[list[Judged]], field: str) -> dict[str, Any]:
    """The chance that a window in sync scores above one that is not."""
    ups = [np.array([getattr(j, field) for j in group]) for group in positive]
    downs = [np.array([getattr(j, field) for j in group]) for group in negative]

    def statistic(drawn: np.ndarray) -> float:
        up = np.concatenate([ups[i] for i in drawn])
        down = np.sort(np.concatenate([downs[i] for i in drawn]))
        below = np.searchsorted(down, up, "left") + np.searchsorted(down, up, "right")
        return float(below.mean() / 2 / max(len(down), 1))

    return _interval(statistic, len(positive))
