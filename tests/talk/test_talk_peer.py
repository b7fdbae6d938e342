"""A connection to a browser, without one."""

import asyncio
import json

import av
import numpy as np
import pytest

aiortc = pytest.importorskip("aiortc", reason="install the extra talk: aiortc")
from aiortc.mediastreams import MediaStreamError  # noqa: E402
from aiortc.rtp import RtpPacket  # noqa: E402

from mouthpiece.talk.events import Event  # noqa: E402
from mouthpiece.talk.peer import JITTER_BUFFER, Peer, Visitor  # noqa: E402


def nothing(*given: np.ndarray | object) -> None:
    """Nobody is told."""


def test_a_packet_of_the_microphone_waits_for_the_next_one_alone() -> None:
    async def held() -> list[bool]:
        guest = aiortc.RTCPeerConnection(aiortc.RTCConfiguration(iceServers=[]))
        guest.addTransceiver("audio", direction="sendrecv")
        await guest.setLocalDescription(await guest.createOffer())
        peer = Peer(Visitor(nothing, nothing, nothing, nothing, nothing), [])
        await peer.answer(guest.localDescription.sdp)
        (transceiver,) = peer._connection.getTransceivers()
        buffer = getattr(transceiver.receiver, JITTER_BUFFER)
        found = []
        for number in range(4):
            packet = RtpPacket(96, sequence_number=number, timestamp=960 * number)
            packet._data = b"sound"
            found.append(buffer.add(packet)[1] is not None)
        await peer.close()
        await guest.close()
        return found

    assert asyncio.run(held()) == [False, True, True, True]


class Channel:
    """Keeps what is sent over it."""

    readyState, bufferedAmount = "open", 0  # noqa: N815

    def __init__(self, sent: list[str]) -> None:
        self._sent = sent

    def on(self, name: str, take: object) -> None:
        """Nothing comes."""

    def send(self, text: str) -> None:
        self._sent.append(json.loads(text)["text"])


def test_a_page_that_comes_late_is_told_before_the_connection_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mouthpiece.talk.peer.LAST_WORDS_S", 0)
    told: list[str] = []

    async def dismissed() -> None:
        ended = Visitor(nothing, nothing, nothing, nothing, lambda: told.append("ended"))
        peer = Peer(ended, [])
        leaving = asyncio.ensure_future(peer.dismiss(Event(kind="problem", text="why")))
        await asyncio.wait([leaving], timeout=0.1)
        peer._opened(Channel(told))  # type: ignore[arg-type]
        await leaving

    asyncio.run(dismissed())
    assert told == ["why", "ended"]


def test_a_microphone_that_fails_is_told_without_what_was_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Microphone(aiortc.MediaStreamTrack):
        kind = "audio"

        async def recv(self) -> av.AudioFrame:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.int16), "s16", "mono")
            frame.sample_rate = 48_000
            return frame

    def fails(samples: np.ndarray) -> None:
        raise ValueError("what was said")

    async def told() -> list[Event]:
        peer = Peer(Visitor(nothing, nothing, fails, nothing, nothing), [])
        await peer._hear(Microphone())
        await peer.close()
        return list(peer._early)

    (event,) = asyncio.run(told())
    assert event.kind == "problem" and "microphone" in event.text
    assert "the microphone failed: ValueError" in caplog.text
    assert "what was said" not in caplog.text


def test_a_microphone_that_sends_nothing_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mouthpiece.talk.peer.PAUSE_S", 0.05)
    told: list[str] = []

    class Microphone(aiortc.MediaStreamTrack):
        """Sends two packets, nothing until it was seen to be off, two more, and ends."""

        kind = "audio"
        sent = 0

        async def recv(self) -> av.AudioFrame:
            while self.sent == 2 and "off" not in told:
                await asyncio.sleep(0.01)
            if self.sent == 4:
                raise MediaStreamError
            self.sent += 1
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.int16), "s16", "mono")
            frame.sample_rate = 48_000
            return frame

    def heard(samples: np.ndarray) -> None:
        told.append("sound")

    async def hear() -> None:
        peer = Peer(Visitor(nothing, nothing, heard, lambda: told.append("off"), nothing), [])
        await peer._hear(Microphone())
        await peer.close()

    asyncio.run(hear())
    assert told == ["sound", "sound", "off", "sound", "sound"]
