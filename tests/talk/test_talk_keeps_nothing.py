"""Nothing of what is said, heard, seen or answered is logged or kept."""

import asyncio
import contextlib
import logging
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from mouthpiece.live.avatar import load_avatar
from mouthpiece.talk.borders import Sentence, Utterance, Words
from mouthpiece.talk.conversation import Conversation, Parts
from mouthpiece.talk.events import Event, Wish
from mouthpiece.talk.server import TalkServer
from mouthpiece.voices.base import Sound
from talkers import babble, talking_person, write_avatar

from .conftest import Scripted

pytest.importorskip("aiortc", reason="install the extra talk: aiortc")

from .guest import Guest, until
from .serving import serving

TYPED, HEARD, ANSWERED, DEAD = "Quetzal typed.", "Ocelot heard.", "Axolotl answered.", "Kinkajou."
SAID = ("Quetzal", "Ocelot", "Axolotl", "Kinkajou")

FOLDERS = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
"""What programs find their folders by."""

RAW = (np.ndarray, bytes, bytearray, memoryview, av.frame.Frame)
"""What holds sound or a picture."""


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds all the folders in which a program keeps things."""
    root = tmp_path / "places"
    for name in FOLDERS:
        (root / name).mkdir(parents=True)
        monkeypatch.setenv(name, str(root / name))
    (root / "here").mkdir()
    monkeypatch.chdir(root / "here")
    monkeypatch.setattr(tempfile, "tempdir", str(root / "TMPDIR"))
    return root


def kept(root: Path) -> dict[str, tuple[int, int]]:
    """Size and time of all that is there, by name."""
    found = {str(path.relative_to(root)): path.stat() for path in root.rglob("*")}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in found.items()}


@contextlib.contextmanager
def all_logged() -> Iterator[list[logging.LogRecord]]:
    """What all loggers say, however little they are asked to."""
    records: list[logging.LogRecord] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    handler, root = Kept(1), logging.getLogger()
    known = [one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = {one: (one.level, one.propagate) for one in (root, *known)}
    for one in before:
        one.setLevel(1)
        one.propagate = True
    root.addHandler(handler)
    try:
        yield records
    finally:
        root.removeHandler(handler)
        for one, (level, propagates) in before.items():
            one.setLevel(level)
            one.propagate = propagates


def texts(records: list[logging.LogRecord]) -> list[str]:
    """What was logged. None of it was given sound or a picture."""
    for record in records:
        given = record.args.values() if isinstance(record.args, dict) else record.args or ()
        assert not [one for one in given if isinstance(one, RAW)], record
    told = [record.getMessage() for record in records]
    return told + [str(record.exc_info[1]) for record in records if record.exc_info]


def answer(said: str) -> Iterator[str]:
    """An answer that holds what was said. The second sentence kills the voice."""
    yield f"{ANSWERED} {said} {DEAD}"


def speak(text: str) -> Sound:
    if text == DEAD:
        raise ZeroDivisionError(text)
    return Sound(babble(0.8, 16000, 1), 16000)


def test_nothing_is_logged_or_kept_of_a_talk(
    make_parts: Callable[..., Parts],
    places: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda **use: ["127.0.0.1"])
    ada = load_avatar(
        write_avatar(talking_person(), tmp_path / "avatar", "preview"),
        settings={"hearing": "bands"},
    )
    ada.get_ready()
    heard: list[Conversation] = []
    begin = Conversation.__init__

    def begun(talk: Conversation, *given: object) -> None:
        begin(talk, *given)  # type: ignore[arg-type]
        heard.append(talk)

    monkeypatch.setattr(Conversation, "__init__", begun)

    async def talk(server: TalkServer) -> None:
        guest = Guest(server)
        visit = await guest.enter()
        guest.send({"act": "say", "text": TYPED})
        await until(lambda: {"kind": "caption", "text": ANSWERED} in guest.told)
        await until(lambda: any(event["kind"] == "problem" for event in guest.told))
        heard[0].hear(Utterance(samples=babble(1, 16000)))
        await until(lambda: {"kind": "heard", "text": HEARD} in guest.told)
        await until(lambda: guest.told[-1] == {"kind": "state", "text": "idle"})
        await guest.leave(visit)

    parts = make_parts(replies=Scripted(answer), speak=speak, hears=HEARD)
    before = kept(places)
    with all_logged() as records, serving({"Ada": ada}, lambda: parts) as server:
        asyncio.run(talk(server))
    told = texts(records)
    assert any("ZeroDivisionError" in message for message in told), "the log says what failed"
    told += capfd.readouterr()
    assert not [message for message in told for word in SAID if word in message]
    assert kept(places) == before


def test_nothing_is_logged_or_kept_of_a_live_session(places: Path, tmp_path: Path) -> None:
    folder = write_avatar(talking_person(), tmp_path / "avatar", "preview")
    before = kept(places)
    with all_logged() as records:
        ada = load_avatar(folder, settings={"hearing": "bands"})
        ada.get_ready()
        session = ada.session()

        async def taken() -> None:
            session.push_audio(babble(0.5, 16000), 16000)
            session.flush()
            async for moment in session.run():
                if moment.index == 20:
                    session.shutdown()

        asyncio.run(taken())
        ada.close()
    assert texts([record for record in records if record.name.startswith("mouthpiece")]) == []
    assert kept(places) == before


def test_what_is_said_is_in_no_text_of_what_holds_it() -> None:
    """Event loops and threads tell of a call that failed by what it was given."""
    held = [Event(kind="caption", text=TYPED), Wish(act="say", text=TYPED)]
    held += [Words(text=TYPED), Sentence(text=TYPED)]
    assert not [one for one in held if SAID[0] in f"{one!r} {one}"]
