"""An avatar for LiveKit Agents: what its `AvatarRunner` shows in a room."""

from collections.abc import AsyncIterator

from livekit import rtc
from livekit.agents.voice.avatar import AudioSegmentEnd, AvatarOptions, VideoGenerator

from ..live.session import Session
from .pcm import BYTES, mono_of, pcm_of
from .turns import Turns


class LivekitAvatar(VideoGenerator):
    """Draws an avatar for what an agent says; an interruption stops it.

    Attributes:
        options: What the runner is told of picture and sound.
    """

    def __init__(self, session: Session) -> None:
        """Take a session over.

        Args:
            session: A session of an avatar that does not run yet.
        """
        form = session.format
        self.options = AvatarOptions(
            form.width_px, form.height_px, float(form.fps), form.sound_rate_hz, audio_channels=1
        )
        self._session = session
        self._turns: Turns[AudioSegmentEnd] = Turns(form.fps)

    async def push_audio(self, frame: rtc.AudioFrame | AudioSegmentEnd) -> None:
        """Say something.

        Args:
            frame: Sound of any rate, of whose channels the mean is said; or the end of a turn.

        Raises:
            InputError: It is no sound that a session takes.
        """
        if isinstance(frame, AudioSegmentEnd):
            self._turns.flush(frame)
            self._session.flush()
            return
        samples = mono_of(bytes(frame.data), frame.num_channels)
        self._session.push_audio(samples, frame.sample_rate)
        self._turns.push(len(samples), frame.sample_rate)

    def clear_buffer(self) -> None:
        """Stop speaking."""
        self._session.interrupt()
        self._turns.clear()

    async def __aiter__(self) -> AsyncIterator[rtc.VideoFrame | rtc.AudioFrame | AudioSegmentEnd]:
        """Show the session.

        Yields:
            Each picture, with its sound after it where somebody speaks: sound counts as playback.
            After the last one of a turn, its end.

        Raises:
            Fault: Drawing failed; the session is over.
        """
        async for moment in self._session.run():
            self._turns.show(moment)
            height_px, width_px = moment.picture.shape[:2]
            picture = moment.picture.tobytes()
            yield rtc.VideoFrame(width_px, height_px, rtc.VideoBufferType.RGB24, picture)
            if moment.speaking:
                sound = pcm_of(moment.sound)
                rate_hz = self._session.format.sound_rate_hz
                yield rtc.AudioFrame(sound, rate_hz, 1, len(sound) // BYTES)
            while self._turns.over:
                yield self._turns.over.popleft()

    async def aclose(self) -> None:
        """End the session."""
        self._session.shutdown()
