"""An avatar for Pipecat: a service between speech synthesis and the output transport."""

import asyncio
import logging
from typing import Any

from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
    OutputImageRawFrame,
    StartFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.ai_service import AIService
from pipecat.services.settings import ServiceSettings

from ..core.errors import Fault, InputError
from ..live.moments import Moment
from ..live.session import Session
from .pcm import mono_of, pcm_of
from .turns import Turns

log = logging.getLogger(__name__)

MOST_END_S = 30
"""How long the end of a call waits for what is still to be said."""


class PipecatAvatar(AIService):
    """Draws an avatar for what a pipeline says.

    Takes `TTSAudioRawFrame`s of any rate, and pushes pictures, each followed by its sound. A turn
    ends with `TTSStoppedFrame`, which is pushed when its last sound is. `InterruptionFrame` stops
    the avatar; `EndFrame` lets it finish, `CancelFrame` does not. All other frames pass.
    """

    def __init__(self, session: Session, **kwargs: Any) -> None:
        """Take a session over.

        Args:
            session: A session of an avatar that does not run yet.
            **kwargs: What each `AIService` takes, such as its name.
        """
        super().__init__(settings=ServiceSettings(model=None), **kwargs)
        self._session = session
        self._turns: Turns[TTSStoppedFrame | None] = Turns(session.format.fps)
        self._task: asyncio.Task[None] | None = None
        self._failed = False

    async def start(self, frame: StartFrame) -> None:
        """Begin to show the avatar.

        Args:
            frame: The begin of a call.
        """
        await super().start(frame)
        self._task = self.create_task(self._show())

    async def stop(self, frame: EndFrame) -> None:
        """End the call, when all is said.

        Args:
            frame: The end of a call.
        """
        await super().stop(frame)
        self._turns.flush(None)
        self._session.flush()
        waited_s, step_s = 0.0, float(1 / self._session.format.fps)
        while self._turns and self._is_shown and waited_s < MOST_END_S:
            await asyncio.sleep(step_s)
            waited_s += step_s
        await self._end()

    async def cancel(self, frame: CancelFrame) -> None:
        """End the call at once.

        Args:
            frame: The end of a call.
        """
        await super().cancel(frame)
        await self._end()

    async def cleanup(self) -> None:
        """Leave nothing running."""
        await self._end()
        await super().cleanup()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take a frame.

        Args:
            frame: The frame.
            direction: Where it goes.
        """
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            self._session.interrupt()
            self._turns.clear()
        elif direction is FrameDirection.DOWNSTREAM and self._is_shown:
            if isinstance(frame, TTSAudioRawFrame):
                await self._say(frame)
                return
            if isinstance(frame, TTSStoppedFrame):
                self._turns.flush(frame)
                self._session.flush()
                return
        await self.push_frame(frame, direction)

    @property
    def _is_shown(self) -> bool:
        """Whether the avatar is there to say something; else a voice passes without it."""
        return self._task is not None and not self._failed

    async def _say(self, frame: TTSAudioRawFrame) -> None:
        try:
            samples = mono_of(frame.audio, frame.num_channels)
            self._session.push_audio(samples, frame.sample_rate)
        except InputError as error:
            await self.push_error(error_msg=str(error), exception=error)
            return
        self._turns.push(len(samples), frame.sample_rate)

    async def _show(self) -> None:
        try:
            async for moment in self._session.run():
                self._turns.show(moment)
                await self._push(moment)
                await self._push_stops()
        except (Fault, InputError) as error:
            self._failed = True
            await self.push_error(error_msg=str(error), exception=error)
            self._turns.abandon()
            await self._push_stops()

    async def _push_stops(self) -> None:
        while self._turns.over:
            if stopped := self._turns.over.popleft():
                await self.push_frame(stopped)

    async def _push(self, moment: Moment) -> None:
        height_px, width_px = moment.picture.shape[:2]
        picture = OutputImageRawFrame(moment.picture.tobytes(), (width_px, height_px), "RGB")
        picture.sync_with_audio = True  # idle pictures, too: none overtakes those of speech
        await self.push_frame(picture)
        if moment.speaking:
            rate_hz = self._session.format.sound_rate_hz
            await self.push_frame(TTSAudioRawFrame(pcm_of(moment.sound), rate_hz, 1))

    async def _end(self) -> None:
        self._session.shutdown()
        if self._task is not None:
            task, self._task = self._task, None
            await self.cancel_task(task)
