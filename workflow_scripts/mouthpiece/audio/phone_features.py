"""What the encoder of the speech recognizer Whisper hears: features that tell phones, not voices.

Radford et al., "Robust speech recognition via large-scale weak supervision", 2022. The encoder has
heard nearly a hundred languages, thousands of voices, rooms and noises. Whisper `base` for
CTranslate2 is used, the one that `transcribe` recognizes with. It hears 10 s at a time on one
thread: 0.014 s of a core for a second of sound.
"""

from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..core.errors import Fault, InputError
from ..weights.find import find_weight, verified_weight_path
from .whisper_mel import spectrogram

if TYPE_CHECKING:
    import ctranslate2

FILES = tuple(
    f"whisper-base-ct2/{name}"
    for name in ("config.json", "model.bin", "tokenizer.json", "vocabulary.json")
)
"""Its weights, by their names in models/weights.tsv."""

FEATURES = 512


STEP_ROWS, OVERLAP_ROWS = 400, 50
"""Rows that are kept of a part of the sound, and that it has more at either side."""


def has_encoder() -> bool:
    """Tell whether the encoder's weights, in one folder, and the library that runs it, are here.

    Returns:
        Whether `PhoneEncoder` can be used; a damaged file counts as there.
    """
    if find_spec("ctranslate2") is None:
        return False
    try:
        return len({find_weight((name,))[1].parent for name in FILES}) == 1
    except InputError:
        return False


class PhoneEncoder:
    """The encoder, loaded when it is first asked."""

    @cached_property
    def _model(self) -> "ctranslate2.models.Whisper":
        if find_spec("ctranslate2") is None:
            raise Fault("the package ctranslate2, which runs Whisper's encoder, is not here")
        try:
            folders = {verified_weight_path(name).parent for name in FILES}
        except InputError as error:  # where the run was planned, they were there
            raise Fault(str(error)) from None
        if len(folders) > 1:
            raise Fault(f"the files of Whisper must lie in one folder: {_listed(folders)}")
        import ctranslate2

        # One thread: sums are then made in one order, and two runs agree.
        folder = str(folders.pop())
        return ctranslate2.models.Whisper(folder, compute_type="int8", intra_threads=1)

    def rows(self, samples: np.ndarray) -> np.ndarray:
        """Find the features of a sound.

        Args:
            samples: 16 kHz mono, [N] float32.

        Returns:
            A row every `ROW` samples, [N // ROW + 1, FEATURES] float32.

        Raises:
            Fault: The weights, or the library that runs them, are missing or damaged.
        """
        mel = spectrogram(samples)
        count = len(mel) // 2
        parts = [
            self._encoded(mel, first, min(first + STEP_ROWS, count))
            for first in range(0, count, STEP_ROWS)
        ]
        return np.concatenate(parts)

    def _encoded(self, mel: np.ndarray, first: int, end: int) -> np.ndarray:
        """The rows from `first` to `end`, heard with what is around them."""
        import ctranslate2

        begin = max(first - OVERLAP_ROWS, 0)
        part = np.ascontiguousarray(mel[2 * begin : 2 * (end + OVERLAP_ROWS)].T[None])
        found = self._model.encode(ctranslate2.StorageView.from_array(part), to_cpu=True)
        return np.array(found)[0, first - begin : end - begin]


@cache
def phone_encoder() -> PhoneEncoder:
    """Share the encoder: it is loaded once a process, whoever asks it.

    Returns:
        The encoder.
    """
    return PhoneEncoder()


def _listed(folders: set[Path]) -> str:
    return ", ".join(sorted(map(str, folders)))
