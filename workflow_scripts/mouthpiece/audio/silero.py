"""Silero VAD: how likely each moment of a sound holds a voice.

The network is a file in the wheel of `silero-vad`. The package itself is not imported, for it
imports PyTorch.
"""

import functools
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..core.errors import Fault

if TYPE_CHECKING:
    import onnxruntime

WINDOW = 512
"""Samples of a moment, at 16 kHz: 32 ms."""

CONTEXT = 64
"""Samples before a moment that the network hears with it."""

AT_ONCE = 512
"""Moments that the network hears in one call: 16 s."""

STATE = (1, 1, 128)
"""The shape of each of the two tensors by which the network remembers."""

NETWORK = "silero_vad_16k_sequence.onnx"
"""The variant of the network that hears many moments at once; its answers are the same."""


class VoiceDetector:
    """Hears a sound from its begin, part by part; it remembers what came before.

    Raises:
        Fault: The network's file is missing.
    """

    def __init__(self) -> None:
        self._network = _network()
        self._before = np.zeros(CONTEXT, np.float32)
        self._memory = (np.zeros(STATE, np.float32), np.zeros(STATE, np.float32))

    def hear(self, samples: np.ndarray) -> np.ndarray:
        """Hear the next part of the sound.

        Args:
            samples: 16 kHz mono, [N] float32. Silence is put after them up to a whole moment, so
                all parts but the last have whole moments.

        Returns:
            How likely each moment holds a voice, 0 to 1, [ceil(N / WINDOW)] float32.
        """
        moments = -(-len(samples) // WINDOW)
        if not moments:
            return np.zeros(0, np.float32)
        rest = np.zeros(moments * WINDOW - len(samples), np.float32)
        heard = np.concatenate([self._before, samples, rest], dtype=np.float32)
        self._before = heard[-CONTEXT:]
        windows = np.lib.stride_tricks.sliding_window_view(heard, CONTEXT + WINDOW)[::WINDOW]
        parts = [windows[at : at + AT_ONCE] for at in range(0, moments, AT_ONCE)]
        return np.concatenate([self._chances(np.ascontiguousarray(part)) for part in parts])

    def _chances(self, windows: np.ndarray) -> np.ndarray:
        h, c = self._memory
        chances, h, c = self._network.run(None, {"input": windows, "h": h, "c": c})
        self._memory = h, c
        return np.asarray(chances).ravel()


@functools.cache
def _network() -> "onnxruntime.InferenceSession":
    """The network, loaded once a process. It has no thread of its own, which a fork would lose."""
    import onnxruntime  # many cuts need none

    package = find_spec("silero_vad")  # finds it; nothing of it is loaded
    folder = Path(package.origin).parent if package and package.origin else Path()
    path = folder / "data" / NETWORK
    if not path.is_file():
        raise Fault(f"{path} is missing: the installation is incomplete; reinstall silero-vad")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors; it warns of weights in the file that it does not use
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
