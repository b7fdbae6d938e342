"""The synthesizer kokoro: Kokoro-82M (hexgrad, StyleTTS 2 with ISTFTNet), 8-bit, by onnxruntime."""

import functools
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ...core.errors import Fault
from ...weights.find import weight_path
from ..base import Sound, UnspeakableError
from ..onnx import load_network
from ..trim import trimmed
from .accents import accent_of
from .settings import KokoroSettings
from .symbols import MOST_SYMBOLS, split_symbols, symbols_of

if TYPE_CHECKING:
    import onnxruntime

SAMPLE_RATE_HZ = 24000

STYLE = 256
"""The length of a style vector; there is one for each number of symbols."""

PAUSE_S = 0.25
"""The pause between two parts of a text that is too long to be spoken at once, in seconds."""


class Kokoro:
    """Speaks with Kokoro's 54 voices. See `voices.base.Synthesizer`."""

    def __init__(self, settings: KokoroSettings) -> None:
        """Prepare it. Nothing is loaded yet.

        Args:
            settings: Its settings.
        """
        self.settings = settings
        self.style = functools.cache(self._style)

    def speak(self, text: str, language: str, voice: str, rate: float) -> Sound:
        """See `Synthesizer.speak`."""
        accent = accent_of(language)
        if accent is None:
            raise UnspeakableError(f"kokoro does not speak {language}")
        parts = split_symbols(symbols_of(text, accent, self.vocabulary))
        if not parts:
            raise UnspeakableError("it has nothing that can be spoken")
        spoken = [self._say(part, voice, rate) for part in parts]
        pause = np.zeros(round(PAUSE_S / rate * SAMPLE_RATE_HZ), np.float32)
        joined = [piece for part in spoken for piece in (pause, part)][1:]
        return Sound(np.concatenate(joined), SAMPLE_RATE_HZ)

    def _say(self, symbols: str, voice: str, rate: float) -> np.ndarray:
        tokens = [self.vocabulary[symbol] for symbol in symbols]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": self.style(voice)[len(tokens) - 1],
            "speed": np.array([rate], np.float32),
        }
        samples = self.network.run(None, inputs)[0].reshape(-1).astype(np.float32)
        return trimmed(samples, SAMPLE_RATE_HZ)

    @functools.cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """The number of each symbol.

        Raises:
            Fault: The file is damaged.
        """
        path = weight_path("kokoro/vocab.json")
        try:
            vocabulary = json.loads(path.read_text(encoding="utf-8"))["vocab"]
            return {str(symbol): int(number) for symbol, number in vocabulary.items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise Fault(f"{path}: is damaged; delete it, and fetch it again") from None

    @functools.cached_property
    def network(self) -> "onnxruntime.InferenceSession":
        """The network.

        Raises:
            Fault: It cannot be loaded.
        """
        return load_network(weight_path("kokoro/kokoro.onnx"))

    def _style(self, voice: str) -> np.ndarray:
        """The style vectors of a voice, [510, 1, 256] float32."""
        path = weight_path(f"kokoro/voices/{voice}.bin")
        values = np.fromfile(path, "<f4")
        if values.size != MOST_SYMBOLS * STYLE:
            raise Fault(f"{path}: is no voice of Kokoro; delete it, and fetch it again")
        return values.reshape(MOST_SYMBOLS, 1, STYLE)
