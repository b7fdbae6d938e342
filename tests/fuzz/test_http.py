"""Hostile requests to the review server: each is answered or closed, and it goes on."""

import logging
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from mouthpiece.review import local_handler
from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore
from waiting import LIMIT_S, wait_until

from .mutations import SPECIAL_TEXTS, mutated

REQUESTS = 300
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "X" * 300)
CLIENT_ERRORS = range(400, 500)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(local_handler, "REQUEST_S", 1.0)
    review = tmp_path / "results" / "v" / "de" / "review"
    (review / "clips").mkdir(parents=True)
    (review / "index.html").write_text("page")
    (review / "clips" / "a.mp4").write_bytes(b"clip")
    row = {"cut": "000000-000049", "draft": "0123", "engine": "preview", "action": "lipsync"}
    row |= {"gate": "pass", "fault": ""}
    (review.parent / "cuts.tsv").write_text("\t".join(row) + "\n" + "\t".join(row.values()) + "\n")
    (tmp_path / "private").write_text("PRIVATE")
    (tmp_path / "results" / "private").write_text("PRIVATE")
    made = Server(ReviewStore(tmp_path / "results", tmp_path / "decisions.tsv"))
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def reply_to(server: Server, request: bytes) -> bytes:
    """All that the server sends, until it closes the connection."""
    parts = []
    with socket.create_connection(server.server_address, timeout=LIMIT_S) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(1 << 16):
                parts.append(part)
        except OSError as error:
            assert not isinstance(error, TimeoutError), "it hangs"
    return b"".join(parts)


def a_path(rng: random.Random, secret: str) -> str:
    parts = (
        *(
            "v",
            "de",
            "review",
            "clips",
            "a.mp4",
            "index.html",
            "decisions",
            "edits",
            "..",
            ".",
            "",
            "%2e%2e",
        ),
        *(
            "%2f",
            "..%2f..%2fprivate",
            "%5c..%5cprivate",
            "%00",
            "private",
            "%ff",
            "%u2028",
            "a" * 300,
        ),
        *(
            "é",
            "💬",
            "?x=1",
            "#x",
            ";x",
            "cuts.tsv",
            "%252e%252e",
            "~root",
            "C:\\x",
            *SPECIAL_TEXTS,
        ),
    )
    root = rng.choice(
        (secret, secret, secret, secret[:-1], "", "..", f"%{ord(secret[0]):x}{secret[1:]}")
    )
    return "/" + "/".join([root, *(rng.choice(parts) for _ in range(rng.randrange(6)))])


def a_request(rng: random.Random, server: Server) -> bytes:
    path = rng.choice((f"/{server.secret}/", f"/{server.secret}/v/de/", a_path(rng, server.secret)))
    method = rng.choice((*METHODS, *["GET"] * 20, *["POST"] * 5))
    headers = {"Host": server.netloc, "Origin": f"http://{server.netloc}"}
    headers |= {"Content-Type": "application/json", "X-Mouthpiece-Token": "wrong"}
    body, version = "{}", rng.choice((*["1.1"] * 20, "1.0", "0.9", "2.0", "9" * 20, "x"))
    strange = {
        0: {"Host": rng.choice(("evil.example", "", "127.0.0.1", "a\tb"))},
        1: {"Content-Length": rng.choice(("-1", "1e3", "9" * 40, "0x10", "", "+2", "2, 2", " 2"))},
        2: {"Transfer-Encoding": rng.choice(("chunked", "gzip, chunked", "\x0bchunked"))},
        3: {f"X-{number}": "x" for number in range(rng.choice((90, 101, 500)))},
        4: {"X": "x" * rng.choice((1000, 65_000, 70_000, 1_000_000))},
        5: {"Range": rng.choice(("bytes=9-", "bytes=--1", "bytes=" + "1-2," * 999, "bytes=é"))},
        6: {"Cookie": f"token={server.secret}", "Sec-Fetch-Site": "cross-site"},
        7: {"Expect": "100-continue", "Connection": "Upgrade", "Upgrade": "websocket"},
        8: {rng.choice(("", " ", "a b", "é", "a\x00")): rng.choice(SPECIAL_TEXTS)},
        9: {"Content-Length": str(rng.choice((0, 1, 10, 70_000, 10**11)))},
    }
    if method == "GET":
        body = ""
    else:
        headers["Content-Length"] = str(len(body))
    if rng.random() < 0.7:
        headers |= strange[rng.randrange(10)]
    lines = [f"{method} {path} HTTP/{version}", *(f"{k}: {v}" for k, v in headers.items())]
    text = rng.choice((*["\r\n"] * 9, "\n", "\r")).join([*lines, "", body])
    data = text.encode("utf-8", "replace")
    return mutated(rng, data) if rng.random() < 0.4 else data


def test_hostile_requests(server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    rng, statuses = random.Random(15), Counter[str]()
    for number in range(REQUESTS):
        request = rng.randbytes(200) if number % 30 == 0 else a_request(rng, server)
        reply = reply_to(server, request)
        found = re.match(rb"HTTP/1\.1 (\d\d\d) ", reply)
        status = found[1].decode() if found else "none"
        statuses[status] += 1
        assert status == "none" or status in ("501", "505") or int(status) < 500, request[:300]
        assert b"PRIVATE" not in reply and b"Traceback" not in reply, request[:300]
        assert b"<script" not in reply.replace(b"<script>", b"", 1) or status == "200"
        if server.secret.encode() not in request:
            assert server.secret.encode() not in reply
        assert server.write_token.encode() not in reply
    assert statuses["200"] > 5 and statuses["404"] > 30 and statuses["403"] > 5, statuses
    assert caplog.text == "" and not (tmp_path / "decisions.tsv").exists()
    asked = f"GET /{server.secret}/v/de/ HTTP/1.1\r\nHost: {server.netloc}\r\n\r\n"
    wait_until(lambda: reply_to(server, asked.encode()).endswith(b"page"))


def test_many_clients_that_send_a_byte_now_and_then(server: Server) -> None:
    """They are closed in time, and a reviewer beside them is answered."""
    slow = [socket.create_connection(server.server_address, timeout=LIMIT_S) for _ in range(40)]
    for connection in slow:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
    began, is_answered = time.monotonic(), False
    while slow and time.monotonic() - began < LIMIT_S:
        asked = f"GET /{server.secret}/ HTTP/1.1\r\nHost: {server.netloc}\r\n\r\n".encode()
        is_answered |= b" 200 " in reply_to(server, asked)[:20]
        for connection in [*slow]:
            try:
                connection.sendall(b"x")
            except ConnectionError:
                slow.remove(connection)
                connection.close()
        time.sleep(0.1)
    assert is_answered and not slow
