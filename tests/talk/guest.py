"""A browser without a page."""

import asyncio
import json
from collections.abc import Callable

import aiortc
import pytest

from mouthpiece.talk.server import TalkServer

from .serving import ask


class Guest:
    """It sees an avatar of a server, and writes to it."""

    def __init__(self, server: TalkServer) -> None:
        self._server = server
        settings = aiortc.RTCConfiguration(iceServers=[])
        self._connection = aiortc.RTCPeerConnection(settings)
        self._channel = self._connection.createDataChannel("talk")
        self._channel.on("message", lambda text: self.told.append(json.loads(text)))
        self._connection.on("track", self._take)
        self._tasks: list[asyncio.Task[None]] = []
        self.told: list[dict[str, str]] = []
        self.times: dict[str, list[int]] = {"audio": [], "video": []}

    def _take(self, track: object) -> None:
        self._tasks.append(asyncio.ensure_future(self._taken(track)))

    async def _taken(self, track: aiortc.MediaStreamTrack) -> None:
        while True:
            frame = await track.recv()
            self.times[track.kind].append(frame.pts)

    async def enter(self) -> str:
        """Be let in; returns the visit's key."""
        for kind in ("audio", "video"):
            self._connection.addTransceiver(kind, direction="recvonly")
        await self._connection.setLocalDescription(await self._connection.createOffer())
        body = {"avatar": "Ada", "sdp": self._connection.localDescription.sdp}
        path = f"/{self._server.secret}/enter"
        status, text = await asyncio.to_thread(ask, self._server, "POST", path, body)
        assert status == 200, text
        answer = json.loads(text)
        description = aiortc.RTCSessionDescription(answer["sdp"], "answer")
        await self._connection.setRemoteDescription(description)
        await until(lambda: self._channel.readyState == "open" and bool(self.times["video"]))
        return answer["visit"]

    def send(self, message: object) -> None:
        self._channel.send(message if isinstance(message, bytes | str) else json.dumps(message))

    async def leave(self, visit: str) -> None:
        path = f"/{self._server.secret}/leave"
        await asyncio.to_thread(ask, self._server, "POST", path, {"visit": visit})
        await self._connection.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(6000):
        if is_so():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it never was")
