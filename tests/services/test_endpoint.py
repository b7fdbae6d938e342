import email.utils
import json
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.services.endpoint import Endpoint
from mouthpiece.services.settings import EndpointSettings
from mouthpiece.services.store import AnswerStore
from waiting import LIMIT_S

from .fake_service import SECRET, VARIABLE, FakeService, Reply, serving

TEXT = "a line that nobody else may read"
GOOD = Reply(body=b'{"answer": 1}')
MOST_BYTES = 1000


def settings(service: FakeService, **values: object) -> EndpointSettings:
    given = {"base_url": service.url, "model": "m", "key_variable": VARIABLE, **values}
    return EndpointSettings.model_validate(given)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)


def ask(service: FakeService, waits: list[float] | None = None, **values: object) -> bytes:
    sleeps = [] if waits is None else waits
    endpoint = Endpoint(settings(service, **values), sleep=sleeps.append)
    return endpoint.post("/chat/completions", {"text": TEXT}, MOST_BYTES)


def test_a_request_has_the_key_and_the_text_and_nothing_of_this_machine() -> None:
    with serving(FakeService(GOOD)) as service:
        assert ask(service) == GOOD.body
    assert service.paths == ["/v1/chat/completions"]
    assert service.requests == [{"text": TEXT}]
    assert service.headers[0]["Authorization"] == f"Bearer {SECRET}"
    assert service.headers[0]["User-Agent"] == "mouthpiece"


@pytest.mark.parametrize("bad", [Reply(429), Reply(500), Reply(is_nothing=True)])
def test_what_may_pass_is_asked_again(bad: Reply) -> None:
    waits: list[float] = []
    with serving(FakeService(bad, bad, GOOD)) as service:
        assert ask(service, waits) == GOOD.body
    assert len(service.requests) == 3
    assert len({one["Idempotency-Key"] for one in service.headers}) == 1
    assert 0 < waits[0] < waits[1] < 3


@pytest.fixture
def far_from_greenwich() -> Iterator[None]:
    """Clocks on walls are 5:45 h ahead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "FAR-5:45")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize("zone", ["GMT", "-0000"])
def test_a_service_says_how_long_to_wait(zone: str, far_from_greenwich: None) -> None:
    def by_date(_: object) -> Reply:
        date = email.utils.formatdate(time.time() + 50, usegmt=zone == "GMT")
        assert date.endswith(zone)
        return Reply(429, headers={"Retry-After": date})

    waits: list[float] = []
    with serving(FakeService(Reply(503, headers={"Retry-After": "7"}), by_date, GOOD)) as service:
        assert ask(service, waits) == GOOD.body
    assert waits[0] == 7
    assert 40 < waits[1] <= 50


@pytest.mark.parametrize(
    ("bad", "kind", "times", "words"),
    [
        (Reply(429), Fault, 4, "HTTP 429; it was asked 4 times"),
        (Reply(500), Fault, 4, "HTTP 500"),
        (Reply(is_nothing=True), Fault, 4, "breaks off"),
        (Reply(400), InputError, 1, "HTTP 400"),
        (Reply(401), InputError, 1, f"is the key in {VARIABLE} right?"),
        (Reply(404), InputError, 1, "base_url"),
        (Reply(302, headers={"Location": "http://127.0.0.1:1/"}), Fault, 1, "redirects"),
        (Reply(body=b" " * (MOST_BYTES + 1)), Fault, 1, "more than 1,000 bytes"),
        (Reply(is_endless=True), Fault, 1, "more than 1,000 bytes"),
        (Reply(headers={"Content-Encoding": "gzip"}), Fault, 1, "compressed"),
        (Reply(429, headers={"Retry-After": "3600"}), Fault, 1, "asks to wait 3600 s"),
        (
            Reply(429, b'{"error": {"code": "insufficient_quota", "message": "You!"}}'),
            InputError,
            1,
            "insufficient quota",
        ),
    ],
)
def test_what_does_not_pass_is_one_sentence(
    bad: Reply, kind: type[Exception], times: int, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "mouthpiece")
    echo = Reply(
        bad.status,
        bad.body if bad.body != b"{}" else json.dumps({"error": {"code": SECRET + TEXT}}).encode(),
        bad.headers,
        is_endless=bad.is_endless,
        is_nothing=bad.is_nothing,
    )
    with serving(FakeService(echo)) as service, pytest.raises(kind) as raised:
        ask(service)
    message = str(raised.value)
    assert words in message
    assert "\n" not in message
    assert len(service.requests) == times
    for hidden in (SECRET, TEXT, "You!"):
        assert hidden not in message + caplog.text


@pytest.mark.parametrize("slow", ["drips", "stalls"])
def test_a_slow_answer_is_not_waited_for(slow: str) -> None:
    go_on = threading.Event()

    def stall(_: object) -> Reply:
        go_on.wait(LIMIT_S)
        return GOOD

    replies = {"drips": Reply(drip_s=0.05), "stalls": stall}  # the former for 50 s
    with serving(FakeService(replies[slow])) as service:
        with pytest.raises(Fault, match=r"within 0\.3 s; it was asked once"):
            ask(service, timeout_s=0.3, attempts=1)
        go_on.set()


def test_no_connection_is_one_sentence() -> None:
    with serving(FakeService(GOOD)) as service:
        pass
    with pytest.raises(Fault, match=r"no connection\); is it running"):
        ask(service)


def test_the_key_is_needed_and_stays_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    with serving(FakeService(GOOD)) as service:
        with pytest.raises(InputError, match=f"variable {VARIABLE}, which holds its key"):
            ask(service)
        monkeypatch.setenv(VARIABLE, "one\ntwo")
        with pytest.raises(InputError, match="characters that no key has"):
            ask(service)
        assert service.requests == []
        assert ask(service, key_variable="") == GOOD.body
    assert "Authorization" not in service.headers[0]


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(FakeService(GOOD)) as service:
        assert ask(service) == GOOD.body


@pytest.mark.parametrize(
    "values",
    [
        {"base_url": "http://example.com/v1"},
        {"base_url": "https://me:secret@example.com/v1"},
        {"base_url": "https://example.com/v1?key=secret"},
        {"base_url": "ftp://example.com"},
        {"base_url": "example.com"},
        {"base_url": "https://[::1"},
        {"key_variable": "sk-secret"},
        {"key_variable": "skXsecret1234"},
        {"proxy": "http://me:secret@proxy"},
    ],
)
def test_unsafe_settings_are_refused_without_showing_a_secret(values: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as raised:
        EndpointSettings.model_validate(values)
    assert all("secret" not in error["msg"] for error in raised.value.errors())
    assert raised.value.errors()[0]["loc"] == ()  # so that `explain` shows no value


@pytest.mark.parametrize(
    "url", ["https://example.com/v1", "http://localhost:8000/v1", "http://127.0.0.1/", ""]
)
def test_safe_addresses_are_taken(url: str) -> None:
    assert EndpointSettings(base_url=url).base_url == url


def test_answers_are_found_again_and_the_unused_ones_removed(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "answers", ".json")
    assert store.get({"a": 1}) is None
    kept = store.put({"a": 1}, b"one")
    store.put({"a": 2}, b"two")
    assert AnswerStore(tmp_path / "answers", ".json").get({"a": 1}) == b"one"
    assert store.prune([kept]) == 1
    assert (store.get({"a": 1}), store.get({"a": 2})) == (b"one", None)
