"""The settings of the recognizer faster_whisper."""

from typing import ClassVar

from ..settings import RecognizerSettings


class FasterWhisperSettings(RecognizerSettings):
    """Whisper, by faster-whisper."""

    implementation: ClassVar[str] = "mouthpiece.recognition.faster_whisper.recognizer:FasterWhisper"
