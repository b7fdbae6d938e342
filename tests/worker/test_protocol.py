import contextlib
import json
import os
import socket
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.stages.requests import BakeRequest, DraftRequest, RetryPolicy
from mouthpiece.worker.protocol import (
    HEADER,
    LIMIT_BYTES,
    Alive,
    Answer,
    Begun,
    ClosedError,
    Connection,
    Done,
    Failed,
    Record,
    Request,
    SilentError,
    check_peer,
    peer,
)

BAKE = BakeRequest(
    mezzanine=Path("m.mp4"),
    cut="000000-000009",
    track=Path("t"),
    engine="preview",
    settings={"size_px": 256},
    runtime_options={"threads": 2},
    avatar=Path(".a'b.zip"),
)
DRAFT = DraftRequest(
    mezzanine=Path("m.mp4"),
    cut="000000-000009",
    source_cut="000010-000019",
    reversed=True,
    track=Path("t"),
    engine="preview",
    settings={},
    avatar=Path("a"),
    speech=Path("s"),
    baked={"size_px": 256},
    retry=RetryPolicy(presets=[{"preset": "a"}], correct_offset=True, scorer="s", limits={}),
    source=Path("speaker.json"),
    weights="w",
    code="c",
    packages={"torch": "2.14.1"},
    patches=Path("x/.p"),
    row=Path("/y/.r"),
)


@pytest.fixture
def ends() -> tuple[socket.socket, socket.socket]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


@pytest.mark.parametrize("task", [BAKE, DRAFT])
def test_a_request_arrives_unchanged(
    ends: tuple[socket.socket, socket.socket], task: BakeRequest
) -> None:
    here, there = (Connection(end) for end in ends)
    request = Request(task, Path("/work"), 60)
    here.send_request(request)
    assert TypeAdapter(Request).validate_json(there.receive()) == request


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'{"folder": "/", "idle_s": 1}',
        b'{"folder": "/", "idle_s": 1, "task": {"stage": "shell", "mezzanine": "m"}}',
        b'{"folder": "/", "idle_s": 1, "more": 1, "task": {"stage": "bake", "mezzanine": "m",'
        b' "cut": "c", "track": "t", "engine": "e", "settings": {}, "avatar": "a"}}',
        b'{"folder": "/", "idle_s": 1, "task": {"stage": "bake", "mezzanine": "m", "more": 1,'
        b' "cut": "c", "track": "t", "engine": "e", "settings": {}, "avatar": "a"}}',
    ],
)
def test_an_invalid_request_is_refused(text: bytes) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Request).validate_json(text)


@pytest.mark.parametrize("idle_s", [0, -1, float("nan"), float("inf"), 86401, -0.0])
def test_a_time_that_is_none_is_refused(idle_s: float) -> None:
    with pytest.raises(ValueError, match="idle_s: expected"):
        Request(BAKE, Path("/work"), idle_s)
    text = json.dumps({"task": asdict(BAKE), "folder": "/work", "idle_s": 1}, default=str)
    adapter = TypeAdapter(Request)
    assert adapter.validate_json(text).idle_s == 1
    with pytest.raises(ValidationError, match="idle_s"):
        adapter.validate_json(text.replace('"idle_s": 1', f'"idle_s": {json.dumps(idle_s)}'))


def test_a_request_whose_worker_could_remove_a_result_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a temporary one"):
        Request(replace(BAKE, avatar=Path("/home/film.mp4")), Path("/work"), 1)
    with pytest.raises(ValueError, match="absolute"):
        Request(BAKE, Path("work"), 1)


