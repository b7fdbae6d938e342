"""The synthesizer openai: speech by an OpenAI-compatible endpoint."""

import io

import numpy as np
import soundfile

from ...services import endpoint
from ...services.endpoint import Endpoint, RefusedError
from ..base import Sound, UnspeakableError, UselessAnswerError
from .settings import OpenAiSpeechSettings

MOST_ANSWER_BYTES = 64 << 20
"""The largest answer. A minute of sound has 12 MB."""

LONGEST_S = 300.0
"""The longest take of one line, in seconds."""


class OpenAiSpeech:
    """Speaks by a service. See `voices.base.Synthesizer`."""

    def __init__(self, settings: OpenAiSpeechSettings) -> None:
        """Prepare it. Nothing is sent yet.

        Args:
            settings: Its settings.
        """
        self.settings = settings
        self.endpoint = Endpoint(settings)

    def speak(self, text: str, language: str, voice: str, rate: float) -> Sound:
        """See `Synthesizer.speak`: the rate is always 1."""
        body = {
            "model": self.settings.model,
            "voice": voice,
            "input": text,
            "response_format": "wav",
        }
        if self.settings.instructions:
            body["instructions"] = self.settings.instructions
        cost_usd = len(text) * self.settings.usd_per_million_characters / 1e6
        try:
            answer = self.endpoint.post("/audio/speech", body, MOST_ANSWER_BYTES)
        except RefusedError as error:
            raise UnspeakableError(f"the service refuses it ({error})") from None
        except endpoint.UselessAnswerError as error:
            raise UselessAnswerError(str(error), cost_usd) from None
        return self._decoded(answer, cost_usd)

    def _decoded(self, answer: bytes, cost_usd: float) -> Sound:
        try:
            with soundfile.SoundFile(io.BytesIO(answer)) as file:
                rate_hz = int(file.samplerate)
                # A service that streams does not know the length that it writes at the start.
                samples = file.read(round(LONGEST_S * rate_hz), dtype="float32", always_2d=True)
        except (soundfile.SoundFileError, ValueError, OSError):
            samples, rate_hz = np.empty((0, 1), np.float32), 0
        if not len(samples):
            what = "sends nothing" if not answer else "answers with what is no sound"
            raise UselessAnswerError(
                f"{self.settings.host} {what} (are base_url and model right?)", cost_usd
            )
        return Sound(np.ascontiguousarray(samples.mean(axis=1)), rate_hz, cost_usd)
