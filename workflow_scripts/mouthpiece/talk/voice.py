"""The voice of an avatar: a sentence in, sound out."""

import logging
from collections.abc import Callable

import numpy as np
from pydantic import ValidationError

from ..core.errors import Fault
from ..voices.base import Synthesizer, UnspeakableError
from .borders import Sentence, Speech, why_refused
from .limited import Limited

log = logging.getLogger(__name__)


class Voice:
    """Speaks sentences with one voice of one synthesizer."""

    def __init__(
        self, synthesizer: Synthesizer, voice: str, language: str, limited: Limited[Speech]
    ) -> None:
        """Prepare it. Nothing is loaded yet.

        Args:
            synthesizer: Who speaks.
            voice: The name of its voice.
            language: The language that is spoken, a BCP-47 tag.
            limited: Limits its calls; voices of one synthesizer share it.
        """
        self._synthesizer, self._voice, self._language = synthesizer, voice, language
        self._limited = limited

    def speak(self, sentence: Sentence, is_unwanted: Callable[[], bool]) -> Speech:
        """Speak a sentence.

        Args:
            sentence: The sentence.
            is_unwanted: Whether nobody waits for it any more.

        Returns:
            The speech.

        Raises:
            UnspeakableError: This sentence cannot be spoken.
            InputError: What the user configured or installed does not work.
            Fault: The synthesizer failed, takes too long, or gives what is no speech.
            Unwanted: Nobody waits for it any more.
        """
        return self._limited.call(lambda: self._speech(sentence.text), is_unwanted)

    def _speech(self, text: str) -> Speech:
        sound = self._synthesizer.speak(text, self._language, self._voice, 1.0)
        samples = np.asarray(sound.samples)
        if not samples.size:
            raise UnspeakableError("the voice gave no sound")
        try:
            return Speech(samples=samples, rate_hz=sound.sample_rate_hz)
        except ValidationError as error:
            raise Fault(f"the voice gave no speech: {why_refused(error)}") from None
