"""An avatar in LiveKit's own runner; its room is a stand-in, for there is no server."""

import asyncio
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("livekit.agents", reason="the extra livekit: `make test-plugs` has it")

from fake_session import FakeSession
from livekit import rtc
from livekit.agents.voice.avatar import AudioSegmentEnd, AvatarRunner, QueueAudioOutput

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.live.avatar import Avatar
from mouthpiece.plugs.livekit import LivekitAvatar
from talkers import babble
from waiting import LIMIT_S

Emitted = list[Any]


def sound(seconds: float, rate_hz: int = 24_000, channels: int = 1) -> rtc.AudioFrame:
    samples = round(seconds * rate_hz)
    return rtc.AudioFrame(
        np.full(samples * channels, 999, "<i2").tobytes(), rate_hz, channels, samples
    )


async def until_end(avatar: LivekitAvatar, ends: int = 1) -> Emitted:
    """What is emitted up to the ends of turns, and one picture more."""
    found: Emitted = []
    async with asyncio.timeout(LIMIT_S):
        async for one in avatar:
            found.append(one)
            if sum(isinstance(item, AudioSegmentEnd) for item in found) >= ends and isinstance(
                one, rtc.VideoFrame
            ):
                await avatar.aclose()
    return found


def test_pictures_come_with_their_sound_and_a_turn_ends_after_its_last() -> None:
    async def talk() -> Emitted:
        avatar = LivekitAvatar(FakeSession())
        assert vars(avatar.options) == {
            "video_width": 6,
            "video_height": 4,
            "video_fps": 25.0,
            "audio_sample_rate": 48_000,
            "audio_channels": 1,
        }
        await avatar.push_audio(sound(0))
        await avatar.push_audio(sound(0.12, 44_100, channels=2))
        await avatar.push_audio(sound(0.04))
        await avatar.push_audio(AudioSegmentEnd())
        return await until_end(avatar)

    found = asyncio.run(talk())
    kinds = [type(one).__name__ for one in found]
    assert kinds == [*["VideoFrame", "AudioFrame"] * 4, "AudioSegmentEnd", "VideoFrame"]
    picture, said = found[2], found[3]
    assert (picture.width, picture.height, picture.type) == (6, 4, rtc.VideoBufferType.RGB24)
    assert bytes(picture.data) == b"\1" * 72
    assert (said.sample_rate, said.num_channels, said.samples_per_channel) == (48_000, 1, 1920)
    assert set(np.frombuffer(said.data, "<i2")) == {999}


def test_an_interruption_drops_what_is_not_shown() -> None:
    async def talk() -> tuple[Emitted, FakeSession]:
        session = FakeSession()
        avatar = LivekitAvatar(session)
        await avatar.push_audio(sound(10))
        await avatar.push_audio(AudioSegmentEnd())
        found: Emitted = []
        async for one in avatar:
            found.append(one)
            if len(found) == 6:
                avatar.clear_buffer()
                await avatar.push_audio(sound(0.04))
                await avatar.push_audio(AudioSegmentEnd())
            if isinstance(one, AudioSegmentEnd):
                await avatar.aclose()
        return found, session

    found, session = asyncio.run(talk())
    assert sum(isinstance(one, rtc.AudioFrame) for one in found) == 3 + 1
    assert session.calls.count("interrupt") == 1


def test_a_wrong_rate_and_a_fault_are_raised() -> None:
    async def wrong_rate() -> None:
        await LivekitAvatar(FakeSession()).push_audio(sound(0.04, 4000))

    async def fault() -> None:
        session = FakeSession()
        session.fault = Fault("no memory")
        await until_end(LivekitAvatar(session))

    with pytest.raises(InputError, match="4000 Hz"):
        asyncio.run(wrong_rate())
    with pytest.raises(Fault, match="no memory"):
        asyncio.run(fault())


class Room(rtc.EventEmitter[str]):
    """A room that is connected, and takes tracks."""

    def __init__(self) -> None:
        super().__init__()
        self.tracks: list[str] = []
        self.local_participant = SimpleNamespace(publish_track=self.publish_track)

    def isconnected(self) -> bool:
        return True

    async def publish_track(self, track: Any, options: Any) -> Any:
        self.tracks.append(track.name)

        async def subscribed() -> None:
            return

        return SimpleNamespace(wait_for_subscription=subscribed)


async def run_agent(avatar: LivekitAvatar, *said: rtc.AudioFrame, interrupt: bool = False) -> Any:
    """What LiveKit's runner tells the agent of playback, and the tracks of the room."""
    room, agent = Room(), QueueAudioOutput()
    finished: asyncio.Queue[Any] = asyncio.Queue()
    agent.on("playback_finished", finished.put_nowait)
    runner = AvatarRunner(room, audio_recv=agent, video_gen=avatar, options=avatar.options)
    await runner.start()
    for frame in said:
        await agent.capture_frame(frame)
    async with asyncio.timeout(LIMIT_S):
        while interrupt and not runner._playback_position:
            await asyncio.sleep(0.01)
        if interrupt:
            agent.clear_buffer()
        agent.flush()
        told = await finished.get()
    await runner.aclose()
    await avatar.aclose()
    return told, room.tracks


def test_the_runner_tells_the_agent_when_playback_is_over() -> None:
    async def run() -> Any:
        return await run_agent(LivekitAvatar(FakeSession()), sound(0.2), sound(0.2))

    told, tracks = asyncio.run(run())
    assert tracks == ["avatar_audio", "avatar_video"]
    assert not told.interrupted and told.playback_position == pytest.approx(0.4)


def test_the_runner_interrupts_the_avatar() -> None:
    async def run() -> tuple[Any, FakeSession]:
        session = FakeSession()
        return (await run_agent(LivekitAvatar(session), sound(60), interrupt=True)), session

    (told, _), session = asyncio.run(run())
    assert told.interrupted and told.playback_position < 60
    assert session.calls.count("interrupt") == 1


def test_a_baked_avatar_speaks_in_the_runner(avatar: Avatar) -> None:
    said = np.rint(babble(0.6, 24_000) * 32767).astype("<i2")
    frame = rtc.AudioFrame(said.tobytes(), 24_000, 1, len(said))

    async def run() -> Any:
        return await run_agent(LivekitAvatar(avatar.session()), frame)

    told, _ = asyncio.run(run())
    assert not told.interrupted and told.playback_position == pytest.approx(0.6, abs=0.05)
