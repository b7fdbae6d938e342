"""Reports are taken where their signature is right, once; they never change what was bought."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.locks import lock_file
from mouthpiece.engines.hosted.contract import ForgedError
from mouthpiece.engines.hosted.ledger import Ledger
from mouthpiece.engines.hosted.services import make_service
from mouthpiece.engines.hosted.shop import Shop
from mouthpiece.engines.hosted.webhooks import MOST_BYTES, Receiver, in_background
from service_worlds import FILM, MODELS, WEBHOOK_SECRET, WORLDS, serving
from waiting import LIMIT_S, wait_until

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
    service_of = make_service(chosen, line)
    collected: list[str] = []
    collect = collected.append
    listening = Receiver(service_of, bought.ledger, collect, "127.0.0.1", 0, lambda: NOW)
    listening.world, listening.again = world, lambda: buyer(line, service, tmp_path, FakeClock())
    listening.collected = collected
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
    assert set(receiver.collected) == {KEY}
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
    assert not receiver.collected
    assert Ledger(receiver.ledger.folder).reports(service, next(iter(world.jobs))) == 0


UNKNOWN = {"status": "PAUSED https://secret.test/x"}


@pytest.mark.parametrize("changed", [UNKNOWN, {"request_id": None, "id": None}])
def test_a_signed_report_that_is_not_understood_is_not_asked_for_again(
    service: str, changed: dict, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    job = next(iter(receiver.world.jobs.values()))
    report = receiver.world.webhook(job, NOW, **changed)
    assert post(receiver, f"/{service}/{KEY}", *report) == 200
    assert "contract says" in caplog.text or "says 'PAUSED (address)' of a request" in caplog.text
    row = receiver.ledger.get(KEY)
    assert (row.request_id == job.name) == ("PAUSED" in row.raw) == (changed is UNKNOWN)
    if changed is UNKNOWN:  # what became of it is asked of the service
        receiver.again().buy(receiver.wanted)
    assert sum(receiver.world.paid.values()) == 1


@pytest.mark.parametrize("end", ["good", "working"])
def test_an_unknown_state_in_a_report_ends_as_a_fault_that_names_it(
    service: str, end: str, tmp_path: Path
) -> None:
    world, line, chosen, wanted, bought = made(service, tmp_path)
    world.working = 10**6
    receiver = Receiver(make_service(chosen, line), bought.ledger, print, "127.0.0.1", 0)

    class Reporting(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            receiver.now = self.now
            (job,) = world.jobs.values()
            world.working = 0 if end == "good" else 10**6
            report = world.webhook(job, self.now(), status="PAUSED")
            assert receiver.take(f"/{service}/{KEY}", *report) == 200

    bought.clock = Reporting()
    with receiver:
        if end == "good":  # what the service itself says counts
            bought.buy(wanted)
        else:
            with pytest.raises(Fault, match=r"says 'PAUSED' of a request.*; the cut was bought"):
                bought.buy(wanted)
    assert sum(world.paid.values()) == 1


def unfinished(service: str, folder: Path):
    """A cut that was bought, and for which no process waits."""
    world, line, chosen, wanted, bought = made(service, folder)
    world.working = 10**6
    bought.terms = replace(bought.terms, deadline_s=10.0)
    with pytest.raises(Fault, match="still says"):
        bought.buy(wanted)
    return world, bought, buyer(line, service, folder, FakeClock(), chosen=chosen)


@pytest.mark.parametrize("state", ["submitted", "unknown"])
def test_a_film_that_nobody_waits_for_is_collected(
    service: str, state: str, tmp_path: Path
) -> None:
    world, bought, collector = unfinished(service, tmp_path)
    bought.ledger.change(KEY, NOW, state)  # of an unknown one a report told the name
    with lock_file(bought.ledger.lock_path(KEY)):
        collector.collect(KEY)
    assert bought.ledger.get(KEY).state == state, "who waits for it does that"
    world.working = 0
    collector.collect(KEY)
    row = bought.ledger.get(KEY)
    assert (row.state, collector.film(KEY).read_bytes()) == ("delivered", FILM)
    asked = len(world.seen)
    for key in (KEY, "1" * 64):
        collector.collect(key)
    assert len(world.seen) == asked
    assert sum(world.paid.values()) == 1


def test_what_failed_is_noted_when_it_is_reported(service: str, tmp_path: Path) -> None:
    world, bought, collector = unfinished(service, tmp_path)
    world.working, world.end = 0, "bad"
    with pytest.raises(Fault, match="no face found"):
        collector.collect(KEY)
    assert bought.ledger.get(KEY).state == "failed"


def test_what_cannot_be_collected_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()

    def collect(key: str) -> None:
        try:
            raise Fault("no connection")
        finally:
            done.set()

    in_background(collect)(KEY)
    assert done.wait(LIMIT_S)
    wait_until(lambda: "its film is not here yet: no connection" in caplog.text)


def shop(service: str, base: str) -> Shop:
    return Shop(settings(service, base_url=base, webhook_url=URL))


@pytest.mark.parametrize(
    ("name", "secret"),
    [("replicate", ""), ("sync", ""), ("replicate", "no base64"), ("replicate", "whsec_*")],
)
def test_without_its_secret_no_receiver_starts(
    name: str, secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOUTHPIECE_WEBHOOK_SECRET", secret)
    with pytest.raises(InputError, match="variable MOUTHPIECE_WEBHOOK_SECRET"):
        shop(name, "http://127.0.0.1:9").receiver("127.0.0.1", 0)


def test_without_the_keys_of_fal_no_receiver_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Fault, match=r"^fal\.ai: .*no connection.*: the keys .* cannot be read"):
        shop("fal", "http://127.0.0.1:9").receiver("127.0.0.1", 0)


def test_a_report_has_the_film_downloaded(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with serving(WORLDS[service]()) as world:
        line = line_to(world)
        chosen = settings(service, base_url=world.base, webhook_url=URL)
        wanted = order(tmp_path, model=MODELS[service])
        bought = buyer(line, service, tmp_path, FakeClock(), chosen=chosen, deadline_s=0.5)
        world.working = 10**6
        with pytest.raises(Fault):
            bought.buy(wanted)
        world.working = 0
        with shop(service, world.base).receiver("127.0.0.1", 0) as receiver:
            (job,) = world.jobs.values()
            now = time.time()
            assert receiver.take(f"/{service}/{KEY}", *world.webhook(job, now)) == 200
            wait_until(lambda: bought.ledger.get(KEY).state == "delivered")
    assert bought.film(KEY).read_bytes() == FILM
