"""The server of the page on which one talks, and requests to it."""

import contextlib
import http.client
import json
import threading
from collections.abc import Callable, Iterator

from browsing import Reviewer
from flashing_avatar import FORM, FlashingAvatar
from mouthpiece.live.moments import Format
from mouthpiece.talk.conversation import Parts
from mouthpiece.talk.live_avatar import LiveAvatar
from mouthpiece.talk.page import TalkPage, page
from mouthpiece.talk.room import Room
from mouthpiece.talk.server import TalkServer
from waiting import LIMIT_S


@contextlib.contextmanager
def served(parts: Callable[[], Parts], *names: str, form: Format = FORM) -> Iterator[TalkServer]:
    """Serve avatars that flash."""
    with serving({name: FlashingAvatar(form) for name in names or ("Ada",)}, parts) as server:
        yield server


@contextlib.contextmanager
def serving(avatars: dict[str, LiveAvatar], parts: Callable[[], Parts]) -> Iterator[TalkServer]:
    """Serve some avatars."""
    room = Room(avatars, lambda name: parts())
    said = TalkPage(dict.fromkeys(avatars, "tone"), "echo", "English", True)
    with TalkServer(page(said), room) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            room.close()


def begin(reviewer: Reviewer, server: TalkServer) -> None:
    """Let a browser in, and wait until it can be talked with."""
    reviewer.visit(server.address)
    reviewer.page.click("#start")
    reviewer.wait("!document.querySelector('#text').disabled")


def ask(server: TalkServer, method: str, path: str, body: object = None, **headers: str):
    """Ask the server; returns status and text."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=LIMIT_S)
    origin = f"http://{server.netloc}"
    sent = {"Origin": origin, "X-Mouthpiece-Token": server.write_token} if body else {}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    content = None if body is None else json.dumps(body)
    connection.request(
        method, path, content, {"Content-Type": "application/json", **sent} if body else sent
    )
    answer = connection.getresponse()
    return answer.status, answer.read().decode()
