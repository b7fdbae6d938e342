"""Malformed messages between a worker and its clients are refused, and neither of them ends."""

import json
import random
import socket
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.stages.requests import BakeRequest, DraftRequest, RetryPolicy
from mouthpiece.worker import server
from mouthpiece.worker.endpoint import Endpoint
from mouthpiece.worker.protocol import (
    HEADER,
    LIMIT_BYTES,
    Begun,
    ClosedError,
    Connection,
    Done,
    Failed,
    Record,
    SilentError,
)
from mouthpiece.worker.server import Worker

from .mutations import SPECIAL_TEXTS, mutated, mutated_text

REQUESTS, ANSWERS = 700, 300
SHARED = {"mezzanine": Path("m"), "cut": "000000-000009", "track": Path("t"), "engine": "preview"}
TASKS = (
    BakeRequest(**SHARED, settings={"size_px": 256}, avatar=Path(".a.zip")),
    DraftRequest(
        **SHARED,
        settings={},
        avatar=Path("a"),
        speech=Path("s"),
        baked={},
        retry=RetryPolicy(presets=[{}], correct_offset=True, scorer="s", limits={"a": 1.5}),
        weights="w",
        code="c",
        patches=Path(".p"),
        row=Path(".r"),
    ),
)


def framed(data: bytes) -> bytes:
    return HEADER.pack(len(data)) + data


def a_request(rng: random.Random, folder: Path) -> bytes:
    """A message: a request with a strange value, text or byte, or something else altogether."""
    fields = {"task": asdict(rng.choice(TASKS)), "folder": str(folder), "idle_s": 5}
    kind = rng.randrange(5)
    if kind == 0:  # a strange value
        place = rng.choice((fields, fields["task"]))
        fields["idle_s"] = rng.choice((5, 5, 86400, 86401, 0, float("inf")))
        strange = [rng.choice(SPECIAL_TEXTS), None, [], {}, -1, 1e308, float("nan"), True, "\ud800"]
        place[rng.choice([*place, "more"])] = rng.choice(strange)
        return framed(json.dumps(fields, default=str).encode())
    text = json.dumps(fields, default=str)
    if kind == 1:
        return framed(mutated_text(rng, text).encode("utf-8", "replace"))
    if kind == 2:
        return framed(mutated(rng, text.encode()))
    if kind == 3:
        return mutated(rng, framed(text.encode()))
    return rng.choice(
        (
            b"",
            rng.randbytes(rng.randrange(40)),
            HEADER.pack(rng.choice((0, 1, LIMIT_BYTES, LIMIT_BYTES + 1, (1 << 32) - 1))) + b"{",
            framed(b"[" * rng.randrange(100_000)),
            framed(b'{"task":' * rng.randrange(10_000)),
            framed(b"9" * rng.randrange(10_000)),
        )
    )


def test_a_worker_refuses_malformed_requests_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    done = []
    for name in ("REQUEST_S", "RENAME_S"):
        monkeypatch.setattr(server, name, 0.01)
    monkeypatch.setattr(server, "package_version", lambda: "v")
    monkeypatch.setattr(server, "run", lambda task, engines: done.append(task))
    worker, rng = Worker(Endpoint(tmp_path, "v", "key")), random.Random(15)
    told: Counter[str] = Counter()
    for _ in range(REQUESTS):
        here, there = socket.socketpair()
        with here, there:
            here.sendall(a_request(rng, tmp_path))
            if rng.random() < 0.2:
                here.shutdown(socket.SHUT_WR)
            assert worker._serve(there), "it ended"
            there.close()
            while True:
                try:
                    told[type(Connection(here).receive_answer()).__name__] += 1
                except ClosedError:
                    break
    assert told["Done"] == told["Begun"] == len(done) > 10
    assert told["Failed"] > 200, told
    assert "Traceback" not in caplog.text and str(tmp_path) not in caplog.text
    assert list(tmp_path.iterdir()) == []


def test_a_client_takes_no_malformed_answer() -> None:
    rng = random.Random(16)
    answers = (Begun(), Done(), Record("a.b", 20, "text", 1.5), Failed("OSError", "no", 2, "f"))
    told: Counter[str] = Counter()
    for _ in range(ANSWERS):
        answer = rng.choice(answers)
        whole = framed(json.dumps({"answer": type(answer).__name__} | asdict(answer)).encode())
        here, there = socket.socketpair()
        with here, there:
            here.settimeout(0.01)
            there.sendall(mutated(rng, whole))
            if rng.random() < 0.8:
                there.close()
            try:
                told[type(Connection(here).receive_answer()).__name__] += 1
            except (Fault, ClosedError, SilentError) as error:
                told[type(error).__name__] += 1
                assert len(str(error)) < 500
    assert told["Fault"] > 50 and told["ClosedError"] > 50
