"""The synthesizer piper: voices of the project Piper (VITS), by onnxruntime."""

import functools
import unicodedata

import numpy as np

from ...core.errors import Fault, InputError
from ...weights.find import weight_path
from ..base import Sound, UnspeakableError
from ..espeak.reading import read_aloud
from ..onnx import load_network
from .settings import PiperSettings
from .voice_file import PiperVoice, read_voice

START, END, PAD = "^", "$", "_"
"""The symbols at both ends, and between all others."""

SEED = 1
"""A voice has chance in its sound. With a seed for each line, equal lines sound equal."""


class Piper:
    """Speaks with voices in Piper's format. See `voices.base.Synthesizer`."""

    def __init__(self, settings: PiperSettings) -> None:
        """Prepare it. Nothing is loaded yet.

        Args:
            settings: Its settings.
        """
        self.settings = settings
        self.voice = functools.cache(self._voice)

    def speak(self, text: str, language: str, voice: str, rate: float) -> Sound:
        """See `Synthesizer.speak`."""
        chosen = self.voice(voice)
        ids = self._ids(text, chosen)
        if not ids:
            raise UnspeakableError("it has nothing that can be spoken")
        noise, length, width = chosen.scales
        inputs: dict[str, np.ndarray] = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([noise, length / rate, width], np.float32),
        }
        if chosen.speakers > 1:
            inputs["sid"] = np.array([0], np.int64)
        return Sound(_run(chosen, inputs), chosen.sample_rate_hz)

    def _ids(self, text: str, voice: PiperVoice) -> list[int]:
        parts = read_aloud(text, voice.espeak)
        plain = " ".join(said + mark for said, mark in parts).replace("^", "")
        known = [p for p in unicodedata.normalize("NFD", plain) if p in voice.ids]
        if not any(p.isalpha() for p in known):
            return []
        between = voice.ids[PAD]
        ids = [*voice.ids[START], *between]
        for phoneme in known:
            ids += [*voice.ids[phoneme], *between]
        return [*ids, *voice.ids[END]]

    def _voice(self, name: str) -> PiperVoice:
        if self.settings.folder:
            found = next((one for one in self.settings.found() if one.name == name), None)
        else:
            network = weight_path(f"piper/{name}.onnx")
            found = read_voice(network, weight_path(f"piper/{name}.onnx.json"))
        if found is None:
            raise InputError(f"piper: the voice {name} is missing, or its description is damaged")
        return found


def _run(voice: PiperVoice, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Speak. The network is loaded for each line: its chance begins with the seed when it is."""
    import onnxruntime

    onnxruntime.set_seed(SEED)
    network = load_network(voice.network)
    try:
        return network.run(None, inputs)[0].reshape(-1).astype(np.float32)
    except Exception as error:  # it raises errors of many kinds
        raise Fault(f"{voice.network}: does not work as a voice of Piper: {error}"[:600]) from None