def test_what_does_not_arrive_in_time_is_silence(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    """A timeout that begins again with each byte would never end this one."""
    here, there = ends
    over = threading.Event()

    def trickle() -> None:
        with contextlib.suppress(OSError):
            here.sendall(HEADER.pack(1000))
            while not over.wait(0.02):
                here.sendall(b" ")

    thread = threading.Thread(target=trickle)
    thread.start()
    began = time.monotonic()
    with pytest.raises(SilentError):
        Connection(there).receive(0.3)
    Connection(there).wait_closed(0.3)
    assert 0.6 <= time.monotonic() - began < 5
    over.set()
    thread.join()


def test_after_an_answer_that_was_sent_in_part_nothing_is_sent(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    here, there = ends
    here.settimeout(0.1)
    connection, began = Connection(here), time.monotonic()
    for _ in range(20):
        with pytest.raises(ClosedError):
            for _ in range(5):
                connection.send_answer(Record("a", 20, "x" * (LIMIT_BYTES // 2), 0))
    assert time.monotonic() - began < 2, "one wait is enough"
    there.close()


@pytest.mark.parametrize(
    "answer",
    [Begun(), Alive(), Done(), Record("a.b", 20, "50 % of ä", 1.5), Failed("Fault", "no", 3, "x")],
)
def test_an_answer_arrives_unchanged(
    ends: tuple[socket.socket, socket.socket], answer: Answer
) -> None:
    here, there = (Connection(end) for end in ends)
    there.send_answer(answer)
    assert here.receive_answer() == answer


def test_a_message_in_pieces_is_put_together(ends: tuple[socket.socket, socket.socket]) -> None:
    here, there = ends
    for byte in HEADER.pack(2) + b"{}":
        here.sendall(bytes([byte]))
    assert Connection(there).receive() == b"{}"


def test_a_message_that_is_too_long_is_neither_sent_nor_received(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    here, there = ends
    with pytest.raises(Fault, match="limit is"):
        Connection(here).send_answer(Record("a", 20, "x" * LIMIT_BYTES, 0))
    here.sendall(HEADER.pack(LIMIT_BYTES + 1))
    with pytest.raises(Fault, match="limit is"):
        Connection(there).receive()


def test_a_connection_closed_within_a_message_is_closed(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    here, there = ends
    there.settimeout(600)
    assert not Connection(there).is_closed
    here.sendall(HEADER.pack(9) + b"{")
    here.close()
    with pytest.raises(ClosedError):
        Connection(there).receive()
    assert Connection(there).is_closed


@pytest.mark.parametrize(
    "text",
    [
        *(b"x", b"{}", b"[]", b"[" * 100_000, b'{"answer": "Request"}', b'{"answer": []}'),
        *(b'{"answer": "Done", "x": 1}', b'{"answer": "Failed", "kind": 1, "text": "x"}'),
        b'{"answer": "Record", "logger": "a", "level": "x", "text": "t", "created_s": 1}',
    ],
)
def test_an_invalid_answer_is_a_fault(
    ends: tuple[socket.socket, socket.socket], text: bytes
) -> None:
    here, there = ends
    here.sendall(HEADER.pack(len(text)) + text)
    with pytest.raises(Fault, match="not an answer"):
        Connection(there).receive_answer()


@pytest.mark.parametrize(
    "error",
    [InputError("row 3"), Fault("disk"), FileNotFoundError(2, "No such file", "a b"), OSError("x")],
)
def test_an_error_is_the_same_on_the_other_side(error: Exception) -> None:
    passed = Failed.of(error).error
    if str(error) != "x":
        assert (type(passed), str(passed)) == (type(error), str(error))
    else:
        assert (type(passed), str(passed)) == (Fault, "x")


def test_an_unexpected_error_gives_its_location_but_not_its_text() -> None:
    try:
        raise ValueError("bad shape")
    except ValueError as error:
        passed = Failed.of(error).error
    assert isinstance(passed, Fault) and "unexpected ValueError in test_protocol.py" in str(passed)
    assert "bad shape" not in str(passed)


def test_the_other_side_must_belong_to_the_same_user(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert peer(ends[0]) == (os.getpid(), os.getuid())
    check_peer(ends[0])
    other = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: other)
    with pytest.raises(Fault, match="belongs to user"):
        check_peer(ends[0])
