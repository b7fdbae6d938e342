"""A hundred random turns over real connections: nothing leaves its order, and nothing is left."""

import asyncio
import gc
import random
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.live.avatar import load_avatar
from mouthpiece.live.moments import Format, Moment
from mouthpiece.talk.conversation import Parts
from mouthpiece.voices.base import Sound
from talkers import babble, talking_person, write_avatar
from waiting import wait_until

pytest.importorskip("aiortc", reason="install the extra talk: aiortc")

from mouthpiece.talk.server import TalkServer

from .guest import Guest, until
from .serving import serving

TURNS, VISITS = 25, 4

LAST = "That is all."


class Moody:
    """A voice that speaks, is silent, gives nothing, is dead, or gives what is no speech."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def speak(self, text: str) -> Sound:
        rate_hz = self._random.choice([8000, 16000, 24000, 44100])
        sound = babble(self._random.uniform(0.6, 1.2), rate_hz, self._random.randrange(99))
        if text == LAST:
            return Sound(sound, rate_hz)
        kind = self._random.randrange(8)
        if kind == 0:
            raise Fault("the voice is dead")
        if kind == 1:
            raise ZeroDivisionError
        if kind == 2:
            return Sound(sound[:0], rate_hz)
        if kind == 3:
            return Sound(np.zeros_like(sound), rate_hz)
        return Sound(sound, 100 if kind == 4 else rate_hz)


class Noted:
    """An avatar whose sessions' moments are counted. See `talk.live_avatar`."""

    def __init__(self, folder: Path) -> None:
        self.avatar = load_avatar(folder, settings={"hearing": "bands"})
        self.format: Format = self.avatar.format
        self.shown: list[list[int]] = []

    def session(self) -> "NotedSession":
        self.shown.append([])
        return NotedSession(self.avatar.session(), self.shown[-1])


class NotedSession:
    """See `Noted`."""

    def __init__(self, session: object, shown: list[int]) -> None:
        self._session, self._shown = session, shown

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)

    async def run(self) -> AsyncIterator[Moment]:
        async for moment in self._session.run():  # type: ignore[attr-defined]
            self._shown.append(moment.index)
            yield moment


async def converse(server: TalkServer, seed: int, turns: int) -> Guest:
    """A visit of random turns, and then one that must be heard."""
    chance = random.Random(seed)
    guest = Guest(server)
    visit = await guest.enter()
    for _ in range(turns):
        text = " ".join(chance.choices(["One.", "Two, and more.", "?!", ""], k=3))
        wishes: list[object] = [{"act": "say", "text": text}] * 5
        wishes += [{"act": "stop"}, b"\xff", "{}", {"act": "sing"}]
        guest.send(chance.choice(wishes))
        await asyncio.sleep(chance.uniform(0, 0.3))
    guest.send({"act": "say", "text": LAST})
    await until(lambda: {"kind": "caption", "text": LAST} in guest.told)
    await until(lambda: guest.told[-1] == {"kind": "state", "text": "idle"})
    await until(lambda: all(len(times) > 25 for times in guest.times.values()))
    await guest.leave(visit)
    return guest


def left_over() -> tuple[int, int]:
    gc.collect()
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.slow
def test_a_hundred_random_turns_over_the_server(
    make_parts: Callable[..., Parts], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda **use: ["127.0.0.1"])
    ada = Noted(write_avatar(talking_person(), tmp_path / "avatar", "preview"))

    def visits(seeds: range, turns: int) -> list[Guest]:
        voices = iter([Moody(seed).speak for seed in seeds])
        with serving({"Ada": ada}, lambda: make_parts(speak=next(voices))) as server:
            return [asyncio.run(converse(server, seed, turns)) for seed in seeds]

    visits(range(1), 1)
    threads, files = left_over()
    guests = visits(range(1, 1 + VISITS), TURNS)
    for shown in ada.shown:
        assert shown == list(range(len(shown))) and len(shown) > 25
    for guest in guests:
        assert any(event["kind"] == "problem" for event in guest.told)
        for times in guest.times.values():
            assert (np.diff(times) > 0).all()
    wait_until(lambda: left_over()[0] <= threads)  # those that were told to end
    wait_until(lambda: left_over()[1] <= files)
