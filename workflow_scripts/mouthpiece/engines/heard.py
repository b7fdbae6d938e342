"""What an engine hears of a cut: its speech, as a reviewer's settings change it."""

from ..audio.speech import SAMPLE_RATE, Speech
from ..audio.voice_activity import hushed
from ..core.timeline import Clock
from .settings import EngineSettings


def heard(settings: EngineSettings, speech: Speech, clock: Clock) -> Speech:
    """Move and hush the speech of a cut as settings say. All engines draw from what this gives.

    Args:
        settings: Those of any engine.
        speech: The cut's speech.
        clock: The cut's frames.

    Returns:
        What the engine hears.
    """
    if settings.hush_pauses:
        speech = hushed(speech)
    lag = round(settings.lip_offset_frames * SAMPLE_RATE / clock.rate)
    return speech.later(lag, clock) if lag else speech
