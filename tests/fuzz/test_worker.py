"""Malformed requests to a worker are refused, and it goes on."""

import contextlib
import random
import socket
import threading
from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.worker import session as module
from mouthpiece.worker.client import BEGUN, EXIT, HEADER_BYTES, TEXT
from mouthpiece.worker.rule_job import LISTS, RuleJob
from mouthpiece.worker.session import Session
from waiting import LIMIT_S

from .mutations import SPECIAL_TEXTS, mutated, mutated_text

JOBS, MESSAGES = 850, 150
LISTS_OF_A_JOB = {
    "input": ("['m.mp4', 't.npz']", "{'mezzanine': (0, None), 'tracks': (1, 2)}"),
    "output": ("['out/a.zip']", "{'avatar': (0, None)}"),
    "params": ("['preview', {'size_px': 256, 'x': [1.5, None]}]", "{'engine': (0, None)}"),
    "wildcards": ("['v', '000000-000009']", "{'video': (0, None), 'cut': (1, None)}"),
    "resources": ("[1]", "{'attempt': (0, None)}"),
    "log": ("['logs/bake.log']", "{}"),
}


def some_words(rng: random.Random) -> list[str]:
    """The words of a job with one that is strange, missing or too many."""
    words = ["bake", "bake", "1", *(word for name in LISTS for word in LISTS_OF_A_JOB[name])]
    at = rng.randrange(len(words))
    kind = rng.randrange(5)
    if kind == 0:
        words[at] = rng.choice(SPECIAL_TEXTS)
    elif kind == 1:
        words[at] = mutated_text(rng, words[at])
    elif kind == 2:
        del words[at]
    elif kind == 3:
        words.insert(at, rng.choice(words))
    else:
        words[at] = rng.choice(("[" * 5000, "{}", "()", "1e999", "[1, [2, [3]]]", "-" * 3000 + "1"))
    return words


def test_words_that_are_no_job_are_a_fault() -> None:
    """Whatever is no job is refused, and what is one has all that a script may ask for."""
    rng = random.Random(1)
    refused = 0
    for _ in range(JOBS):
        try:
            job = RuleJob.parse(some_words(rng))
        except Fault:
            refused += 1
        else:
            assert all(not Path(path).is_absolute() for path in job.output)
    assert JOBS // 4 < refused < JOBS


def answer_to(data: bytes) -> bytes:
    """What a worker answers to a request, by the letters of its frames."""
    client, worker = socket.socketpair()
    with client:
        client.sendall(data)  # before a worker waits that gives up soon: the pair holds as much
        thread = threading.Thread(target=serve, args=(worker,))
        thread.start()
        client.settimeout(LIMIT_S)
        found, letters = b"", b""
        with contextlib.suppress(ConnectionResetError):  # with a rest that nobody read
            while part := client.recv(1 << 16):
                found += part
        thread.join(LIMIT_S)
        assert not thread.is_alive()
    while found:
        letters += found[:1]
        found = found[HEADER_BYTES + int.from_bytes(found[1:HEADER_BYTES], "big") :]
    return letters


def serve(worker: socket.socket) -> None:
    with worker:
        Session(worker).serve(lambda settings: settings)


def test_messages_that_are_no_request_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "REQUEST_S", 0.05)
    monkeypatch.setattr(module, "run_rule_job", lambda job: (_ for _ in ()).throw(SystemExit(1)))
    rng = random.Random(2)
    for _ in range(MESSAGES):
        folder = rng.choice((str(tmp_path), "/nonexistent", "relative", ""))
        data = "\0".join([folder, *some_words(rng)]).encode("utf-8", "surrogateescape")
        framed = len(data).to_bytes(4, "big") + data
        sent = rng.choice((framed, mutated(rng, framed), framed[: rng.randrange(len(framed))]))
        letters = answer_to(sent)
        assert letters in (b"", BEGUN + TEXT + EXIT, BEGUN + EXIT), letters
