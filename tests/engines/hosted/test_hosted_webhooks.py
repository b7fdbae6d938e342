"""Reports are taken where their signature is right, once; they never change what was bought."""

import http.client
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.engines.hosted.contract import ForgedError
from mouthpiece.engines.hosted.ledger import Ledger
from mouthpiece.engines.hosted.services import make_service
from mouthpiece.engines.hosted.webhooks import MOST_BYTES, Receiver
from service_worlds import MODELS, WEBHOOK_SECRET, WORLDS
from waiting import LIMIT_S

from .purchases import FakeClock, buyer, line_to, order, settings

KEY = f"{0:064x}"
NOW = 1_800_000_000.0
URL = "https://public.test/reports"


@pytest.fixture(params=tuple(WORLDS))
def service(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MOUTHPIECE_WEBHOOK_SECRET", WEBHOOK_SECRET)
    return request.param


def made(service: str, folder: Path, lists: bool = True):
    """A world with a request that it took, and the service that it is."""
    world = WORLDS[service](lists=lists)
    chosen = settings(service, webhook_url=URL)
    line = line_to(world)
    wanted = order(folder, model=MODELS[service])
    bought = buyer(line, service, folder, FakeClock(), chosen=chosen)
    return world, line, chosen, wanted, bought


def test_a_service_is_told_where_to_report(service: str, tmp_path: Path) -> None:
    world, _, _, wanted, bought = made(service, tmp_path)
    bought.buy(wanted)
    assert next(iter(world.jobs.values())).webhook == f"{URL}/{service}/{KEY}"


def test_a_signed_report_is_taken(service: str, tmp_path: Path) -> None:
    world, line, chosen, wanted, bought = made(service, tmp_path)
    bought.buy(wanted)
    job = next(iter(world.jobs.values()))
    found = make_service(chosen, line).read_webhook(*world.webhook(job, NOW), NOW + 20)
    assert found.request_id == job.name


@pytest.mark.parametrize(
    "change", ["body", "old", "future", "unsigned", "signature", "time", "empty"]
)
def test_a_forged_or_old_report_is_refused(service: str, change: str, tmp_path: Path) -> None:
    world, line, chosen, wanted, bought = made(service, tmp_path)
    bought.buy(wanted)
    headers, body = world.webhook(next(iter(world.jobs.values())), NOW)
    now = {"old": NOW + 301, "future": NOW - 301}.get(change, NOW)
    signed = next(name for name in headers if name.endswith("signature"))
    match change:
        case "body":
            body = body.replace(b"r", b"s", 1)
        case "unsigned":
            del headers[signed]
        case "signature":
            headers[signed] = "t=1800000000,v1=00" if service == "sync" else "00"
        case "time":
            headers = {k: v.replace("1800000000", "1800000001") for k, v in headers.items()}
        case "empty":
            headers = {}
    with pytest.raises(ForgedError):
        make_service(chosen, line).read_webhook(headers, body, now)


@pytest.fixture
def receiver(service: str, tmp_path: Path) -> Iterator[Receiver]:
    world, line, chosen, wanted, bought = made(service, tmp_path, lists=False)
    try:
        line.faults.extend([None] * {"fal": 4, "replicate": 3, "sync": 0}[service] + ["lost_after"])
        line.faults.extend(["lost_before"] * 20 if service == "sync" else [])
        with pytest.raises(Fault):
            bought.buy(wanted)
    finally:
        line.faults.clear()
    listening = Receiver(make_service(chosen, line), bought.ledger, "127.0.0.1", 0, lambda: NOW)
    listening.world, listening.again = world, lambda: buyer(line, service, tmp_path, FakeClock())
    listening.wanted = wanted
    thread = threading.Thread(target=listening.serve_forever, args=[0.01], daemon=True)
    thread.start()
    yield listening
    listening.shutdown()
    listening.server_close()


def post(receiver: Receiver, path: str, headers: dict[str, str], body: bytes) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", receiver.server_port, timeout=LIMIT_S)
    connection.request("POST", path, body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_report_finds_a_purchase_whose_answer_was_lost(service: str, receiver: Receiver) -> None:
    world = receiver.world
    assert receiver.ledger.get(KEY).state == "unknown"
    job = next(iter(world.jobs.values()))
    for _ in range(3):  # services repeat them
        assert post(receiver, f"/{service}/{KEY}", *world.webhook(job, NOW)) == 200
    row = receiver.ledger.get(KEY)
    assert (row.request_id, row.state) == (job.name, "unknown")
    assert receiver.ledger.reports(service, job.name) == 1
    receiver.again().buy(receiver.wanted)
    assert sum(world.paid.values()) == 1


def test_what_is_no_report_changes_nothing(service: str, receiver: Receiver) -> None:
    world = receiver.world
    headers, body = world.webhook(next(iter(world.jobs.values())), NOW)
    path = f"/{service}/{KEY}"
    assert post(receiver, path, headers, body + b" ") == 401
    assert post(receiver, path, {}, body) == 401
    assert post(receiver, f"/another/{KEY}", headers, body) == 404
    assert post(receiver, f"/{service}/{'1' * 64}", headers, body) == 404  # nobody bought that
    assert post(receiver, f"/{service}/../{KEY}", headers, body) == 404
    assert post(receiver, path, headers | {"Content-Length": str(MOST_BYTES + 1)}, b"") == 413
    assert post(receiver, path, {"Transfer-Encoding": "chunked"}, b"0\r\n\r\n") == 411
    with socket.create_connection(("127.0.0.1", receiver.server_port), timeout=LIMIT_S) as other:
        other.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert other.recv(100).startswith(b"HTTP/1.1 501")
    assert receiver.ledger.get(KEY).request_id == ""
    assert Ledger(receiver.ledger.folder).reports(service, next(iter(world.jobs))) == 0
