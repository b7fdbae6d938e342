"""Finding when each phone of a GRID sentence is spoken, by forced alignment with pocketsphinx."""

import numpy as np
from pocketsphinx import Decoder

from ..audio.speech import SAMPLE_RATE
from .phones import ARPABET, STEP_RATE, Phone
from .prepare import Clip, words

LETTER_A = "a(2)"
"""The dictionary's entry of the letter's name; "a" alone is the article."""


class Aligner:
    """Aligns clips with the words in their names, by pocketsphinx's English model."""

    def __init__(self) -> None:
        self._decoder = Decoder(lm=None, loglevel="FATAL")

    def align(self, clip: Clip) -> list[Phone] | None:
        """Align a clip.

        Args:
            clip: A sentence of GRID.

        Returns:
            Its phones without silences; None if the sound does not fit the words.
        """
        text = [_entry(word) for word in words(clip.name)]
        sound = np.clip(np.rint(clip.samples * 32767), -32768, 32767).astype(np.int16).tobytes()
        try:
            self._decoder.set_align_text(" ".join(text))
            self._decode(sound)
            self._decoder.set_alignment()
            self._decode(sound)
            alignment = self._decoder.get_alignment()
        except RuntimeError:
            return None
        if alignment is None:
            return None
        return [
            Phone(ARPABET[p.name], p.start / STEP_RATE, (p.start + p.duration) / STEP_RATE)
            for word in alignment
            for p in word
            if ARPABET.get(p.name)
        ]

    def _decode(self, sound: bytes) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(sound, full_utt=True)
        self._decoder.end_utt()


def _entry(word: str) -> str:
    if len(word) > 1:
        return word
    return LETTER_A if word == "a" else f"{word}."


assert SAMPLE_RATE == 16000, "the English model hears 16 kHz"
