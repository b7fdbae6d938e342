"""A WebRTC connection to a browser on this machine.

Nothing but 127.0.0.1 is offered, and no STUN or TURN server is asked: sound and picture never leave
the machine. A browser hides its own addresses behind names (mDNS) that nothing here can resolve;
they are not needed, for the browser calls first, and its address is seen then.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, cast

import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from pydantic import ValidationError

from ..core.errors import InputError, location_of
from .borders import HEARD_RATE_HZ, PAUSE_S
from .events import MOST_BYTES, Event, Wish

log = logging.getLogger(__name__)

logging.getLogger("aioice").setLevel(logging.WARNING)  # it logs each address that it checks

LOOPBACK = "127.0.0.1"

CONNECT_S = 15.0
"""How long a browser may take to connect, in seconds."""

JITTER_BUFFER = "_RTCRtpReceiver__jitter_buffer"
"""Where aiortc's receiver has the packets that wait."""

MOST_EARLY = 16
"""Events that wait until the page can be told anything."""

LAST_WORDS_S = 1.0
"""How long a page that is told why the connection ends may take to hear it, in seconds."""

MOST_BUFFERED = 1 << 20
"""Bytes that wait for a browser that reads nothing; more are dropped."""


@dataclass(frozen=True)
class Visitor:
    """Who is told of a browser. All are called on the event loop.

    Attributes:
        connected: Called once the browser can be shown something.
        wished: Called with each wish of the page.
        sounded: Called with the microphone's sound: mono, `HEARD_RATE_HZ`, [N] float32. It may take
            some milliseconds and is called in a thread.
        unsounded: Called, in a thread, once the microphone was switched off.
        ended: Called once the connection has ended, or was not made.
    """

    connected: Callable[[], None]
    wished: Callable[[Wish], None]
    sounded: Callable[[np.ndarray], None]
    unsounded: Callable[[], None]
    ended: Callable[[], None]


class Peer:
    """A browser that shows an avatar."""

    def __init__(self, visitor: Visitor, tracks: list[MediaStreamTrack]) -> None:
        """Prepare. It is made on the event loop.

        Args:
            visitor: Who is told.
            tracks: What the browser is shown.
        """
        self._visitor, self._tracks = visitor, tracks
        self._connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._channel: RTCDataChannel | None = None
        self._is_opened = asyncio.Event()
        self._early: deque[Event] = deque(maxlen=MOST_EARLY)
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_ended = False
        self._connection.on("connectionstatechange", self._changed)
        self._connection.on("datachannel", self._opened)
        self._connection.on("track", self._sounds)

    async def answer(self, offer: str) -> str:
        """Answer the offer of a browser.

        Args:
            offer: Its session description (SDP).

        Returns:
            The answer's.

        Raises:
            InputError: It is no offer that can be answered.
        """
        try:
            await self._connection.setRemoteDescription(
                RTCSessionDescription(without_candidates(offer), "offer")
            )
            for track in self._tracks:
                self._connection.addTrack(track)
            self._stay_here()
            self._hear_at_once()
            await self._connection.setLocalDescription(await self._connection.createAnswer())
        except Exception as error:  # aiortc raises whatever its parser meets
            log.info("an offer was refused: %s", type(error).__name__)
            raise InputError("the browser's offer cannot be answered") from None
        self._keep(self._give_up())
        return str(self._connection.localDescription.sdp)

    def tell(self, event: Event) -> None:
        """Tell the page what happens, once it is there.

        Args:
            event: The event.
        """
        channel = self._channel
        if channel is None:
            self._early.append(event)
        elif channel.readyState == "open" and channel.bufferedAmount < MOST_BUFFERED:
            channel.send(event.model_dump_json())

    async def dismiss(self, event: Event) -> None:
        """Tell the page why the connection ends, once it can be told, and end it.

        Args:
            event: The reason.
        """
        self.tell(event)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CONNECT_S):
                await self._is_opened.wait()
        await asyncio.sleep(LAST_WORDS_S)
        await self.close()

    async def close(self) -> None:
        """End the connection."""
        if not self._is_ended:
            self._is_ended = True
            for task in self._tasks - {asyncio.current_task()}:
                task.cancel()
            await self._connection.close()
            self._visitor.ended()

    def _stay_here(self) -> None:
        """Let the connection gather loopback's address alone, the one that aioice leaves out."""
        for transceiver in self._connection.getTransceivers():
            connection = transceiver.sender.transport.transport.iceGatherer._connection
            gather = connection.get_component_candidates

            def gather_here(
                component: int, addresses: list[str], *, gather: Any = gather
            ) -> Coroutine[Any, Any, Any]:
                return cast(Coroutine[Any, Any, Any], gather(component, [LOOPBACK]))

            setattr(connection, "get_component_candidates", gather_here)  # noqa: B010

    def _hear_at_once(self) -> None:
        """Let the microphone's sound wait for no more than the next packet.

        aiortc holds back four (80 ms), so that those which come late find their place. On one
        machine none does.
        """
        for transceiver in self._connection.getTransceivers():
            if transceiver.kind == "audio":
                buffer = getattr(transceiver.receiver, JITTER_BUFFER)
                buffer._prefetch = 0

    async def _give_up(self) -> None:
        await asyncio.sleep(CONNECT_S)
        if self._connection.connectionState != "connected":
            await self.close()

    async def _changed(self) -> None:
        if self._connection.connectionState == "connected":
            self._visitor.connected()
        if self._connection.connectionState in ("failed", "closed"):
            await self.close()

    def _opened(self, channel: RTCDataChannel) -> None:
        if self._channel is None:
            self._channel = channel
            channel.on("message", self._read)
            while self._early:
                self.tell(self._early.popleft())
            self._is_opened.set()

    def _read(self, message: str | bytes) -> None:
        try:
            if len(message) > MOST_BYTES:
                raise ValueError
            wish = Wish.model_validate_json(message)
        except ValueError as error:
            is_text = isinstance(error, ValidationError)
            what = "cannot be understood" if is_text else "is too long"
            self.tell(Event(kind="problem", text=f"what the page sent {what}"))
            return
        self._visitor.wished(wish)

    def _sounds(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio":
            self._keep(self._hear(track))

    async def _hear(self, track: MediaStreamTrack) -> None:
        resampler = av.AudioResampler("flt", "mono", HEARD_RATE_HZ)
        try:
            while True:
                frame = await self._next_sound(track)
                if isinstance(frame, av.AudioFrame):
                    for heard in resampler.resample(frame):
                        await asyncio.to_thread(self._visitor.sounded, heard.to_ndarray()[0])
        except MediaStreamError:
            pass  # the browser ended it
        except Exception as error:
            log.error("the microphone failed: %s %s", type(error).__name__, location_of(error))
            text = "the microphone is not heard any more; the log says where it failed"
            self.tell(Event(kind="problem", text=text))

    async def _next_sound(self, track: MediaStreamTrack) -> object:
        """The microphone's next packet. One that was switched off sends none, and says no word: as
        long as a pause that ends an utterance, and it is off.
        """
        try:
            async with asyncio.timeout(PAUSE_S):
                return await track.recv()
        except TimeoutError:
            await asyncio.to_thread(self._visitor.unsounded)
        return await track.recv()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def without_candidates(offer: str) -> str:
    """Take the addresses out of a browser's offer: names that nobody here can resolve.

    Args:
        offer: A session description.

    Returns:
        The same without candidates; more may still come, so that the browser is waited for.
    """
    lines = offer.splitlines()
    kept = [line for line in lines if not line.startswith(("a=candidate", "a=end-of-candidates"))]
    return "\r\n".join([*kept, ""])
