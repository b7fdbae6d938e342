"""Whisper (Radford et al. 2022, arXiv 2212.04356) by OpenAI's own package.

The package is not among Mouthpiece's dependencies. It is given a checked file, and downloads
nothing.
"""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core.errors import Fault, InputError
from ...weights.find import verified_weight_path
from ..base import HeardSegment
from ..whisper import code_of_tag, tag_of_code, whole_words
from .settings import OpenaiWhisperSettings

NAME = "openai_whisper"

WEIGHTS = "openai-whisper/{size}.pt"

TEMPERATURES = (0.0, 0.4)
"""See `faster_whisper.recognizer.TEMPERATURES`."""

BEAM, SEED = 5, 0

FEW = 0.01
"""Languages that are less likely than this are left out."""


class OpenaiWhisper:
    """Whisper in PyTorch, by the package openai-whisper.

    Args:
        settings: Its settings.
    """

    def __init__(self, settings: OpenaiWhisperSettings) -> None:
        self._settings = settings

    @functools.cached_property
    def _library(self) -> Any:
        try:
            import whisper
        except ImportError:
            raise InputError(
                "the recognizer openai_whisper needs a package that is not installed: run"
                " `pip install openai-whisper`, or choose another recognizer"
                " (config: transcribe.recognizer)"
            ) from None
        return whisper

    @functools.cached_property
    def _model(self) -> Any:
        library = self._library
        path = verified_weight_path(WEIGHTS.format(size=self._settings.size))
        try:
            return library.load_model(str(path), device=self._settings.device)
        except (RuntimeError, KeyError, TypeError, EOFError) as error:
            reason = " ".join(str(error).split())[:300]
            raise Fault(f"{path}: Whisper cannot be loaded: {reason}") from None

    @property
    def languages(self) -> Sequence[str]:
        """See `Recognizer.languages`."""
        return [tag_of_code(code) for code in self._library.tokenizer.LANGUAGES]

    def language_of(self, samples: np.ndarray) -> dict[str, float]:
        """See `Recognizer.language_of`."""
        if not len(samples):
            return {}
        library, model = self._library, self._model
        heard = library.pad_or_trim(np.ascontiguousarray(samples, np.float32))
        mel = library.log_mel_spectrogram(heard, model.dims.n_mels).to(model.device)
        chances = model.detect_language(mel)[1]
        ranked = sorted(chances.items(), key=lambda pair: -pair[1])
        return {tag_of_code(code): float(chance) for code, chance in ranked if chance >= FEW}

    def transcribe(self, samples: np.ndarray, language: str = "") -> list[HeardSegment]:
        """See `Recognizer.transcribe`."""
        if not len(samples):
            return []
        codes = list(self._library.tokenizer.LANGUAGES)
        code = code_of_tag(language, codes, NAME) if language else None
        chances = {} if language else self.language_of(samples)
        import torch

        torch.manual_seed(SEED)
        found = self._model.transcribe(
            np.ascontiguousarray(samples, np.float32),
            language=code,
            beam_size=BEAM,
            temperature=TEMPERATURES,
            condition_on_previous_text=False,
            word_timestamps=True,
            fp16=self._settings.device == "cuda",
            verbose=None,
        )
        tag = tag_of_code(found["language"])
        probability = chances.get(tag, 0.0) if chances else 1.0
        return [_heard(row, tag, probability) for row in found["segments"] if row["text"].strip()]


def _heard(row: dict[str, Any], language: str, probability: float) -> HeardSegment:
    """A segment of the library's, in ours."""
    parts = [
        (word["word"], word["start"], word["end"], word["probability"])
        for word in row.get("words", ())
    ]
    words = whole_words(parts, language)
    return HeardSegment(
        text=row["text"].strip(),
        start_s=words[0].start_s if words else float(row["start"]),
        end_s=words[-1].end_s if words else float(row["end"]),
        words=words,
        log_probability=float(row["avg_logprob"]),
        no_speech_probability=float(row["no_speech_prob"]),
        language=language,
        language_probability=probability,
    )
