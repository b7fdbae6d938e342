"""A connection to a browser, without one."""

import asyncio

import numpy as np
import pytest

aiortc = pytest.importorskip("aiortc", reason="install the extra talk: aiortc")
from aiortc.rtp import RtpPacket  # noqa: E402

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
