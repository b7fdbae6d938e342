"""Whisper (Radford et al. 2022, arXiv 2212.04356) by faster-whisper.

The library is only given files that are here: it downloads nothing.
"""

import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.errors import Fault, InputError
from ...weights.find import verified_weight_path
from ...weights.table import read_table
from ..base import HeardSegment
from ..whisper import code_of_tag, tag_of_code, whole_words
from .settings import FasterWhisperSettings

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

NAME = "faster_whisper"

NEEDED = ("model.bin", "config.json", "tokenizer.json")
"""Files without which the library would look for some of its own."""

TEMPERATURES = (0.0, 0.4)
"""Where the likeliest reading repeats itself or is unlikely, one sample of a softer distribution is
drawn, from the same seed each time."""

SEED = 0

PRECISION = {"cpu": "int8", "cuda": "float16"}

MOST_THREADS = 4
"""More threads make a decoder of this kind no faster."""


class FasterWhisper:
    """Whisper in CTranslate2.

    Args:
        settings: Its settings.
    """

    def __init__(self, settings: FasterWhisperSettings) -> None:
        self._settings = settings

    @functools.cached_property
    def _model(self) -> "WhisperModel":
        folder = _folder(self._settings.weight_users[0], self._settings.size)
        from faster_whisper import WhisperModel

        try:
            return WhisperModel(
                str(folder),
                device=self._settings.device,
                compute_type=PRECISION[self._settings.device],
                cpu_threads=min(MOST_THREADS, len(os.sched_getaffinity(0))),
                local_files_only=True,
            )
        except (RuntimeError, ValueError) as error:
            reason = " ".join(str(error).split())[:300]
            raise Fault(f"{folder}: Whisper cannot be loaded: {reason}") from None

    @property
    def languages(self) -> Sequence[str]:
        """See `Recognizer.languages`."""
        return [tag_of_code(code) for code in self._model.supported_languages]

    def language_of(self, samples: np.ndarray) -> dict[str, float]:
        """See `Recognizer.language_of`."""
        if not len(samples):
            return {}
        extract = self._model.feature_extractor
        features = extract(_as_floats(samples))[:, :-1][:, : extract.nb_max_frames]
        # Not filled up to 30 s: it takes a tenth of the time.
        found = self._model.model.detect_language(self._model.encode(features))[0]
        return {tag_of_code(token[2:-2]): float(probability) for token, probability in found}

    def transcribe(self, samples: np.ndarray, language: str = "") -> list[HeardSegment]:
        """See `Recognizer.transcribe`."""
        if not len(samples):
            return []
        known = self._model.supported_languages
        code = code_of_tag(language, known, NAME) if language else None
        import ctranslate2

        ctranslate2.set_random_seed(SEED)
        segments, info = self._model.transcribe(
            _as_floats(samples),
            language=code,
            beam_size=self._settings.beam,
            temperature=list(TEMPERATURES),
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=False,
        )
        tag, probability = tag_of_code(info.language), float(info.language_probability)
        return [_heard(segment, tag, probability) for segment in segments if segment.text.strip()]


def _folder(user: str, size: str) -> Path:
    """The folder of the files of a size, each of them checked."""
    names = [weight.name for weight in read_table().values() if user in weight.needed_by]
    if not names:
        raise InputError(
            f"transcribe.recognizers.faster_whisper.size: {size!r} has no files in weights.tsv;"
            " use 'base', or add its rows"
        )
    paths = {Path(name).name: verified_weight_path(name) for name in names}
    folders = {path.parent for path in paths.values()}
    missing = [name for name in NEEDED if name not in paths]
    if len(folders) > 1 or missing:
        raise Fault(
            f"the files of Whisper {size} must lie in one folder, with {', '.join(NEEDED)};"
            f" found: {', '.join(sorted(map(str, paths.values())))}"
        )
    return folders.pop()


def _as_floats(samples: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(samples, np.float32)


def _heard(segment: Any, language: str, probability: float) -> HeardSegment:
    """A segment of the library's, in ours."""
    parts = [(word.word, word.start, word.end, word.probability) for word in segment.words or ()]
    words = whole_words(parts, language)
    return HeardSegment(
        text=segment.text.strip(),
        start_s=words[0].start_s if words else float(segment.start),
        end_s=words[-1].end_s if words else float(segment.end),
        words=words,
        log_probability=float(segment.avg_logprob),
        no_speech_probability=float(segment.no_speech_prob),
        language=language,
        language_probability=probability,
    )
