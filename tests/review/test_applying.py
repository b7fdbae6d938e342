"""What the review server answers of the run, and when it starts one."""

import json
import shlex
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_server import Client, results  # noqa: F401

from mouthpiece.core.errors import InputError
from mouthpiece.review.applying import command_text, page_revision
from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore

PATH = "/v/pt-BR/run"


class FakeRunner:
    """A run that only notes what it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.words, self.is_allowed = folder, ("run", "--config", "it's.yaml"), True
        self.asked: list[str] = []

    def state(self) -> dict[str, Any]:
        return {"state": "working" if self.asked else "none", "jobs": 3}

    def start(self) -> None:
        if self.asked:
            raise InputError("another run is at work in results/ (process 12)")
        self.asked.append("start")

    def cancel(self) -> None:
        self.asked.append("cancel")


@pytest.fixture
def runner(tmp_path: Path) -> FakeRunner:
    return FakeRunner(tmp_path)


@pytest.fixture
def client(results: Path, tmp_path: Path, runner: FakeRunner) -> Iterator[Client]:  # noqa: F811
    server = Server(ReviewStore(results, tmp_path / "decisions.tsv"), runner=runner)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Client(server)
    server.shutdown()
    server.server_close()
    thread.join()


def ask(client: Client, act: object = "start", path: str = PATH, **changed: str | None) -> Any:
    body = act if isinstance(act, bytes) else json.dumps({"act": act}).encode()
    return client.post(body, path, **changed)


def test_a_page_is_told_of_the_run_and_of_its_own_making(client: Client, results: Path) -> None:  # noqa: F811
    told = json.loads(client.get(PATH).body)
    page = results / "v" / "pt-BR" / "review" / "index.html"
    assert told["revision"] == page_revision(page) != ""
    assert (told["run"], told["may_apply"]) == ({"state": "none", "jobs": 3}, True)
    assert told["token"] == client.server.write_token
    assert shlex.split(told["command"])[-4:] == ["mouthpiece", "run", "--config", "it's.yaml"]
    page.unlink()
    assert json.loads(client.get(PATH).body)["revision"] == ""
    assert client.get("/other/de/run").status == 404


def test_it_starts_and_cancels(client: Client, runner: FakeRunner) -> None:
    reply = ask(client)
    assert (reply.status, json.loads(reply.body)["run"]["state"]) == (200, "working")
    again = ask(client)
    assert (again.status, again.body) == (409, b"another run is at work in results/ (process 12)\n")
    assert ask(client, "cancel").status == 200
    assert runner.asked == ["start", "cancel"]


@pytest.mark.parametrize(
    "changed",
    [
        {"Origin": None},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
        {"Sec_Fetch_Site": "same-site"},
        {"X_Mouthpiece_Token": "x"},
        {"X_Mouthpiece_Token": None},
        {"Content_Type": "text/plain"},
    ],
)
def test_another_page_starts_nothing(
    client: Client, runner: FakeRunner, changed: dict[str, str | None]
) -> None:
    assert ask(client, **changed).status in (403, 415)
    assert ask(client, path="/v/pt-BR/run/").status == 404
    assert runner.asked == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"[" * 60_000, b'{"act": "stop"}', b'{"act": "start", "x": 1}', b'"start"'],
)
def test_what_is_no_request_starts_nothing(client: Client, runner: FakeRunner, body: bytes) -> None:
    assert ask(client, body).status in (400, 422)
    assert runner.asked == []


def test_it_is_off_unless_it_is_allowed(client: Client, runner: FakeRunner) -> None:
    runner.is_allowed = False
    told = json.loads(client.get(PATH).body)
    assert not told["may_apply"] and told["command"]
    refused = ask(client)
    assert refused.status == 403 and b"review: {apply: true}" in refused.body
    client.server.runner = None
    told = json.loads(client.get(PATH).body)
    assert (told["command"], told["may_apply"], told["run"]) == ("", False, {"state": "none"})
    assert ask(client).status == 403
    assert runner.asked == []


def test_the_command_works_in_any_shell_and_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a film's; rm -rf"
    folder.mkdir()
    text = command_text(folder, ["run", "--config", "$(x).yaml"])
    assert shlex.split(text) == [
        "cd",
        str(folder),
        "&&",
        "mouthpiece",
        "run",
        "--config",
        "$(x).yaml",
    ]


def test_a_revision_is_one_making(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    assert page_revision(page) == ""
    page.write_text("<html>")
    assert page_revision(page) == ""
