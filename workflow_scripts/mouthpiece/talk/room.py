"""The room in which one person at a time talks with an avatar."""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from ..core.errors import InputError, location_of
from ..live.moments import Moment
from .conversation import Conversation, Parts
from .ears import Ears, Listener
from .events import Event, Wish
from .live_avatar import LiveAvatar, LiveSession
from .peer import Peer, Visitor
from .tracks import PictureTrack, SoundTrack

log = logging.getLogger(__name__)

Result = TypeVar("Result")

ANSWER_S = 20.0
"""How long the answer to a browser's offer may take, in seconds."""


class OccupiedError(InputError):
    """Somebody talks already."""


class Room:
    """Lets one browser in at a time. Its event loop runs in a thread of its own."""

    def __init__(
        self, avatars: Mapping[str, LiveAvatar], make_parts: Callable[[str], Parts]
    ) -> None:
        """Open the room.

        Args:
            avatars: Who can be talked with, by the name that the page shows.
            make_parts: Makes what takes part in a conversation with the avatar of a name: a new one
                remembers nothing.
        """
        self.avatars = dict(avatars)
        self._make_parts = make_parts
        self._lock = threading.Lock()
        self._visit: _Visit | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="room", daemon=True)
        self._thread.start()

    def enter(self, name: str, offer: str) -> tuple[str, str]:
        """Let a browser in.

        Args:
            name: The avatar.
            offer: The browser's session description.

        Returns:
            The key by which the visit can be left, and the answer's session description.

        Raises:
            OccupiedError: Somebody talks already.
            InputError: There is no such avatar, or the offer cannot be answered.
        """
        if name not in self.avatars:
            raise InputError("there is no such avatar")
        visit = _Visit(self._ended)
        with self._lock:
            if self._visit is not None:
                raise OccupiedError(
                    "somebody is talking here, in another window: close that one first"
                )
            self._visit = visit
        try:
            work = visit.begin(self.avatars[name], self._make_parts(name), offer)
            return visit.key, self._run(work, ANSWER_S)
        except Exception:
            self._ended(visit)
            raise

    def leave(self, key: str) -> None:
        """End a visit, if it is the one that goes on.

        Args:
            key: The key of the visit.
        """
        with self._lock:
            visit = self._visit
        if visit and secrets.compare_digest(visit.key.encode(), key.encode("utf-8", "replace")):
            self._run(visit.close(), ANSWER_S)

    def close(self) -> None:
        """Close the room; who is in it is shown out."""
        with self._lock:
            visit = self._visit
        if visit:
            self._run(visit.close(), ANSWER_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ANSWER_S)
        self._loop.close()

    def _ended(self, visit: "_Visit") -> None:
        with self._lock:
            if self._visit is visit:
                self._visit = None

    def _run(self, work: Coroutine[Any, Any, Result], timeout_s: float) -> Result:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout_s)
        except TimeoutError:
            future.cancel()
            raise InputError("the connection was not made in time") from None


class _Visit:
    """One browser's conversation, from its offer to its end."""

    def __init__(self, ended: "Callable[[_Visit], None]") -> None:
        self.key = secrets.token_urlsafe(16)
        self._tell_ended = ended
        self._peer: Peer | None = None
        self._conversation: Conversation | None = None
        self._moments: Coroutine[Any, Any, None] | None = None
        self._showing: asyncio.Task[None] | None = None

    async def begin(self, avatar: LiveAvatar, parts: Parts, offer: str) -> str:
        """Connect; everything runs on the event loop from here on."""
        loop = asyncio.get_running_loop()
        form, session = avatar.format, avatar.session()

        def tell(event: Event) -> None:
            loop.call_soon_threadsafe(self._tell, event)

        self._conversation = talk = Conversation(session, form, parts, tell)
        ears = Ears(Listener(talk.listen, talk.hear))
        picture, sound = PictureTrack(form), SoundTrack(form)
        self._peer = peer = Peer(
            Visitor(self._show, self._wished, ears.hear, ears.rest, self._end), [picture, sound]
        )

        self._moments = self._shown(session, [talk.show, picture.put, sound.put])
        try:
            return await peer.answer(offer)
        except BaseException:
            await peer.close()
            raise

    async def _shown(
        self, session: LiveSession, takers: Sequence[Callable[[Moment], None]]
    ) -> None:
        """Show a session to its end; where it fails, the visit ends, too."""
        try:
            async for moment in session.run():
                for take in takers:
                    take(moment)
        except Exception as error:
            log.error("an avatar failed: %s %s", type(error).__name__, location_of(error))
            if self._peer:
                text = "the avatar failed; the log says where"
                await self._peer.dismiss(Event(kind="problem", text=text))

    def _show(self) -> None:
        if self._showing is None and self._moments is not None:
            self._showing = asyncio.get_running_loop().create_task(self._moments)

    async def close(self) -> None:
        if self._peer:
            await self._peer.close()

    def _wished(self, wish: Wish) -> None:
        if self._conversation is None:
            return
        if wish.act == "say":
            self._conversation.say(wish.text)
        else:
            self._conversation.interrupt()

    def _tell(self, event: Event) -> None:
        if self._peer:
            self._peer.tell(event)

    def _end(self) -> None:
        if self._conversation:
            self._conversation.close()
        if self._showing:
            self._showing.cancel()
        elif self._moments:
            self._moments.close()
        self._tell_ended(self)
