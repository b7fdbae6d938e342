"""A conversation: turns, interrupts, silence, and sound that does not come."""

import asyncio
import gc
import os
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.engines.live import Hearing, Performance, shown_at
from mouthpiece.live.avatar import Avatar, load_avatar
from mouthpiece.live.moments import Moment
from mouthpiece.live.player import Drawn, Taken
from mouthpiece.live.session import Pace, Session
from talkers import FRAMES, babble
from waiting import LIMIT_S, wait_until

RATE_HZ = 16000


class FramePace(Pace):
    """A time that goes on when it is waited for: no test waits, and none is late."""

    def __init__(self) -> None:
        self.time_s = 100.0

    def now(self) -> float:
        return self.time_s

    async def until(self, moment_s: float, news: asyncio.Event) -> bool:
        await asyncio.sleep(0)
        if news.is_set():
            return False
        self.time_s = max(self.time_s, moment_s)
        return True


def run(
    session: Session, frames: int, act: Callable[[int], None] = lambda index: None
) -> list[Moment]:
    """Take so many moments; `act` is called before each with its number."""

    async def taken() -> list[Moment]:
        moments: list[Moment] = []
        act(0)
        async for moment in session.run():
            moments.append(moment)
            if len(moments) == frames:
                session.shutdown()
            else:
                act(len(moments))
        return moments

    return asyncio.run(taken())


def spoken(moments: list[Moment]) -> list[int]:
    return [moment.index for moment in moments if moment.speaking]


@pytest.fixture
def session(avatar: Avatar) -> Session:
    return avatar.session(FramePace())


def test_a_turn_is_what_speak_gives(avatar: Avatar, session: Session) -> None:
    sound = babble(1.2, RATE_HZ)
    session.push_audio(sound[:5000], RATE_HZ)
    session.push_audio(sound[5000:], RATE_HZ)
    session.flush()
    moments = run(session, 40)
    said = list(avatar.speak([(sound, RATE_HZ)]))
    assert [m.index for m in moments] == list(range(40))
    assert spoken(moments) == list(range(30))
    for moment, same in zip(moments, said, strict=False):
        assert (moment.picture == same.picture).all() and (moment.sound == same.sound).all()
    assert not any(moment.sound.any() for moment in moments[30:])


