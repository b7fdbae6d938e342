"""An avatar in Pipecat's own pipelines."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pipecat", reason="the extra pipecat: `make test-plugs` has it")

from fake_session import FRAME_S, FakeSession
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    OutputAudioRawFrame,
    OutputImageRawFrame,
    StartFrame,
    TextFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.frame_processor import FrameDirection
from pipecat.tests.utils import SleepFrame, run_test
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams

from mouthpiece.core.errors import Fault
from mouthpiece.live.avatar import Avatar
from mouthpiece.live.moments import Moment
from mouthpiece.plugs.pipecat import PipecatAvatar
from talkers import babble
from waiting import LIMIT_S


def sound(seconds: float, rate_hz: int = 24_000, channels: int = 1) -> TTSAudioRawFrame:
    samples = round(seconds * rate_hz) * channels
    return TTSAudioRawFrame(np.full(samples, 999, "<i2").tobytes(), rate_hz, channels)


Step = Frame | Callable[[PipecatAvatar], object]


def passed(session: Any, *steps: Step, ends: bool = True) -> tuple[list[Frame], list[Frame]]:
    """What a pipeline emits, down and up; a step that is no frame is waited for until it is so."""

    def frames(service: PipecatAvatar) -> Iterator[Frame]:
        for step in steps:
            if isinstance(step, Frame):
                yield step
                continue
            while not step(service):
                yield SleepFrame(FRAME_S)

    async def run() -> tuple[Sequence[Frame], Sequence[Frame]]:
        service = PipecatAvatar(session)
        async with asyncio.timeout(LIMIT_S):
            return await run_test(
                service,
                frames_to_send=frames(service),  # type: ignore[arg-type]
                send_end_frame=ends,
                start_timeout=LIMIT_S,
            )

    down, up = asyncio.run(run())
    return list(down), list(up)


def is_silent(service: PipecatAvatar) -> bool:
    """Whether the avatar is not shown any more, and what follows from that is done."""
    return service._task is not None and service._task.done()


def names(frames: Sequence[Frame], *kinds: type) -> list[str]:
    return [type(one).__name__ for one in frames if isinstance(one, kinds)]


def test_pictures_come_with_their_sound_and_a_turn_stops_after_its_last() -> None:
    session = FakeSession()
    down, _ = passed(
        session,
        TTSStartedFrame(),
        sound(0),
        sound(0.12, 44_100, channels=2),
        sound(0.04),
        TTSStoppedFrame(),
        TextFrame("passes"),
    )
    assert session.is_over
    first = next(n for n, one in enumerate(down) if isinstance(one, TTSAudioRawFrame)) - 1
    kinds = (OutputImageRawFrame, TTSAudioRawFrame, TTSStoppedFrame)
    said = names(down[first:], *kinds)
    assert said[:9] == [*["OutputImageRawFrame", "TTSAudioRawFrame"] * 4, "TTSStoppedFrame"]
    assert set(said[9:]) <= {"OutputImageRawFrame"}
    assert names(down, TTSStartedFrame, TextFrame) == ["TTSStartedFrame", "TextFrame"]
    picture, voice = (one for one in down[first : first + 2])
    assert isinstance(picture, OutputImageRawFrame) and isinstance(voice, TTSAudioRawFrame)
    assert (picture.size, picture.format, len(picture.image)) == ((6, 4), "RGB", 72)
    assert picture.sync_with_audio
    assert (voice.sample_rate, voice.num_channels, voice.num_frames) == (48_000, 1, 1920)
    assert set(np.frombuffer(voice.audio, "<i2")) == {999}


def test_an_interruption_drops_what_is_not_shown() -> None:
    session = FakeSession()
    down, _ = passed(
        session,
        sound(100),
        lambda _: session.calls,
        InterruptionFrame(),
        lambda _: "interrupt" in session.calls,
        sound(0.04),
        TTSStoppedFrame(),
    )
    assert session.calls == [
        "push 2400000 at 24000",
        "interrupt",
        "push 960 at 24000",
        "flush",
        "flush",
    ]
    places = [n for n, one in enumerate(down) if isinstance(one, InterruptionFrame)]
    after = down[places[0] :]
    assert len(names(after, TTSAudioRawFrame)) <= 2, "one may be on its way"
    assert names(after, TTSStoppedFrame) == ["TTSStoppedFrame"]


@pytest.mark.parametrize(
    ("bad", "problem"),
    [(sound(0.04, 4000), "4000 Hz"), (TTSAudioRawFrame(b"\0" * 6, 24_000, 2), "16-bit samples")],
)
def test_wrong_sound_is_an_error_and_the_call_goes_on(bad: Frame, problem: str) -> None:
    down, up = passed(FakeSession(), bad, sound(0.04), TTSStoppedFrame())
    errors = [one.error for one in up if isinstance(one, ErrorFrame)]
    assert len(errors) == 1 and problem in errors[0]
    assert len(names(down, TTSAudioRawFrame)) == 1


def test_after_a_fault_the_voice_passes_without_the_avatar() -> None:
    session = FakeSession()
    session.fault = Fault("no memory")
    said = sound(0.04)
    down, up = passed(session, is_silent, said, TTSStoppedFrame())
    assert [one.error for one in up if isinstance(one, ErrorFrame)] == ["no memory"]
    assert [one for one in down if isinstance(one, TTSAudioRawFrame)] == [said]
    assert names(down, TTSStoppedFrame) == ["TTSStoppedFrame"]


def test_a_stop_that_waits_is_pushed_where_drawing_fails() -> None:
    class Fails(FakeSession):
        async def run(self) -> AsyncIterator[Moment]:
            async for moment in super().run():
                yield moment
                if "flush" in self.calls:
                    self.fault = Fault("no memory")

    down, _ = passed(Fails(), sound(100), TTSStoppedFrame(), is_silent)
    assert names(down, TTSStoppedFrame) == ["TTSStoppedFrame"]


def test_a_call_ends_when_all_is_said_though_the_turn_was_not_stopped() -> None:
    session = FakeSession()
    down, _ = passed(session, sound(0.4))
    assert session.is_over and len(names(down, TTSAudioRawFrame)) == 10


def test_a_cancelled_call_ends_at_once() -> None:
    session = FakeSession()
    down, _ = passed(session, sound(500), SleepFrame(0.05), CancelFrame(), ends=False)
    assert session.is_over and len(names(down, TTSAudioRawFrame)) < 500


def test_frames_upstream_pass() -> None:
    session = FakeSession()

    async def run() -> Any:
        return await run_test(
            PipecatAvatar(session),
            frames_to_send=[sound(0.04), SleepFrame(0.05)],
            frames_to_send_direction=FrameDirection.UPSTREAM,
            start_timeout=LIMIT_S,
        )

    _, up = asyncio.run(run())
    assert names(up, TTSAudioRawFrame) == ["TTSAudioRawFrame"] and session.calls == ["flush"]


class Output(BaseOutputTransport):
    """A transport that keeps what it plays."""

    def __init__(self) -> None:
        params = TransportParams(
            audio_out_enabled=True,
            audio_out_sample_rate=24_000,
            audio_out_end_silence_secs=0,
            video_out_enabled=True,
            video_out_width=6,
            video_out_height=4,
        )
        super().__init__(params)
        self.played: list[int] = []

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        self.played.append(int(np.abs(np.frombuffer(frame.audio, "<i2")).max(initial=0)))
        await asyncio.sleep(FRAME_S)
        return True

    async def write_video_frame(self, frame: OutputImageRawFrame) -> bool:
        return True


def test_pipecats_output_plays_it_and_tells_when_the_bot_speaks() -> None:
    output = Output()

    async def run() -> Any:
        chain = Pipeline([PipecatAvatar(FakeSession()), output])
        async with asyncio.timeout(LIMIT_S):
            said = [TTSStartedFrame(), sound(0.4), TTSStoppedFrame(), SleepFrame(0.3)]
            return await run_test(chain, frames_to_send=said, start_timeout=LIMIT_S)

    down, _ = asyncio.run(run())
    assert sum(level > 900 for level in output.played) >= 9, "40 ms each"
    told = names(down, BotStartedSpeakingFrame, BotStoppedSpeakingFrame)
    assert told == ["BotStartedSpeakingFrame", "BotStoppedSpeakingFrame"]


def test_a_baked_avatar_speaks_in_a_pipeline(avatar: Avatar) -> None:
    said = np.rint(babble(0.6, 24_000) * 32767).astype("<i2")
    frame = TTSAudioRawFrame(said.tobytes(), 24_000, 1)
    down, up = passed(avatar.session(), frame, TTSStoppedFrame())
    sounds = [one for one in down if isinstance(one, TTSAudioRawFrame)]
    assert len(sounds) == 15 and not names(up, ErrorFrame)
    assert names(down, TTSStoppedFrame) == ["TTSStoppedFrame"]
