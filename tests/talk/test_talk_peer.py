"""A connection to a browser, without one."""

import asyncio

import av
import numpy as np
import pytest

aiortc = pytest.importorskip("aiortc", reason="install the extra talk: aiortc")
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
        peer = Peer(Visitor(nothing, nothing, nothing, nothing), [])
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
        peer = Peer(Visitor(nothing, nothing, fails, nothing), [])
        await peer._hear(Microphone())
        await peer.close()
        return list(peer._early)

    (event,) = asyncio.run(told())
    assert event.kind == "problem" and "microphone" in event.text
    assert "the microphone failed: ValueError" in caplog.text
    assert "what was said" not in caplog.text