def test_nothing_is_read_once_a_session_is_seen(
    avatar: Avatar, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act(index: int) -> None:
        if index == 1:
            monkeypatch.setattr(avatar._source.pictures, "_read", pytest.fail)
            monkeypatch.setattr(avatar._performer.crops, "_read", pytest.fail)
            session.push_audio(babble(FRAMES / 25, RATE_HZ), RATE_HZ)

    assert spoken(run(session, 2 * FRAMES, act))


def test_sound_wakes_a_session_that_waits(avatar: Avatar) -> None:
    class Waiting(Pace):
        """It is never time."""

        async def until(self, moment_s: float, news: asyncio.Event) -> bool:
            await news.wait()  # wait_for of Python 3.11 can lose a cancel
            return False

    session, asked = avatar.session(Waiting()), []
    wants = session._wants_block

    def noted(begun_frames: int) -> bool:
        asked.append(1)
        return wants(begun_frames)

    session._wants_block = noted  # type: ignore[method-assign]

    async def told() -> None:
        running = asyncio.ensure_future(anext(session.run()))
        before = -1
        while before != len(asked):  # all that is drawn in silence is drawn
            before = len(asked)
            await asyncio.sleep(0.5)
        session.push_audio(babble(1, RATE_HZ), RATE_HZ)
        while len(asked) == before:
            await asyncio.sleep(0.01)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(told())


def test_a_session_is_cancelled_though_it_has_news() -> None:
    async def told() -> None:
        news = asyncio.Event()
        waiting = asyncio.ensure_future(Pace().until(Pace().now() + 60, news))
        await asyncio.sleep(0)
        news.set()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(told())


def test_the_idle_loop_keeps_its_phase(avatar: Avatar, session: Session) -> None:
    def act(index: int) -> None:
        if index == 20:
            session.push_audio(babble(1, RATE_HZ), RATE_HZ)
            session.flush()

    moments = run(session, 130, act)
    assert spoken(moments) and len(spoken(moments)) == 25
    source = [avatar._source.pictures[shown_at(i, FRAMES)] for i in range(130)]
    rim = [(m.picture[:40] == own[:40]).all() for m, own in zip(moments, source, strict=True)]
    assert all(rim)  # above the mouth, the source's own picture, at its time
    # The mouth is shut from frame 20 to 30 and back: after .4 s, eased, it is the source's own.
    at_rest = [i for i in range(90, 130) if 32 <= i % (2 * FRAMES) < 38]
    assert at_rest and all((moments[i].picture == source[i]).all() for i in at_rest)


def test_a_turn_begins_within_a_few_frames(avatar: Avatar, session: Session) -> None:
    def act(index: int) -> None:
        if index == 30:
            session.push_audio(babble(1, RATE_HZ), RATE_HZ)

    first = spoken(run(session, 60, act))[0]
    assert first - 30 <= 3  # .12 s: what is drawn ahead


def test_an_interrupt_is_heard_at_once_and_seen_within_five_frames(
    avatar: Avatar, session: Session
) -> None:
    sound = babble(4, RATE_HZ)

    def act(index: int) -> None:
        if index == 0:
            session.push_audio(sound, RATE_HZ)
            session.flush()
        if index == 40:
            session.interrupt()

    moments = run(session, 120, act)
    assert spoken(moments) == list(range(40))
    assert not any(moment.sound[480:].any() for moment in moments[40:41])
    assert not any(moment.sound.any() for moment in moments[41:])
    said = list(avatar.speak([(sound, RATE_HZ)]))
    old = [m.index for m in moments[40:] if (m.picture == said[m.index % len(said)].picture).all()]
    assert not [index for index in old if 45 <= index < 90]


def test_a_block_that_comes_late_after_an_interrupt_is_silent(avatar: Avatar) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    class Ahead(FramePace):
        """Moment 38 is shown once block 40 is being composed."""

        async def until(self, moment_s: float, news: asyncio.Event) -> bool:
            if shown == 38 and not begun.is_set():
                await asyncio.sleep(0.001)
                return False
            return await super().until(moment_s, news)

    session, shown = avatar.session(Ahead()), 0
    compose = session._player.compose

    def late(drawn: Drawn) -> list[Moment]:
        if drawn.taken.first_index == 40:
            begun.set()
            assert goes_on.wait(LIMIT_S)
        return compose(drawn)

    session._player.compose = late  # type: ignore[method-assign]

    def act(index: int) -> None:
        nonlocal shown
        shown = index
        if index == 0:
            session.push_audio(np.full(4 * RATE_HZ, 0.3, np.float32), RATE_HZ)
        if index == 39:
            session.interrupt()
        if index == 40:  # what faded is shown, and nothing else is drawn
            goes_on.set()

    moments = run(session, 60, act)
    assert moments[38].sound.any()
    assert not any(moment.sound.any() for moment in moments[40:])


def test_a_source_that_dies_is_spoken_to_its_end(session: Session) -> None:
    sound = babble(0.95, RATE_HZ)

    def act(index: int) -> None:
        if index == 0:
            session.push_audio(sound, RATE_HZ)  # and never again, nor a flush
        if index == 80:
            session.push_audio(sound, RATE_HZ)

    moments = run(session, 160, act)
    given = np.concatenate([moment.sound for moment in moments])
    assert len(spoken(moments)) == 48
    assert np.abs(given).sum() > 0 and not moments[70].speaking
    assert np.flatnonzero(given)[-1] > 80 * 1920


def test_sound_that_trickles_waits_no_longer_than_the_window(
    avatar: Avatar, session: Session
) -> None:
    chunk = babble(2, RATE_HZ)

    def act(index: int) -> None:  # as fast as it is spoken: 40 ms a frame
        if index >= 10:
            at = (index - 10) * 640
            session.push_audio(chunk[at : at + 640], RATE_HZ)

    moments = run(session, 80, act)
    first = spoken(moments)[0]
    assert first - 10 <= 5  # the window is four frames after the first, then one may be drawn
    assert spoken(moments)[:40] == list(range(first, first + 40))
    silence = np.zeros(640 * first, np.float32)
    said = list(avatar.speak([(np.concatenate([silence, chunk]), RATE_HZ)]))
    for moment, same in zip(moments[: first + 40], said, strict=False):
        assert (moment.picture == same.picture).all() and (moment.sound == same.sound).all()


@pytest.mark.parametrize("begin", [30, 31])
def test_a_turn_of_blocks_is_seen_as_soon_as_it_is_heard(
    begin: int, avatar: Avatar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it gathers, a frame at a time is drawn, and none ahead; its first frame is a block."""
    hearing = Hearing.at(avatar.format.fps, 0.08, 0.08)
    monkeypatch.setattr(avatar, "hearing", hearing)
    session, sound = avatar.session(FramePace()), babble(2, RATE_HZ)
    taken: list[Taken] = []
    draw = session._player.draw

    def noted(block: Taken) -> Drawn:
        taken.append(block)
        return draw(block)

    session._player.draw = noted  # type: ignore[method-assign]

    def act(index: int) -> None:  # as fast as it is spoken: 40 ms a frame
        if index >= begin:
            at = (index - begin) * 640
            session.push_audio(sound[at : at + 640], RATE_HZ)

    moments = run(session, 80, act)
    first = spoken(moments)[0]
    assert first <= begin + 3  # three frames are heard, the last of them before this one is shown
    assert spoken(moments)[:40] == list(range(first, first + 40))
    ones = [block.first_index for block in taken if len(block.emitted) == 1]
    assert ones == list(range(ones[0], first + 1))
    assert all(len(block.heard) == 29 * 640 for block in taken)
    heard = [moment.sound for moment in moments[first : first + 40]]
    said = avatar.speak([(sound, RATE_HZ)])
    assert all((one == same.sound).all() for one, same in zip(heard, said, strict=False))


def test_wrong_sound_changes_nothing(session: Session) -> None:
    with pytest.raises(InputError, match="give 8000"):
        session.push_audio(np.zeros(10, np.float32), 100)
    assert not spoken(run(session, 10))


def test_a_session_runs_once(session: Session) -> None:
    run(session, 2)
    with pytest.raises(RuntimeError, match="runs once"):
        run(session, 2)


def test_a_fault_ends_the_session(avatar: Avatar, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def draw(self, block: object) -> list[object]:
            raise Fault("no memory")

    performance: Performance = Broken()  # type: ignore[assignment]
    monkeypatch.setattr(avatar._performer, "begin", lambda: performance)
    with pytest.raises(Fault, match="no memory"):
        run(avatar.session(FramePace()), 5)


def test_a_fault_of_a_picture_ends_the_session(
    avatar: Avatar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(source: object, frame: int, patch: object) -> np.ndarray:
        raise Fault("no such picture")

    session, threads = avatar.session(FramePace()), threading.active_count()
    avatar.get_ready()
    monkeypatch.setattr(type(avatar._source), "with_patch", broken)
    with pytest.raises(Fault, match="no such picture"):
        run(session, 5)
    wait_until(lambda: threading.active_count() <= threads)


def test_a_session_that_is_cancelled_leaves_no_thread(avatar: Avatar, session: Session) -> None:
    threads = threading.active_count()

    async def told() -> None:
        moments = session.run()
        await anext(moments)
        waiting = asyncio.ensure_future(anext(moments))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(told())
    wait_until(lambda: threading.active_count() <= threads)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def converse(session: Session, seed: int) -> list[Moment]:
    """A random conversation of 25 turns: interrupts, silence, empty chunks, sources that die."""
    random = np.random.default_rng(seed)
    sound = babble(3, RATE_HZ, seed)

    def act(index: int) -> None:
        if index % 16:
            return
        kind = random.integers(6)
        if kind == 0:
            session.interrupt()
        if kind == 1:
            session.push_audio(sound[:0], RATE_HZ)
        if kind >= 2:
            rate_hz = int(random.choice([8000, 16000, 24000, 48000]))
            session.push_audio(sound[: random.integers(100, 12000)], rate_hz)
        if kind == 3:
            session.push_audio(np.zeros(3000, np.int16), RATE_HZ)
        if kind >= 4:
            session.flush()

    return run(session, 16 * 25, act)


@pytest.mark.slow
def test_a_hundred_random_turns(folder: Path) -> None:
    avatar = load_avatar(folder, settings={"hearing": "bands"})
    run(avatar.session(FramePace()), 80)
    gc.collect()
    threads, files = threading.active_count(), open_files()
    held_mb = []
    for seed in range(4):
        session = avatar.session(FramePace())
        moments = converse(session, seed)
        assert [moment.index for moment in moments] == list(range(400))
        assert len(spoken(moments)) > 20
        assert all(len(moment.sound) == 1920 for moment in moments)
        kept = weakref.ref(session)
        del session, moments
        # The thread of a session that is over may be at its last block.
        wait_until(lambda kept=kept: gc.collect() < 0 or kept() is None)
        held_mb.append(resident_mb())
    gc.collect()
    wait_until(lambda: threading.active_count() <= threads)
    assert open_files() <= files
    assert held_mb[-1] - held_mb[0] < 16, "a picture a turn would be more"
