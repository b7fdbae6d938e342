"""The review server changes cuts: what a page sends, and what it is told."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samples import cut_row
from test_server import Client

from mouthpiece.core.cut_table import CutRow, write_rows
from mouthpiece.core.cuts import from_starts, write_boundaries
from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore

CUTS = "/v/pt-BR/cuts"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """The server of a film of two cuts."""
    film, shared = (tmp_path / "results" / "v" / name for name in ("pt-BR", "_shared"))
    film.mkdir(parents=True)
    shared.mkdir()
    rows = [cut_row(0, 50, "fail"), cut_row(50, 50, "pass", action="lipsync")]
    typed = [{**r, "first_frame": int(r["first_frame"]), "frames": int(r["frames"])} for r in rows]
    write_rows([CutRow(**row) for row in typed], film / "cuts.tsv")
    write_boundaries(from_starts([50], 100), shared / "boundaries.tsv")
    store = ReviewStore(
        tmp_path / "results", tmp_path / "decisions.tsv", cuts_tables={"v": tmp_path / "v.cuts.tsv"}
    )
    server = Server(store)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Client(server)
    server.shutdown()
    server.server_close()
    thread.join()


def send(client: Client, action: str, frame: str = "", **more: str) -> tuple[int, Any]:
    asked = {"revision": "", "frame": frame, "is_plan": "", "step": "", "reviewer": "Anna"}
    body = {"action": action, **asked, **more}
    reply = client.ask("POST", client.root + CUTS, json.dumps(body), client.own)
    is_json = reply.headers["Content-Type"] == "application/json"
    return reply.status, json.loads(reply.body) if is_json else reply.body.decode()


def test_a_page_splits_a_cut_and_takes_it_back(client: Client, tmp_path: Path) -> None:
    known = json.loads(client.get(CUTS).body)
    assert known["token"] == client.server.write_token
    assert (known["table"], known["is_made"], known["cuts"]) == (
        "v.cuts.tsv", False, ["000000-000049", "000050-000099"],
    )  # fmt: skip
    status, plan = send(client, "split", "20", is_plan="yes")
    assert status == 200 and plan["new"] == ["000000-000019", "000020-000049"]
    assert plan["step"] == "" and not (tmp_path / "v.cuts.tsv").exists()
    status, done = send(client, "split", "20", revision=known["revision"])
    assert status == 200 and done["is_made"] and len(done["cuts"]) == 3
    status, conflict = send(client, "split", "30", revision=known["revision"])
    assert status == 409 and conflict["now"]["cuts"] == done["cuts"]
    assert conflict["now"]["reviewer"] == "Anna"
    status, back = send(client, "undo", step=done["step"])
    assert status == 200 and back["cuts"] == known["cuts"] and not back["is_made"]
    assert not (tmp_path / "v.cuts.tsv").exists()


@pytest.mark.parametrize(
    ("action", "frame", "status"),
    [("split", "50", 422), ("split", "-1", 422), ("split", "x", 422), ("shred", "20", 422)],
)
def test_what_cannot_be_done_is_refused(
    client: Client, action: str, frame: str, status: int
) -> None:
    assert send(client, action, frame)[0] in (status, 409)
    assert send(client, action, frame, is_plan="yes")[0] == status
    assert send(client, "undo", step="../../x")[0] == 409


def test_a_request_without_the_token_changes_nothing(client: Client, tmp_path: Path) -> None:
    own = client.own | {"X-Mouthpiece-Token": "guessed"}
    assert client.ask("POST", client.root + CUTS, "{}", own).status == 403
    assert client.ask("POST", client.root + CUTS, "{}", client.own).status == 422
    assert client.get("/w/pt-BR/cuts").status == 404
    assert not (tmp_path / "v.cuts.tsv").exists()
